"""Revolving lines of the viewer: the list by state, and one line with its loans, movements and tools."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lending.domain.credit_lines import LIVE_STATES, RENEWAL_DAYS, LineState
from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, NotFound
from lending.models import CreditLine
from lending.selectors import credit_lines as line_selectors
from lending.selectors import worklists
from lending.services import credit_lines
from lending.services.applications import clean_amount
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import keyset, page, today
from products.money import ZERO

TABS = ("live", "frozen", "ending", "ended")
_LOANS_MAX = 50


@require_safe
@staff_required
def line_list(request: HttpRequest) -> HttpResponse:
    """Newest first, 50 a page; the search takes an exact line number."""
    rows = worklists.credit_lines(staff_user(request))
    tab = request.GET.get("tab", "live")
    tab = tab if tab in TABS else "live"
    line_no = request.GET.get("q", "").strip().upper()[:30].replace("\x00", "")
    if line_no:
        rows = rows.filter(line_no=line_no)
    elif tab == "frozen":
        rows = rows.filter(state=LineState.FROZEN)
    elif tab == "ending":
        soon = today() + timedelta(days=RENEWAL_DAYS)
        rows = rows.filter(state__in=LIVE_STATES, valid_until__lte=soon)
    else:
        live = rows.filter(state__in=LIVE_STATES)
        rows = rows.exclude(state__in=LIVE_STATES) if tab == "ended" else live
    context = {
        "section": "servicing",
        "page": keyset(request, rows, field="created_at"),
        "line_tab": tab,
        "line_tabs": TABS,
        "q": line_no,
    }
    return page(request, "desk/servicing/lines", context)


@require_safe
@staff_required
def line_page(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Limit, use, loans and movements of one line, and what a person may do with it."""
    return _page(request, _visible(request, line_id))


@require_POST
@staff_required
def freeze(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Nothing can be drawn until a person releases it."""
    return _do(request, line_id, credit_lines.freeze)


@require_POST
@staff_required
def release(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """It may be drawn again."""
    return _do(request, line_id, credit_lines.release)


@require_POST
@staff_required
def set_limit(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Cut the limit, or raise it again up to what the contract granted."""

    def change(**word: Any) -> CreditLine:
        text = request.POST.get("limit", "").strip()
        limit = ZERO if text in ("0", "0.00") else clean_amount("limit", text)
        return credit_lines.set_limit(limit=limit, **word)

    return _do(request, line_id, change)


def _do(
    request: HttpRequest, line_id: UUID, service: Callable[..., CreditLine]
) -> HttpResponse:
    officer = require_duty(request, Duty.CHANGE_LOANS)
    line = _visible(request, line_id)
    reason = request.POST.get("reason", "")
    try:
        service(line_id=line.pk, officer=officer, reason=reason, now=timezone.now())
    except DomainError as error:
        problem = next((found[0] for found in error.errors.values()), error.message)
        return _page(request, line, status=error.status, problem=problem)
    return redirect("desk:line", line_id=line.pk)


def _visible(request: HttpRequest, line_id: UUID) -> CreditLine:
    line = worklists.credit_lines(staff_user(request)).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    return line


def _page(
    request: HttpRequest, line: CreditLine, *, status: int = 200, problem: Any = ""
) -> HttpResponse:
    is_live = line.state in LIVE_STATES
    context = {
        "section": "servicing",
        "line": line,
        "available": line_selectors.drawable(line),
        "share": line.used_amount / line.limit_amount if line.limit_amount else 1,
        "loans": list(line_selectors.loans(line)[:_LOANS_MAX]),
        "page": keyset(request, line_selectors.movements(line), field="at"),
        "may_change": is_live and may(officer_of(request).role, Duty.CHANGE_LOANS),
        "problem": problem,
        "posted": request.POST,
    }
    return page(request, "desk/servicing/line", context, status=status)
