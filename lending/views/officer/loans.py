"""Loans of the viewer: the list, and one loan with its schedule and its lines in the ledger."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lending.errors import NotFound
from lending.selectors import desk, worklists
from lending.selectors import loans as loan_selectors
from lending.staff_access import staff_required, staff_user
from lending.staff_pages import keyset, page, today

_POSTINGS_MAX = 200


@require_safe
@staff_required
def loan_list(request: HttpRequest) -> HttpResponse:
    """Newest first, 50 a page; the search takes an exact note number."""
    rows = worklists.loans(staff_user(request))
    note_no = request.GET.get("q", "").strip().upper()[:30].replace("\x00", "")
    if note_no:
        rows = rows.filter(note_no=note_no)
    return page(
        request,
        "desk/loans",
        {
            "section": "loans",
            "page": keyset(request, rows, field="created_at"),
            "q": note_no,
        },
    )


@require_safe
@staff_required
def loan_page(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """Terms, schedule and postings of one loan."""
    loan = (
        worklists.loans(staff_user(request))
        .select_related("contract", "application")
        .filter(pk=loan_id)
        .first()
    )
    if loan is None:
        raise NotFound
    instalments = list(loan_selectors.schedule(loan))
    day = today()
    return page(
        request,
        "desk/loan",
        {
            "section": "loans",
            "loan": loan,
            "instalments": instalments,
            "today": day,
            "next_due": next((row for row in instalments if row.due_date >= day), None),
            "interest": sum((row.interest for row in instalments), start=loan.principal * 0),
            "postings": list(desk.postings(loan.pk)[:_POSTINGS_MAX]),
        },
    )
