"""Random people as inputs of a decision: mostly sound, now and then odd, missing or malformed."""

import datetime as dt
import random
from functools import lru_cache
from typing import Any

from products.domain.terms import LoanTerms
from risk.domain.features import FEATURES
from tests.risk.applicants import AT
from tests.risk.conftest import base_terms

JUNK = (
    None, "", "text", float("nan"), float("inf"), 10**20, -1, True, [], {}, "1e5", "٣", "1.234", 7.5,
)  # fmt: skip
STATES = ("answered", "no_record", "mismatch", "unavailable", "missing", "", None)
WORDS = {
    "purpose": ("agriculture", "business", "consumption", "stocks", "education"),
    "identity_result": ("MATCH",) * 9 + ("NO_RECORD", "MISMATCH"),
    "carrier_result": ("MATCH",) * 9 + ("NO_RECORD", "MISMATCH"),
    "card_result": ("MATCH",) * 9 + ("NO_RECORD", "MISMATCH"),
    "card_type": ("debit",) * 9 + ("credit",),
    "bureau_worst_class": ("NORMAL",) * 9 + ("LOSS", "SPECIAL_MENTION"),
    "land_crop": ("rice", "pigs", "tea", "none", "maize", "火龙果"),
    "employer_kind": ("none", "public_school", "public_hospital", "private"),
    "employer": ("none", "第一小学"),
    "industry": ("rice", "retail", "transport"),
    "occupation": ("farmer", "teacher"),
    "tax_grade": ("A", "B", "none"),
}
MONEY = {
    "declared_income": 20_000, "bureau_obligation": 3_000, "outstanding_principal": 20_000,
    "land_mu": 40, "payroll_monthly": 12_000,
    "social_base": 12_000, "tax_income": 90_000, "business_turnover": 400_000,
}  # fmt: skip
COUNTS = {
    "bureau_history_months": 90, "carrier_tenure_months": 60, "social_months_24": 24,
    "fund_months_24": 24, "payroll_months_12": 12, "bureau_hard_enquiries_3m": 6,
    "multi_applications_30d": 6, "subsidy_years": 8, "business_years": 6,
}  # fmt: skip
RARE = {"court_dishonest", "fraud_listed", "bureau_overdue_now", "court_open_amount"}
_LISTS = (
    {"list": "teachers", "kind": "white", "tier": "teacher"},
    {"list": "good", "kind": "white", "tier": "in_good_standing"},
    {"list": "doubts", "kind": "grey", "tier": ""},
    {"list": "fraud", "kind": "black", "tier": ""},
)
_TIER = {"spread_bp": -50, "limit_percent": 120, "methods": ["equal_instalment"]}


@lru_cache
def shelves() -> tuple[dict[str, Any], ...]:
    """Terms as inputs carry them: the base, narrower products, one with tiers."""
    terms: tuple[LoanTerms, ...] = (
        base_terms(),
        base_terms(amount_step="300.00", limit_factor="0.85", starter_limit="3300.00"),
        base_terms(segments=["public_servant", "salaried"], industries=["rice"], age_max=55),
        base_terms(
            tiers={"teacher": _TIER, "in_good_standing": {**_TIER, "limit_percent": 137}},
            white_lists=["teachers", "good"], excluded_lists=["doubts"], debt_percent_max=35,
        ),
        base_terms(spread_bp_by_grade={"A": 300, "B": 420}, documents=["id_card", "payslip"]),
        base_terms(counties=[], employers=["第一小学"]),
    )  # fmt: skip
    return tuple(one.as_dict() for one in terms)


def person(chance: random.Random, odd: float = 0.01) -> dict[str, Any]:
    """``odd`` is the chance of each fact to be missing, unavailable or nonsense."""
    day = dt.date(2026, 11, 24) - dt.timedelta(days=chance.randrange(900))
    inputs = {
        "version": 1,
        "facts": {
            name: _fact(chance, name, odd)
            for name, feature in FEATURES.items()
            if not feature.added or chance.random() < 0.9
        },
        "sources": {},
        "lists": [hit for hit in _LISTS if chance.random() < 0.04],
        "terms": chance.choice(shelves()[: 1 if chance.random() < 0.6 else None]),
        "lpr": chance.choice(("0.030000", "0.031", "0.0345")),
        "regulatory_cap": chance.choice((None, None, "200000.00", "8000.00")),
        "requested_amount": chance.choice((None, "30000.00", "x")),
        "as_of": AT,
        "business_date": day.isoformat(),
    }
    if chance.random() < odd:
        inputs["lpr"] = "0.03000000001"
    if chance.random() < odd:
        del inputs["lists"]
    return inputs


def crowd(count: int, seed: int, odd: float = 0.003) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [person(chance, odd) for _ in range(count)]


def _fact(chance: random.Random, name: str, odd: float) -> Any:
    feature = FEATURES[name]
    if chance.random() < odd:
        if chance.random() < 0.1:
            return None
        value = chance.choice((*JUNK, _value(chance, name)))
        return {"value": value, "state": chance.choice(STATES), "source": feature.source, "at": AT}
    state = "answered" if chance.random() < 0.8 else "no_record"
    value = _value(chance, name)
    if state == "no_record" and feature.when_no_record is not None:
        value = None
    return {"value": value, "state": state, "source": feature.source, "at": AT}


def _value(chance: random.Random, name: str) -> Any:
    kind = FEATURES[name].type
    if name in WORDS:
        return chance.choice(WORDS[name])
    if name in RARE and kind == "money" and chance.random() < 0.95:
        return "0.00"
    if kind == "money":
        most = MONEY.get(name, 60_000)
        cents = chance.choice((0, 0, most * 100, 10**14 - 1 if chance.random() < 0.01 else 5_000_000))
        cents = chance.randrange(most * 100) if chance.random() < 0.7 else cents
        return f"{cents // 100}.{cents % 100:02d}"
    if kind == "count":
        return chance.randrange(COUNTS[name]) if name in COUNTS else int(chance.random() ** 30 * 4)
    if kind == "flag":
        return chance.random() < (0.02 if name in RARE else 0.7)
    if kind == "day":
        return (dt.date(1960, 1, 1) + dt.timedelta(days=chance.randrange(18_000))).isoformat()
    if kind == "county":
        return "510812"
    if kind == "texts":
        return ["grain"]
    return "none"
