"""Invariants I2 and I5 for collections and refunds: what the core bank moved is what our books say."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from lending.domain.disbursement_flow import DisbursementState
from lending.gateways.core_bank import StatementLine
from lending.models import CardTransfer, LoanTransaction, TransactionBooking
from lending.selectors.card_transfers import unbooked_before
from products.money import ZERO

#: Long enough for the sweeper to have tried many times.
BOOKED_WITHIN = timedelta(hours=1)
_CHUNK = 1_000
Found = tuple[object, str]


def not_as_booked(lines: Mapping[str, StatementLine], now: datetime) -> Iterator[Found]:
    """Key and complaint for every transfer whose request, card, amount or booking differs, both ways.

    ``lines``: the core bank's collections and transfers by key; keys of payouts are none of ours.
    """
    known: set[str] = set()
    rows = CardTransfer.objects.select_related("bank_card", "transaction").order_by("pk")
    for row in rows.iterator(chunk_size=_CHUNK):
        known.add(row.core_key)
        line = lines.get(row.core_key)
        complaint = _complaint(row, line)
        if complaint:
            yield row.core_key, complaint
    for line in lines.values():
        if line.kind == CardTransfer.Direction.IN and line.key not in known:
            yield line.key, "collection without a request"
    yield from _splits_that_differ()
    for row in unbooked_before(now - BOOKED_WITHIN)[:50]:
        yield row.core_key, f"moved, not booked: {row.booking_error}"


def _complaint(row: CardTransfer, line: StatementLine | None) -> str:
    succeeded = row.state == DisbursementState.SUCCEEDED
    if line is None:
        return "succeeded here, unknown there" if succeeded else ""
    if line.kind != row.direction:
        return "the money went the other way"
    if line.amount != row.amount or line.payee_card != row.bank_card.card_number:
        return "amount or card differs"
    if row.state == DisbursementState.REJECTED:
        return "rejected here, moved there"
    if row.transaction is not None and row.transaction.amount != row.amount:
        return "booked with another amount"
    return ""


def _splits_that_differ() -> Iterator[Found]:
    """What a card transfer was put to adds up to its amount, unless its transaction was reversed."""
    reversed_ones = LoanTransaction.objects.filter(
        reverses__isnull=False, reverses__card_transfer__isnull=False
    ).values("reverses")
    in_force = (
        TransactionBooking.objects.filter(transaction__card_transfer__isnull=False)
        .exclude(transaction__in=reversed_ones)
        .order_by("transaction_id", "-version")
        .distinct("transaction_id")
        .select_related("transaction__card_transfer")
    )
    for booking in in_force.iterator(chunk_size=_CHUNK):
        transfer = booking.transaction.card_transfer
        put = sum((Decimal(str(part[1])) for part in booking.splits), ZERO)
        wanted = transfer.amount if transfer.direction == "in" else -transfer.amount
        if put != wanted:
            yield transfer.core_key, f"moved {transfer.amount}, booked {put}"


def overdue(deadline: datetime) -> Iterator[Found]:
    """Requests older than ``deadline`` that are neither settled nor on a person's list."""
    running = (DisbursementState.CREATED, DisbursementState.SENDING, DisbursementState.UNKNOWN)
    for row in CardTransfer.objects.filter(state__in=running, created_at__lt=deadline)[:50]:
        yield row.core_key, f"still {row.state} after its deadline"
