"""The true annual rate from dated cash flows: effective, actual days over 365 (XIRR)."""

import math
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from pyxirr import xirr

_ZERO_RATE = Decimal(0)
_NEAR = 1e-9
_WIDE = Context(prec=400)  # a float's largest value still quantises


def apr(
    principal: Decimal, start: date, flows: Sequence[tuple[date, Decimal]], *, places: int = 6
) -> Decimal:
    """Effective annual rate of ``principal`` received on ``start`` and ``flows`` paid back.

    A fraction (0.126825 = 12.6825 %) with ``places`` decimals, half up. Raises ``ValueError`` when
    nothing was received, nothing is paid after ``start``, or less comes back than went out.
    """
    paid = sum((amount for _, amount in flows), Decimal(0))
    if principal <= 0 or not flows or max(due for due, _ in flows) <= start:
        raise ValueError("an annual rate needs money received and money paid back later")
    if paid < principal:
        raise ValueError("less is paid back than was received")
    unit = Decimal(1).scaleb(-places)
    if paid == principal:
        return _ZERO_RATE.quantize(unit)
    dates = [start, *(due for due, _ in flows)]
    amounts = [-float(principal), *(float(amount) for _, amount in flows)]
    rate = xirr(dates, amounts, silent=True)
    if rate is None or not _solves(rate, dates, amounts):
        rate = _bisect(dates, amounts)
    return Decimal(repr(rate)).quantize(unit, ROUND_HALF_UP, _WIDE)


def _present_value(rate: float, dates: Sequence[date], amounts: Sequence[float]) -> float:
    start = dates[0]
    return math.fsum(
        amount * (1.0 + rate) ** (-(day - start).days / 365.0)
        for day, amount in zip(dates, amounts, strict=True)
    )


def _solves(rate: float, dates: Sequence[date], amounts: Sequence[float]) -> bool:
    """Whether the library's root is one: its solver may stop early on extreme prices."""
    if not 0.0 <= rate < float("inf"):
        return False
    step = max(rate, 1.0) * _NEAR
    below = _present_value(max(rate - step, 0.0), dates, amounts)
    return below >= 0.0 >= _present_value(rate + step, dates, amounts)


def _bisect(dates: Sequence[date], amounts: Sequence[float]) -> float:
    """Present value falls as the rate rises, and is positive at 0: halve until floats run out."""
    low, high = 0.0, 1.0
    while _present_value(high, dates, amounts) > 0.0 and high < 1e300:
        low, high = high, high * 16.0
    for _ in range(200):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if _present_value(middle, dates, amounts) > 0.0:
            low = middle
        else:
            high = middle
    return high
