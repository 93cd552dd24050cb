"""What each outside service knows about each person. Pure: the same question has the same answer.

``(result, data)`` with result MATCH, MISMATCH or NO_RECORD; amounts are texts with two decimals.
Each persona's figures spread a little from person to person, around one story per persona.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox.county import AS_OF, County, Person

Answer = tuple[str, dict[str, Any]]
NO_RECORD: Answer = ("NO_RECORD", {})
_SALARIED = {
    "teacher": "public_school", "civil_servant": "government", "mortgage_customer": "company",
}
_FARMERS = {
    "rice_farmer": "rice", "pig_farmer": "pigs", "thin_file": "mushrooms",
    "moved_household": "rice",
}
_EMPLOYERS = {
    "public_school": "广元示范中学", "government": "示范区政府",
    "company": "广元示范建材有限公司",
}
#: lenders in 3 months; applications in 7 days, 30 days, 3 months
_MULTILENDER = {"over_indebted": (6, 4, 9, 16), "fraud_ring": (5, 7, 14, 22)}
_STRANGERS = ("outside_area", "fraud_ring", "minor", "thin_file")


def _yuan(amount: float) -> str:
    return f"{round(amount)}.00"


def identity(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None or person.persona == "moved_household":
        return NO_RECORD
    if body.get("name") != person.name:
        return "MISMATCH", {}
    return "MATCH", {"household_county": person.county}


def face(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None:
        return NO_RECORD
    return "MATCH", {"score": county.chance("face", person.id_number).randint(82, 97)}


def carrier(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None:
        return NO_RECORD
    right = (body.get("name"), body.get("mobile")) == (person.name, person.mobile)
    if not right or person.persona == "fraud_ring":
        return "MISMATCH", {}
    chance = county.chance("carrier", person.id_number)
    return "MATCH", {"tenure_months": chance.randint(30, 160), "status": "active"}


def card(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None:
        return NO_RECORD
    own = body.get("card_number") in (person.card_number, person.other_card_number)
    right = own and body.get("name") == person.name
    if not right or body.get("mobile") != person.mobile:
        return "MISMATCH", {}
    bank = "广元示范村镇银行"
    return "MATCH", {"card_type": "debit", "bank_name": bank, "account_class": 1}


def bureau(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None or person.persona in ("thin_file", "minor"):
        return NO_RECORD
    chance = county.chance("bureau", person.id_number)
    data = {
        "has_file": True,
        "credit_history_months": chance.randint(30, 120),
        "loans_open": chance.randint(0, 1),
        "total_balance": _yuan(chance.randint(0, 12) * 1_000),
        "monthly_obligation": _yuan(chance.randint(0, 4) * 100),
        "overdue_now_amount": "0.00",
        "overdue_months_24": 0,
        "overdue_max_consecutive": 0,
        "hard_enquiries_3m": chance.randint(0, 2),
        "guarantees_balance": "0.00",
        "worst_classification": "NORMAL",
    }
    if person.persona == "mortgage_customer":
        data.update(
            loans_open=1, total_balance=_yuan(chance.randint(15, 30) * 10_000),
            monthly_obligation=_yuan(chance.randint(15, 20) * 100),
        )
    elif person.persona == "over_indebted":
        data.update(
            loans_open=chance.randint(7, 11),
            total_balance=_yuan(chance.randint(30, 50) * 10_000),
            monthly_obligation=_yuan(chance.randint(14, 22) * 1_000),
            overdue_months_24=chance.randint(4, 7), overdue_max_consecutive=2,
            hard_enquiries_3m=chance.randint(9, 15),
            overdue_now_amount=_yuan(chance.randint(2, 9) * 500),
            worst_classification="SPECIAL_MENTION",
        )
    elif person.persona == "court_debtor":
        data.update(
            overdue_months_24=chance.randint(6, 12), overdue_max_consecutive=chance.randint(3, 6),
            overdue_now_amount=_yuan(chance.randint(8, 30) * 1_000),
            worst_classification="SUBSTANDARD",
        )
    elif person.persona == "fraud_ring":
        data.update(
            hard_enquiries_3m=chance.randint(10, 18), credit_history_months=chance.randint(2, 5)
        )
    return "MATCH", data


def land(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None or person.persona not in _FARMERS:
        return NO_RECORD
    chance = county.chance("land", person.id_number)
    mu = chance.randint(8, 20) if person.persona != "thin_file" else chance.randint(3, 6)
    return "MATCH", {"mu": f"{mu}.00", "crop": _FARMERS[person.persona], "certificate": True}


def subsidies(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None or person.persona not in _FARMERS:
        return NO_RECORD
    chance = county.chance("subsidies", person.id_number)
    second = "生猪良种补贴" if person.persona == "pig_farmer" else "种粮补贴"
    years = chance.randint(1, 2) if person.persona == "thin_file" else chance.randint(4, 9)
    return "MATCH", {
        "annual_amount": _yuan(chance.randint(12, 30) * 100), "years": years,
        "kinds": ["耕地地力保护补贴", second],
    }


def social_insurance(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None or person.persona not in _SALARIED:
        return NO_RECORD
    kind = _SALARIED[person.persona]
    chance = county.chance("social", person.id_number)
    return "MATCH", {
        "months_paid_24": 24, "monthly_base": _yuan(chance.randint(58, 90) * 100),
        "employer": _EMPLOYERS[kind], "employer_kind": kind,
    }


def housing_fund(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None or person.persona not in _SALARIED:
        return NO_RECORD
    chance = county.chance("fund", person.id_number)
    return "MATCH", {
        "months_paid_24": 24, "monthly_deposit": _yuan(chance.randint(10, 18) * 100),
        "has_mortgage": person.persona == "mortgage_customer",
    }


def tax(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    chance = county.chance("tax", person.id_number if person else "")
    if person and person.persona == "shop_owner":
        return "MATCH", {
            "annual_income": _yuan(chance.randint(10, 18) * 10_000),
            "tax_grade": chance.choice(("A", "B")),
            "business_name": f"{person.name[0]}记建材经营部",
            "annual_turnover": _yuan(chance.randint(60, 150) * 10_000),
            "years_in_business": chance.randint(4, 12),
        }
    if person and person.persona in _SALARIED:
        return "MATCH", {
            "annual_income": _yuan(chance.randint(70, 110) * 1_000), "tax_grade": "none",
            "business_name": "", "annual_turnover": "0.00", "years_in_business": 0,
        }
    return NO_RECORD


def courts(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None or person.persona != "court_debtor":
        return NO_RECORD
    chance = county.chance("courts", person.id_number)
    case = {
        "case_no": f"(2025)川0802执{chance.randint(100, 999)}号",
        "court": "广元市利州区人民法院",
        "amount": _yuan(chance.randint(2, 9) * 10_000),
        "filed_on": (AS_OF - timedelta(days=chance.randint(60, 400))).isoformat(),
        "status": "open",
    }
    return "MATCH", {"enforcement_cases": [case], "dishonest": True}


def multilender(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    if person is None:
        return NO_RECORD
    chance = county.chance("multilender", person.id_number)
    light = (chance.randint(0, 1), 0, chance.randint(0, 1), chance.randint(1, 2))
    lenders, week, month, quarter = _MULTILENDER.get(person.persona, light)
    return "MATCH", {
        "lenders_3m": lenders, "applications_7d": week, "applications_30d": month,
        "applications_3m": quarter, "on_fraud_list": person.persona == "fraud_ring",
    }


def customer(county: County, person: Person | None, body: dict[str, Any]) -> Answer:
    """The bank's own file on the person."""
    if person is None or person.persona in _STRANGERS:
        return NO_RECORD
    chance = county.chance("customer", person.id_number)
    rich = person.persona == "depositor"
    deposits = (chance.randint(80, 300) if rich else chance.randint(2, 20)) * 1_000
    salary = person.persona in _SALARIED
    return "MATCH", {
        "customer_since": (AS_OF - timedelta(days=chance.randint(900, 3_600))).isoformat(),
        "deposit_balance": _yuan(deposits), "average_deposit_12m": _yuan(deposits * 0.8),
        "payroll_months_12": 12 if salary else 0,
        "payroll_monthly": _yuan(chance.randint(56, 82) * 100) if salary else "0.00",
        "past_loans": chance.randint(0, 2), "past_loans_overdue": 0,
        "has_mortgage": person.persona == "mortgage_customer",
    }


#: (service, operation) → what answers it
INQUIRIES: dict[tuple[str, str], Callable[[County, Person | None, dict[str, Any]], Answer]] = {
    ("identity", "verify"): identity,
    ("face", "compare"): face,
    ("bureau", "report"): bureau,
    ("carrier", "three-element"): carrier,
    ("card", "four-element"): card,
    ("government", "land"): land,
    ("government", "subsidies"): subsidies,
    ("government", "social-insurance"): social_insurance,
    ("government", "housing-fund"): housing_fund,
    ("government", "tax"): tax,
    ("courts", "search"): courts,
    ("multilender", "exposure"): multilender,
    ("corebank", "customer"): customer,
}
