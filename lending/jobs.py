"""The only door to the queue: one function per job, each writes an outbox row and nothing else.

The row commits with the change that needs it; the drain publishes it; the sweeper revives what got lost.
Arguments are ids only.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from lending.models import OutboxMessage

NOTIFY_CHANNEL = "outbox"
#: While workers are away, the sweeper asks again this often and no more: the queue must not swell.
ASKED_AGAIN_AFTER = timedelta(seconds=25)


def _enqueue(task: str, queue: str, now: datetime, **arguments: str) -> None:
    OutboxMessage.objects.create(task=task, queue=queue, arguments=arguments, created_at=now)
    with connection.cursor() as cursor:  # delivered by PostgreSQL at commit: wakes the drain
        cursor.execute("SELECT pg_notify(%s, '')", [NOTIFY_CHANNEL])


def asked_recently(task: str, now: datetime) -> dict[str, datetime]:
    """id → when ``task`` was last asked for it, of the last moments: the sweeper need not ask again."""
    rows = OutboxMessage.objects.filter(created_at__gt=now - ASKED_AGAIN_AFTER, task=task)
    return {
        str(value): created_at
        for arguments, created_at in rows.order_by("id").values_list("arguments", "created_at")
        for value in arguments.values()
    }


def gather_sources(application_id: UUID, now: datetime) -> None:
    _enqueue("lending.gather_sources", "decision", now, application_id=str(application_id))


def decide_application(application_id: UUID, now: datetime) -> None:
    _enqueue("lending.decide_application", "decision", now, application_id=str(application_id))


def read_id_card(reading_id: UUID, now: datetime) -> None:
    _enqueue("lending.read_id_card", "documents", now, reading_id=str(reading_id))


def render_contract_pdf(contract_id: UUID, now: datetime) -> None:
    _enqueue("lending.render_contract_pdf", "documents", now, contract_id=str(contract_id))


def send_disbursement(disbursement_id: UUID, now: datetime) -> None:
    _enqueue("lending.send_disbursement", "money", now, disbursement_id=str(disbursement_id))


def query_disbursement(disbursement_id: UUID, now: datetime) -> None:
    _enqueue("lending.query_disbursement", "money", now, disbursement_id=str(disbursement_id))


def send_card_transfer(transfer_id: UUID, now: datetime) -> None:
    _enqueue("lending.send_card_transfer", "money", now, transfer_id=str(transfer_id))


def send_card_transfers(transfer_ids: list[UUID], now: datetime) -> None:
    """Many at once: one row each, one wake-up for all."""
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            task="lending.send_card_transfer",
            queue="money",
            arguments={"transfer_id": str(pk)},
            created_at=now,
        )
        for pk in transfer_ids
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [NOTIFY_CHANNEL])


def query_card_transfer(transfer_id: UUID, now: datetime) -> None:
    _enqueue("lending.query_card_transfer", "money", now, transfer_id=str(transfer_id))


def send_sms(sms_id: UUID, now: datetime) -> None:
    _enqueue("lending.send_sms", "default", now, sms_id=str(sms_id))


def send_many_sms(sms_ids: Sequence[UUID], now: datetime) -> None:
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            task="lending.send_sms", queue="default", arguments={"sms_id": str(one)}, created_at=now
        )
        for one in sms_ids
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [NOTIFY_CHANNEL])


def run_what_if(run_id: UUID, now: datetime) -> None:
    _enqueue("lending.run_what_if", "default", now, run_id=str(run_id))


def check_list_import(import_id: UUID, now: datetime) -> None:
    _enqueue("lending.check_list_import", "default", now, import_id=str(import_id))


def run_backtest(run_id: UUID, now: datetime) -> None:
    _enqueue("lending.run_backtest", "default", now, run_id=str(run_id))


def render_decision_letter(letter_id: UUID, now: datetime) -> None:
    _enqueue("lending.render_decision_letter", "documents", now, letter_id=str(letter_id))


def render_loan_paper(paper_id: UUID, now: datetime) -> None:
    _enqueue("lending.render_loan_paper", "documents", now, paper_id=str(paper_id))


def close_chunks(run_id: int, now: datetime) -> None:
    _enqueue("lending.close_chunks", "eod", now, run_id=str(run_id))


def reconcile_day(run_id: UUID, now: datetime) -> None:
    _enqueue("lending.reconcile_day", "money", now, run_id=str(run_id))


def render_demand_letter(letter_id: UUID, now: datetime) -> None:
    _enqueue("lending.render_demand_letter", "documents", now, letter_id=str(letter_id))


def send_reminders(now: datetime) -> None:
    """Cases and reminders of the business date; asked for when the date has rolled."""
    _enqueue("lending.send_reminders", "default", now)
