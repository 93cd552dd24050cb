"""The ten invariants and the coupons' own, each a function that yields what breaks it.

A breach is ``{"invariant", "row", "detail"}``. They run after every fault test and nightly.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from lending.domain.application_flow import State, is_legal_step
from lending.domain.disbursement_flow import MANUAL_AFTER_S, DisbursementState
from lending.gateways import core_bank
from lending.models import (
    ApplicationMove,
    AuditEntry,
    CardTransfer,
    Disbursement,
    IdempotencyKey,
    Journal,
    LoanApplication,
    OutboxMessage,
    SmsMessage,
)
from lending.selectors import book_invariants, card_transfer_checks
from lending.selectors.contact_invariants import broken_contacts
from lending.selectors.coupons import broken_coupon_uses
from lending.selectors.credit_lines import broken_lines
from lending.services.audit import FIRST_HASH, seal

Breach = dict[str, str]
_OUTBOX_AGE_MAX = timedelta(seconds=60)


def _breach(invariant: str, row: object, detail: str) -> Breach:
    return {"invariant": invariant, "row": str(row), "detail": detail}


def _bank_lines(kind: str = "out") -> list[core_bank.StatementLine]:
    """Every transfer (or collection) the core bank booked on the days we asked, and one day either side."""
    moments = [(CardTransfer, "created_at"), (CardTransfer, "settled_at")]
    if kind == "out":
        moments.append((Disbursement, "created_at"))
    days = {
        day + timedelta(days=shift)
        for model, name in moments
        for day in model.objects.exclude(**{name: None})
        .annotate(day=TruncDate(name))
        .values_list("day", flat=True)
        .distinct()
        for shift in (-1, 0, 1)
    }
    return [line for day in sorted(days) for line in core_bank.statement(day, kind)]


def no_money_twice(now: datetime) -> Iterator[Breach]:
    """I1: at most one transfer per payout, drawing, refund or collection, by the core bank's own log."""
    paid = _bank_lines()
    counts = Counter(line.key for line in (*paid, *_bank_lines("in")))
    for key, count in counts.items():
        if count > 1:
            yield _breach("I1", key, f"{count} transfers with one key")
    payouts = Disbursement.objects.filter(
        core_key__in={line.key for line in paid}, drawdown__isnull=True
    )
    by_application = Counter(payouts.values_list("application_id", flat=True))
    for application_id, count in by_application.items():
        if count > 1:
            yield _breach("I1", application_id, f"{count} transfers for one application")


def no_money_lost(now: datetime) -> Iterator[Breach]:
    """I2: every transfer has one disbursement and one journal, same amount and payee; and the reverse.

    Collections and refunds: one request, booked with the same amount.
    """
    ours = {
        d.core_key: d
        for d in Disbursement.objects.select_related("bank_card").iterator(chunk_size=500)
    }
    journals = dict(
        Journal.objects.filter(kind="disbursement")
        .annotate(total=Sum("postings__amount", filter=Q(postings__amount__gt=0)))
        .values_list("source_id", "total")
    )
    lines = {line.key: line for line in _bank_lines()}
    refunds = set(
        CardTransfer.objects.filter(direction="out").values_list("core_key", flat=True)
    )
    for line in lines.values():
        row = ours.get(line.key)
        if line.key in refunds:
            continue  # looked at below
        if row is None:
            yield _breach("I2", line.key, "transfer without a disbursement")
        elif row.amount != line.amount or row.bank_card.card_number != line.payee_card:
            yield _breach("I2", line.key, "amount or payee differs")
        elif row.state == DisbursementState.SUCCEEDED and journals.get(str(row.pk)) != row.amount:
            yield _breach("I2", line.key, "no journal of this amount")
        elif row.state == DisbursementState.REJECTED:
            yield _breach("I2", line.key, "rejected here, paid there")
    for row in ours.values():
        if row.state == DisbursementState.SUCCEEDED and row.core_key not in lines:
            yield _breach("I2", row.core_key, "succeeded here, unknown there")
    both = {**lines, **{line.key: line for line in _bank_lines("in")}}
    for key, complaint in card_transfer_checks.not_as_booked(both, now):
        yield _breach("I2", key, complaint)


def histories_are_legal(now: datetime) -> Iterator[Breach]:
    """I4: every application's history is a legal path without gaps that ends in its state."""
    previous: dict[object, tuple[int, str]] = {}
    for move in ApplicationMove.objects.order_by("application_id", "version").iterator(
        chunk_size=2_000
    ):
        version, state = previous.get(move.application_id, (0, State.DRAFT.value))
        if move.version != version + 1 or move.from_state != state:
            yield _breach("I4", move.application_id, f"gap before version {move.version}")
        if not is_legal_step(move.from_state, move.to_state):
            yield _breach(
                "I4", move.application_id, f"{move.from_state} → {move.to_state} is not legal"
            )
        previous[move.application_id] = (move.version, move.to_state)
    for pk, version, state in LoanApplication.objects.values_list(
        "pk", "version", "state"
    ).iterator():
        if previous.get(pk, (0, State.DRAFT.value)) != (version, state):
            yield _breach("I4", pk, f"is {state} v{version}, history says {previous.get(pk)}")
    disbursed = LoanApplication.objects.filter(state=State.DISBURSED, loan__isnull=True)
    for pk in disbursed.values_list("pk", flat=True)[:50]:
        yield _breach("I4", pk, "disbursed without a loan")


def calls_come_to_an_end(now: datetime) -> Iterator[Breach]:
    """I5: every payout, collection and refund is settled, on its way in time, or on a person's list."""
    deadline = now - timedelta(seconds=MANUAL_AFTER_S + 1_800)
    overdue = Disbursement.objects.filter(
        state__in=[DisbursementState.CREATED, DisbursementState.SENDING, DisbursementState.UNKNOWN],
        created_at__lt=deadline,
    )
    for row in overdue[:50]:
        yield _breach("I5", row.core_key, f"still {row.state} after its deadline")
    for key, complaint in card_transfer_checks.overdue(deadline):
        yield _breach("I5", key, complaint)


def audit_chain_holds(now: datetime) -> Iterator[Breach]:
    """I7: each audit entry carries the hash of the one before."""
    previous = FIRST_HASH
    for entry in AuditEntry.objects.order_by("id").iterator(chunk_size=2_000):
        if entry.previous_hash != previous or seal(entry) != entry.entry_hash:
            yield _breach("I7", entry.pk, "does not fit the chain")
            return
        previous = entry.entry_hash


def outbox_is_empty(now: datetime) -> Iterator[Breach]:
    """I8: nothing waits in the outbox for more than a minute."""
    for row in OutboxMessage.objects.filter(
        published_at__isnull=True, created_at__lt=now - _OUTBOX_AGE_MAX
    )[:50]:
        yield _breach("I8", row.pk, f"{row.task} waits since {row.created_at:%H:%M:%S}")


def keys_have_one_answer(now: datetime) -> Iterator[Breach]:
    """I9: a finished key has its answer."""
    for row in IdempotencyKey.objects.filter(state="done", status_code__isnull=True)[:50]:
        yield _breach("I9", row.pk, "finished without an answer")


def messages_once(now: datetime) -> Iterator[Breach]:
    """I10: at most one message per template and event."""
    doubles = (
        SmsMessage.objects.values("template", "event_key").annotate(n=Count("id")).filter(n__gt=1)
    )
    for row in doubles[:50]:
        yield _breach("I10", row["event_key"], f"{row['n']} × {row['template']}")


INVARIANTS: dict[str, Callable[[datetime], Iterator[Breach]]] = {
    "I1 no money twice": no_money_twice,
    "I2 no money lost": no_money_lost,
    "I3 books balance": book_invariants.books_balance,
    "I4 legal histories": histories_are_legal,
    "I5 calls come to an end": calls_come_to_an_end,
    "I6 a day for every day": book_invariants.days_without_gap,
    "I7 audit chain": audit_chain_holds,
    "I8 outbox empty": outbox_is_empty,
    "I9 one key, one answer": keys_have_one_answer,
    "I10 messages once": messages_once,
    "I11 coupons within their budgets": broken_coupon_uses,
    "I12 lines used by what their loans owe": broken_lines,
    "I13 contacts with borrowers within the law": broken_contacts,
}
