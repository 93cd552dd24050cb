"""SMS code, session, log-out."""

from typing import Any

import pytest
from django.conf import settings

from lending.models import CustomerSession, OtpChallenge, SmsMessage
from tests.api.conftest import Inbox
from tests.api.phone import Phone

MOBILE = "13912345678"
pytestmark = pytest.mark.django_db


def code_for(phone: Phone, inbox: Inbox, mobile: str = MOBILE) -> str:
    assert phone.post("otp/", {"mobile": mobile, "purpose": "login"}).status == 204
    return inbox.code(mobile)


def test_code_then_token_then_log_out(bank: None, inbox: Inbox) -> None:
    phone = Phone()
    answer = phone.post("session/", {"mobile": MOBILE, "otp": code_for(phone, inbox)})
    assert answer.status == 201
    assert set(answer.body) >= {"token", "customer_id"}
    phone.token = answer.body["token"]
    assert phone.get("me/").body["customer_id"] == answer.body["customer_id"]
    assert phone.send("DELETE", "session/").status == 204
    assert phone.get("me/").status == 401


def test_answer_is_the_same_for_known_and_unknown_numbers(bank: None, inbox: Inbox) -> None:
    phone = Phone()
    phone.post("session/", {"mobile": MOBILE, "otp": code_for(phone, inbox)})
    known = phone.post("otp/", {"mobile": MOBILE, "purpose": "login"})
    unknown = phone.post("otp/", {"mobile": "13912345679", "purpose": "login"})
    assert (known.status, known.raw) == (unknown.status, unknown.raw) == (204, b"")


def test_wrong_codes_are_counted_even_though_the_request_fails(bank: None, inbox: Inbox) -> None:
    phone = Phone()
    right = code_for(phone, inbox)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert phone.post("session/", {"mobile": MOBILE, "otp": wrong}).code == "wrong_code"
    assert OtpChallenge.objects.get().attempts == 5
    answer = phone.post("session/", {"mobile": MOBILE, "otp": right})
    assert (answer.status, answer.code) == (422, "code_locked")


def test_code_is_good_once(bank: None, inbox: Inbox) -> None:
    phone = Phone()
    code = code_for(phone, inbox)
    assert phone.post("session/", {"mobile": MOBILE, "otp": code}).status == 201
    assert phone.post("session/", {"mobile": MOBILE, "otp": code}).code == "code_expired"


def test_lost_answer_is_replayed_but_not_to_a_guesser(bank: None, inbox: Inbox) -> None:
    phone = Phone()
    body = {"mobile": MOBILE, "otp": code_for(phone, inbox)}
    first = phone.post("session/", body, key="1")
    again = phone.post("session/", body, key="1")
    assert (again.status, again.raw) == (first.status, first.raw)
    assert again.headers["Idempotency-Replayed"] == "true"
    guess = phone.post("session/", {**body, "otp": "000000"}, key="1")
    assert (guess.status, guess.code) == (422, "idempotency_key_reuse")
    assert phone.post("session/", body, key="1").code == "idempotency_key_reuse"  # burnt
    assert CustomerSession.objects.count() == 1


def test_too_many_codes_from_one_address(
    bank: None, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "OTP_CODES_PER_ADDRESS_DAY", 3)
    phone = Phone()
    answers = [
        phone.send(
            "POST",
            "otp/",
            {"mobile": f"1380000{n:04d}", "purpose": "login"},
            extra={"X-Forwarded-For": f"10.0.0.{n}"},  # what the client claims does not help it
        )
        for n in range(4)
    ]
    assert [a.status for a in answers] == [204, 204, 204, 429]
    assert answers[-1].code == "too_many_requests"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_signing_code_needs_log_in(bank: None, inbox: Inbox) -> None:
    body = {
        "purpose": "sign",
        "application": "7f1c2a70-0000-4000-8000-000000000000",
        "mobile": MOBILE,
    }
    assert Phone().post("otp/", body).code == "not_authenticated"
    assert not SmsMessage.objects.exists()


def test_old_token_is_no_reason_to_refuse_a_code(bank: None, inbox: Inbox) -> None:
    assert code_for(Phone(token="expired"), inbox)


BAD_MOBILE: list[Any] = [
    "",
    "123",
    "１３９１２３４５６７８",
    "1391234567",
    13912345678,
    None,
    ["13912345678"],
]


def test_bad_mobile(bank: None, subtests: pytest.Subtests) -> None:
    for mobile in BAD_MOBILE:
        with subtests.test(case=str(mobile)[:60]):
            answer = Phone().post("otp/", {"mobile": mobile, "purpose": "login"})
            assert answer.status in (400, 422)
            assert answer.code
            assert answer.body["errors"]["mobile"]


BAD_TOKENS: list[Any] = [
    "Bearer",
    "Bearer x y",
    "Basic abc",
    "Bearer " + "x" * 5000,
    "Bearer \xff\xfe",
]


def test_bad_tokens(bank: None, subtests: pytest.Subtests) -> None:
    for header in BAD_TOKENS:
        with subtests.test(case=str(header)[:60]):
            answer = Phone().send("GET", "me/", extra={"Authorization": header})
            assert (answer.status, answer.code) == (401, "not_authenticated")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
