"""Relations at the desk: who may look, what is masked; assisted mode by its officer on a second device."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from lending.models import ApplicationTrait, AssistedMode, LoanApplication
from tests.api.conftest import filled_in, log_in
from tests.desk.conftest import NEIGHBOUR, OWNER, Browsers

pytestmark = pytest.mark.django_db
CARD = "0" * 64


@pytest.fixture
def joined(referred: LoanApplication, clock: datetime) -> LoanApplication:
    """The referred applicant shares a card with a stranger of no officer."""
    other = LoanApplication.objects.get(pk=filled_in(log_in("13800000009", clock), serial=9))
    for one in (referred, other):
        ApplicationTrait.objects.create(
            application=one, customer=one.customer, kind="card", value_index=CARD, at=clock
        )
    LoanApplication.objects.filter(pk=other.pk).update(name=None)
    return referred


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_owner_sees_masked_people_and_the_drawing(
    browser: Browsers, joined: LoanApplication
) -> None:
    desk = browser(OWNER)
    application = text(desk.get(f"/desk/applications/{joined.pk}/"))
    assert f"/desk/risk/relations/{joined.pk}/" in application
    page = text(desk.get(f"/desk/risk/relations/{joined.pk}/"))
    assert "1 person is joined to" in page
    assert page.count("<circle") == 2
    assert 'class="line d"' in page
    assert "Bank card" in page
    assert "陈**" in page
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("username", "status"),
    [(OWNER, 200), ("risk", 200), ("headoffice", 200), ("manager.baolun", 200), (NEIGHBOUR, 404),
     ("manager.chaotian", 404), ("product", 404)],
)  # fmt: skip
def test_who_may_look(
    browser: Browsers, joined: LoanApplication, username: str, status: int
) -> None:
    assert browser(username).get(f"/desk/risk/relations/{joined.pk}/").status_code == status


def test_the_signals_are_listed_with_window_and_evidence(browser: Browsers) -> None:
    page = text(browser("risk").get("/desk/risk/relations/"))
    assert "ring_size" in page
    assert "365 days" in page
    assert browser(OWNER).get("/desk/risk/relations/").status_code == 403


def test_an_officer_lends_a_device_and_the_device_says_yes(browser: Browsers) -> None:
    desk, tablet = browser(OWNER), Client(headers={"accept-language": "en"})
    assert desk.post("/desk/assisted/", {"hours": "13"}).status_code == 422
    page = text(desk.post("/desk/assisted/", {"hours": "4"}))
    link = re.search(r"http://testserver(/apply/assisted/[\w-]+/)", page)
    assert link is not None
    looked = tablet.get(link[1])
    assert looked.status_code == 200
    assert AssistedMode.objects.get().opened_at is None  # a preview of the link changes nothing
    assert "李国强" in text(looked)
    opened = tablet.post(link[1])
    assert opened.status_code == 200
    cookie = opened.cookies["shandai_device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    mode = AssistedMode.objects.get()
    assert mode.until is not None
    assert cookie.value not in mode.device_index
    assert Client().post(link[1]).status_code == 404
    listed = text(desk.get("/desk/assisted/"))
    assert "running" in listed
    assert link[1] not in listed
    desk.post(f"/desk/assisted/{mode.pk}/end/")
    assert "running" not in text(desk.get("/desk/assisted/"))


@pytest.mark.parametrize("username", ["risk", "headoffice", "product"])
def test_who_helps_nobody_lends_nothing(browser: Browsers, username: str) -> None:
    assert browser(username).post("/desk/assisted/", {"hours": "1"}).status_code == 403


@pytest.mark.parametrize("hours", ["", "x", "１", "1e9", "-1", "\x00", "9" * 500])
def test_odd_hours_are_said(browser: Browsers, hours: str) -> None:
    assert browser(OWNER).post("/desk/assisted/", {"hours": hours}).status_code == 422
    assert Client().get("/apply/assisted/" + "x" * 300 + "/").status_code == 404
