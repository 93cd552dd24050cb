"""Reconciliation on the desk: a day's three sides, differences with their life, runs."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from lending.domain.reconciliation import DIRECTIONS, BreakKind, Resolution
from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, InvalidInput, NotFound
from lending.models import ReconciliationBreak, ReconciliationRun
from lending.selectors import reconciliation_breaks as differences
from lending.services import reconciliation, reconciliation_breaks
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import keyset, page
from lending.views.officer import reconciliation_words

_KINDS = [kind.value for kind in BreakKind]


@require_safe
@staff_required
def day_page(request: HttpRequest) -> HttpResponse:
    """One day's three sides as last compared (``?day=``, else the newest), and the differences."""
    require_duty(request, Duty.SEE_BOOKS)
    return _day_page(request)


@require_safe
@staff_required
def runs(request: HttpRequest) -> HttpResponse:
    """Every comparison, newest first."""
    require_duty(request, Duty.SEE_BOOKS)
    rows = ReconciliationRun.objects.select_related("asked_by__officer")
    found = keyset(request, rows, field="started_at")
    return page(request, "desk/servicing/reconciliation_runs", {"section": "servicing", "page": found})


@require_POST
@staff_required
def run_now(request: HttpRequest) -> HttpResponse:
    """Ask the worker for a comparison of a day."""
    require_duty(request, Duty.RESOLVE_BREAKS)
    day, now = _date(request.POST.get("day", "")), timezone.now()
    if day is None or day > timezone.localdate(now):
        problem = InvalidInput.field("day", reconciliation_words.NO_DAY)
        return _day_page(request, status=problem.status, problem=problem.message)
    reconciliation.ask(day=day, user=staff_user(request), now=now)
    return redirect(f"{request.path.removesuffix('run/')}?day={day.isoformat()}")


@require_safe
@staff_required
def break_page(request: HttpRequest, break_id: int) -> HttpResponse:
    """One difference: three sides, history, and what this person may do about it."""
    require_duty(request, Duty.SEE_BOOKS)
    return _break_page(request, break_id)


@require_POST
@staff_required
def take(request: HttpRequest, break_id: int) -> HttpResponse:
    """It is mine to explain."""
    return _act(request, break_id, reconciliation_breaks.take, user=staff_user(request))


@require_POST
@staff_required
def propose(request: HttpRequest, break_id: int) -> HttpResponse:
    """The first person says what it was."""
    return _act(
        request, break_id, reconciliation_breaks.propose, maker=staff_user(request),
        resolution=request.POST.get("resolution", "")[:30],
        explanation=request.POST.get("explanation", "")[:400],
    )  # fmt: skip


@require_POST
@staff_required
def confirm(request: HttpRequest, break_id: int) -> HttpResponse:
    """The second person agrees."""
    return _act(
        request, break_id, reconciliation_breaks.confirm, checker=staff_user(request),
        seen=request.POST.get("seen", ""),
    )  # fmt: skip


@require_POST
@staff_required
def send_back(request: HttpRequest, break_id: int) -> HttpResponse:
    """The proposal does not convince."""
    return _act(
        request, break_id, reconciliation_breaks.send_back, user=staff_user(request),
        reason=request.POST.get("reason", "")[:400], seen=request.POST.get("seen", ""),
    )  # fmt: skip


def _act(
    request: HttpRequest, break_id: int, service: Callable[..., Any], **word: Any
) -> HttpResponse:
    require_duty(request, Duty.RESOLVE_BREAKS)
    try:
        service(break_id=break_id, now=timezone.now(), **word)
    except NotFound:
        raise
    except DomainError as error:
        return _break_page(
            request, break_id, status=error.status, problem=error.message, errors=error.errors,
            posted=request.POST,
        )  # fmt: skip
    return redirect("desk:reconciliation-break", break_id)


def _break_page(request: HttpRequest, break_id: int, *, status: int = 200, **extra: Any) -> HttpResponse:
    row = (
        ReconciliationBreak.objects.select_related("owner", "maker__officer", "checker__officer")
        .filter(pk=break_id)
        .first()
    )
    if row is None:
        raise NotFound
    steps = row.steps.select_related("by__officer", "run").order_by("-id")[:100]
    context = {
        "section": "servicing",
        "row": row,
        "evidence": differences.evidence(row),
        "steps": steps,
        "seen": reconciliation_breaks.proposal_mark(row),
        "resolutions": [one.value for one in Resolution],
        "me": staff_user(request).pk,
        "may_resolve": may(officer_of(request).role, Duty.RESOLVE_BREAKS),
        "errors": {},
        "posted": {},
        **extra,
    }
    return page(request, "desk/servicing/reconciliation_break", context, status=status)


def _day_page(request: HttpRequest, *, status: int = 200, problem: Any = "") -> HttpResponse:
    officer = officer_of(request)
    day = _date(request.GET.get("day", ""))
    run = differences.newest_finished(day)
    day = day or (run.business_date if run else timezone.localdate())
    tab = request.GET.get("tab", "")
    tab = tab if tab in differences.TABS else differences.TABS[0]
    kind, owner = request.GET.get("kind", ""), request.GET.get("owner", "")
    is_closed = tab == "resolved"
    rows = keyset(
        request,
        differences.listed(tab=tab, kind=kind, owner=owner, me=officer),
        field="resolved_at" if is_closed else "found_at",
        newest_first=is_closed,
    )
    context = {
        "section": "servicing",
        "day": day,
        "run": run,
        "sides": _sides(run) if run else [],
        "newest": differences.newest(day),
        "page": rows,
        "open_count": sum(differences.open_by_kind().values()),
        "tab": tab, "tabs": differences.TABS,
        "kind": kind, "kinds": _KINDS,
        "owner": owner,
        "may_resolve": may(officer.role, Duty.RESOLVE_BREAKS),
        "problem": problem,
    }  # fmt: skip
    return page(request, "desk/servicing/reconciliation", context, status=status)


def _sides(run: ReconciliationRun) -> list[dict[str, Any]]:
    """A row a direction: count and sum of each side, and how far ours and the ledger are from the bank."""
    rows = []
    for direction in DIRECTIONS:
        row: dict[str, Any] = {"direction": direction}
        for side in ("ours", "books", "theirs"):
            row[f"{side}_count"] = getattr(run, f"{side}_{direction}_count")
            row[f"{side}_sum"] = getattr(run, f"{side}_{direction}_sum")
        row["ours_off"] = Decimal(row["ours_sum"]) - row["theirs_sum"]
        row["books_off"] = Decimal(row["books_sum"]) - row["theirs_sum"]
        rows.append(row)
    return rows


def _date(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None
