"""When a running loan takes the LPR of the day, and the rate it then has. Pure.

The contract's spread stays what the offer made it: layers, tier and the strategy's adjustments are
added to the new LPR, floor and cap of the frozen terms hold, and what a coupon or a subsidy took
off is taken off again (a coupon of the bank's own stops at the floor, a subsidy may pass it).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from products.domain.calendar import add_months
from products.domain.coupons import COUPON, KINDS
from products.domain.pricing import RATE_STEP
from products.domain.term_fields import FIXED, YEARLY_JANUARY

_BASIS_POINT = Decimal("0.0001")
_MONTHS_A_YEAR = 12


def next_day(rule: str, start: date, after: date) -> date | None:
    """The first repricing day later than ``after`` of a loan that began on ``start``; None = never."""
    if rule == FIXED:
        return None
    if rule == YEARLY_JANUARY:
        return date(after.year + 1, 1, 1)
    years = max(after.year - start.year, 1)
    found = add_months(start, _MONTHS_A_YEAR * years)
    return found if found > after else add_months(start, _MONTHS_A_YEAR * (years + 1))


def last_day(rule: str, start: date, on: date) -> date | None:
    """The newest repricing day from after ``start`` up to ``on``; None while there was none."""
    if rule == FIXED:
        return None
    if rule == YEARLY_JANUARY:
        found = date(on.year, 1, 1)
    else:
        found = add_months(start, _MONTHS_A_YEAR * (on.year - start.year))
        if found > on:
            found = add_months(start, _MONTHS_A_YEAR * (on.year - start.year - 1))
    return found if found > start else None


def spread_of(provenance: Sequence[Mapping[str, str]]) -> Decimal | None:
    """The spread over the LPR that a price's steps add up to, without coupons; None if it kept none."""
    parts = [_points(step) for step in _moves(provenance) if step["step"] not in KINDS]
    return sum(parts, Decimal(0)) * _BASIS_POINT if parts else None


def rate_at(
    provenance: Sequence[Mapping[str, str]],
    *,
    spread: Decimal,
    lpr: Decimal,
    floor: Decimal,
    cap: Decimal,
) -> Decimal:
    """The yearly rate at ``lpr`` with the ``spread`` and the coupons of a contract's price, six decimals."""
    rate = _held(lpr + spread, floor, cap)
    for step in _moves(provenance):
        if step["step"] == COUPON:
            rate = max(rate + _points(step) * _BASIS_POINT, min(floor, rate))
        elif step["step"] in KINDS:
            rate = max(rate + _points(step) * _BASIS_POINT, Decimal(0))
    return rate.quantize(RATE_STEP, rounding=ROUND_HALF_UP)


def _moves(provenance: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The steps that add or take off basis points."""
    return [step for step in provenance if str(step.get("value", "")).endswith(" bp")]


def _points(step: Mapping[str, str]) -> Decimal:
    return Decimal(step["value"].removesuffix(" bp"))


def _held(rate: Decimal, floor: Decimal, cap: Decimal) -> Decimal:
    return max(min(rate, cap), floor).quantize(RATE_STEP, rounding=ROUND_HALF_UP)
