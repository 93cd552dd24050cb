"""The core bank's signed callbacks: forged, old and repeated ones change nothing."""

import hashlib
import hmac
import json
import time
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from lending.models import Disbursement, InboundEvent, Loan
from lending.services import disbursements
from tests.api.conftest import Inbox
from tests.api.phone import Phone

pytestmark = pytest.mark.django_db
URL = "/callbacks/core-bank/"


def signed(body: bytes, *, timestamp: str = "", secret: str = "") -> dict[str, str]:
    timestamp = timestamp or str(int(time.time()))
    secret = secret or settings.SERVICE_SECRETS["corebank"]
    message = timestamp.encode() + b"." + body
    signature = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return {"X-Timestamp": timestamp, "X-Signature": signature}


def call(body: Any, headers: dict[str, str] | None = None) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client(enforce_csrf_checks=True).post(
        URL,
        raw,
        content_type="application/json",
        headers=signed(raw) if headers is None else headers,
    )


@pytest.fixture
def paying(phone: Phone, inbox: Inbox, accepted: str, clock: datetime) -> Disbursement:
    sha256 = phone.get(f"applications/{accepted}/contract/").body["sha256"]
    phone.post("otp/", {"purpose": "sign", "application": accepted})
    phone.post(
        f"applications/{accepted}/sign/",
        {"otp": inbox.code("13800000001"), "document_sha256": sha256, "cost_sheet_seconds": 30},
    )
    disbursement = Disbursement.objects.select_related("bank_card", "application").get()
    disbursements._claim(disbursement.pk, from_state="created", kind="send", now=clock)
    return disbursement


def success(disbursement: Disbursement, **other: Any) -> dict[str, Any]:
    return {
        "event_id": "e1",
        "status": "succeeded",
        "key": disbursement.core_key,
        "amount": f"{disbursement.amount:.2f}",
        "payee_card": disbursement.bank_card.card_number,
        "core_txn_id": "T1",
        "booked_at": "2026-11-24T10:00:00+08:00",
        **other,
    }


def test_one_event_settles_once(paying: Disbursement) -> None:
    assert call(success(paying)).json() == {"result": "settled"}
    assert call(success(paying)).json() == {"result": "repeated"}
    assert Loan.objects.count() == 1
    assert Disbursement.objects.get().state == "succeeded"


@pytest.mark.parametrize("change", [{"amount": "1.00"}, {"payee_card": "6222021001112223336"}])
def test_an_echo_that_differs_is_never_success(
    paying: Disbursement, change: dict[str, Any]
) -> None:
    call(success(paying, **change))
    assert Disbursement.objects.get().state == "manual"
    assert not Loan.objects.exists()


def test_forged_old_and_swapped(paying: Disbursement) -> None:
    body = json.dumps(success(paying)).encode()
    good = signed(body)
    for headers in (
        {},
        {**good, "X-Signature": "0" * 64},
        {**good, "X-Signature": "é"},
        {**good, "X-Timestamp": "²"},
        signed(body, secret="other"),
        signed(body, timestamp=str(int(time.time()) - 301)),
        signed(body, timestamp=str(int(time.time()) + 301)),
        signed(b"{}"),
    ):
        assert call(body, headers).status_code == 403
    assert not InboundEvent.objects.exists()
    assert not Loan.objects.exists()


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b"\xff", b"{}", b'{"event_id": "\\u0000"}', b"[" * 50_000]
)
def test_signed_nonsense(db: None, raw: bytes) -> None:
    assert call(raw).status_code in (400, 422)


def test_other_methods_and_sizes(db: None) -> None:
    assert Client().get(URL).status_code == 405
    assert call(b'{"event_id": "' + b"x" * 70_000 + b'"}').status_code == 413


def test_unknown_key_is_kept_as_an_event(db: None) -> None:
    assert call({"event_id": "e9", "key": "D-unknown", "status": "succeeded"}).json() == {
        "result": "unknown_key"
    }
    assert InboundEvent.objects.count() == 1
