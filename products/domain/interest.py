"""Simple interest between two dates: the one formula behind accruals, pay-offs and penalties.

Amounts are Decimal yuan, rates yearly fractions (0.0435 = 4.35 %). Days are counted from the
first date up to, not including, the second. Interest is rounded once, at the end, to the cent.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from products.domain.day_count import period_fraction, year_fraction
from products.money import ZERO, quantise

# 34 digits keep every cent exact for 10^9 yuan over the longest plan; 12 would not.
EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)


def accrued(
    principal: Decimal,
    annual_rate: Decimal,
    start: date,
    end: date,
    day_count: str,
    rounding: str = "half_up",
) -> Decimal:
    """Interest on ``principal`` from ``start`` to ``end``, to the cent; 0 if not after it."""
    return accrued_over(((start, end, principal),), annual_rate, day_count, rounding)


def accrued_over(
    stretches: Sequence[tuple[date, date, Decimal]],
    annual_rate: Decimal,
    day_count: str,
    rounding: str = "half_up",
) -> Decimal:
    """Interest over (start, end, balance) stretches, rounded once for the sum.

    A payment inside a period splits it into stretches; rounding each would gain or lose cents.
    """
    with localcontext(EXACT):
        total = sum(
            (
                balance * annual_rate * year_fraction(start, end, day_count)
                for start, end, balance in stretches
                if end > start
            ),
            ZERO,
        )
        return quantise(total, rounding)


def accrued_in_period(
    principal: Decimal,
    annual_rate: Decimal,
    period: tuple[date, date],
    until: date,
    day_count: str,
    rounding: str = "half_up",
    *,
    every: int = 1,
    frequency: str = "month",
) -> Decimal:
    """Interest of an instalment period (its start, its due date) earned up to ``until``.

    The share is days covered ÷ days in the period, so on the due date it equals the instalment's
    interest to the cent under every day count (also ``30/360``). ``until`` outside is clamped.
    """
    start, due = period
    until = min(max(until, start), due)
    with localcontext(EXACT):
        if day_count == "30/360":
            whole = period_fraction(start, due, day_count, every, frequency)
            years = whole * (until - start).days / (due - start).days
        else:
            years = year_fraction(start, until, day_count)
        return quantise(principal * annual_rate * years, rounding)
