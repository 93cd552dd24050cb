"""What is done about a transfer whose answer is missing: one set of rules for payouts and card transfers.

Nothing here settles money; it claims, asks again after a while, and gives up to people after two hours.
Callers hold their own locks.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from lending import jobs
from lending.domain.disbursement_flow import (
    CORE_BANK_PROCESSING_S,
    MANUAL_AFTER_S,
    NOT_FOUND_LIMIT,
    DisbursementState,
    query_delay_s,
)
from lending.gateways.core_bank import TransferReply
from lending.models import CardTransfer, Disbursement

LEASE = timedelta(seconds=90)
FIRST_QUERY_AFTER = timedelta(seconds=5)
CREATED_TOO_LONG = timedelta(seconds=30)
OPEN_STATES = (DisbursementState.SENDING, DisbursementState.UNKNOWN)
_BATCH = 200
_PROCESSING = timedelta(seconds=CORE_BANK_PROCESSING_S)
Transfer = TypeVar("Transfer", Disbursement, CardTransfer)


def claim(rows: QuerySet[Any], *, from_state: str, now: datetime) -> bool:
    """Take the lease of the one row of ``rows``; False when somebody else has it. Database clock.

    A new send is asked about as promptly as the first.
    """
    changed = rows.filter(state=from_state).update(
        state=DisbursementState.SENDING,
        lease_token=uuid.uuid4(),
        lease_until=Now() + LEASE,
        attempt=F("attempt") + 1,
        not_found_count=0,
        queries_made=0,
    )
    if changed:
        rows.filter(first_sent_at__isnull=True).update(first_sent_at=now)
    return bool(changed)


def begin_query(rows: "QuerySet[Transfer]", *, now: datetime) -> Transfer | None:
    """One query at a time: whoever moves ``next_check_at`` on asks; the others stop."""
    row = (
        rows.select_for_update(of=("self",), skip_locked=True)
        .filter(state=DisbursementState.UNKNOWN, next_check_at__lte=now)
        .first()
    )
    if row is None:
        return None
    row.queries_made += 1
    row.next_check_at = now + timedelta(seconds=query_delay_s(row.queries_made))
    row.save(update_fields=["queries_made", "next_check_at"])
    return row


def surely_lost(row: Disbursement | CardTransfer, *, sent_at: datetime, now: datetime) -> bool:
    """Not found often enough, and past the bank's processing time: the same key may go again."""
    return row.not_found_count >= NOT_FOUND_LIMIT and now - sent_at > _PROCESSING


def leave_unknown(
    row: Disbursement | CardTransfer, *, reply: TransferReply, sent_at: datetime, now: datetime
) -> bool:
    """No definite answer: asked again later, or, True, a person's from now on. Saves the row.

    Sending becomes unknown first: the database knows no other way to a person.
    """
    too_long = now - (row.first_sent_at or row.created_at) > timedelta(seconds=MANUAL_AFTER_S)
    if reply.outcome == "not_found":
        row.not_found_count += 1
        if row.not_found_count >= NOT_FOUND_LIMIT:  # send again as soon as that is safe
            row.next_check_at = max(now, sent_at + _PROCESSING + timedelta(seconds=1))
    if row.state == DisbursementState.SENDING:
        row.state = DisbursementState.UNKNOWN
        row.next_check_at = now + FIRST_QUERY_AFTER
        row.lease_token = row.lease_until = None
        row.save()
    needs_person = reply.outcome == "mismatch" or too_long
    if needs_person:
        row.state = DisbursementState.MANUAL
        row.problem = "no answer"
        if reply.outcome == "mismatch":
            row.problem = f"mismatch: {reply.detail}"[:60]
        row.next_check_at = None
    row.save()
    return needs_person


def close(row: Disbursement | CardTransfer, *, reply: TransferReply, now: datetime) -> None:
    """Put a definite answer into the row; the caller saves and books."""
    if reply.outcome == "succeeded":
        row.state, row.core_txn_id = DisbursementState.SUCCEEDED, reply.core_txn_id
    else:
        row.state, row.rejection_code = DisbursementState.REJECTED, reply.rejection_code
    row.settled_at = now
    row.lease_token = row.lease_until = row.next_check_at = None


def number_is_taken(core_txn_id: str) -> bool:
    """Whether another transfer was already booked under this number of the core bank."""
    return any(
        model._default_manager.filter(core_txn_id=core_txn_id).exists()
        for model in (Disbursement, CardTransfer)
    )


# --- the sweeper's share -----------------------------------------------------------------------
Ask = Callable[[UUID, datetime], None]


def revive_created(rows: QuerySet[Any], *, task: str, ask: Ask, now: datetime) -> int:
    """Requests whose first message got lost get another one."""
    with transaction.atomic():
        found = list(
            rows.select_for_update(skip_locked=True)
            .filter(state=DisbursementState.CREATED, created_at__lt=now - CREATED_TOO_LONG)
            .exclude(pk__in=list(jobs.asked_recently(task, now)))
            .order_by("created_at")[:_BATCH]
        )
        for row in found:
            ask(row.pk, now)
    return len(found)


def end_leases(rows: QuerySet[Any], *, now: datetime) -> int:
    """A worker died during the call: nobody knows what became of it, so it is unknown. Database clock."""
    return rows.filter(state=DisbursementState.SENDING, lease_until__lt=Now()).update(
        state=DisbursementState.UNKNOWN,
        lease_token=None,
        lease_until=None,
        next_check_at=now + FIRST_QUERY_AFTER,
    )


def ask_due(rows: QuerySet[Any], *, task: str, ask: Ask, now: datetime) -> int:
    """Unknown ones whose next question is due and not yet on its way."""
    with transaction.atomic():
        found = list(
            rows.select_for_update(skip_locked=True)
            .filter(state=DisbursementState.UNKNOWN, next_check_at__lte=now)
            .order_by("next_check_at")[:_BATCH]
        )
        asked = jobs.asked_recently(task, now)
        due = [row for row in found if not _asked_since(row, asked.get(str(row.pk)))]
        for row in due:
            ask(row.pk, now)
    return len(due)


def _asked_since(row: Disbursement | CardTransfer, asked_at: datetime | None) -> bool:
    """Whether the question that is due now is already on its way."""
    return asked_at is not None and row.next_check_at is not None and asked_at >= row.next_check_at
