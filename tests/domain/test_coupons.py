"""What must hold for every set of coupons, and the plain cases a person would check by hand."""

import json
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.domain.coupons import (
    BASIS_POINT,
    Coupon,
    CouponFacts,
    InvalidCoupon,
    Reduction,
    applicable,
    reduce,
)

CODES = ("a", "b", "c", "d", "e")
RATES = st.integers(0, 240_000).map(lambda millionths: Decimal(millionths) / 1_000_000)
SHARES = st.one_of(st.none(), st.integers(1, 100).map(lambda hundredths: Decimal(hundredths) / 100))
FACTS = CouponFacts(
    product_path=("shandai", "youkedai"), purpose="consumption", tiers=("gold",),
    lists=("white-2026",), segments=("teacher",),
)


def coupon(code: str = "a", **changes: Any) -> Coupon:
    values = {
        "id": None, "name_zh": f"券{code}", "name_en": f"coupon {code}", "kind": "coupon",
        "effect": "bp_off", "bp_off": 30, "stack_group": code, "valid_from": date(2026, 11, 1),
        "valid_to": date(2027, 1, 1), **changes,
    }
    if values["effect"] == "fixed_rate" and "bp_off" not in changes:
        values["bp_off"] = 0
    return Coupon(code=code, **values)


def subsidy(code: str = "s", **changes: Any) -> Coupon:
    return coupon(code, **{"kind": "subsidy", "funder": "财政", "bp_off": 100, **changes})


@st.composite
def some_coupons(draw: st.DrawFn) -> list[Coupon]:
    found = []
    for code in draw(st.sets(st.sampled_from(CODES))):
        group = draw(st.sampled_from("xyz"))
        if draw(st.booleans()):
            bp, share = draw(st.integers(1, 400)), draw(SHARES)
            found.append(subsidy(code, bp_off=bp, share_max=share, stack_group=group))
        elif draw(st.booleans()):
            found.append(coupon(code, bp_off=draw(st.integers(1, 400)), stack_group=group))
        else:
            rate = draw(RATES.filter(bool))
            found.append(coupon(code, effect="fixed_rate", fixed_rate=rate, stack_group=group))
    return found


BOUNDS = {"floor": RATES, "bp_max": st.integers(0, 500)}


@given(rate=RATES, coupons=some_coupons(), **BOUNDS)
def test_bounds_hold(rate: Decimal, coupons: list[Coupon], floor: Decimal, bp_max: int) -> None:
    own = [one for one in coupons if not one.is_subsidy]
    banks = reduce(rate, own, floor=floor, bp_max=bp_max)
    assert banks.rate >= min(rate, floor)
    assert rate - banks.rate <= bp_max * BASIS_POINT
    whole = reduce(rate, coupons, floor=floor, bp_max=bp_max)
    assert 0 <= whole.rate <= banks.rate <= rate
    before = banks.rate
    for one, step in zip(whole.used, whole.steps, strict=True):
        if one.is_subsidy:
            took = before - Decimal(step["rate"])
            # of two subsidies the second may carry the first one's part of a millionth
            wanted = min(one.bp_off * BASIS_POINT, banks.rate * (one.share_max or 1))
            assert took < wanted + Decimal("0.000001")
            before = Decimal(step["rate"])
    shares = [one.share_max or Decimal(1) for one in coupons if one.is_subsidy]
    assert banks.rate - whole.rate <= banks.rate * max(shares, default=Decimal(0))
    assert whole.rate == whole.rate.quantize(Decimal("0.000001"))


@given(rate=RATES, coupons=some_coupons(), chance=st.randoms(), **BOUNDS)
def test_order_does_not_matter(
    rate: Decimal, coupons: list[Coupon], chance: Any, floor: Decimal, bp_max: int
) -> None:
    shuffled = list(coupons)
    chance.shuffle(shuffled)
    bounds: dict[str, Any] = {"floor": floor, "bp_max": bp_max}
    assert reduce(rate, shuffled, **bounds) == reduce(rate, coupons, **bounds)
    again = [Coupon.from_dict(json.loads(json.dumps(one.as_dict()))) for one in coupons]
    assert reduce(rate, again, **bounds) == reduce(rate, coupons, **bounds)


@given(rate=RATES, coupons=some_coupons(), **BOUNDS)
def test_one_more_coupon_never_costs(
    rate: Decimal, coupons: list[Coupon], floor: Decimal, bp_max: int
) -> None:
    def end(some: list[Coupon]) -> Decimal:
        return reduce(rate, some, floor=floor, bp_max=bp_max).rate

    for left_out in coupons:
        rest = [one for one in coupons if one is not left_out]
        assert end(coupons) <= end(rest)
    assert end(coupons) <= end([])


@given(rates=st.tuples(RATES, RATES), coupons=some_coupons(), **BOUNDS)
def test_who_paid_less_before_pays_no_more_after(
    rates: tuple[Decimal, Decimal], coupons: list[Coupon], floor: Decimal, bp_max: int
) -> None:
    low, high = (reduce(r, coupons, floor=floor, bp_max=bp_max).rate for r in sorted(rates))
    assert low <= high


@given(rate=RATES, coupons=some_coupons(), **BOUNDS)
def test_every_used_coupon_lowers_and_no_group_twice(
    rate: Decimal, coupons: list[Coupon], floor: Decimal, bp_max: int
) -> None:
    done = reduce(rate, coupons, floor=floor, bp_max=bp_max)
    for some in (True, False):
        groups = [one.stack_group for one in done.used if one.is_subsidy == some]
        assert len(groups) == len(set(groups))
    rates = [rate, *(Decimal(step["rate"]) for step in done.steps)]
    assert all(after < before for before, after in zip(rates, rates[1:], strict=False))
    assert rates[-1] == done.rate
    assert [step["code"] for step in done.steps] == [one.code for one in done.used]


@given(rate=RATES, coupons=some_coupons(), **BOUNDS)
def test_no_choice_of_the_banks_coupons_is_better(
    rate: Decimal, coupons: list[Coupon], floor: Decimal, bp_max: int
) -> None:
    """The oracle tries every way to take one or none of each group."""
    own = [one for one in coupons if not one.is_subsidy]
    groups: dict[str, list[Coupon | None]] = {}
    for one in own:
        groups.setdefault(one.stack_group, [None]).append(one)
    best = rate
    for choice in product(*groups.values()):
        taken = [one for one in choice if one]
        start = min([rate, *(one.fixed_rate for one in taken if one.fixed_rate)])
        best = min(best, start - sum(one.bp_off for one in taken) * BASIS_POINT)
    expected = max(best, min(rate, floor), rate - bp_max * BASIS_POINT)
    assert reduce(rate, own, floor=floor, bp_max=bp_max).rate == max(expected, Decimal(0))


def at_7_2(*coupons: Coupon, floor: str = "0.036", bp_max: int = 300) -> Reduction:
    return reduce(Decimal("0.072"), coupons, floor=Decimal(floor), bp_max=bp_max)


def test_plain_cases() -> None:
    assert at_7_2().rate == Decimal("0.072000")
    assert at_7_2(coupon()).rate == Decimal("0.069000")
    assert at_7_2(coupon("a"), coupon("b", bp_off=50)).rate == Decimal("0.064000")
    assert at_7_2(coupon("a", stack_group="x"), coupon("b", bp_off=50, stack_group="x")).used == (
        coupon("b", bp_off=50, stack_group="x"),
    )
    fixed = coupon("f", effect="fixed_rate", fixed_rate=Decimal("0.06"))
    assert at_7_2(fixed, coupon("a")).rate == Decimal("0.057000")
    dear = coupon("f", effect="fixed_rate", fixed_rate=Decimal("0.08"))
    assert at_7_2(dear) == at_7_2()
    assert at_7_2(coupon("a", bp_off=500)).rate == Decimal("0.042000")  # bp_max
    assert at_7_2(coupon("a", bp_off=300), floor="0.06").rate == Decimal("0.060000")
    assert at_7_2(coupon("a"), floor="0.08").used == ()


def test_a_subsidy_passes_the_floor_by_its_share() -> None:
    half = Decimal("0.5")
    assert at_7_2(subsidy(), floor="0.072").rate == Decimal("0.062000")
    assert at_7_2(subsidy(bp_off=900, share_max=half)).rate == Decimal("0.036000")
    low = reduce(Decimal("0.012"), [subsidy(share_max=half)], floor=Decimal(0), bp_max=0)
    assert low.rate == Decimal("0.006000")
    both = at_7_2(coupon("a"), subsidy(bp_off=900, share_max=half))
    assert both.rate == Decimal("0.034500")  # half of the rate after the bank's own coupon


def test_steps_say_what_happened() -> None:
    step = at_7_2(coupon(), subsidy(bp_off=50)).steps
    assert dict(step[0]) == {
        "step": "coupon", "text_zh": "利率优惠券：券a，减 30 个基点",
        "text_en": "rate coupon: coupon a, 30 basis points less", "value": "-30 bp",
        "rate": "0.069000", "code": "a",
    }
    assert step[1]["text_zh"] == "贴息（财政）：券s，减 50 个基点"
    assert "已达上限" in at_7_2(coupon("a", bp_off=500)).steps[0]["text_zh"]


def test_ties_go_by_code() -> None:
    pair = [coupon("b", stack_group="x"), coupon("a", stack_group="x")]
    assert [one.code for one in at_7_2(*pair).used] == ["a"]


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ({}, True),
        ({"product_codes": ("shandai",)}, True),
        ({"product_codes": ("lishangdai", "youkedai")}, True),
        ({"product_codes": ("hospital-staff",)}, False),
        ({"purposes": ("consumption",)}, True),
        ({"purposes": ("business",)}, False),
        ({"tiers": ("gold", "silver")}, True),
        ({"tiers": ("silver",)}, False),
        ({"lists": ("white-2026",), "segments": ("doctor",)}, False),
        ({"lists": ("white-2026",), "segments": ("teacher",)}, True),
    ],
)
def test_scope_is_any_of_each(scope: dict[str, Any], holds: bool) -> None:
    one = coupon(**scope)
    assert applicable([one], FACTS) == ((one,) if holds else ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gift"}, {"effect": "free"}, {"bp_off": 0}, {"bp_off": 1001},
        {"effect": "fixed_rate"}, {"effect": "fixed_rate", "fixed_rate": Decimal(0)},
        {"kind": "subsidy", "effect": "fixed_rate", "fixed_rate": Decimal("0.03")},
        {"share_max": Decimal("1.1")}, {"share_max": Decimal("NaN")},
        {"valid_to": date(2026, 11, 1)},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidCoupon):
        coupon(**wrong)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bp_off", "30"), ("bp_off", True), ("product_codes", "shandai"), ("lists", [1]),
        ("valid_to", "soon"), ("budget_amount", "much"), ("budget_count", 1.5), ("code", None),
        ("funder", None), ("valid_from", None),
    ],
)
def test_a_frozen_copy_is_read_exactly_or_not(field: str, value: Any) -> None:
    written = coupon(budget_amount=Decimal("50000.00"), per_customer=1).as_dict()
    assert Coupon.from_dict(written).as_dict() == written
    with pytest.raises(InvalidCoupon) as wrong:
        Coupon.from_dict({**written, field: value})
    assert wrong.value.field == field
    with pytest.raises(InvalidCoupon):
        Coupon.from_dict({name: v for name, v in written.items() if name != field})
