"""Two factors, codes good for one use, throttling before the hash, sessions that end."""

import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from lending.services import demo_bank
from tests.desk.conftest import OWNER, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank")]


def password_of(username: str) -> str:
    return next(a.password for a in demo_bank.accounts() if a.username == username)


def code_of(username: str) -> str:
    return f"{totp(demo_bank.totp_key(username)):06d}"


def client() -> Client:
    return Client(headers={"accept-language": "en"})


def first_step(browser: Client, username: str = OWNER, **more: Any) -> Any:
    body = {"username": username, "password": password_of(username), **more}
    return browser.post("/desk/login/", body)


def test_password_and_code_open_the_desk() -> None:
    browser = client()
    assert (
        first_step(browser, next="/desk/loans/")["Location"]
        == "/desk/login/code/?next=%2Fdesk%2Floans%2F"
    )
    assert browser.get("/desk/")["Location"].startswith(
        "/desk/login/"
    )  # the password alone opens nothing
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/api/v1/desk/applications/").status_code in (401, 403)
    answer = browser.post("/desk/login/code/", {"code": code_of(OWNER), "next": "/desk/loans/"})
    assert answer["Location"] == "/desk/loans/"
    page = browser.get("/desk/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]


def test_a_code_works_once() -> None:
    code = code_of(OWNER)
    one, two = client(), client()
    first_step(one)
    first_step(two)
    assert one.post("/desk/login/code/", {"code": code}).status_code == 302
    assert two.post("/desk/login/code/", {"code": code}).status_code == 422
    assert two.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    "code", ["", "000", "abcdef", "１２３４５６", "-12345", "1e5000", "9" * 400]
)
def test_odd_codes_are_refused(code: str) -> None:
    browser = client()
    first_step(browser)
    assert browser.post("/desk/login/code/", {"code": code}).status_code == 422


def test_the_code_page_needs_the_password_first() -> None:
    browser = client()
    assert browser.post("/desk/login/code/", {"code": code_of(OWNER)})["Location"] == "/desk/login/"
    assert browser.get("/desk/login/enrol/")["Location"] == "/desk/login/"


def test_unknown_and_wrong_look_the_same() -> None:
    wrong = client().post("/desk/login/", {"username": OWNER, "password": "no"})
    unknown = client().post("/desk/login/", {"username": "nobody-here", "password": "no"})
    strip = lambda r, name: r.content.decode().replace(name, "").split("csrfmiddlewaretoken")[0]  # noqa: E731
    assert wrong.status_code == unknown.status_code == 422
    assert strip(wrong, OWNER) == strip(unknown, "nobody-here")


def test_throttled_before_the_hash_and_only_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = client()
    for _ in range(5):
        answer = browser.post("/desk/login/", {"username": OWNER, "password": "no"})
    assert answer.status_code == 429
    hashed = []
    monkeypatch.setattr(User, "check_password", lambda *a: hashed.append(1) or True)
    assert first_step(browser).status_code == 429  # even the right password
    assert hashed == []
    monkeypatch.undo()
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    assert first_step(elsewhere).status_code == 302


def test_enrolment_shows_a_key_and_believes_a_right_code_only() -> None:
    user = User.objects.get(username=OWNER)
    TOTPDevice.objects.filter(user=user).delete()
    browser = client()
    assert first_step(browser)["Location"] == "/desk/login/enrol/"
    page = browser.get("/desk/login/enrol/")
    assert b"<svg" in page.content
    device = TOTPDevice.objects.get(user=user)
    assert not device.confirmed
    assert browser.post("/desk/login/enrol/", {"code": "000000"}).status_code == 422
    TOTPDevice.objects.filter(user=user).update(throttling_failure_count=0)
    code = f"{totp(device.bin_key):06d}"
    assert browser.post("/desk/login/enrol/", {"code": code}).status_code == 302
    assert browser.get("/desk/").status_code == 200
    other = client()
    first_step(other)
    assert (
        other.get("/desk/login/enrol/")["Location"] == "/desk/login/code/"
    )  # no second device by password alone


def test_the_session_id_changes_at_each_step() -> None:
    browser = client()
    browser.cookies["shandai_staff"] = "planted-by-an-attacker"
    first_step(browser)
    second = browser.cookies["shandai_staff"].value
    browser.post("/desk/login/code/", {"code": code_of(OWNER)})
    third = browser.cookies["shandai_staff"].value
    assert len({"planted-by-an-attacker", second, third}) == 3
    stale = client()
    stale.cookies["shandai_staff"] = second
    assert stale.get("/desk/").status_code == 302


def test_logout_is_real_and_needs_a_post() -> None:
    browser = browser_of(OWNER)
    cookie = browser.cookies["shandai_staff"].value
    assert browser.get("/desk/logout/").status_code == 405
    assert browser.get("/desk/").status_code == 200
    browser.post("/desk/logout/")
    replay = client()
    replay.cookies["shandai_staff"] = cookie
    assert replay.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("since", "seen", "status"), [(60, 10, 200), (3600, 16 * 60, 302), (8 * 3600 + 5, 5, 302)]
)
def test_idle_and_absolute_time(since: int, seen: int, status: int) -> None:
    browser = browser_of(OWNER)
    browser.get("/desk/")
    session, now = browser.session, int(time.time())
    session["staff_since"], session["staff_seen"] = now - since, now - seen
    session.save()
    assert browser.get("/desk/").status_code == status


def test_rights_change_at_once() -> None:
    browser = browser_of(OWNER)
    assert browser.get("/desk/").status_code == 200
    User.objects.filter(username=OWNER).update(is_active=False)
    assert browser.get("/desk/").status_code == 302


def test_next_stays_in_the_house() -> None:
    browser = client()
    first_step(browser)
    answer = browser.post(
        "/desk/login/code/", {"code": code_of(OWNER), "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/desk/"


def test_csrf_is_asked_for() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/desk/login/", {"username": OWNER, "password": "x"}).status_code == 403
