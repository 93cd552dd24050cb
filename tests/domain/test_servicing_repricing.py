"""Repricing: when it happens, and that the offer's spread and coupons go along. Pure."""

from datetime import date
from decimal import Decimal

import pytest

from lending.domain import repricing
from products.domain.coupons import Coupon, reduce
from products.domain.pricing import price
from products.domain.terms import resolve
from tests.products.conftest import ROWS, stack

FLOOR, CAP = Decimal("0.036"), Decimal("0.15")


@pytest.mark.parametrize(
    ("rule", "start", "after", "following"),
    [
        ("fixed", date(2026, 3, 5), date(2026, 3, 5), None),
        ("yearly_january", date(2026, 3, 5), date(2026, 3, 5), date(2027, 1, 1)),
        ("yearly_january", date(2026, 1, 1), date(2026, 1, 1), date(2027, 1, 1)),
        ("yearly_anniversary", date(2026, 3, 5), date(2026, 3, 5), date(2027, 3, 5)),
        ("yearly_anniversary", date(2026, 3, 5), date(2027, 3, 5), date(2028, 3, 5)),
        ("yearly_anniversary", date(2024, 2, 29), date(2024, 2, 29), date(2025, 2, 28)),
        ("yearly_anniversary", date(2024, 2, 29), date(2027, 2, 28), date(2028, 2, 29)),
    ],
)
def test_the_next_repricing_day(
    rule: str, start: date, after: date, following: date | None
) -> None:
    assert repricing.next_day(rule, start, after) == following


@pytest.mark.parametrize(
    ("rule", "on", "newest"),
    [
        ("fixed", date(2029, 1, 1), None),
        ("yearly_january", date(2026, 12, 31), None),
        ("yearly_january", date(2028, 1, 1), date(2028, 1, 1)),
        ("yearly_anniversary", date(2027, 3, 4), None),
        ("yearly_anniversary", date(2028, 3, 4), date(2027, 3, 5)),
    ],
)
def test_the_newest_repricing_day(rule: str, on: date, newest: date | None) -> None:
    assert repricing.last_day(rule, date(2026, 3, 5), on) == newest


def test_the_price_of_the_day_comes_out_again_and_moves_with_the_lpr() -> None:
    terms = resolve(stack(ROWS["youkedai"]["values"], ROWS["hospital-staff"]["values"])).terms
    sold = price(terms, "B", Decimal("0.03"), tier="doctor")  # 1.40 % − 0.30 % over the LPR
    spread = repricing.spread_of(sold.steps)
    assert spread == Decimal("0.0110")
    for lpr in ("0.03", "0.0275", "0.05"):
        again = repricing.rate_at(
            sold.steps, spread=spread, lpr=Decimal(lpr), floor=terms.rate_floor, cap=terms.rate_cap
        )
        assert again == price(terms, "B", Decimal(lpr), tier="doctor").annual_rate


def test_floor_cap_and_coupons_hold_at_the_new_lpr() -> None:
    terms = resolve(stack()).terms
    sold = price(terms, "A", Decimal("0.03"))  # 4.80 %
    days = {"valid_from": date(2026, 1, 1), "valid_to": date(2027, 1, 1)}
    words = {"id": None, "name_zh": "券", "name_en": "coupon"}
    coupon = Coupon(code="c", kind="coupon", effect="bp_off", bp_off=50, **words, **days)
    subsidy = Coupon(
        code="s", kind="subsidy", effect="bp_off", bp_off=100, share_max=Decimal("0.5"),
        stack_group="state", funder="财政", **words, **days,
    )
    less = reduce(sold.annual_rate, [coupon, subsidy], floor=FLOOR, bp_max=100)
    steps = (*sold.steps, *less.steps)
    spread = repricing.spread_of(steps)
    assert (spread, less.rate) == (Decimal("0.018"), Decimal("0.033000"))
    for lpr, rate in (
        ("0.030", "0.033000"),  # as sold
        ("0.040", "0.043000"),  # 5.80 − 0.50 − 1.00
        ("0.019", "0.026000"),  # 3.70 − coupon stops at 3.60 − 1.00
        ("0.010", "0.026000"),  # the floor 3.60, where the coupon takes nothing, − 1.00
        ("0.200", "0.135000"),  # the cap 15.00 − 0.50 − 1.00
    ):
        assert repricing.rate_at(
            steps, spread=spread, lpr=Decimal(lpr), floor=FLOOR, cap=CAP
        ) == Decimal(rate), lpr


def test_a_price_without_steps_keeps_no_spread() -> None:
    assert repricing.spread_of([]) is None
    assert repricing.spread_of([{"step": "LPR 1Y", "value": "0.030000"}]) is None
