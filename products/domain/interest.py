"""Simple interest between two dates: the one formula behind accruals, pay-offs and penalties.

Amounts are Decimal yuan, rates yearly fractions (0.0435 = 4.35 %). Days are counted from the
first date up to, not including, the second. Interest is rounded once, at the end, to the cent.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from products.domain.day_count import period_fraction, year_fraction
from products.money import CENT, ROUNDINGS, ZERO

# 50 digits: every figure up to 10^13 yuan is known far beyond _SNAP, where ties are restored.
EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)
_SNAP = Decimal("1e-30")


def round_interest(exact: Decimal, rounding: str) -> Decimal:
    """``exact`` (reckoned under ``EXACT``) to the cent; ``rounding`` as in ``products.money``.

    A day's share such as 45/365 has no last digit, so half a cent comes out as 0.00499…9; without
    the step between, half up would lose that cent.
    """
    return exact.quantize(_SNAP).quantize(CENT, ROUNDINGS[rounding])


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
        return round_interest(total, rounding)


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
        return round_interest(principal * annual_rate * years, rounding)
