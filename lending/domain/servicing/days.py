"""Interest by exact sums: every night adds a finite decimal, and only the sum is rounded to cents.

A *base* is Σ balance × yearly rate × weight over the nights; ``cents(base, year_days)`` is the
interest. Division comes last, so ties are true ties, and a night's share is the difference of two
rounded sums: the nights of a period always add up to the instalment's interest.

=========  ===================================  ==========================
day count  weight of a night                    year_days
=========  ===================================  ==========================
act/360    1                                    360
act/365    1                                    365
act/act    366 (a common year) or 365 (leap)    365 × 366
30/360     30 × months of the period            360 × nights of the period
=========  ===================================  ==========================

A night belongs to the year of the morning it ends in (ISDA split at 31 December). Penalty and
compound interest count actual nights also under 30/360, over 360.
"""

from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from products.domain.calendar import is_leap_year
from products.money import CENT

ACT_ACT_YEAR = 365 * 366
#: The place to which an account keeps a base. Balance × rate × weight is finite and fits.
BASE_QUANTUM = Decimal("0.000000000001")
_ONE_DAY = timedelta(days=1)


def period_measure(day_count: str, months: int, start: date, due: date) -> tuple[int, int]:
    """(weight of a night, year_days) of an instalment period of ``months`` months; act/act: weight 0.

    A period of weeks or days (``months`` 0) counts actual days over 360 under 30/360.
    """
    if day_count == "30/360" and months:
        return 30 * months, 360 * (due - start).days
    return penalty_measure(day_count)


def penalty_measure(day_count: str) -> tuple[int, int]:
    """(weight, year_days) for late amounts: actual nights. Weight 0 stands for act/act."""
    if day_count == "act/act":
        return 0, ACT_ACT_YEAR
    return 1, 365 if day_count == "act/365" else 360


def weight_sum(weight: int, start: date, end: date) -> int:
    """The weights of the nights from ``start`` to ``end``."""
    if weight:
        return weight * (end - start).days
    return sum(_act_act(year, start, end) for year in range(start.year, end.year + 1))


def _act_act(year: int, start: date, end: date) -> int:
    """The nights of [start, end) that end in ``year``, each 365 (leap) or 366."""
    first = max(start + _ONE_DAY, date(year, 1, 1))
    last = min(end, date(year, 12, 31))
    return max((last - first).days + 1, 0) * (365 if is_leap_year(year) else 366)


def cents(base: Decimal, year_days: int, rounding: str) -> Decimal:
    """``base ÷ year_days`` to the cent, ``half_up`` or ``half_even``; exact, base not negative."""
    doubled, whole = base * 200, 2 * year_days
    units = ((doubled + year_days) / whole).to_integral_value(rounding=ROUND_FLOOR)
    if rounding == "half_even" and units % 2 and units * whole == doubled + year_days:
        units -= 1
    return units * CENT
