"""Outside sources at the desk: health, use and cost of each; its switch and daily limits."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, NotFound, NotPermitted
from lending.forms.officer_sources import SourceForm, initial
from lending.services import sources as source_service
from lending.staff_access import officer_of, require_duty, staff_required
from lending.staff_pages import page
from lending.views.officer import source_words
from risk.gateways.http_port import BODY_BYTES_MAX
from risk.selectors import sources as source_selectors

#: Field of the service → field of the form, where they differ.
_NAMES = {"daily_budget_fen": "daily_budget"}


@require_safe
@staff_required
def source_list(request: HttpRequest) -> HttpResponse:
    """Every source with the last day's and week's figures; nothing about a person."""
    require_duty(request, Duty.SEE_RISK)
    lines = [_line(row) for row in source_selectors.overview(timezone.now())]
    context = {
        "section": "risk",
        "lines": lines,
        "today": sum((line["today"] for line in lines), Decimal(0)),
        "month": sum((line["month"] for line in lines), Decimal(0)),
        "troubled": [line for line in lines if line["health"].light in ("failing", "off", "over")],
    }
    return page(request, "desk/risk/sources", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def source_page(request: HttpRequest, code: str) -> HttpResponse:
    """One source: its row, hours, last failures, and for those with the duty its switch."""
    require_duty(request, Duty.SEE_RISK)
    try:
        health = source_selectors.health(code, timezone.now())
    except source_selectors.UnknownSource:
        raise NotFound from None
    if request.method == "POST":
        return _change(request, health)
    return _page(request, health, SourceForm(initial=initial(health.setting)))


def _change(request: HttpRequest, health: source_selectors.SourceHealth) -> HttpResponse:
    officer = require_duty(request, Duty.KEEP_SOURCES)
    form, code = SourceForm(request.POST), health.source.code
    if not form.is_valid():
        return _page(request, health, form, status=422)
    try:
        source_service.change(
            officer=officer, source=code, now=timezone.now(), **form.values()
        )
    except (NotPermitted, NotFound):
        raise
    except DomainError as refused:
        for field, messages in refused.errors.items():
            name = _NAMES.get(field, field)
            form.add_error(name if name in form.fields else None, messages)
        if not refused.errors:
            form = SourceForm(initial=initial(health.setting))
        conflict = "" if refused.errors else refused.message
        return _page(request, health, form, status=refused.status, conflict=conflict)
    return redirect("desk:source", code)


def _page(
    request: HttpRequest,
    health: source_selectors.SourceHealth,
    form: SourceForm,
    *,
    status: int = 200,
    conflict: Any = "",
) -> HttpResponse:
    now, code = timezone.now(), health.source.code
    hours = source_selectors.hours(code, now)
    context = {
        "section": "risk",
        "line": _line(health),
        "form": form,
        "conflict": conflict,
        "spans": [(_("24 hours"), health.day), (_("7 days"), health.week)],
        "hours": hours,
        "hour_names": [f"{hour.at:%H}:00" for hour in hours],
        "latencies": [
            (_("half of the answers, ms"), [hour.p50_ms for hour in hours]),
            (_("95 of 100 answers, ms"), [hour.p95_ms for hour in hours]),
        ],
        "failures": [
            {**row, "why": source_words.problem(row["problem"])}
            for row in source_selectors.failures(code, now)
        ],
        "kilobytes": BODY_BYTES_MAX // 1000,
        "may_keep": may(officer_of(request).role, Duty.KEEP_SOURCES),
    }
    return page(request, "desk/risk/source", context, status=status)


def _line(health: source_selectors.SourceHealth) -> dict[str, Any]:
    """A row with its money in yuan."""
    budget = health.setting.daily_budget_fen
    return {
        "health": health,
        "source": health.source,
        "setting": health.setting,
        "day": health.day,
        "week": health.week,
        "cost": _yuan(health.source.cost_fen),
        "today": _yuan(health.cost_today_fen),
        "month": _yuan(health.cost_30_days_fen),
        "budget": None if budget is None else _yuan(budget),
        "name_zh": health.name_zh,
        "name_en": health.name_en,
    }


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100
