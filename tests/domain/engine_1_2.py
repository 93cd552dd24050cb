"""Applicants as engine 1.2 knew them: its strategy, its terms, its features, and hashes of what it decided.

The file beside is frozen: whatever the engine becomes, these must come out the same.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.risk.applicants import inputs

FROZEN = json.loads(Path(__file__).with_name("engine_1_2.json").read_text(encoding="utf-8"))
_CHOICES: dict[str, tuple[Any, ...]] = {
    "declared_income": ("1200.00", "5200.00", "9000.00", None),
    "land_crop": ("rice", "pigs", "tea"),
    "land_certificate": (True, False),
    "bureau_has_file": (True, False),
    "bureau_obligation": ("0.00", "400.00", "1900.00"),
    "bureau_overdue_months_24": (0, 1, 7),
    "bureau_overdue_now": ("0.00", "10.00"),
    "bureau_hard_enquiries_3m": (0, 4, 9),
    "bank_deposit_average": ("0.00", "60000.00", "much"),
    "bank_mortgage": (True, False),
    "bank_past_loans": (0, 2),
    "payroll_months_12": (0, 12),
    "payroll_monthly": ("0.00", "8000.00"),
    "birth_date": ("1985-03-04", "1985-03-04", "2010-01-01"),
    "court_open_cases": (0, 0, 0, 1),
}


def variants() -> Iterator[dict[str, Any]]:
    dice = random.Random(12)
    for number in range(120):
        picked = dice.sample(sorted(_CHOICES), 1 + number % 8)
        said = {name: dice.choice(_CHOICES[name]) for name in picked}
        case = inputs(**said, requested_amount=dice.choice((None, "8000.00", "90000.00")))
        facts = {name: case["facts"][name] for name in FROZEN["features"]}
        yield {**case, "facts": facts, "terms": FROZEN["terms"]}
