"""Risk's fixtures: the base product's terms, a published strategy, requests for sandbox people."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from products.domain.terms import LoanTerms
from risk import strategies
from risk.contracts import DecisionRequest, Subject
from risk.domain.features import FEATURES
from risk.gateways.breaker import reset_breakers
from risk.services.strategies import publish

ROOT = Path(__file__).resolve().parents[2]
CONSENTS = {"privacy": "c-1", "bureau": "c-2", "data_sharing": "c-3"}


@pytest.fixture(autouse=True)
def _closed_breakers() -> Iterator[None]:
    """One test's broken service must not be refused in the next."""
    reset_breakers()
    yield
    reset_breakers()


def definition() -> dict[str, Any]:
    return json.loads((ROOT / "risk/seeds/default_strategy.json").read_text(encoding="utf-8"))


def base_terms(**changes: Any) -> LoanTerms:
    seeds = json.loads((ROOT / "products/seeds/products.json").read_text(encoding="utf-8"))
    base = next(product for product in seeds["products"] if product["kind"] == "base")
    names = {
        "product_code": "shandai",
        "product_version_id": 1,
        "name_zh": "闪贷",
        "name_en": "Shandai",
    }
    return LoanTerms.from_dict({**base["values"], **names, **changes})


def quiet_signals() -> dict[str, Any]:
    """What lending tells of somebody who shares nothing with anybody."""
    said = {**definition()["defaults"], "applications_same_identity_7d": 1}
    return {name: said.get(name, []) for name, f in FEATURES.items() if f.source == "signals"}


@pytest.fixture
def terms() -> LoanTerms:
    return base_terms()


@pytest.fixture
def strategy(db: None, now: dt.datetime) -> Any:
    strategies.forget()  # row ids repeat from test to test
    return publish(definition=definition(), author="risk.manager", now=now)


Ask = Callable[..., DecisionRequest]


@pytest.fixture
def request_for(now: dt.datetime, terms: LoanTerms) -> Ask:
    """A decision request for a sandbox person, with the same few answers for everybody."""

    def build(person: dict[str, Any], **changes: Any) -> DecisionRequest:
        subject = Subject(
            application_id=changes.pop("application_id", uuid4()),
            name=changes.pop("name", person["name"]),
            id_number=person["id_number"],
            mobile=person["mobile"],
            card_number=person["card_number"],
            address=person["address"],
            declared={
                "occupation": "farmer",
                "monthly_income": "5200.00",
                "household_size": "4",
                "industry": "rice",
            },
        )
        values: dict[str, Any] = {
            "subject": subject,
            "round": 1,
            "terms": terms,
            "lpr": Decimal("0.030000"),
            "requested_amount": None,
            "purpose": "agriculture",
            "consents": CONSENTS,
            "as_of": now,
            "business_date": now.date(),
            "signals": quiet_signals(),
        }
        return DecisionRequest(**{**values, **changes})

    return build
