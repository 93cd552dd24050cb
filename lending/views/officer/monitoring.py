"""How decisions go after they were made: rates, shifts, cohorts, speed, cost, people, alerts."""

import csv
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty
from lending.errors import DomainError, NotFound
from lending.forms.officer_risk import PERIODS, chosen_span
from lending.selectors import monitoring as lending_reading
from lending.services import monitoring as service
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import page, today
from lending.views.officer import monitoring_words as words
from risk.selectors import cohorts, monitoring, monitoring_alerts, monitoring_words
from risk.selectors.monitoring import REFERENCE_DAYS, Report, Span


@require_safe
@staff_required
def monitoring_page(request: HttpRequest) -> HttpResponse:
    """Everything of the chosen days."""
    require_duty(request, Duty.SEE_RISK)
    return _page(request)


@require_safe
@staff_required
def daily_csv(request: HttpRequest) -> HttpResponse:
    """The daily table, at most ``DAYS_MAX`` rows."""
    require_duty(request, Duty.SEE_RISK)
    span, _shown = chosen_span(request.GET, today())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"decisions-{span.since.isoformat()}-{span.until.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, no_store=True)
    response.write("\ufeff")  # spreadsheet programs then read it as UTF-8
    writer = csv.writer(response)
    writer.writerow(
        [_("Day"), _("Decisions"), _("Approved"), _("To a person"), _("Declined"),
         _("Approval rate"), _("Automation rate")]
    )
    for day in monitoring.per_day(span):
        writer.writerow(
            [day.day, day.n, day.approve, day.refer, day.decline,
             f"{day.approval or 0:.4f}", f"{day.automation or 0:.4f}"]
        )
    return response


@require_POST
@staff_required
def acknowledge(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Somebody has read an alert."""
    officer = require_duty(request, Duty.SEE_RISK)
    note = request.POST.get("note", "")[:1000]
    try:
        service.acknowledge(officer=officer, alert_id=alert_id, note=note, now=timezone.now())
    except NotFound:
        raise
    except DomainError as error:
        typed = {"alert": alert_id, "note": note}
        return _page(request, status=error.status, problem=error.message, typed=typed)
    return redirect("desk:monitoring")


def _page(
    request: HttpRequest, *, status: int = 200, problem: Any = "", typed: Any = None
) -> HttpResponse:
    day = today()
    span, shown = chosen_span(request.GET, day)
    report = monitoring.report(span)
    reasons, features = monitoring_words.reasons_and_features(day)
    context = {
        "section": "risk",
        "problem": problem,
        "typed": typed or {},
        "shown": shown,
        "query": urlencode(shown),
        "periods": PERIODS,
        "products": monitoring.products(),
        "report": report,
        "reference_days": REFERENCE_DAYS,
        "alerts": [words.alert(row) for row in monitoring_alerts.open_alerts()],
        "past_alerts": [words.alert(row) for row in monitoring_alerts.recent()],
        "reason_words": reasons,
        "feature_words": features,
        "source_words": monitoring_words.sources(),
        "cohorts": cohorts.cohorts(span),
        "outcomes_at": monitoring.counted_at("outcomes"),
        **_charts(report, reasons),
        **_vintages(span.product),
        **_people(request, span),
    }
    return page(request, "desk/risk/monitoring", context, status=status)


def _charts(report: Report, reasons: Any) -> dict[str, Any]:
    """What the chart tags draw: shares in percent, names of days and weeks."""
    from lending.templatetags.risk_pages import lookup

    days = report.days
    return {
        "day_names": [f"{day.day:%m-%d}" for day in days],
        "day_counts": [
            (_("Approved"), [day.approve for day in days]),
            (_("To a person"), [day.refer for day in days]),
            (_("Declined"), [day.decline for day in days]),
        ],
        "day_rates": [
            (_("Approval rate"), [_percent(day.approval) for day in days]),
            (_("Automation rate"), [_percent(day.automation) for day in days]),
        ],
        "score_rows": [(b, was * 100, is_ * 100) for b, was, is_ in report.score.bins],
        "score_size": words.shift(report.score.size),
        "shifts": [(row, words.shift(row.size)) for row in report.characteristics],
        "week_names": [f"{week:%m-%d}" for week in report.weeks],
        "week_reasons": [(lookup(reasons, code), counts) for code, counts in report.reasons],
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _vintages(product: str) -> dict[str, Any]:
    """Curves over months on book; a month nobody has lived through yet is no curve."""
    rows = [row for row in cohorts.vintages(today=today(), product=product) if row.shares]
    longest = max((len(row.shares) for row in rows), default=0)
    padded = [
        (row, [s * 100 for s in row.shares] + [None] * (longest - len(row.shares))) for row in rows
    ]
    return {
        "vintages": padded,
        "vintage_months": list(range(longest)),
        "vintage_lines": [(row.month, shares) for row, shares in padded[-6:]],
    }


def _people(request: HttpRequest, span: Span) -> dict[str, Any]:
    """Overrides of those the viewer may see: a manager's branch, else everybody."""
    zone = timezone.get_current_timezone()
    since = datetime.combine(span.since, time.min, zone)
    until = datetime.combine(span.until + timedelta(days=1), time.min, zone)
    rows = lending_reading.overrides(user=staff_user(request), since=since, until=until)
    is_branch = officer_of(request).role == "manager"
    return {"overrides": rows, "overrides_of_branch": is_branch}
