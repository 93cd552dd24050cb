"""Payouts in doubt: what the machine is still asking about, and what two people must settle."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lending.errors import DomainError, NotFound, NotPermitted
from lending.selectors import desk, worklists
from lending.services import manual_payouts
from lending.staff_access import officer_of, staff_required, staff_user
from lending.staff_pages import page


@require_safe
@staff_required
def payout_list(request: HttpRequest) -> HttpResponse:
    """Everything not settled in scope, for managers and head office."""
    return _list(request)


@require_POST
@staff_required
def propose(request: HttpRequest, disbursement_id: UUID) -> HttpResponse:
    """The first person says what the core bank shows."""
    return _act(
        request, disbursement_id, manual_payouts.propose, maker=staff_user(request),
        verdict=request.POST.get("verdict", "")[:10], reference=request.POST.get("reference", "")[:80],
        note=request.POST.get("note", "")[:600],
    )


@require_POST
@staff_required
def confirm(request: HttpRequest, disbursement_id: UUID) -> HttpResponse:
    """The second person agrees; the payout is settled."""
    return _act(
        request, disbursement_id, manual_payouts.confirm, checker=staff_user(request),
        seen=request.POST.get("seen"),
    )


def _act(request: HttpRequest, disbursement_id: UUID, service: Any, **word: Any) -> HttpResponse:
    visible = worklists.open_payouts(staff_user(request))
    if disbursement_id not in {row.pk for row in visible}:
        raise NotFound
    try:
        service(disbursement_id=disbursement_id, now=timezone.now(), **word)
    except DomainError as error:
        return _list(
            request, status=error.status, problem=error.message, errors=error.errors,
            wrong_id=disbursement_id, posted=request.POST,
        )
    return redirect("desk:payouts")


def _list(request: HttpRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    if officer_of(request).role not in manual_payouts.MAY_SETTLE:
        raise NotPermitted(manual_payouts.MANAGERS_ONLY)
    rows = list(worklists.open_payouts(staff_user(request)))
    context = {
        "section": "payouts",
        "doubtful": [row for row in rows if row.state == "manual"],
        "asking": [row for row in rows if row.state != "manual"],
        "names": {row.pk: desk.name_of(row.application) for row in rows},
        "me": staff_user(request).pk,
        "errors": {},
        "posted": {},
        **extra,
    }
    return page(request, "desk/payouts", context, status=status)
