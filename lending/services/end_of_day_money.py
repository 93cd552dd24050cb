"""The close's step that collects: what is due from the cards, after money that waits.

Workers of the money queue send the debits; so does the close itself, so that it needs nobody. What has no
answer when its time is over is settled later and counts as of this business date: the replay follows.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from lending.domain.disbursement_flow import DisbursementState
from lending.models import CardTransfer, EndOfDayRun, LegalEntity
from lending.services import auto_debits, card_transfers

THREADS, PAGE = 4, 200
#: A step must end within the time a task has (end_of_day.TASK_SECONDS); what is left is back-dated.
SECONDS_MAX = 25.0
_PAUSE_S = 0.1


def use_credit(run: EndOfDayRun, *, now: datetime) -> None:
    """Money that waits is put to what is due."""
    auto_debits.use_credit(legal_entity=run.legal_entity, day=run.business_date, now=now)


def collect(run: EndOfDayRun, *, now: datetime) -> None:
    """Ask the cards, and wait a little for the answers."""
    entity, day, began = run.legal_entity, run.business_date, time.monotonic()
    auto_debits.request_due(legal_entity=entity, day=day, now=now)
    ends = time.monotonic() + SECONDS_MAX
    while time.monotonic() < ends:
        waiting = _unsent(entity, day)
        if waiting:  # sent when it is sent: how long the bank may take is reckoned from there
            _send(waiting, now + timedelta(seconds=time.monotonic() - began), ends)
        elif _being_sent(entity, day):
            time.sleep(_PAUSE_S)
        else:
            return


def _unsent(entity: LegalEntity, day: date) -> list[UUID]:
    return list(_of(entity, day).filter(state=DisbursementState.CREATED).values_list("pk", flat=True)[:PAGE])


def _being_sent(entity: LegalEntity, day: date) -> bool:
    """Calls under way; what is unknown already takes longer than the close waits."""
    return _of(entity, day).filter(state=DisbursementState.SENDING).exists()


def _of(entity: LegalEntity, day: date) -> "QuerySet[CardTransfer]":
    return CardTransfer.objects.filter(
        loan__legal_entity=entity, channel=auto_debits.CHANNEL, business_date=day
    ).order_by("created_at")


def _send(transfers: list[UUID], now: datetime, ends: float) -> None:
    """A slow bank does not make the step outlive its task: what is not begun by ``ends`` is left."""

    def send(transfer_id: UUID) -> None:
        if time.monotonic() < ends:
            card_transfers.send(transfer_id=transfer_id, now=now)

    if connection.in_atomic_block or len(transfers) == 1:
        for transfer_id in transfers:
            send(transfer_id)
        return

    def one(transfer_id: UUID) -> None:
        try:
            send(transfer_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        for _done in pool.map(one, transfers):
            pass
