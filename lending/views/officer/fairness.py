"""Whether groups are treated alike: approval, limit and price by sex, age, county and place."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lending.domain.staff_duties import Duty
from lending.selectors import fairness, human_reviews
from lending.staff_access import require_duty, staff_required
from lending.staff_pages import page, today
from products import selectors as product_selectors
from risk.selectors.fairness import CELL_MIN


@require_safe
@staff_required
def fairness_page(request: HttpRequest) -> HttpResponse:
    """Every comparison with its interval, and how the promise of a human review was kept."""
    require_duty(request, Duty.SEE_RISK)
    since, until = fairness.period(
        request.GET.get("since", "")[:10], request.GET.get("until", "")[:10], today()
    )
    product = request.GET.get("product", "")[:40].replace("\x00", "")
    names = product_selectors.product_names()
    context = {
        "section": "risk",
        "since": since,
        "until": until,
        "product": product,
        "products": [(code, zh, en) for code, (zh, en) in sorted(names.items())],
        "dimensions": fairness.dimensions(since=since, until=until, product=product),
        "counted_until": fairness.counted_until(),
        "cell_min": CELL_MIN,
        "reviews": human_reviews.kept(since=since, until=until, now=timezone.now()),
    }
    return page(request, "desk/risk/fairness", context)
