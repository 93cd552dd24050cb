"""The limit on columns: exact fractions of cents in whole numbers.

Whatever would not fit into 63 bits, or into the 28 digits one person's is reckoned with, is handed
back as "decide this one by one" rather than rounded another way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd
from typing import Any

import numpy as np

from products.domain.terms import LoanTerms
from products.money import CENT
from risk.domain.columns.batch import Batch
from risk.domain.columns.conditions import ColumnTest, Known, NotInColumns
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import UNKNOWN, Column, known_in
from risk.domain.limits import LimitRules

_ROOM = 2**62
#: One person's amounts are reckoned in 28 digits; a product has three more before it is divided.
_DIGITS = 10**25


@dataclass
class Amounts:
    """A limit on its way: ``num`` of ``den`` parts of a cent. ``most``: how many times larger ``num``
    may have become; ``digits``: the same of the decimal number one person's limit is written as.
    """

    num: Column
    den: int = 1
    digits: int = 1
    most: int = 1

    def times(self, percent: Column | int, who: Mask | None = None) -> None:
        """Multiply by a percentage each, or by one for those in ``who``."""
        each = np.unique(percent).tolist() or [100]
        if who is not None:
            each.append(100)
        common = gcd(100, *each)
        if isinstance(percent, np.ndarray):
            factor: Any = percent // common
        else:
            factor = percent // common
        if who is not None:
            factor = np.where(who, factor, 100 // common)
        self.num, self.den = self.num * factor, self.den * (100 // common)
        self.most *= max(*each, 100) // common
        self.digits *= max(1, *map(_unpadded, each))


def _unpadded(percent: int) -> int:
    """110 → 11: what a decimal number is multiplied by, but for its point."""
    while percent and percent % 10 == 0:
        percent //= 10
    return percent


@dataclass(frozen=True)
class LimitTables:
    """What limit tables do to an amount: percentages in turn and the lowest cap (cents, UNKNOWN for
    none); who is ``unknown`` has no limit."""

    percents: Sequence[Column]
    cap: Column
    unknown: Mask


def free_monthly(batch: Batch, known: Known, rules: LimitRules) -> tuple[Column, Mask]:
    """Cents a month left for a new instalment, UNKNOWN where not known, and who is too rich to
    reckon so."""
    income, owed = known.get("monthly_income"), known.get("bureau_obligation")
    here = known.get("outstanding_principal")
    if income is None or owed is None or here is None:
        nobody = np.zeros(batch.size, dtype=np.bool_)
        return np.full(batch.size, UNKNOWN, dtype=np.int64), nobody
    percent = batch.of_terms(
        f"debt {rules.debt_percent}", lambda terms: min(rules.debt_percent, terms.debt_percent_max)
    )
    is_known, carry = known_in(income, owed, here), rules.carry_months
    most = _ROOM // (300 * carry)
    huge = is_known & ((income > most) | (owed > most) | (here > most))
    fine = is_known & ~huge
    income, owed, here = (np.where(fine, column, 0) for column in (income, owed, here))
    income, owed, here = (np.where(fine, column, 0) for column in (income, owed, here))
    free = (income * percent * carry - owed * (100 * carry) - here * 100) // (100 * carry)
    return np.where(fine, np.maximum(free, 0), np.where(huge, 0, UNKNOWN)), huge


def limit_columns(
    batch: Batch, known: Known, rules: LimitRules, layers: Sequence[tuple[ColumnTest, int]], *,
    grade: Column, months: Column, matrix: Column, tables: LimitTables | None = None,
) -> tuple[Column, Mask]:  # fmt: skip
    """Limits in cents, UNKNOWN where there is none, and who must be decided one by one.

    ``grade``: a number ≥ 0, -1 for none. ``months`` and ``matrix`` (cents) by the person's segment
    and grade, ``matrix`` UNKNOWN without either.
    """
    free, odd = free_monthly(batch, known, rules)
    thin = known.get("thin_file", np.full(batch.size, UNKNOWN, dtype=np.int64))
    has_limit = (grade >= 0) & known_in(free, thin, matrix)
    capacity = np.where(has_limit, free, 0)
    odd = odd | (capacity > _ROOM // np.maximum(months, 1))
    capacity = np.where(odd, 0, capacity) * months
    first = np.minimum(capacity, np.where(has_limit, matrix, 0))
    amounts = Amounts(first)
    for test, percent in layers:
        amounts.times(percent, test(batch, known).yes)
    for each in tables.percents if tables else ():
        amounts.times(each)
    caps = [capacity, _product_caps(batch), batch.head["cap"], *([tables.cap] if tables else [])]
    return _finished(batch, amounts, first, caps, thin, has_limit, odd)


def _finished(
    batch: Batch, amounts: Amounts, first: Column, caps: Sequence[Column], thin: Column,
    has_limit: Mask, odd: Mask,
) -> tuple[Column, Mask]:  # fmt: skip
    """Tier and product factor, then the lowest cap, whole steps, and nothing below the least."""
    if any(terms.tiers for terms in batch.terms):
        amounts.times(_tier_percent(batch))
    units = _factor_units(batch.terms)
    factors = [abs(int(terms.limit_factor * units)) for terms in batch.terms]
    factor = batch.of_terms("factor", lambda terms: int(terms.limit_factor * units))
    most = min(
        _ROOM // (amounts.most * max(*factors, 1)), _DIGITS // (amounts.digits * max(*factors, 1))
    )
    odd = odd | (has_limit & (first > most))
    step = batch.of_terms("step", lambda terms: cents(terms.amount_step))
    if amounts.den * units * int(step.max(initial=1)) > _ROOM:
        raise NotInColumns("a limit of very many parts")
    limit = np.where(odd, 0, amounts.num * factor) // (amounts.den * units * step)
    for cap in caps:
        limit = np.where(cap == UNKNOWN, limit, np.minimum(limit, cap // step))
    starter = batch.of_terms("starter", lambda terms: cents(terms.starter_limit))
    limit = np.where(thin == 1, np.minimum(limit, starter // step), limit) * step
    limit = np.where(limit >= batch.of_terms("least", lambda t: cents(t.amount_min)), limit, 0)
    return np.where(has_limit, limit, UNKNOWN), odd


def _product_caps(batch: Batch) -> Column:
    return batch.of_terms(
        "caps",
        lambda terms: min(map(cents, (terms.limit_cap, terms.amount_max, terms.self_service_cap))),
    )


def _tier_percent(batch: Batch) -> Column:
    percent = np.full(batch.size, 100, dtype=np.int64)
    for at, terms in enumerate(batch.terms):
        for order, tier in enumerate(sorted(terms.tiers)):
            given = terms.tiers[tier]["limit_percent"]
            if not isinstance(given, int):
                raise NotInColumns("a tier's share that is no whole number")
            percent[batch.under(at) & (batch.head["tier"] == order)] = given
    return percent


def _factor_units(terms: Sequence[LoanTerms]) -> int:
    """The power of ten that makes every product's factor a whole number."""
    exponents = [one.limit_factor.normalize().as_tuple().exponent for one in terms]
    return int(10 ** max((-int(exponent) for exponent in exponents), default=0)) if exponents else 1


def cents(amount: Decimal) -> int:
    """Whole cents; raises ``NotInColumns`` for anything between."""
    whole = amount / CENT
    if whole != int(whole):
        raise NotInColumns("an amount between two cents")
    return int(whole)
