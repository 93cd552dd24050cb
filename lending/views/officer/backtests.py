"""A strategy version on past applications: start, watch, and read the report."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty
from lending.errors import DomainError, InvalidInput, NotFound
from lending.selectors import worklists
from lending.selectors.products import staff_names
from lending.services import backtests as service
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import page, today
from lending.views.officer import backtest_words
from risk.selectors import backtests as backtest_selectors
from risk.selectors import strategies as strategy_selectors
from risk.services.backtests import WANTED, WANTED_MAX, Filters
from risk.services.strategies import NoVersion

_REFRESH_S = "2"


@require_safe
@staff_required
def backtest_page(request: HttpRequest, version_id: int) -> HttpResponse:
    """The newest run of a version; reloads by itself while a run is on its way."""
    require_duty(request, Duty.SEE_RISK)
    return _page(request, version_id)


@require_POST
@staff_required
def start(request: HttpRequest, version_id: int) -> HttpResponse:
    """Start a run, or find the one on its way."""
    require_duty(request, Duty.SEE_RISK)
    try:
        service.start(
            version_id=version_id,
            before_id=_whole(request.POST.get("before", ""), 2**31) or None,
            filters=_filters(request.POST),
            officer=officer_of(request),
            today=today(),
            now=timezone.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, version_id, status=error.status, problem=error.message)
    return redirect("desk:backtest", version_id)


@require_POST
@staff_required
def cancel(request: HttpRequest, version_id: int) -> HttpResponse:
    """Stop the run."""
    require_duty(request, Duty.SEE_RISK)
    service.cancel(version_id=version_id, officer=officer_of(request), now=timezone.now())
    return redirect("desk:backtest", version_id)


def _filters(form: Mapping[str, str]) -> Filters:
    """Raises ``InvalidInput``."""
    product = form.get("product", "")
    if product and product not in backtest_selectors.product_codes():
        raise InvalidInput.field("product", _("Nobody has applied for this product."))
    wanted = _whole(form.get("wanted", ""), WANTED_MAX)
    return Filters(
        product_code=product,
        date_from=_day(form.get("date_from", ""), "date_from"),
        date_to=_day(form.get("date_to", ""), "date_to"),
        wanted=wanted or WANTED,
    )


def _whole(text: str, largest: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and 0 < int(text) <= largest):
        raise InvalidInput.field("wanted", _("A whole number above zero is needed."))
    return int(text)


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput.field(field, _("This is not a day.")) from None


def _page(
    request: HttpRequest, version_id: int, *, status: int = 200, problem: Any = ""
) -> HttpResponse:
    day = today()
    try:
        version = strategy_selectors.version(version_id, on=day)
    except NoVersion:
        raise NotFound from None
    run = backtest_selectors.newest(version_id)
    context: dict[str, Any] = {
        "section": "risk",
        "problem": problem,
        "version": version,
        "others": _others(version, day),
        "products": backtest_selectors.product_codes(),
        "form": request.POST,
        "wanted": WANTED,
        "wanted_max": WANTED_MAX,
        "run": run,
        "may_start": service.may_start(officer_of(request).role),
    }
    if run is not None:
        context["staff"] = staff_names([run.author])
        context["progress"] = Decimal(run.done) / run.total if run.total else None
        if run.summary is not None:
            context["report"] = backtest_words.report(run.summary)
            context["examples"] = _examples(request, run.summary["examples"])
    answer = page(request, "desk/risk/backtest", context, status=status)
    if run is not None and run.is_active and request.method == "GET":
        answer["Refresh"] = _REFRESH_S  # the page must not depend on a script to move on
    patch_cache_control(answer, no_store=True)
    return answer


def _others(version: Any, day: date) -> list[Any]:
    """Versions it may be compared with, the one in force first."""
    rows = [row for row in strategy_selectors.versions(version.strategy, on=day) if row.id != version.id]
    return sorted(rows, key=lambda row: row.standing != "in_force")


def _examples(request: HttpRequest, found: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Some changed decisions by kind; those of applications the viewer may see carry their id."""
    ids = [decision for kept in found.values() for decision in kept]
    visible = worklists.visible_applications(staff_user(request)).filter(decision_id__in=ids)
    pages = {str(decision): pk for decision, pk in visible.values_list("decision_id", "pk")}
    return [
        {
            "words": backtest_words.change(kind),
            "decisions": [{"short": text[:8], "page": pages.get(text)} for text in kept],
        }
        for kind, kept in found.items()
    ]
