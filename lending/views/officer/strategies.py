"""Strategies at the desk: what decides, what decided before, and what is being prepared."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lending.domain.staff_duties import Duty, may
from lending.staff_access import officer_of, require_duty, staff_required
from lending.staff_pages import page, today
from risk.selectors import strategies as strategy_selectors


@require_safe
@staff_required
def strategy_list(request: HttpRequest) -> HttpResponse:
    """Every strategy with its newest versions."""
    require_duty(request, Duty.SEE_RISK)
    on, role = today(), officer_of(request).role
    context = {
        "section": "risk",
        "strategies": [
            {"code": code, "name_zh": zh, "name_en": en,
             "versions": strategy_selectors.versions(code, on=on)}
            for code, zh, en in strategy_selectors.strategies()
        ],
        "may_make": may(role, Duty.MAKE_STRATEGIES),
        "may_release": may(role, Duty.RELEASE_STRATEGIES),
    }
    return page(request, "desk/risk/strategies", context)
