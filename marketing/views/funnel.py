"""The funnel: from scan to money, by step, and by officer, product or code."""

import csv
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lending.selectors import staff as staff_selectors
from lending.staff_access import officer_of, scope_of, staff_required
from lending.staff_pages import page, today
from marketing.domain.funnel import DEFAULT_WINDOW, WINDOWS
from marketing.domain.spreadsheet import safe_cell
from marketing.selectors import funnels, rates
from marketing.views import words

DAYS_DEFAULT, DAYS_MAX = 30, 366
_EARLIEST = date(2020, 1, 1)


@require_safe
@staff_required
def funnel_page(request: HttpRequest) -> HttpResponse:
    """Bars per step, who is on the way, who was lost where and why, and a table per dimension."""
    now = timezone.now()
    chosen, shown = _chosen(request)
    by = shown["by"]
    view = funnels.funnel(chosen, now, by)
    return page(
        request,
        "marketing/funnel",
        {
            "section": "funnel",
            "funnel": view.funnel,
            "times_from": view.times_from,
            "shown": shown,
            "groups": _named(view.groups, by),
            "obstacles": [(words.obstacle(reason), n) for reason, n in funnels.obstacles(chosen)],
            "dimensions": words.DIMENSIONS,
            "windows": words.WINDOWS.items(),
            "products": rates.of_products(today()),
            "query": urlencode({k: v for k, v in shown.items() if v and k != "by"}),
            "groups_max": funnels.GROUPS_MAX,
            "sampled": view.times_from < view.funnel.entered,
        },
    )


@require_safe
@staff_required
def export(request: HttpRequest) -> HttpResponse:
    """The same figures as CSV: steps first, then the chosen breakdown."""
    chosen, shown = _chosen(request)
    view = funnels.funnel(chosen, timezone.now(), shown["by"])
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="funnel-{shown["since"]}-{shown["until"]}.csv"'
    )
    response.write("\ufeff")  # spreadsheet programs then read it as UTF-8
    writer = csv.writer(response)
    writer.writerow(words.CSV_STEPS)
    for step in view.funnel.steps:
        writer.writerow(
            [
                safe_cell(cell)
                for cell in (
                    words.step(step.key),
                    step.n,
                    step.step_share,
                    step.total_share,
                    step.median_s,
                    step.p90_s,
                    step.in_progress,
                    step.dropped,
                    *(step.stopped.get(e, 0) for e in ("declined", "withdrawn", "expired")),
                )
            ]
        )
    writer.writerow([])
    writer.writerow(words.CSV_GROUPS)
    for name, group in _named(view.groups, shown["by"]):
        writer.writerow(
            [
                safe_cell(cell)
                for cell in (
                    name,
                    group.entered,
                    group.submitted,
                    group.offered,
                    group.disbursed,
                    group.in_progress,
                    group.share,
                )
            ]
        )
    return response


@require_safe
@staff_required
def figure(request: HttpRequest) -> HttpResponse:
    """The desk's small card: scan to money over 30 days, and where most people stop."""
    chosen, _shown = _chosen(request)
    view = funnels.funnel(chosen, timezone.now())
    settled = view.funnel.entered - view.funnel.total("in_progress")
    worst = view.funnel.worst
    return render(
        request,
        "marketing/_figure.html",
        {
            "share": view.funnel.steps[-1].n / settled if settled else None,
            "entered": view.funnel.entered,
            "worst": words.stopped_before(worst.key) if worst else "",
            "worst_share": worst.dropped / view.funnel.entered if worst else None,
        },
    )


def _chosen(request: HttpRequest) -> tuple[funnels.Filter, dict[str, Any]]:
    """What was asked for, made safe, inside the viewer's scope; and the same for filling the form."""
    asked, scope, day = request.GET, scope_of(officer_of(request)), timezone.localdate()
    until = max(min(_date(asked.get("until", ""), day), day), _EARLIEST)
    since = _date(asked.get("since", ""), until - timedelta(days=DAYS_DEFAULT - 1))
    since = max(min(since, until), until - timedelta(days=DAYS_MAX))
    window = asked.get("window", "")
    window = window if window in WINDOWS else DEFAULT_WINDOW
    by = asked.get("by", "")
    by = by if by in funnels.GROUP_COLUMNS else "product"
    product, code = _word(asked.get("product", "")), _word(asked.get("code", ""))
    officer_text = asked.get("officer", "")
    officer_id = (
        int(officer_text)
        if officer_text.isascii() and officer_text.isdigit() and len(officer_text) < 10
        else None
    )
    chosen = funnels.Filter(
        since=_midnight(since),
        until=_midnight(until + timedelta(days=1)),
        window=WINDOWS[window],
        officer_id=scope.officer_id or officer_id,
        branch_id=scope.branch_id,
        product_code=product or None,
        code=code or None,
    )
    return chosen, {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "window": window,
        "by": by,
        "product": product,
        "code": code,
        "officer": officer_id or "",
    }


def _date(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default


def _word(text: str) -> str:
    return text[:40].replace("\x00", "")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _named(groups: list[funnels.Group], by: str) -> list[tuple[str, funnels.Group]]:
    """Groups with names a person knows."""
    if by == "officer":
        known: dict[Any, str] = dict(staff_selectors.names({g.key for g in groups if g.key}))
    elif by == "product":
        known = {code: product.name for code, product in rates.of_products(today()).items()}
    else:
        known = {}
    return [(known.get(g.key) or str(g.key or words.NOBODY), g) for g in groups]
