"""Verified income of many people: sums of whole twelfths, rounded down once, as for one person."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from risk.domain.columns.whole import UNKNOWN, Column, known_in
from risk.domain.profile import IncomeRules

#: 1/100 of a cent, a year: what an area in hundredths of a mu times cents a mu comes to.
_FINE = 100
_SAFE = 2**61
_LARGEST = int(np.iinfo(np.int64).max)


def verified_income(
    every: Mapping[str, Column], rules: IncomeRules, key: Callable[[str], int]
) -> Column:
    """Cents a month others vouch for: the better of wage and trade, plus what the land brings.

    ``key`` writes a crop's name as the columns do.
    """
    wages, wages_known = _wages(every, rules)
    trade, trade_known = _trade(every, rules)
    land, crop, subsidy = every["land_mu"], every["land_crop"], every["subsidy_annual"]
    known = wages_known & trade_known & known_in(land, crop, subsidy)
    per_mu = np.full(len(land), _cents(rules.yearly_other_crop), dtype=np.int64)
    for name, amount in rules.yearly_by_crop.items():
        per_mu[crop == key(name)] = _cents(amount)
    work = np.where(known, np.maximum(wages, trade), 0)
    land, subsidy = np.where(known, land, 0), np.where(known, subsidy, 0)
    # nobody has so much; whoever is written down with it is still computed exactly, one by one
    huge = (work > _SAFE // _FINE) | (land > _SAFE // np.maximum(per_mu, 1))
    safe = np.where(huge, 0, land * per_mu) + (np.where(huge, 0, work) + subsidy) * _FINE
    monthly = safe // (12 * _FINE)
    for i in np.flatnonzero(huge):
        exact = int(land[i]) * int(per_mu[i]) + (int(work[i]) + int(subsidy[i])) * _FINE
        monthly[i] = min(exact // (12 * _FINE), _LARGEST)
    return np.where(known, monthly, UNKNOWN)


def _wages(every: Mapping[str, Column], rules: IncomeRules) -> tuple[Column, NDArray[np.bool_]]:
    """Cents a year of the best wage; a wage paid too briefly is not asked for."""
    best, known = every["tax_income"], known_in(every["tax_income"])
    for months, wage, least in (
        (every["payroll_months_12"], every["payroll_monthly"], rules.payroll_months_min),
        (every["social_months_24"], every["social_base"], rules.social_months_min),
    ):
        counts = months >= least
        known = known & known_in(months) & (~counts | known_in(wage))
        best = np.where(counts & known, np.maximum(best, np.where(known, wage, 0) * 12), best)
    return best, known


def _trade(every: Mapping[str, Column], rules: IncomeRules) -> tuple[Column, NDArray[np.bool_]]:
    years, turnover = every["business_years"], every["business_turnover"]
    counts = years >= rules.business_years_min
    known = known_in(years) & (~counts | known_in(turnover))
    cents, percent = np.where(counts & known, turnover, 0), rules.business_margin_percent
    return cents // 100 * percent + cents % 100 * percent // 100, known


def _cents(amount: Decimal) -> int:
    return int(amount * 100)
