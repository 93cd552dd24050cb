"""Trials at the desk: started by another than the author, read in figures, ended on record."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lending.models import AuditEntry
from risk.selectors import trials as reading
from risk.services import strategies, trials
from risk.strategies import published_version
from tests.desk.conftest import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank")]
URL = "/desk/risk/trials/"


@pytest.fixture(autouse=True)
def _nothing_kept() -> Any:
    trials.forget()
    yield
    trials.forget()


@pytest.fixture
def approved(bank: None) -> int:
    """A version by the risk manager (S002), approved by head office."""
    call_command("seed_strategies", verbosity=0)
    now = timezone.now()
    here = published_version("default", timezone.localdate(now))
    draft = strategies.draft_from(version_id=here.pk, author="S002", now=now)
    strategies.submit(version_id=draft.pk, author="S002")
    return int(strategies.approve(version_id=draft.pk, checker="S001", now=now).pk)


@pytest.fixture
def head(bank: None) -> Client:
    return browser_of("headoffice")


def start(client: Client, version: int, **body: Any) -> Any:
    return client.post(f"{URL}start/{version}/", {"mode": "shadow", "note": "fewer?", **body})


def test_head_office_tries_what_the_risk_manager_wrote(head: Client, approved: int) -> None:
    assert f"start/{approved}/" in head.get(URL).content.decode()
    assert head.get(f"{URL}start/{approved}/").status_code == 200
    answer = start(head, approved)
    assert answer.status_code == 302
    (row,) = reading.trials()
    assert (row.started_by, row.mode, row.is_running) == ("S001", "shadow", True)
    assert answer["Location"] == f"{URL}{row.id}/"
    page = head.get(answer["Location"]).content.decode()
    assert "Not enough cases yet" in page
    assert "No loan of this trial has been paid out yet." in page
    assert head.post(f"{URL}{row.id}/end/").status_code == 302
    assert head.post(f"{URL}{row.id}/end/").status_code == 409
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert [a for a in actions if a.startswith("trial.")] == ["trial.start", "trial.end"]


def test_the_author_does_not_start_it(approved: int) -> None:
    assert start(browser_of("risk"), approved).status_code == 403
    assert reading.trials() == []


def test_who_may_see_and_who_may_start(approved: int) -> None:
    manager, officer = browser_of("manager.baolun"), browser_of("liguoqiang")
    assert manager.get(URL).status_code == 200
    assert start(manager, approved).status_code == 403
    assert officer.get(URL).status_code == 403
    assert officer.get("/desk/risk/monitoring/").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "split", "share_percent": ""},
        {"mode": "split", "share_percent": "51"},
        {"mode": "split", "share_percent": "9" * 40},
        {"mode": "else"},
        {"note": "a\x00b"},
        {"note": "x" * 301},
    ],
)
def test_bad_input_is_said_beside_its_field(
    head: Client, approved: int, body: dict[str, Any]
) -> None:
    answer = start(head, approved, **body)
    assert answer.status_code == 422
    assert reading.trials() == []


def test_a_second_trial_waits_for_the_first(head: Client, approved: int) -> None:
    assert start(head, approved, mode="split", share_percent="10").status_code == 302
    again = start(head, approved)
    assert again.status_code == 409
    assert "Another trial of this strategy is running" in again.content.decode()


def test_an_unknown_trial_or_version_is_not_found(head: Client, approved: int) -> None:
    assert head.get(f"{URL}{uuid4()}/").status_code == 404
    assert head.post(f"{URL}{uuid4()}/end/").status_code == 404
    assert head.get(f"{URL}start/99999999/").status_code == 404
