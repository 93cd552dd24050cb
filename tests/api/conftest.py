"""The demo bank, a phone, and applications brought to any step through the services themselves."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from lending.domain.application_flow import Action, Role
from lending.models import Customer, LoanApplication
from lending.services import demo_bank, moves, offer_making, sessions, submissions
from risk.contracts import OfferDraft
from tests.api.phone import Phone
from tests.sandbox_client import Sandbox


def luhn(body: str) -> str:
    """A card number with its check digit."""
    digits = [int(c) for c in body]
    total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits)))
    return body + str(-total % 10)


def id_number(serial: int = 1, born: str = "19900307") -> str:
    """An invented ID number with a right checksum."""
    body = f"510812{born}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


class Inbox:
    """The text messages of a phone, read from the sandbox that plays the carrier."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def code(self, mobile: str) -> str:
        """The newest one-time code sent to ``mobile``."""
        return next(str(m["otp"]) for m in self.sandbox.sms(mobile) if m.get("otp"))


@pytest.fixture
def inbox(sandbox: Sandbox) -> Inbox:
    return Inbox(sandbox)


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    """Argon2 takes seconds for all the staff, whose passwords do not matter here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def seed_bank() -> None:
    now = timezone.now()
    call_command("seed_products", verbosity=0)
    demo_bank.seed(today=timezone.localdate(now), now=now)


@pytest.fixture
def bank(db: None, inbox: Inbox, quick_passwords: None) -> None:
    seed_bank()


@pytest.fixture
def clock() -> datetime:
    return timezone.now()


def log_in(mobile: str, now: datetime) -> Phone:
    """A logged-in phone without the SMS round trip (which has tests of its own)."""
    token = hashlib.sha256(mobile.encode()).hexdigest()
    customer = sessions._customer_of(mobile, now)
    customer.customersession_set.create(
        token_sha256=sessions.token_sha256(token),
        created_at=now,
        expires_at=now + sessions.SESSION_LIVES,
    )
    return Phone(token=token)


@pytest.fixture
def phone(bank: None, clock: datetime) -> Phone:
    return log_in("13800000001", clock)


@pytest.fixture
def stranger(bank: None, clock: datetime) -> Phone:
    return log_in("13800000002", clock)


PROFILE = {
    "occupation": "farmer",
    "monthly_income": "5200.00",
    "household_size": 4,
    "industry": "rice",
}


def started(phone: Phone, **more: Any) -> str:
    answer = phone.post("applications/", {"qr_code": "universal", "purpose": "agriculture", **more})
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def filled_in(phone: Phone, serial: int = 1) -> str:
    """Everything but the submission."""
    i = started(phone)
    person = {"name": "陈桂英", "id_number": id_number(serial), "address": "朝天区羊木镇1组"}
    for path, body in (
        ("identity", person),
        ("consents", {"accept": ["privacy", "bureau", "data_sharing"], "refuse": ["marketing"]}),
        ("profile", PROFILE),
        ("bank-card", {"card_number": luhn(f"622202100111{serial:06d}"), "mobile": "13800000001"}),
    ):
        answer = phone.post(f"applications/{i}/{path}/", body)
        assert answer.status == 200, (path, answer.raw)
    return i


OFFER = OfferDraft(
    amount_min=Decimal("1000.00"),
    amount_max=Decimal("20000.00"),
    amount_step=Decimal("100.00"),
    annual_rate=Decimal("0.072000"),
    apr=Decimal("0.074424"),
    term_months=12,
    method="equal_instalment",
    provenance=({"step": "LPR 1Y", "value": "0.030000"},),
    label_zh="等额本息",
    label_en="Equal instalments",
)


def decided(
    application_id: str, action: Action, now: datetime, offers: tuple[OfferDraft, ...] = ()
) -> None:
    """What the worker would write, without asking any source."""
    customer = LoanApplication.objects.select_related("customer").get(pk=application_id).customer
    submissions.submit(application_id=application_id, customer=customer, now=now)
    with transaction.atomic():
        application = moves.locked(application_id)
        moves.move(
            application, action=Action.START_SCORING, role=Role.SYSTEM, actor="decide", now=now
        )
        if offers:
            offer_making.make_offers(
                application=application, drafts=offers, redraft=lambda gone: offers, now=now
            )
        moves.move(application, action=action, role=Role.SYSTEM, actor="decide", now=now)


@pytest.fixture
def offered(phone: Phone, clock: datetime) -> str:
    i = filled_in(phone)
    decided(i, Action.APPROVE, clock, (OFFER,))
    return i


def accept_body(phone: Phone, application_id: str, **other: Any) -> dict[str, Any]:
    offer = phone.get(f"applications/{application_id}/offers/").body[0]
    return {
        "offer_id": offer["id"],
        "amount": offer["amount_max"],
        "term_months": offer["term_months"],
        "method": offer["method"],
        **other,
    }


@pytest.fixture
def accepted(phone: Phone, offered: str) -> str:
    answer = phone.post(f"applications/{offered}/accept/", accept_body(phone, offered))
    assert answer.status == 200, answer.raw
    return offered


@pytest.fixture
def customer_of() -> Callable[[str], Customer]:
    return lambda mobile: Customer.objects.get(
        mobile_index=sessions.otp_service.mobile_index(mobile)
    )
