"""Loans of the viewer: the list, and one loan with everything that happened to it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import NotFound
from lending.models import Loan, LoanAccount
from lending.selectors import business_day, loan_pages, loan_papers, worklists
from lending.selectors import loans as loan_selectors
from lending.selectors.loan_positions import Position, of_account
from lending.services.loan_changes import seen_mark
from lending.staff_access import officer_of, staff_required, staff_user
from lending.staff_pages import keyset, page
from lending.views.officer import loan_rows, loan_tools

#: Large columns of the contract that its page does not show.
_PAPERS_MAX = 20
_NOT_SHOWN = ("html", "pdf", "evidence", "cost_sheet", "schedule_preview", "terms")


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
    """Where the loan stands, its plan, transactions, postings, terms and tools; stored figures only.

    ``transactions`` and ``postings`` in the query turn their pages; ``quote_on`` and ``early`` ask the tools.
    """
    loan, account = seen_loan(request, loan_id)
    day = business_day.current(account.legal_entity)
    instalments = list(loan_selectors.schedule(loan).order_by("due_date", "number"))
    position = of_account(account, instalments)
    transactions, older = loan_pages.transactions(loan, _whole(request, "transactions"))
    postings, older_postings = loan_pages.postings(loan, _whole(request, "postings"))
    plans = loan_pages.plans(loan)
    lines = loan_rows.plan_lines(instalments)
    context = {
        "section": "loans",
        "papers": loan_papers.all_of_loan(loan)[:_PAPERS_MAX],
        "loan": loan,
        "account": account,
        "today": day,
        "position": position,
        "owed": loan_rows.owed_items(position),
        "lines": lines,
        "interest": sum((row.interest for row in instalments), start=loan.principal * 0),
        "transactions": transactions,
        "older": older,
        "postings": postings,
        "older_postings": older_postings,
        "days": loan_pages.recent_days(account),
        "plans": plans,
        "terms": loan_rows.terms(loan, account),
        "story": loan_rows.story(loan, [one.row for one in transactions], plans),
        **_changes(request, loan, account, position, day),
        **loan_tools.asked(request, account, position, day),
    }
    return page(request, "desk/loan", context)


@require_safe
@staff_required
def loan_days(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """What every closed day of a month added; ``month`` as 2026-11, else the newest."""
    loan, account = seen_loan(request, loan_id)
    newest = account.closed_through.replace(day=1)
    first = account.start_date.replace(day=1)
    month = min(max(_month(request.GET.get("month", "")) or newest, first), max(newest, first))
    context = {
        "section": "loans",
        "loan": loan,
        "month": month,
        "days": loan_pages.days_of(account, month),
        "earlier": _shifted(month, -1) if month > first else None,
        "later": _shifted(month, 1) if month < newest else None,
    }
    return page(request, "desk/loan_days", context)


def seen_loan(request: HttpRequest, loan_id: UUID) -> tuple[Loan, LoanAccount]:
    """The loan and its account, if it is the viewer's."""
    loan = (
        worklists.loans(staff_user(request))
        .select_related("contract", "application")
        .defer(*(f"contract__{name}" for name in _NOT_SHOWN))
        .filter(pk=loan_id)
        .first()
    )
    account = loan_pages.account_of(loan) if loan else None
    if loan is None or account is None:
        raise NotFound
    return loan, account


def _changes(
    request: HttpRequest, loan: Loan, account: LoanAccount, position: Position, day: date
) -> dict[str, Any]:
    """What waits for a second person, and what the viewer may ask for."""
    role = officer_of(request).role
    waiting = loan_pages.open_changes(loan)
    may_change = may(role, Duty.CHANGE_LOANS)
    return {
        "waiting": waiting,
        "reversals_waiting": {one.target_id for one in waiting if one.target_id},
        "me": staff_user(request).pk,
        "seen": seen_mark(account, day),
        "may_change": may_change,
        "may_release": may(role, Duty.RELEASE_LOAN_CHANGES),
        "kinds": loan_tools.kinds_for(loan, position) if may_change else [],
    }


def _whole(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None


def _shifted(month: date, by: int) -> date:
    whole = month.year * 12 + month.month - 1 + by
    return date(whole // 12, whole % 12 + 1, 1)
