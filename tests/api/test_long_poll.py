"""``?wait=``: held while the machine works, answered at once when it is the person's turn."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection

from lending.api import waiting
from lending.models import LoanApplication
from tests.api.conftest import Inbox, log_in, seed_bank, started
from tests.api.phone import Phone


def set_state(application_id: str, state: str) -> None:
    LoanApplication.objects.filter(pk=application_id).update(state=state)


def timed(phone: Phone, application_id: str, wait: int) -> tuple[str, float]:
    start = time.monotonic()
    answer = phone.get(f"applications/{application_id}/?wait={wait}")
    return answer.body["state"], time.monotonic() - start


@pytest.mark.django_db
def test_a_persons_turn_is_answered_at_once(phone: Phone) -> None:
    i = started(phone)
    for state in ("draft", "offered", "in_review", "declined", "accepted", "disbursed"):
        set_state(i, state)
        assert timed(phone, i, 10)[0] == state
        assert timed(phone, i, 10)[1] < 2


@pytest.mark.django_db
def test_the_machines_turn_is_waited_for_no_longer_than_asked(phone: Phone) -> None:
    i = started(phone)
    set_state(i, "disbursing")
    state, seconds = timed(phone, i, 1)
    assert state == "disbursing"
    assert 1 <= seconds < 4


@pytest.fixture
def _all_lines_busy() -> Iterator[None]:
    taken = 0
    while waiting._LINES.acquire(blocking=False):
        taken += 1
    yield
    for _ in range(taken):
        waiting._LINES.release()


@pytest.mark.django_db
@pytest.mark.usefixtures("_all_lines_busy")
def test_when_too_many_wait_the_next_is_answered_at_once(phone: Phone) -> None:
    i = started(phone)
    set_state(i, "scoring")
    assert timed(phone, i, 10)[1] < 2


@pytest.mark.django_db(transaction=True)
def test_the_result_ends_the_wait(inbox: Inbox, quick_passwords: None, clock: datetime) -> None:
    seed_bank()
    phone = log_in("13800000001", clock)
    i = started(phone)
    set_state(i, "submitted")

    def machine() -> None:
        time.sleep(0.4)
        set_state(i, "scoring")  # still the machine: keep waiting
        time.sleep(0.4)
        set_state(i, "offered")
        connection.close()

    worker = threading.Thread(target=machine)
    worker.start()
    state, seconds = timed(phone, i, 10)
    worker.join()
    assert state == "offered"
    assert seconds < 5
