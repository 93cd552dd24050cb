"""One journal on the desk: its lines, what it reverses, and the business fact it stands for."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lending.domain.servicing.facts import Split
from lending.domain.staff_duties import Duty
from lending.errors import NotFound
from lending.selectors import journals
from lending.services.loan_bookings import as_splits
from lending.staff_access import require_duty, staff_required
from lending.staff_pages import page


@require_safe
@staff_required
def journal_page(request: HttpRequest, journal_id: UUID) -> HttpResponse:
    """A day's accruals list the loans behind them, 50 a page."""
    require_duty(request, Duty.SEE_BOOKS)
    journal = journals.by_id(journal_id)
    if journal is None:
        raise NotFound
    fact = journals.fact_of(journal)
    lines = journals.lines_of(journal)
    after = request.GET.get("after", "")[:40]
    days, following = journals.days_after(fact, after)
    context = {
        "section": "servicing",
        "journal": journal,
        "lines": lines,
        "debit": sum((line.amount for line in lines if line.amount > 0), start=lines[0].amount * 0),
        "reversed_by": journals.reversed_by(journal),
        "fact": fact,
        "splits": _splits(fact),
        "days": days,
        "following": following,
        "is_first": not after,
    }
    return page(request, "desk/servicing/journal", context)


def _splits(fact: journals.BusinessFact) -> tuple[Split, ...]:
    return as_splits(fact.booking.splits) if fact.booking else ()

