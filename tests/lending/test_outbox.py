"""The queue of record: what is committed goes out, whatever the broker does."""

import datetime as dt

import pytest

from lending import jobs
from lending.models import OutboxMessage
from lending.services import outbox

pytestmark = pytest.mark.django_db
ID = "6b4ce2f6-97f7-4f0e-9f0a-1a2b3c4d5e6f"


def test_rows_go_out_in_order_and_once(now) -> None:
    for _ in range(3):
        jobs.send_disbursement(ID, now)
    sent: list[tuple] = []
    assert outbox.drain(publish=lambda *message: sent.append(message), now=now) == 3
    assert outbox.drain(publish=lambda *message: sent.append(message), now=now) == 0
    assert sent == [("lending.send_disbursement", "money", {"disbursement_id": ID})] * 3


def test_a_broker_that_fails_half_way_loses_nothing(now) -> None:
    for _ in range(3):
        jobs.send_sms(ID, now)
    sent: list[str] = []

    def publish(task: str, queue: str, arguments: dict) -> None:
        if len(sent) == 1:
            raise ConnectionError("broker is gone")
        sent.append(task)

    with pytest.raises(outbox.BrokerUnavailable):
        outbox.drain(publish=publish, now=now)
    assert OutboxMessage.objects.filter(published_at__isnull=True).count() == 2
    assert outbox.drain(publish=lambda *_: None, now=now) == 2


def test_task_bodies_carry_ids_only(now) -> None:
    for job in (
        jobs.gather_sources,
        jobs.decide_application,
        jobs.read_id_card,
        jobs.render_contract_pdf,
        jobs.send_disbursement,
        jobs.query_disbursement,
        jobs.send_sms,
        jobs.run_what_if,
        jobs.render_decision_letter,
    ):
        job(ID, now)
    for row in OutboxMessage.objects.all():
        assert list(row.arguments.values()) == [ID]


def test_old_published_rows_are_forgotten_and_waiting_ones_never(now) -> None:
    jobs.send_sms(ID, now)
    outbox.drain(publish=lambda *_: None, now=now)
    jobs.send_sms(ID, now)
    assert outbox.forget_old(now=now + dt.timedelta(days=4)) == 1
    assert OutboxMessage.objects.filter(published_at__isnull=True).count() == 1
