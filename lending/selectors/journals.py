"""One journal and the business fact behind it: every journal leads back to what happened."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from lending.models import (
    Branch,
    CardTransfer,
    Disbursement,
    Journal,
    Loan,
    LoanDay,
    LoanTransaction,
    Posting,
    TransactionBooking,
)
from lending.selectors import loans

DAYS_SHOWN = 50
LINES_MAX = 500


@dataclass
class BusinessFact:
    """What a journal stands for; empty fields do not apply.

    ``days``: the loans' own accrual entries behind it, by account; ``day``: of an end of day.
    """

    kind: str
    loan: Loan | None = None
    disbursement: Disbursement | None = None
    transaction: LoanTransaction | None = None
    booking: TransactionBooking | None = None
    transfer: CardTransfer | None = None
    day: date | None = None
    days: "QuerySet[LoanDay]" = field(default_factory=lambda: LoanDay.objects.none())


def by_id(journal_id: UUID) -> Journal | None:
    return (
        Journal.objects.select_related("legal_entity", "reverses").filter(pk=journal_id).first()
    )


def lines_of(journal: Journal) -> list[Posting]:
    rows = journal.postings.select_related("account", "branch", "loan").order_by("pk")
    return list(rows[:LINES_MAX])


def reversed_by(journal: Journal) -> Journal | None:
    return Journal.objects.filter(reverses=journal).first()


def fact_of(journal: Journal) -> BusinessFact:
    """The fact by the journal's source; a reversal's is that of the journal it reverses."""
    if journal.reverses is not None:
        return fact_of(journal.reverses)
    try:
        found = _BY_SOURCE.get(journal.source_type, _plain)(journal)
    except (ValueError, ValidationError):  # a source written otherwise: shown as it stands
        found = _plain(journal)
    if found.loan is None:
        line = journal.postings.select_related("loan").filter(loan__isnull=False).first()
        found.loan = line.loan if line else None
    return found


def days_after(fact: BusinessFact, after: str) -> tuple[list[LoanDay], str]:
    """A page of the accrual entries behind a journal, and the name of the next ("" = last)."""
    rows = fact.days
    account, _, day = after.partition("_")
    try:
        key = int(account[:18]), date.fromisoformat(day)
    except ValueError:
        pass
    else:
        rows = rows.filter(Q(account_id__gt=key[0]) | Q(account_id=key[0], day__gt=key[1]))
    found = list(rows[: DAYS_SHOWN + 1])
    page, more = found[:DAYS_SHOWN], len(found) > DAYS_SHOWN
    return page, f"{page[-1].account_id}_{page[-1].day.isoformat()}" if more else ""


def _plain(journal: Journal) -> BusinessFact:
    return BusinessFact(journal.source_type)


def _disbursement(journal: Journal) -> BusinessFact:
    payout = (
        Disbursement.objects.select_related("application", "drawdown", "bank_card")
        .filter(pk=journal.source_id)
        .first()
    )
    loan = None
    if payout is not None:
        drawing = payout.drawdown
        loan = loans.of_drawdown(drawing) if drawing else loans.first_of(payout.application)
    return BusinessFact("disbursement", loan=loan, disbursement=payout)


def _transaction(journal: Journal) -> BusinessFact:
    """``source_id`` is "transaction" or "transaction:version of its booking"."""
    one = (
        LoanTransaction.objects.select_related("loan", "reverses", "maker", "checker")
        .filter(pk=journal.source_id.partition(":")[0])
        .first()
    )
    if one is None:
        return _plain(journal)
    return BusinessFact(
        "loan_transaction",
        loan=one.loan,
        transaction=one,
        booking=TransactionBooking.objects.filter(journal=journal).first(),
        transfer=CardTransfer.objects.filter(transaction=one).first(),
    )


def _caught_up_days(journal: Journal) -> BusinessFact:
    """``source_id`` is "account:first day:last day"."""
    account, first, last = journal.source_id.split(":")
    rows = LoanDay.objects.filter(account_id=account, day__range=(first, last))
    return BusinessFact("loan_days", days=rows.select_related("account__loan").order_by("account_id", "day"))


def _end_of_day(journal: Journal) -> BusinessFact:
    """``source_id`` begins with the closed day; branch and product are the journal's own."""
    day = date.fromisoformat(journal.source_id[:10])
    branches = Branch.objects.filter(posting__journal=journal)
    rows = LoanDay.objects.filter(
        day=day,
        account__branch__in=branches,
        account__product_code=journal.product_code,
        in_day_journal=True,
    )
    return BusinessFact(
        "end_of_day", day=day, days=rows.select_related("account__loan").order_by("account_id", "day")
    )


_BY_SOURCE = {
    "disbursement": _disbursement,
    "loan_transaction": _transaction,
    "loan_days": _caught_up_days,
    "end_of_day": _end_of_day,
}
