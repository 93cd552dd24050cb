"""What a loan's page at the desk reads: every list bounded, so that an old loan opens like a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from lending.domain.servicing.facts import Split, TransactionKind
from lending.models import (
    LendingEvent,
    Loan,
    LoanAccount,
    LoanChange,
    LoanDay,
    LoanTransaction,
    PlanVersion,
    Posting,
    TransactionBooking,
)
from lending.services.loan_bookings import as_splits

TRANSACTIONS = 8
POSTINGS = 12
DAYS = 31
PLANS = 10
STORY = 20
_BOOKINGS_MAX = 200
#: Events that a transaction tells already.
_TOLD = tuple(f"loan.{kind}" for kind in (*TransactionKind, "reversal"))


@dataclass(frozen=True)
class Booked:
    """A transaction with what it was put to: ``versions`` oldest first, the last one is in force."""

    row: LoanTransaction
    versions: tuple[TransactionBooking, ...]

    @property
    def splits(self) -> tuple[Split, ...]:
        return as_splits(self.versions[-1].splits) if self.versions else ()

    @property
    def earlier(self) -> tuple[tuple[TransactionBooking, tuple[Split, ...]], ...]:
        return tuple((one, as_splits(one.splits)) for one in self.versions[:-1])


def account_of(loan: Loan) -> LoanAccount | None:
    account = LoanAccount.objects.select_related("legal_entity").filter(loan=loan).first()
    if account is not None:
        account.loan = loan
    return account


def transactions(loan: Loan, up_to: int | None) -> tuple[list[Booked], int | None]:
    """Newest first, ``TRANSACTIONS`` of them numbered at most ``up_to``; and where the next page begins."""
    rows = LoanTransaction.objects.filter(loan=loan)
    if up_to is not None:
        rows = rows.filter(number__lte=up_to)
    found = list(
        rows.select_related("maker__officer", "checker__officer", "reverses", "reversal", "card_transfer")
        .order_by("-number")[: TRANSACTIONS + 1]
    )
    shown = found[:TRANSACTIONS]
    return booked(shown), found[TRANSACTIONS].number if len(found) > TRANSACTIONS else None


def booked(rows: Sequence[LoanTransaction]) -> list[Booked]:
    """Each with its bookings, all versions (of a page together at most ``_BOOKINGS_MAX``)."""
    versions: dict[Any, list[TransactionBooking]] = {}
    bookings = (
        TransactionBooking.objects.filter(transaction__in=rows)
        .select_related("caused_by")
        .order_by("-version")[:_BOOKINGS_MAX]
    )
    for one in sorted(bookings, key=lambda booking: booking.version):
        versions.setdefault(one.transaction_id, []).append(one)
    return [Booked(row, tuple(versions.get(row.pk, ()))) for row in rows]


def postings(loan: Loan, up_to: int | None) -> tuple[list[Posting], int | None]:
    """The loan's ledger lines, newest first, and where the next page begins."""
    rows = Posting.objects.filter(loan=loan)
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to)
    found = list(rows.select_related("journal", "account").order_by("-pk")[: POSTINGS + 1])
    return found[:POSTINGS], found[POSTINGS].pk if len(found) > POSTINGS else None


def recent_days(account: LoanAccount) -> list[LoanDay]:
    """The last closed days, newest first."""
    since = account.closed_through - timedelta(days=DAYS - 1)
    return list(LoanDay.objects.filter(account_id=account.pk, day__gte=since).order_by("-day")[:DAYS])


def days_of(account: LoanAccount, month: date) -> list[LoanDay]:
    """The closed days of the month that begins on ``month``."""
    following = (month + timedelta(days=32)).replace(day=1)
    rows = LoanDay.objects.filter(account_id=account.pk, day__gte=month, day__lt=following)
    return list(rows.order_by("day"))


def plans(loan: Loan) -> list[PlanVersion]:
    """The newest plans, and what caused each."""
    rows = PlanVersion.objects.filter(loan=loan).select_related("caused_by")
    return list(rows.order_by("-version")[:PLANS])


def open_changes(loan: Loan) -> list[LoanChange]:
    """Proposals that wait for a second person, oldest first."""
    rows = LoanChange.objects.filter(loan=loan, state="proposed").defer("voucher")
    return list(rows.select_related("maker__officer", "target").order_by("proposed_at")[:20])


def decided_changes(loan: Loan) -> list[LoanChange]:
    """Newest decided ones, those booked left out: their transaction tells it."""
    rows = LoanChange.objects.filter(loan=loan).exclude(state__in=["proposed", "approved"])
    return list(
        rows.defer("voucher").select_related("checker__officer").order_by("-proposed_at")[:STORY]
    )


def events(loan: Loan) -> QuerySet[LendingEvent]:
    """Newest first; without those that a transaction tells already."""
    rows = LendingEvent.objects.filter(application_id=loan.application_id, loan_id=loan.pk)
    return rows.exclude(name__in=_TOLD).order_by("-id")[:STORY]
