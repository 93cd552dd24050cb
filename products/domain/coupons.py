"""Rate coupons (利率优惠券) and interest subsidies (贴息): the last layer of a price. Pure.

A coupon is a gift of the bank, so it stops at the product's lowest rate; a subsidy is paid by
somebody else, so it may go below, by at most its share of the rate. ``reduce`` takes what is best
for the customer and depends on nothing but the set of coupons: order, time and names do not matter.

Rates are yearly fractions with six decimals (0.072000 = 7.2 %); see ``products.domain.pricing``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from products.domain.pricing import RATE_STEP

COUPON, SUBSIDY = "coupon", "subsidy"
KINDS = (COUPON, SUBSIDY)
BP_OFF, FIXED_RATE = "bp_off", "fixed_rate"
EFFECTS = (BP_OFF, FIXED_RATE)
BP_OFF_MAX = 1000
BASIS_POINT = Decimal("0.0001")

_ZERO = Decimal(0)
_LISTS = ("product_codes", "purposes", "tiers", "lists", "segments")
_DECIMALS = ("fixed_rate", "share_max", "budget_amount")
_INTEGERS = ("bp_off", "budget_count", "per_customer")
_NULLABLE = ("id", "budget_count", "per_customer", *_DECIMALS)


class InvalidCoupon(ValueError):
    """The coupon says something that cannot be; ``field`` is where."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem


@dataclass(frozen=True, kw_only=True)
class Coupon:
    """One published coupon as a decision sees and freezes it.

    ``product_codes`` names products or anything they derive from; it, ``purposes``, ``tiers``,
    ``lists`` and ``segments`` are any-of, and empty means everybody. ``share_max`` is the largest
    part of the rate a subsidy may take. ``valid_to`` is the first day it no longer holds. Budgets
    in yuan of interest and in number of loans; None = no limit. Raises ``InvalidCoupon``.
    """

    code: str
    id: str | None
    name_zh: str
    name_en: str
    kind: str
    effect: str
    valid_from: date
    valid_to: date
    bp_off: int = 0
    fixed_rate: Decimal | None = None
    product_codes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    stack_group: str = "default"
    share_max: Decimal | None = None
    funder: str = ""
    budget_amount: Decimal | None = None
    budget_count: int | None = None
    per_customer: int | None = None

    def __post_init__(self) -> None:
        for field, wrong in (
            ("code", not self.code),
            ("kind", self.kind not in KINDS),
            ("effect", self.effect not in EFFECTS),
            ("effect", self.kind == SUBSIDY and self.effect != BP_OFF),
            ("bp_off", self.effect == BP_OFF and not 1 <= self.bp_off <= BP_OFF_MAX),
            ("fixed_rate", self.effect == FIXED_RATE and not _is_share(self.fixed_rate)),
            ("share_max", self.share_max is not None and not _is_share(self.share_max)),
            ("valid_to", self.valid_to <= self.valid_from),
        ):
            if wrong:
                raise InvalidCoupon(field, "is not possible")

    @property
    def is_subsidy(self) -> bool:
        return self.kind == SUBSIDY

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe: decimals as text, dates ISO, tuples as lists."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "Coupon":
        """The inverse of ``as_dict``; raises ``InvalidCoupon`` for a missing or misshapen value."""
        values: dict[str, Any] = {}
        for f in fields(cls):
            try:
                values[f.name] = _read(f.name, written[f.name])
            except (KeyError, TypeError, ValueError, ArithmeticError):
                raise InvalidCoupon(f.name, "is missing or misshapen") from None
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class CouponFacts:
    """What a coupon may ask about an application; ``product_path`` from the base to the product."""

    product_path: tuple[str, ...]
    purpose: str
    tiers: Collection[str] = ()
    lists: Collection[str] = ()
    segments: Collection[str] = ()


@dataclass(frozen=True)
class Reduction:
    """``rate`` after the coupons in ``used``, which each lower it. ``steps`` are provenance like
    ``pricing.Price.steps`` (``value`` such as "-30 bp") with the coupon's ``code``."""

    rate: Decimal
    used: tuple[Coupon, ...]
    steps: tuple[Mapping[str, str], ...]


def applicable(coupons: Iterable[Coupon], facts: CouponFacts) -> tuple[Coupon, ...]:
    """The coupons whose scope holds for ``facts``, by code. Days are the caller's question."""
    asked = (
        ("product_codes", facts.product_path),
        ("purposes", (facts.purpose,)),
        ("tiers", facts.tiers),
        ("lists", facts.lists),
        ("segments", facts.segments),
    )
    found = {
        coupon.code: coupon
        for coupon in coupons
        if all(
            not getattr(coupon, name) or not set(getattr(coupon, name)).isdisjoint(held)
            for name, held in asked
        )
    }
    return tuple(found[code] for code in sorted(found))


def reduce(
    rate: Decimal, coupons: Sequence[Coupon], *, floor: Decimal, bp_max: int
) -> Reduction:
    """The lowest rate ``coupons`` allow, at most one of each stack group; never above ``rate``.

    The bank's own take at most ``bp_max`` basis points together and stop at ``floor``. Subsidies
    follow, may pass the floor, and take at most their ``share_max`` of the rate before the first of
    them; together no more than the widest share any of them allows.
    A coupon that no longer lowers anything is not used, so that it costs no budget.
    """
    taken = _Taken(rate.quantize(RATE_STEP, rounding=ROUND_HALF_UP))
    own = [coupon for coupon in coupons if not coupon.is_subsidy]
    start = taken.rate
    lowest = max(min(start, floor), start - max(bp_max, 0) * BASIS_POINT, _ZERO)
    for coupon in _best(start, own):
        taken.lower(coupon, max(_wanted(coupon, taken.rate), lowest))
    subsidies = [coupon for coupon in coupons if coupon.is_subsidy]
    start = exact = taken.rate
    lowest = start - start * max((_share(coupon) for coupon in subsidies), default=_ZERO)
    for coupon in _best_subsidies(start, subsidies):
        exact = max(exact - _paid(coupon, start), lowest)
        # Whole millionths upwards: half up could take a hair more than the share. Only of several
        # subsidies a later one may carry the part of a millionth an earlier one left.
        taken.lower(coupon, exact.quantize(RATE_STEP, rounding=ROUND_CEILING))
    return Reduction(rate=taken.rate, used=tuple(taken.used), steps=tuple(taken.steps))


class _Taken:
    """The rate on its way down, and who lowered it."""

    def __init__(self, rate: Decimal) -> None:
        self.rate = rate
        self.used: list[Coupon] = []
        self.steps: list[Mapping[str, str]] = []

    def lower(self, coupon: Coupon, target: Decimal) -> None:
        target = target.quantize(RATE_STEP, rounding=ROUND_HALF_UP)
        if target >= self.rate:
            return
        bp = ((self.rate - target) / BASIS_POINT).normalize()
        full = target == _wanted(coupon, self.rate)
        self.rate = target
        self.used.append(coupon)
        self.steps.append(_step(coupon, bp, target, full))


def _best(rate: Decimal, coupons: Sequence[Coupon]) -> list[Coupon]:
    """One coupon a stack group at most, together the lowest for ``rate``: the fixed rate first.

    Two fixed rates never add up (the lower one is the other's), so either one group gives a fixed
    rate and all others basis points, or all give basis points.
    """
    ordered = sorted(coupons, key=lambda coupon: coupon.code)
    off: dict[str, Coupon] = {}
    for coupon in ordered:
        best = off.get(coupon.stack_group)
        if coupon.effect == BP_OFF and (best is None or coupon.bp_off > best.bp_off):
            off[coupon.stack_group] = coupon
    whole = sum(coupon.bp_off for coupon in off.values())
    fixed, end = None, rate - whole * BASIS_POINT
    for coupon in ordered:
        if coupon.effect != FIXED_RATE or _wanted(coupon, rate) >= rate:
            continue
        mine = off.get(coupon.stack_group)
        rest = whole - (mine.bp_off if mine else 0)
        if (reached := _wanted(coupon, rate) - rest * BASIS_POINT) < end:
            fixed, end = coupon, reached
    if fixed is not None:
        off.pop(fixed.stack_group, None)
    by_size = sorted(off.values(), key=lambda coupon: (-coupon.bp_off, coupon.code))
    return [fixed, *by_size] if fixed is not None else by_size


def _best_subsidies(rate: Decimal, subsidies: Sequence[Coupon]) -> list[Coupon]:
    """Of each stack group the one that pays most at ``rate``; the largest first."""
    by_size = sorted(subsidies, key=lambda coupon: (-_paid(coupon, rate), coupon.code))
    best: dict[str, Coupon] = {}
    for coupon in by_size:
        best.setdefault(coupon.stack_group, coupon)
    return list(best.values())


def _paid(subsidy: Coupon, rate: Decimal) -> Decimal:
    return min(subsidy.bp_off * BASIS_POINT, rate * _share(subsidy))


def _share(coupon: Coupon) -> Decimal:
    return Decimal(1) if coupon.share_max is None else coupon.share_max


def _wanted(coupon: Coupon, rate: Decimal) -> Decimal:
    """Where the coupon would bring ``rate`` if nothing held it."""
    if coupon.fixed_rate is not None and coupon.effect == FIXED_RATE:
        return min(rate, coupon.fixed_rate)
    return rate - coupon.bp_off * BASIS_POINT


def _step(coupon: Coupon, bp: Decimal, rate: Decimal, full: bool) -> dict[str, str]:
    what_zh = f"贴息（{coupon.funder}）" if coupon.is_subsidy else "利率优惠券"
    what_en = f"subsidy of {coupon.funder}" if coupon.is_subsidy else "rate coupon"
    held_zh, held_en = ("", "") if full else ("（已达上限）", ", as far as allowed")
    return {
        "step": coupon.kind,
        "text_zh": f"{what_zh}：{coupon.name_zh}，减 {bp:f} 个基点{held_zh}",
        "text_en": f"{what_en}: {coupon.name_en}, {bp:f} basis points less{held_en}",
        "value": f"-{bp:f} bp",
        "rate": str(rate),
        "code": coupon.code,
    }


def _is_share(value: Decimal | None) -> bool:
    return value is not None and value.is_finite() and 0 < value <= 1


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    if name in _LISTS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError(name)
        return tuple(value)
    if name in ("valid_from", "valid_to"):
        return date.fromisoformat(value)
    if name in _NULLABLE and value is None:
        return None
    if name in _DECIMALS:
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int if name in _INTEGERS else str):
        raise ValueError(name)
    return value
