"""A training table out of stored facts, through the same feature code that decides on one person.

``read_columns`` and ``derive_columns`` give whole numbers; here they become the trainer's columns:
yuan, counts, ``true``/``false`` and words. For people without a credit file the bureau's features
stand open, so that having no history is learnt as such and not as a spotless one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from risk.domain.canonical import canonical
from risk.domain.columns.features import (
    UNKNOWN,
    Column,
    column_of,
    derive_columns,
    read_columns,
    text_key,
)
from risk.domain.features import FEATURES, types
from risk.domain.profile import IncomeRules
from risk.training.county_history import Person
from risk.training.table import Column as TrainingColumn
from risk.training.table import Table, words_column

#: What a scorecard of the platform may look at. Not age, not where somebody lives, nothing protected.
CANDIDATES = (
    "bureau_history_months",
    "bureau_loans_open",
    "bureau_overdue_months_24",
    "bureau_overdue_run_max",
    "bureau_hard_enquiries_3m",
    "bureau_balance",
    "multi_lenders_3m",
    "multi_applications_30d",
    "multi_applications_3m",
    "carrier_tenure_months",
    "bank_past_overdue",
    "bank_deposit_average",
    "monthly_income",
    "debt_burden_percent",
    "stability_years",
    "social_months_24",
    "payroll_months_12",
    "subsidy_years",
    "land_mu",
    "land_certificate",
    "has_business",
    "tax_grade",
)
_THIN_EXEMPT = "bureau_has_file"


def table_of(people: Sequence[Person], defaults: Mapping[str, Any], income: IncomeRules) -> Table:
    """A table of ``CANDIDATES`` with the event "fell overdue"; its sha256 is of the facts."""
    facts = [one[0] for one in people]
    days = column_of((one[1] for one in people), "day")
    columns = read_columns(facts, defaults)
    columns |= derive_columns(columns, business_date=days, income=income)
    bad = np.array([one[2] for one in people], dtype=np.int64)
    digest = hashlib.sha256()
    for said, day, fell in people:
        digest.update(canonical([said, day.isoformat(), fell]))
    return Table(
        columns=tuple(training_column(name, columns, facts) for name in CANDIDATES),
        bad=bad,
        bad_value="overdue",
        good_value="paid",
        dropped={},
        skipped_rows=0,
        sha256=digest.hexdigest(),
    )


def training_column(
    name: str, columns: Mapping[str, Column], facts: Sequence[Mapping[str, Any]]
) -> TrainingColumn:
    """One feature as the trainer wants it; ``facts`` spell the words of a text feature."""
    column, kind = columns[name], types()[name]
    feature = FEATURES.get(name)
    known = column != UNKNOWN
    if feature is not None and feature.source == "bureau" and name != _THIN_EXEMPT:
        known = known & (columns["thin_file"] != 1)
    if kind in {"count", "money"}:
        scale = 100.0 if kind == "money" else 1.0
        return TrainingColumn(name, np.where(known, column / scale, np.nan))
    if kind == "flag":
        return _words(name, column, known, {1: "true", 0: "false"})
    said = {str(one.get(name, {}).get("value")) for one in facts}
    said.add(str(feature.when_no_record) if feature else "")
    return _words(name, column, known, {text_key(word): word for word in said})


def _words(name: str, column: Column, known: Any, spelling: Mapping[int, str]) -> TrainingColumn:
    words = [
        spelling.get(int(key)) if is_known else None
        for key, is_known in zip(column, known, strict=True)
    ]
    return words_column(name, words)
