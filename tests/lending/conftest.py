"""A seeded bank and applicants of the sandbox's county, walked through the services step by step."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command

from lending.models import Customer, Disbursement, LoanApplication
from lending.selectors import applications as application_selectors
from lending.selectors import contracts as contract_selectors
from lending.selectors import offers as offer_selectors
from lending.services import (
    applications,
    cards,
    consents,
    decisions,
    demo_bank,
    identity,
    offers,
    otp,
    profiles,
    sessions,
    signatures,
    submissions,
)
from risk.gateways import breaker
from tests.sandbox_client import Sandbox

ANSWERS = {
    "occupation": "farmer",
    "monthly_income": "5200.00",
    "household_size": 4,
    "industry": "rice",
}


@dataclass
class Applicant:
    """One person of the county and how far they have come; ``now`` is the moment of every step."""

    sandbox: Sandbox
    person: dict[str, Any]
    now: dt.datetime
    customer: Customer
    application: LoanApplication

    def key(self) -> dict[str, Any]:
        return {"application_id": self.application.pk, "customer": self.customer, "now": self.now}

    def identify(self, **changes: Any) -> None:
        facts = {
            "name": self.person["name"],
            "id_number": self.person["id_number"],
            "address": self.person["address"],
            "valid_until": None,
            **changes,
        }
        identity.confirm(**self.key(), **facts)
        self.refresh()

    def consent(self, **changes: Any) -> None:
        answer = {
            "accept": ["privacy", "bureau", "data_sharing"],
            "refuse": ["marketing"],
            **changes,
        }
        consents.record(**self.key(), channel="api", client_ip="127.0.0.1", **answer)
        self.refresh()

    def complete(self) -> None:
        """Everything up to the moment of handing in."""
        self.identify()
        self.consent()
        profiles.save(**self.key(), answers=ANSWERS)
        cards.bind(
            **self.key(), card_number=self.person["card_number"], mobile=self.person["mobile"]
        )
        self.refresh()

    def decide(self) -> str:
        """Hand in and let the machine decide; returns the state."""
        submissions.submit(**self.key())
        decisions.decide(application_id=self.application.pk, now=self.now)
        self.refresh()
        return self.application.state

    def accept(self, **changes: Any) -> None:
        offer = offer_selectors.open_offers(self.application, self.now)[0]
        choice = {
            "offer_id": str(offer.pk),
            "amount": str(offer.amount_max),
            "term_months": offer.term_months,
            "method": offer.method,
            **changes,
        }
        offers.accept(**self.key(), **choice)
        self.refresh()

    def sign_code(self) -> str:
        otp.send_code(
            mobile=self.customer.mobile,
            purpose="sign",
            client_ip="127.0.0.1",
            now=self.now,
            application_id=self.application.pk,
            customer=self.customer,
        )
        return self.newest_code()

    def sign(self, **changes: Any) -> None:
        contract = contract_selectors.of_application(self.application)
        word = {
            "otp": changes.pop("otp", None) or self.sign_code(),
            "document_sha256": contract.html_sha256,
            "cost_sheet_seconds": 30,
            **changes,
        }
        signatures.sign(**self.key(), client_ip="127.0.0.1", user_agent="test", **word)
        self.refresh()

    def to_offer(self) -> "Applicant":
        self.complete()
        assert self.decide() == "offered"
        return self

    def to_signed(self) -> "Applicant":
        """Signed: the payout is requested, not yet sent."""
        self.to_offer()
        self.accept()
        self.sign()
        return self

    @property
    def payout(self) -> Disbursement:
        return Disbursement.objects.filter(application=self.application).latest("created_at")

    def newest_code(self) -> str:
        return str(next(m["otp"] for m in self.sandbox.sms(self.person["mobile"]) if m["otp"]))

    def refresh(self) -> None:
        self.application = application_selectors.of_customer(self.application.pk, self.customer)


class Cast:
    """Applicants by persona, each a different person however often it is asked."""

    used: dict[str, int] = {}

    def __init__(self, sandbox: Sandbox, now: dt.datetime) -> None:
        self.sandbox, self.now = sandbox, now

    def applicant(self, persona: str = "rice_farmer", code: str = "universal") -> Applicant:
        number = Cast.used.get(persona, 0)
        Cast.used[persona] = number + 1
        person = self.sandbox.person(persona, number)
        otp.send_code(mobile=person["mobile"], purpose="login", client_ip="127.0.0.1", now=self.now)
        code_sent = next(m["otp"] for m in self.sandbox.sms(person["mobile"]) if m["otp"])
        session = sessions.open_session(
            mobile=person["mobile"], otp=code_sent, client_ip="127.0.0.1", now=self.now
        )
        application = applications.start(
            customer=session.customer,
            qr_code=code,
            purpose="agriculture",
            requested_amount=None,
            source_token="",
            channel="api",
            now=self.now,
        )
        return Applicant(self.sandbox, person, self.now, session.customer, application)


@pytest.fixture(autouse=True)
def _closed_breakers() -> None:
    """One test's broken service is not the next one's."""
    breaker.reset_breakers()


@pytest.fixture
def bank(db: None, settings: Any, now: dt.datetime) -> None:
    """The demo bank in an empty database; staff passwords hashed cheaply, they are not the subject here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("seed_products", verbosity=0)
    call_command("seed_strategies", verbosity=0)
    demo_bank.seed(today=now.date(), now=now)


@pytest.fixture
def cast(bank: None, sandbox: Sandbox, now: dt.datetime) -> Cast:
    return Cast(sandbox, now)
