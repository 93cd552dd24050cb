"""Money between cards and the bank: what needs two people, what is not booked, what became of today's."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError
from lending.selectors import card_transfers
from lending.services import manual_card_transfers
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import keyset, page, today
from lending.views.officer.card_transfer_words import LISTS


@require_safe
@staff_required
def card_transfer_list(request: HttpRequest) -> HttpResponse:
    """``?show=``: one of the lists; those that need people first."""
    require_duty(request, Duty.SEE_BOOKS)
    return _list(request)


@require_POST
@staff_required
def propose(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """The first person says what the core bank shows."""
    return _act(
        request, transfer_id, manual_card_transfers.propose, maker=staff_user(request),
        verdict=request.POST.get("verdict", "")[:10], reference=request.POST.get("reference", "")[:80],
        note=request.POST.get("note", "")[:600],
    )


@require_POST
@staff_required
def confirm(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """The second person agrees; the transfer is settled and booked."""
    return _act(
        request, transfer_id, manual_card_transfers.confirm, checker=staff_user(request),
        seen=request.POST.get("seen"),
    )


def _act(request: HttpRequest, transfer_id: UUID, service: Any, **word: Any) -> HttpResponse:
    require_duty(request, Duty.RESOLVE_BREAKS)
    try:
        service(transfer_id=transfer_id, now=timezone.now(), **word)
    except DomainError as error:
        return _list(
            request, status=error.status, problem=error.message, errors=error.errors,
            wrong_id=transfer_id, posted=request.POST,
        )
    return redirect("desk:card-transfers")


def _list(request: HttpRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    show = request.GET.get("show", "")
    if show not in LISTS:
        show = "doubt"
    rows = {
        "doubt": card_transfers.in_doubt,
        "unbooked": card_transfers.unbooked,
        "asking": card_transfers.being_asked,
        "today": lambda: card_transfers.of_day(today()),
    }[show]()
    context = {
        "section": "servicing",
        "show": show,
        "lists": list(LISTS),
        "found": keyset(request, rows, field="created_at", newest_first=show == "today"),
        "doubtful": card_transfers.in_doubt().count(),
        "not_booked": card_transfers.unbooked().count(),
        "counts": card_transfers.counts_of_day(today()),
        "today": today(),
        "may_settle": may(officer_of(request).role, Duty.RESOLVE_BREAKS),
        "me": staff_user(request).pk,
        "errors": {},
        "posted": {},
        **extra,
    }
    return page(request, "desk/servicing/card_transfers", context, status=status)
