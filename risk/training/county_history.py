"""The demo county's invented lending history: people as sources would have told of them, and who
fell 90 days overdue within twelve months.

Nobody here exists. Everything is drawn from the seed: two hidden traits (how orderly, how well off)
shape both what the sources say and what happens, so the past can be learnt from, but not too well.
"""

import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from risk.domain.features import FEATURES

ROWS = 6_000
SEED = 20261124
FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2025, 10, 31)
LABEL = "trained on the demo county's invented history"
_KINDS = ("farmer", "salaried", "trader", "other")
_SHARES = (45, 25, 15, 15)
_CROPS = ("rice", "pigs", "tea", "vegetables", "walnuts", "mushrooms", "maize", "fruit")
_EMPLOYERS = ("public_school", "government", "company", "company")
_UNAVAILABLE = 0.01

Person = tuple[dict[str, dict[str, Any]], date, bool]


def people(rows: int = ROWS, seed: int = SEED) -> Iterator[Person]:
    """(facts as a decision keeps them, day of the decision, fell overdue) for each loan."""
    chance = random.Random(f"county history {seed}")  # noqa: S311  (invented, and repeatable)
    days = (LAST_DAY - FIRST_DAY).days
    for _ in range(rows):
        day = FIRST_DAY + timedelta(days=int(chance.random() * days))
        order, means = _normal(chance), _normal(chance)
        said = _said(chance, day, order, means)
        yield _facts(chance, said), day, chance.random() < _risk(said, order, means)


def _said(chance: random.Random, day: date, order: float, means: float) -> dict[str, Any]:
    kind = chance.choices(_KINDS, _SHARES)[0]
    return {
        "birth_date": (day - timedelta(days=int(365.25 * (22 + 38 * chance.random())))).isoformat(),
        "declared_income": _yuan(3_200 * math.exp(0.35 * means + 0.3 * _normal(chance))),
        **_ties(chance, day, order, means, kind),
        **_work(chance, means, kind),
        **_bureau(chance, order, means),
        **_conduct(chance, order),
    }


def _risk(said: dict[str, Any], order: float, means: float) -> float:
    """Chance to fall overdue: the hidden traits, what is owed, and bad luck."""
    owed = float(said["bureau_obligation"]) if said.get("bureau_has_file") else 0.0
    burden = min(owed / max(float(said["declared_income"]), 1.0), 2.0)
    odds = -3.6 - 1.1 * order - 0.6 * means + 0.9 * burden
    odds += 0.35 * min(said["multi_applications_30d"], 6) - (0.3 if said["land_certificate"] else 0)
    return 1 / (1 + math.exp(-odds))


def _bureau(chance: random.Random, order: float, means: float) -> dict[str, Any]:
    """Nothing at all for a quarter: people who never borrowed from a bank."""
    if chance.random() < 0.25:
        return {}
    overdue = _count(chance, math.exp(-1.3 - 0.9 * order))
    loans = _count(chance, 1.2)
    return {
        "bureau_has_file": True,
        "bureau_history_months": 3 + int(130 * chance.random() ** 1.5 + 8 * max(order, 0)),
        "bureau_loans_open": loans,
        "bureau_overdue_months_24": min(overdue, 24),
        "bureau_overdue_run_max": min(overdue, 1 + _count(chance, 0.4)) if overdue else 0,
        "bureau_hard_enquiries_3m": _count(chance, math.exp(0.1 - 0.45 * order)),
        "bureau_balance": _yuan(loans * 15_000 * math.exp(0.5 * _normal(chance))),
        "bureau_obligation": _yuan(loans * 550 * math.exp(0.6 * _normal(chance) - 0.1 * means)),
        "bureau_overdue_now": "0.00",
        "bureau_guarantees": "0.00",
        "bureau_worst_class": "NORMAL" if overdue < 4 else "SPECIAL_MENTION",
    }


def _conduct(chance: random.Random, order: float) -> dict[str, Any]:
    month = _count(chance, math.exp(-0.4 - 0.55 * order))
    return {
        "carrier_tenure_months": int(max(3, 70 + 22 * order + 35 * _normal(chance))),
        "multi_lenders_3m": min(_count(chance, math.exp(-0.9 - 0.4 * order)), 12),
        "multi_applications_7d": min(month, _count(chance, 0.3)),
        "multi_applications_30d": month,
        "multi_applications_3m": month + _count(chance, 0.8),
        "court_open_cases": int(chance.random() < 0.01 * math.exp(-order)),
        "bank_past_loans": _count(chance, 1.0),
        "bank_past_overdue": _count(chance, math.exp(-1.9 - 0.9 * order)),
    }


def _ties(
    chance: random.Random, day: date, order: float, means: float, kind: str
) -> dict[str, Any]:
    deposits = 4_000 * math.exp(0.9 * means + 0.3 * order + 0.8 * _normal(chance))
    ties: dict[str, Any] = {
        "bank_customer_since": (day - timedelta(days=int(4_200 * chance.random()))).isoformat(),
        "bank_deposit": _yuan(deposits),
        "bank_deposit_average": _yuan(deposits * (0.6 + 0.4 * chance.random())),
        "land_certificate": kind == "farmer" and chance.random() < 0.7,
    }
    if kind == "farmer":
        years = int(9 * chance.random())
        ties |= {
            "land_mu": f"{3 + 22 * chance.random():.2f}",
            "land_crop": _CROPS[int(len(_CROPS) * chance.random())],
            "subsidy_annual": _yuan(years * 250),
            "subsidy_years": years,
        }
    return ties


def _work(chance: random.Random, means: float, kind: str) -> dict[str, Any]:
    if kind == "salaried":
        months = 24 if chance.random() < 0.8 else int(24 * chance.random())
        wage = 5_200 * math.exp(0.3 * means + 0.15 * _normal(chance))
        return {
            "social_months_24": months,
            "social_base": _yuan(wage),
            "employer_kind": _EMPLOYERS[int(4 * chance.random())],
            "fund_months_24": months if chance.random() < 0.7 else 0,
            "payroll_months_12": min(months, 12) if chance.random() < 0.6 else 0,
            "payroll_monthly": _yuan(wage * 0.9),
            "tax_income": _yuan(wage * 12),
        }
    if kind == "trader":
        return {
            "business_turnover": _yuan(450_000 * math.exp(0.6 * means + 0.5 * _normal(chance))),
            "business_years": int(12 * chance.random()),
            "tax_income": _yuan(60_000 * math.exp(0.4 * means)),
            "tax_grade": "A" if chance.random() < 0.4 else "B",
        }
    return {}


def _facts(chance: random.Random, said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """As gathered: a source without a word on the person has no record; now and then one is down."""
    down = {
        source
        for source in ("bureau", "tax", "social_insurance", "land", "multilender")
        if chance.random() < _UNAVAILABLE
    }
    facts = {}
    for name, feature in FEATURES.items():
        if feature.source in down:
            facts[name] = {"state": "unavailable"}
        elif name in said:
            facts[name] = {"state": "answered", "value": said[name]}
        else:
            facts[name] = {"state": "no_record"}
    return facts


def _normal(chance: random.Random) -> float:
    """By Box and Muller from ``random()``, whose numbers never change between Pythons."""
    return math.sqrt(-2 * math.log(1 - chance.random())) * math.cos(math.tau * chance.random())


def _count(chance: random.Random, mean: float) -> int:
    """A Poisson number of at most 30."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit and count < 30:
        product *= chance.random()
        count += 1
    return count


def _yuan(amount: float) -> str:
    return f"{round(amount)}.00"
