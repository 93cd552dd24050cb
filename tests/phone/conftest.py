"""A person with a phone in front of our pages, and applications brought to any step."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from lending.domain.application_flow import Action, Role
from lending.gateways import sms as sms_gateway
from lending.models import Customer, LoanApplication, LoanContract, Offer
from lending.selectors import scans
from lending.services import demo_bank, moves, offer_making, sessions
from risk.contracts import OfferDraft

MOBILE = "13800000001"


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


CARD = luhn("622202100111000001")
OFFER = OfferDraft(
    amount_min=Decimal("1000.00"),
    amount_max=Decimal("20000.00"),
    amount_step=Decimal("100.00"),
    annual_rate=Decimal("0.072000"),
    apr=Decimal("0.074424"),
    term_months=12,
    method="equal_instalment",
    provenance=({"step": "LPR 1Y", "value": "0.030000", "rate": "0.030000"},),
    label_zh="等额本息",
    label_en="Equal instalments",
)


@dataclass
class Carrier:
    """Stands where the SMS service is: keeps the newest code of each number."""

    codes: dict[str, str] = field(default_factory=dict)

    def send(self, *, mobile: str, otp: str = "", **_: Any) -> Any:
        if otp:
            self.codes[mobile] = otp
        return sms_gateway.SmsReply(accepted=True, problem="")


@dataclass
class Page:
    """An answer as a person sees it."""

    status: int
    text: str
    url: str
    headers: Any

    @property
    def title(self) -> str:
        return re.search(r"<title>(.*?)</title>", self.text, re.DOTALL)[1]  # type: ignore[index]

    def says(self, *words: str) -> None:
        for word in words:
            assert word in self.text, f"{word!r} is not on {self.url}"


@dataclass
class Phone:
    """A browser without JavaScript: follows redirects, sends forms with their CSRF token."""

    language: str = "en"
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def _page(self, response: Any, url: str) -> Page:
        chain = getattr(response, "redirect_chain", [])
        where = (chain[-1][0] if chain else url).replace("?welcome=1", "")
        text = response.content.decode(errors="replace")
        return Page(response.status_code, text, where, response.headers)

    def get(self, url: str) -> Page:
        headers = {"Accept-Language": self.language}
        return self._page(self.client.get(url, follow=True, headers=headers), url)

    def post(self, url: str, data: dict[str, Any] | None = None) -> Page:
        token = self.client.cookies.get("csrftoken")
        if token is None:
            self.get(url)
            token = self.client.cookies["csrftoken"]
        body = {"csrfmiddlewaretoken": token.value, **(data or {})}
        headers = {"Accept-Language": self.language}
        return self._page(self.client.post(url, body, follow=True, headers=headers), url)

    def log_in(self, mobile: str, now: datetime) -> "Phone":
        """Without the SMS round trip, which has tests of its own."""
        token = f"token-{mobile}"
        customer = sessions._customer_of(mobile, now)
        customer.customersession_set.create(
            token_sha256=sessions.token_sha256(token),
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        self.client.cookies["shandai_customer"] = token
        return self

    def scan(self, code: str) -> "Phone":
        self.client.cookies[scans.COOKIE] = scans.written("token", code)
        return self


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    carrier = Carrier()
    monkeypatch.setattr(sms_gateway, "send", carrier.send)
    return carrier


@pytest.fixture
def bank(db: None, carrier: Carrier, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # staff: not ours
    cache.clear()
    now = timezone.now()
    call_command("seed_products", verbosity=0)
    demo_bank.seed(today=timezone.localdate(now), now=now)


@pytest.fixture
def phone(bank: None) -> Phone:
    return Phone().log_in(MOBILE, timezone.now())


@pytest.fixture
def stranger(bank: None) -> Phone:
    return Phone().log_in("13800000002", timezone.now())


def newest() -> LoanApplication:
    return LoanApplication.objects.order_by("-created_at")[0]


@dataclass
class Journey:
    """Walks the pages as a person would; every step returns the page that follows."""

    phone: Phone
    serial: int = 1

    @property
    def application(self) -> LoanApplication:
        return newest()

    def at(self, place: str) -> str:
        return f"/apply/{self.application.pk}/{place}"

    def start(self) -> Page:
        self.phone.post("/apply/purpose/", {"answer": "agriculture"})
        return self.phone.post("/apply/amount/?purpose=agriculture", {"answer": "20000"})

    def identity(self) -> Page:
        person = {"name": "陈桂英", "id_number": id_number(self.serial), "address": "羊木镇1组"}
        return self.phone.post(self.at("identity/by-hand/"), person)

    def consents(self) -> Page:
        ticks = {"privacy": "on", "bureau": "on", "data_sharing": "on"}
        return self.phone.post(self.at("consents/"), ticks)

    def questions(self) -> Page:
        page = None
        answers = {
            "occupation": "farmer",
            "monthly_income": "5200",
            "household_size": "4",
            "industry": "rice",
        }
        for name, answer in answers.items():
            page = self.phone.post(self.at(f"question/{name}/"), {"answer": answer})
        assert page is not None
        return page

    def card(self) -> Page:
        return self.phone.post(self.at("bank-card/"), {"card_number": CARD, "mobile": ""})

    def filled_in(self) -> "Journey":
        for step in (self.start, self.identity, self.consents, self.questions, self.card):
            step()
        return self

    def submitted(self) -> "Journey":
        self.filled_in()
        self.phone.post(self.at("check/"))
        return self

    def decided(self, action: Action, offers: tuple[OfferDraft, ...] = ()) -> "Journey":
        """What the worker would write, without asking any source."""
        self.submitted()
        with transaction.atomic():
            row = moves.locked(newest().pk)
            system = {"role": Role.SYSTEM, "actor": "decide", "now": timezone.now()}
            moves.move(row, action=Action.START_SCORING, **system)
            if offers:
                offer_making.make_offers(
                    application=row, drafts=offers, redraft=lambda gone: offers, now=timezone.now()
                )
            moves.move(row, action=action, **system)
        return self

    def offered(self) -> "Journey":
        return self.decided(Action.APPROVE, (OFFER,))

    def offer(self) -> Offer:
        return self.application.offers.get()

    def accepted(self) -> "Journey":
        self.offered()
        self.phone.post(self.at(f"offers/{self.offer().pk}/"), {"answer": "12000.00"})
        return self

    def contract(self) -> LoanContract:
        return LoanContract.objects.get(application=self.application, voided_at__isnull=True)

    def has_read(self) -> "Journey":
        """The cost sheet was opened half a minute ago."""
        self.phone.get(self.at("cost/"))
        row = self.contract()
        row.cost_sheet_shown_at = timezone.now() - timedelta(seconds=30)
        row.save(update_fields=["cost_sheet_shown_at"])
        return self

    def customer(self) -> Customer:
        return self.application.customer


@pytest.fixture
def journey(phone: Phone) -> Journey:
    return Journey(phone)
