"""From a replay to the books: a journal for each transaction, reversed and replaced where the replay
comes to other splits, and one journal for what that changes in accruals. Nothing is overwritten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lending.domain.postings import Event
from lending.domain.servicing.facts import Component, Split
from lending.models import Journal, LoanAccount, LoanTransaction, TransactionBooking
from lending.services import ledger
from products.money import ZERO

_CHARGES = (Component.PENALTY, Component.COMPOUND)


@dataclass(frozen=True)
class Receivables:
    """What of a loan's unpaid interest and charges stands on the books and off them."""

    interest_on: Decimal
    interest_off: Decimal
    charges_on: Decimal
    charges_off: Decimal


def receivables_of(account: LoanAccount) -> Receivables:
    """By rule all of it stands on the books while the loan accrues, and all off them when not."""
    interest, charges = account.interest_open, account.late_charges_open
    if account.is_accruing:
        return Receivables(interest, ZERO, charges, ZERO)
    return Receivables(ZERO, interest, ZERO, charges)


def events_of(kind: str, splits: tuple[Split, ...]) -> dict[Event, Decimal]:
    """What a transaction's splits are in accounting words."""
    found: dict[Event, Decimal] = {}
    for split in splits:
        event = _event(kind, split)
        amount = -split.amount if event in _MONEY_OUT else split.amount
        found[event] = found.get(event, ZERO) + amount
    return found


_MONEY_OUT = (Event.CREDIT_USED, Event.CREDIT_REFUNDED)


def _event(kind: str, split: Split) -> Event:
    if split.component is Component.CREDIT:
        if split.amount > 0:
            return Event.CREDIT_RECEIVED
        return Event.CREDIT_REFUNDED if kind == "refund" else Event.CREDIT_USED
    if split.component is Component.CLAIM:
        return Event.CLAIM_RECOVERED
    verb = {"waiver": "waived", "write_off": "written_off"}.get(kind, "repaid")
    if split.component is Component.PRINCIPAL:
        return Event(f"principal_{verb}")
    noun = "charges" if split.component in _CHARGES else "interest"
    return Event(f"{noun}_{verb}" if split.is_accruing else f"off_{noun}_{verb}")


def as_written(splits: tuple[Split, ...]) -> list[list[object]]:
    return [
        [str(part.component), str(part.amount), part.instalment, part.is_accruing]
        for part in splits
    ]


def as_splits(written: list[list[object]]) -> tuple[Split, ...]:
    return tuple(
        Split(Component(str(c)), Decimal(str(a)), int(str(n)), bool(on)) for c, a, n, on in written
    )


def newest(transactions: list[LoanTransaction]) -> dict[object, TransactionBooking]:
    """transaction id → its booking in force."""
    rows = (
        TransactionBooking.objects.filter(transaction__in=transactions)
        .select_related("journal")
        .order_by("transaction_id", "version")
    )
    return {row.transaction_id: row for row in rows}


def book_changes(
    *,
    account: LoanAccount,
    before: Receivables,
    splits: Mapping[int, tuple[Split, ...]],
    transactions: list[LoanTransaction],
    cause: LoanTransaction,
    booked_on: date,
    now: datetime,
) -> int:
    """Bring the books to what the replay says; returns how many bookings were written.

    ``account`` holds the new figures, ``before`` what stood on the books. ``transactions``: every one
    of the loan, reversed ones too (their splits are empty now).
    """
    in_force = newest(transactions)
    on_books = [before.interest_on, before.interest_off, before.charges_on, before.charges_off]
    written = 0
    for one in transactions:
        if one.kind == "reversal":
            continue
        old = in_force.get(one.pk)
        old_splits = as_splits(old.splits) if old else ()
        new_splits = splits.get(one.number, ())
        if old is not None and old_splits == new_splits:
            continue
        if old is not None and old.journal is not None:
            ledger.reverse(journal=old.journal, accounting_date=booked_on, now=now)
        _count(on_books, old_splits, 1)
        _count(on_books, new_splits, -1)
        _book(account, one, old, new_splits, cause, booked_on, now)
        written += 1
    _adjust(account, on_books, cause, booked_on, now)
    return written


def _count(on_books: list[Decimal], splits: tuple[Split, ...], sign: int) -> None:
    for part in splits:
        if part.component is Component.INTEREST:
            on_books[0 if part.is_accruing else 1] += sign * part.amount
        elif part.component in _CHARGES:
            on_books[2 if part.is_accruing else 3] += sign * part.amount


def _book(
    account: LoanAccount,
    one: LoanTransaction,
    old: TransactionBooking | None,
    splits: tuple[Split, ...],
    cause: LoanTransaction,
    booked_on: date,
    now: datetime,
) -> None:
    version = 1 if old is None else old.version + 1
    TransactionBooking.objects.create(
        transaction=one,
        version=version,
        splits=as_written(splits),
        journal=_journal(
            account, one.kind, f"{one.pk}:{version}", events_of(one.kind, splits), booked_on, now
        ),
        caused_by=cause,
        booked_on=booked_on,
        created_at=now,
    )


def _adjust(
    account: LoanAccount,
    on_books: list[Decimal],
    cause: LoanTransaction,
    booked_on: date,
    now: datetime,
) -> None:
    """What is still between the books and the new figures: accrual corrected, or moved on or off."""
    wanted = receivables_of(account)
    moved_interest = wanted.interest_off - on_books[1]
    moved_charges = wanted.charges_off - on_books[3]
    events = {
        Event.INTEREST_MOVED_OFF: moved_interest,
        Event.CHARGES_MOVED_OFF: moved_charges,
        Event.INTEREST_ACCRUED: wanted.interest_on - on_books[0] + moved_interest,
        Event.CHARGES_ACCRUED: wanted.charges_on - on_books[2] + moved_charges,
    }
    events = {event: amount for event, amount in events.items() if amount}
    _journal(account, "accrual_adjustment", str(cause.pk), events, booked_on, now)


def _journal(
    account: LoanAccount,
    kind: str,
    source_id: str,
    events: Mapping[Event, Decimal],
    booked_on: date,
    now: datetime,
) -> Journal | None:
    return ledger.post_events(
        kind=kind,
        source_type="loan_transaction",
        source_id=source_id,
        events=events,
        product_code=account.product_code,
        legal_entity=account.legal_entity,
        branch=account.branch,
        accounting_date=booked_on,
        now=now,
        loan=account.loan,
    )
