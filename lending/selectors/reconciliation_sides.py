"""Two sides of a day without an object a row: our payments, and what the ledger cleared for them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from lending.domain.postings import CORE_BANK_CLEARING
from lending.domain.reconciliation import Movement
from lending.models import CardTransfer, Disbursement, Posting, TransactionBooking
from lending.selectors import event_accounts
from products.money import ZERO

CHUNK = 5_000


class Payment(NamedTuple):
    """A row of ours. ``transaction``: what a card transfer was booked as; a payout books a loan itself."""

    pk: UUID
    is_payout: bool
    transaction: UUID | None
    amount: Decimal
    card: str
    state: str
    sent_at: datetime
    settled_at: datetime | None
    has_problem: bool


def settled_on(day: date) -> dict[Movement, Payment]:
    """Payouts and card transfers that succeeded on a calendar day."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    that_day = Q(state="succeeded", settled_at__gte=start, settled_at__lt=start + timedelta(days=1))
    return dict(
        [*_payouts(Disbursement.objects.filter(that_day)), *_transfers(CardTransfer.objects.filter(that_day))]
    )


def by_key(keys: Iterable[Movement]) -> dict[Movement, Payment]:
    """Whatever we have under these keys, in any state."""
    found: dict[Movement, Payment] = {}
    for chunk in _chunks(keys):
        texts = {key.key for key in chunk}
        rows = [
            *_payouts(Disbursement.objects.filter(core_key__in=texts)),
            *_transfers(CardTransfer.objects.filter(core_key__in=texts)),
        ]
        wanted = set(chunk)
        found.update((key, row) for key, row in rows if key in wanted)
    return found


def _payouts(rows: "QuerySet[Disbursement]") -> Iterator[tuple[Movement, Payment]]:
    columns = (
        "core_key", "pk", "amount", "bank_card__card_index", "state",
        "first_sent_at", "created_at", "settled_at",
    )  # fmt: skip
    for key, pk, amount, card, state, sent, made, settled in rows.values_list(*columns).iterator():
        yield (
            Movement("out", key),
            Payment(pk, True, None, amount, card, state, sent or made, settled, False),
        )


def _transfers(rows: "QuerySet[CardTransfer]") -> Iterator[tuple[Movement, Payment]]:
    columns = (
        "direction", "core_key", "pk", "transaction_id", "amount", "bank_card__card_index", "state",
        "first_sent_at", "created_at", "settled_at", "booking_error",
    )  # fmt: skip
    for direction, key, pk, one, amount, card, state, sent, made, settled, error in rows.values_list(
        *columns
    ).iterator():
        yield (
            Movement(direction, key),
            Payment(pk, False, one, amount, card, state, sent or made, settled, bool(error)),
        )


def cleared(payments: Mapping[Movement, Payment]) -> dict[Movement, Decimal]:
    """What the journals in force put on the clearing account, positive in the movement's direction;
    nothing where no journal is in force.
    """
    found: dict[Movement, Decimal] = {}
    succeeded = (item for item in payments.items() if item[1].state == "succeeded")
    for chunk in _chunks(succeeded):
        payouts = {str(p.pk): key for key, p in chunk if p.is_payout}
        found.update(_signed(payouts, _payout_journals(list(payouts))))
        transfers = {p.transaction: key for key, p in chunk if p.transaction is not None}
        journals = {
            journal: transfers[one]
            for one, journal in _journals_in_force(list(transfers)).items()
            if journal is not None
        }
        found.update(_signed(journals, _journal_sums(list(journals))))
    return found


def _signed(
    keys: Mapping[Any, Movement], sums: Iterable[tuple[Any, Decimal]]
) -> Iterator[tuple[Movement, Decimal]]:
    for source, amount in sums:
        key = keys[source]
        yield key, amount if key.direction == "in" else -amount


def _clearing() -> Sum:
    """What a journal moved on the accounts that serve as clearing with the core bank."""
    accounts = event_accounts.role_accounts(CORE_BANK_CLEARING)
    return Sum("amount", filter=Q(account__code__in=accounts), default=ZERO)


def _payout_journals(disbursement_ids: list[str]) -> Iterable[tuple[str, Decimal]]:
    """(disbursement id, sum on the clearing account) of journals that were not reversed."""
    if not disbursement_ids:
        return []
    rows = Posting.objects.filter(
        journal__kind="disbursement",
        journal__source_type="disbursement",
        journal__source_id__in=disbursement_ids,
        journal__journal__isnull=True,
    )
    return rows.values_list("journal__source_id").annotate(cleared=_clearing()).iterator()


def _journals_in_force(transaction_ids: list[Any]) -> dict[UUID, UUID | None]:
    """transaction → journal of its newest booking (none for one that was reversed)."""
    if not transaction_ids:
        return {}
    rows = TransactionBooking.objects.filter(transaction__in=transaction_ids)
    return dict(
        rows.order_by("transaction_id", "version").values_list("transaction_id", "journal_id").iterator()
    )


def _journal_sums(journal_ids: list[Any]) -> Iterable[tuple[UUID, Decimal]]:
    if not journal_ids:
        return []
    rows = Posting.objects.filter(journal__in=journal_ids)
    return rows.values_list("journal_id").annotate(cleared=_clearing()).iterator()


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(items)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
