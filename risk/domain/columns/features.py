"""The features of many people at once: ``risk.domain.profile`` on columns, exact to the cent.

A column is one int64 per person: money in cents, counts as they are, flags 0 or 1, days as
``date.toordinal()``, words as ``text_key``. ``UNKNOWN`` stands where nobody can vouch for a value.
Features of type ``texts`` have no column: several words do not fit into one number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.domain.columns.income import verified_income
from risk.domain.columns.whole import UNKNOWN, Column, known_in, years_between
from risk.domain.features import FEATURES
from risk.domain.profile import Facts, IncomeRules, read_one

__all__ = [
    "UNKNOWN",
    "Column",
    "column_of",
    "derive_columns",
    "encode",
    "read_columns",
    "text_key",
]

_BURDEN_MAX = 999
_MEMO_MAX = 100_000


def text_key(word: str) -> int:
    """A word as a signed 64-bit number, the same on every machine; never ``UNKNOWN``."""
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    key = int.from_bytes(digest, "big", signed=True)
    return key if key != UNKNOWN else UNKNOWN + 1


#: Type of a feature → how its typed value is kept in a column.
ENCODERS: Mapping[str, Callable[[Any], int]] = {
    "count": int,
    "money": lambda amount: int(amount * 100),
    "flag": int,
    "day": date.toordinal,
    "text": text_key,
    "county": text_key,
}


def encode(value: Any, kind: str) -> int:
    """One typed value (as ``Feature.read`` gives it) as a column keeps it; ``None`` is unknown."""
    return UNKNOWN if value is None else ENCODERS[kind](value)


def column_of(values: Iterable[Any], kind: str) -> Column:
    """Typed values of one feature as a column."""
    return np.array([encode(value, kind) for value in values], dtype=np.int64)


def read_columns(people: Sequence[Facts], defaults: Mapping[str, Any]) -> dict[str, Column]:
    """``read_facts`` for many: facts as stored → a column per feature, read by the same code."""
    return {
        name: _read_column(name, people, defaults)
        for name, feature in FEATURES.items()
        if feature.type in ENCODERS
    }


def _read_column(name: str, people: Sequence[Facts], defaults: Mapping[str, Any]) -> Column:
    """Answers repeat from person to person, so each different one is read once."""
    feature, memo = FEATURES[name], dict[Any, int]()
    column = np.empty(len(people), dtype=np.int64)
    for i, facts in enumerate(people):
        fact = facts.get(name)
        key = _memo_key(fact)
        if key is not None and key in memo:
            column[i] = memo[key]
            continue
        value, problem = read_one(feature, fact, defaults)
        column[i] = UNKNOWN if problem else encode(value, feature.type)
        if key is not None and len(memo) < _MEMO_MAX:
            memo[key] = int(column[i])
    return column


def _memo_key(fact: Any) -> Any:
    """``None`` for what is read by itself: what is no fact, and a value that cannot be a key."""
    if not isinstance(fact, Mapping):
        return None
    state, raw = fact.get("state"), fact.get("value")
    is_key = isinstance(state, str) and isinstance(raw, str | int | float | None)
    return (state, type(raw), raw) if is_key else None  # 1, 1.0 and True would share one


def derive_columns(
    columns: Mapping[str, Column], *, business_date: date | Column, income: IncomeRules
) -> dict[str, Column]:
    """The computed features, as ``profile.derive`` adds them: age, thin_file, has_business,
    stability_years, verified_income, monthly_income, debt_burden_percent.

    ``business_date`` is one day for everybody or a column of days. An input column that is absent
    is unknown for all. Columns must be of one length; at least one must be given.
    """
    size = len(next(iter(columns.values())))
    if isinstance(business_date, date):
        business_date = np.full(size, business_date.toordinal(), dtype=np.int64)
    every = _Inputs(columns, size)
    verified, monthly = _income(every, income)
    return {
        "age": _age(every["birth_date"], business_date),
        "thin_file": _where(every["bureau_has_file"], lambda flag: 1 - flag),
        "has_business": _where(every["business_turnover"], lambda cents: cents > 0),
        "stability_years": _stability_years(every, business_date),
        "verified_income": verified,
        "monthly_income": monthly,
        "debt_burden_percent": _burden(every["bureau_obligation"], monthly),
    }


class _Inputs(dict[str, Column]):
    """Columns by name; a name nobody gave is a column of unknowns."""

    def __init__(self, columns: Mapping[str, Column], size: int) -> None:
        super().__init__(columns)
        self._unknown = np.full(size, UNKNOWN, dtype=np.int64)

    def __missing__(self, name: str) -> Column:
        return self._unknown


def _where(column: Column, compute: Callable[[Column], NDArray[Any]]) -> Column:
    return np.where(column == UNKNOWN, UNKNOWN, compute(column)).astype(np.int64)


def _age(born: Column, day: Column) -> Column:
    known = known_in(born, day) & (born <= day)
    return np.where(known, years_between(born, day), UNKNOWN)


def _stability_years(every: Mapping[str, Column], day: Column) -> Column:
    """Whole years of the longest tie to a place or trade; 24 insured months count as three."""
    since = every["bank_customer_since"]
    needed = [every[n] for n in ("social_months_24", "fund_months_24", "subsidy_years")]
    needed += [every["business_years"], since]
    insured = np.maximum(needed[0], needed[1]) // 8
    trade = np.maximum(needed[2], needed[3])
    customer = np.where(since <= day, years_between(since, day), 0)
    longest = np.maximum(np.maximum(insured, trade), customer)
    return np.where(known_in(*needed, day), longest, UNKNOWN)


def _income(every: Mapping[str, Column], rules: IncomeRules) -> tuple[Column, Column]:
    """Verified and monthly income; both unknown where what the person declares is unknown."""
    declared, verified = every["declared_income"], verified_income(every, rules, text_key)
    known = known_in(declared, verified)
    cents, percent = np.where(known, declared, 0), rules.declared_percent
    share = cents // 100 * percent + cents % 100 * percent // 100
    believed = np.minimum(share, int(rules.declared_cap * Decimal(100)))
    return (
        np.where(known, verified, UNKNOWN),
        np.where(known, np.maximum(verified, believed), UNKNOWN),
    )


def _burden(obligation: Column, income: Column) -> Column:
    known = known_in(obligation, income)
    owed = np.where(known, obligation, 0)
    earns = known & (income > 0)
    percent = -(-(owed * 100) // np.where(earns, income, 1))
    burden = np.where(earns, np.minimum(percent, _BURDEN_MAX), _BURDEN_MAX)
    return np.where(known, np.where(owed == 0, 0, burden), UNKNOWN)
