"""The front page of servicing: what waits for somebody today, and the doors to its rooms."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lending.domain.staff_duties import Duty, may
from lending.models import Officer
from lending.selectors import (
    card_transfers,
    collection_cases,
    end_of_day,
    loan_changes,
    reconciliation_breaks,
)
from lending.staff_access import officer_of, staff_required, staff_user
from lending.staff_pages import page, today


@require_safe
@staff_required
def servicing_home(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    sees_books = may(officer.role, Duty.SEE_BOOKS)
    context = {
        "section": "servicing",
        "today": today(),
        "waiting": [*_of_people(request, officer), *(_of_books() if sees_books else ())],
        "newest": end_of_day.newest_run() if sees_books else None,
    }
    return page(request, "desk/servicing/home", context)


def _line(count: int, name: str, address: str, what_for: str) -> dict[str, Any]:
    return {"count": count, "name": name, "url": reverse(address), "what_for": what_for}


def _of_people(request: HttpRequest, officer: Officer) -> list[dict[str, Any]]:
    found = []
    if may(officer.role, Duty.CHANGE_LOANS):
        found.append(
            _line(
                loan_changes.waiting_count(staff_user(request)), _("Changes that wait for me"),
                "desk:loan-changes",
                _("reversals, vouchers, extensions, write-offs: a second person decides"),
            )
        )
    if may(officer.role, Duty.COLLECT):
        found.append(
            _line(
                collection_cases.worklist(officer, today()).count(), _("Cases in arrears"),
                "desk:arrears", _("promises due today first, then by what is at risk"),
            )
        )
    return found


def _of_books() -> list[dict[str, Any]]:
    return [
        _line(
            card_transfers.in_doubt().count() + card_transfers.unbooked().count(),
            _("Card payments in doubt"), "desk:card-transfers",
            _("the core bank has not said clearly, or the loan could not book it"),
        ),
        _line(
            sum(reconciliation_breaks.open_by_kind().values()), _("Unexplained differences"),
            "desk:reconciliation", _("the date does not roll over while one is open"),
        ),
        _line(
            end_of_day.parked_count(), _("Loans set aside by the close"), "desk:end-of-day",
            _("each with its error and a button to try again"),
        ),
    ]
