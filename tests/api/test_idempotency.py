"""One key, one effect, one answer."""

import json
import threading
import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lending.api import idempotency
from lending.models import IdempotencyKey, LoanApplication
from lending.services import idempotency as answers_kept
from tests.api.conftest import Inbox, accept_body, log_in, seed_bank, started
from tests.api.phone import Phone

START = {"qr_code": "universal", "purpose": "agriculture"}


@pytest.mark.django_db
def test_same_key_same_body_is_the_same_answer(phone: Phone) -> None:
    first = phone.post("applications/", START, key="k1")
    again = phone.post("applications/", dict(reversed(START.items())), key="k1")
    assert (again.status, again.raw) == (first.status, first.raw) == (201, first.raw)
    assert LoanApplication.objects.count() == 1


@pytest.mark.django_db
def test_same_key_other_body(phone: Phone) -> None:
    phone.post("applications/", START, key="k1")
    answer = phone.post("applications/", {**START, "requested_amount": "1000.00"}, key="k1")
    assert (answer.status, answer.code) == (422, "idempotency_key_reuse")


@pytest.mark.django_db
def test_keys_belong_to_person_and_endpoint(phone: Phone, stranger: Phone) -> None:
    mine = phone.post("applications/", START, key="k1")
    theirs = stranger.post("applications/", START, key="k1")
    assert mine.body["id"] != theirs.body["id"]
    i = mine.body["id"]
    assert phone.post(f"applications/{i}/withdraw/", {}, key="k1").status == 200


@pytest.mark.django_db
def test_two_keys_for_one_offer(phone: Phone, offered: str) -> None:
    body = accept_body(phone, offered)
    assert phone.post(f"applications/{offered}/accept/", body, key="a").status == 200
    assert phone.post(f"applications/{offered}/accept/", body, key="b").status == 409
    assert phone.post(f"applications/{offered}/accept/", body, key="a").status == 200


@pytest.mark.django_db
def test_refusals_are_not_stored(phone: Phone) -> None:
    assert phone.post("applications/", {**START, "purpose": "gambling"}, key="k1").status == 422
    assert phone.post("applications/", {**START, "purpose": 1}, key="k1").status == 400
    assert not IdempotencyKey.objects.exists()
    assert phone.post("applications/", START, key="k1").status == 201


@pytest.mark.django_db
def test_failures_change_nothing_and_are_not_stored(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(application: Any) -> dict[str, Any]:
        raise RuntimeError("陈桂英 510812199001010020")

    with monkeypatch.context() as patch:
        patch.setattr("lending.api.views.applications.application_answer", broken)
        answer = phone.post("applications/", START, key="k1")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert "陈桂英" not in answer.raw.decode()
    assert not LoanApplication.objects.exists()  # the effect went with its answer
    assert phone.post("applications/", START, key="k1").status == 201


@pytest.mark.django_db
def test_running_then_dead(phone: Phone) -> None:
    started(phone)
    actor = IdempotencyKey.objects.get().actor
    row = IdempotencyKey.objects.create(
        actor=actor,
        endpoint="POST /api/v1/applications/",
        key="k2",
        request_sha256=idempotency.fingerprint(START),
        created_at=timezone.now(),
        locked_until=timezone.now() + idempotency.LEASE,
    )
    answer = phone.post("applications/", START, key="k2")
    assert (answer.status, answer.code) == (409, "request_in_progress")
    assert answer.headers["Retry-After"] == "1"
    IdempotencyKey.objects.filter(pk=row.pk).update(
        locked_until=timezone.now() - timedelta(seconds=1)
    )
    assert phone.post("applications/", START, key="k2").status == 201


KEYS_THAT_ARE_NONE: list[Any] = ["", "x" * 201, "é", "a\tb"]


@pytest.mark.django_db
def test_keys_that_are_none(phone: Phone, subtests: pytest.Subtests) -> None:
    for key in KEYS_THAT_ARE_NONE:
        with subtests.test(case=str(key)[:60]):
            answer = phone.send("POST", "applications/", START, key=key)
            assert (answer.status, answer.code) == (400, "invalid_idempotency_key")


@pytest.mark.django_db
def test_no_key_is_processed(phone: Phone) -> None:
    assert phone.post("applications/", START, key=None).status == 201
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_stored_answers_are_sealed(phone: Phone) -> None:
    phone.post("applications/", START, key="k1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, request_sha256 FROM lending_idempotencykey")
        body, _digest = cursor.fetchone()
    assert b"universal" not in bytes(body)


@pytest.mark.django_db
def test_old_keys_are_forgotten(phone: Phone) -> None:
    phone.post("applications/", START, key="k1")
    assert answers_kept.forget_old(now=timezone.now()) == 0
    assert answers_kept.forget_old(now=timezone.now() + timedelta(hours=73)) == 1


def _race(count: int, call: Any) -> list[Any]:
    barrier, answers = threading.Barrier(count), []

    def run() -> None:
        barrier.wait()
        answers.append(call())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _post(url: str, token: str, body: dict[str, Any], key: str) -> tuple[int, bytes]:
    request = urllib.request.Request(  # noqa: S310  (our own live server)
        url,
        data=json.dumps(body).encode(),
        method="POST",
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": key,
        },
    )
    for _ in range(20):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:  # the small test server's queue is full: repeat, as a phone would
            time.sleep(0.1)
    raise AssertionError("no answer")


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_have_one_effect(
    live_server: Any, inbox: Inbox, quick_passwords: None
) -> None:
    seed_bank()
    phone = log_in("13800000001", timezone.now())
    url = f"{live_server.url}/api/v1/applications/"
    answers = _race(50, lambda: _post(url, phone.token, START, "one-key"))
    assert len(answers) == 50
    assert {status for status, _ in answers} <= {201, 409}
    created = {raw for status, raw in answers if status == 201}
    assert len(created) == 1
    assert LoanApplication.objects.count() == 1
    for _ in range(50):  # whoever was told to come back gets the same answer
        status, raw = _post(url, phone.token, START, "one-key")
        if status == 201:
            break
        time.sleep(0.1)
    assert {raw} == created
