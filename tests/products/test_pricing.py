"""Prices: LPR and spread between floor and cap, to six decimals, each step told."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.domain.pricing import InvalidLpr, UnknownGrade, price, rate_band
from products.domain.terms import LoanTerms, resolve
from products.domain.true_rates import true_rate_band, ways
from tests.products.conftest import ROWS, stack

LPR = Decimal("0.030000")
BASE = resolve(stack()).terms
START = dt.date(2026, 11, 24)


def test_a_price_says_how_it_came_about() -> None:
    found = price(BASE, "B", LPR)
    assert str(found.annual_rate) == "0.058000"
    assert [(step["step"], step["value"], step["rate"]) for step in found.steps] == [
        ("LPR 1Y", "0.030000", "0.030000"),
        ("spread layer-0 grade B", "280 bp", "0.058000"),
    ]
    assert all(step["text_zh"] and step["text_en"] for step in found.steps)


def test_floor_and_cap_are_steps_of_their_own() -> None:
    cheap = resolve(stack({"spread_bp_by_grade": {"A": -100, "E": 2000}})).terms
    low, high = price(cheap, "A", LPR), price(cheap, "E", LPR)
    assert (low.annual_rate, low.steps[-1]["step"]) == (Decimal("0.036000"), "floor")
    assert (high.annual_rate, high.steps[-1]["step"]) == (Decimal("0.150000"), "cap")
    assert [(step["value"], step["rate"]) for step in high.steps[1:3]] == [
        ("720 bp", "0.102000"), ("1280 bp", "0.230000"),
    ]


def test_every_layer_says_what_it_adds_or_takes_off() -> None:
    terms = resolve(stack(ROWS["lishangdai"]["values"], ROWS["building-mall"]["values"])).terms
    found = price(terms, "C", LPR, tier="enterprise_owner")
    assert [(one["step"], one["value"], one["rate"]) for one in found.steps] == [
        ("LPR 1Y", "0.030000", "0.030000"),
        ("spread layer-0 grade C", "390 bp", "0.069000"),
        ("spread layer-1 grade C", "-20 bp", "0.067000"),
        ("spread layer-2 grade C", "-30 bp", "0.064000"),
        ("tier enterprise_owner", "-20 bp", "0.062000"),
    ]
    assert (found.steps[3]["version"], found.steps[3]["since"]) == ("3", "2025-01-01")
    assert price(terms, "C", LPR, tier="unheard_of").annual_rate == Decimal("0.064000")


def test_a_copy_frozen_before_layers_were_kept_has_one_spread() -> None:
    old = {k: v for k, v in BASE.as_dict().items() if k != "price_layers"}
    found = price(LoanTerms.from_dict(old), "B", LPR)
    assert [one["value"] for one in found.steps] == ["0.030000", "280 bp"]


def test_without_a_spread_there_is_no_price() -> None:
    with pytest.raises(UnknownGrade):
        price(BASE, "F", LPR)
    for nonsense in ("NaN", "-0.01", "3.00", "Infinity"):
        with pytest.raises(InvalidLpr):
            price(BASE, "A", Decimal(nonsense))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    lpr=st.decimals("0", "0.2", places=6), spread=st.integers(-500, 3000),
    floor=st.integers(36, 70), cap=st.integers(70, 150),
)
def test_a_price_stays_in_its_band_and_its_steps_add_up(
    lpr: Decimal, spread: int, floor: int, cap: int
) -> None:
    terms = resolve(stack({
        "spread_bp_by_grade": {"A": spread}, "rate_floor": f"0.{floor:03d}",
        "rate_cap": f"0.{cap:03d}",
    })).terms
    found = price(terms, "A", lpr)
    exact = lpr + Decimal(spread) / 10_000
    assert found.annual_rate == min(max(exact, terms.rate_floor), terms.rate_cap)
    assert found.annual_rate.as_tuple().exponent == -6
    assert found.steps[-1]["rate"] == str(found.annual_rate)


@pytest.mark.parametrize("code", ["shandai", "huicundai", "anjiadai", "youkedai", "lishangdai"])
def test_a_better_grade_never_pays_more(code: str) -> None:
    terms = resolve(stack(ROWS[code]["values"] if code != "shandai" else {})).terms
    rates = [price(terms, grade, LPR).annual_rate for grade in "ABCDE"]
    assert rates == sorted(rates)
    assert Decimal("0.036") <= rates[0] <= rates[-1] <= Decimal("0.12")
    assert rate_band(terms, LPR) == (rates[0], rates[-1])


def test_a_sub_product_is_no_dearer_than_the_base_for_whom_it_is_made() -> None:
    for code in ("huicundai", "anjiadai", "youkedai", "lishangdai"):
        terms = resolve(stack(ROWS[code]["values"])).terms
        for grade in "ABCDE":
            assert price(terms, grade, LPR).annual_rate <= price(BASE, grade, LPR).annual_rate


def test_true_rates_cover_every_way_of_repaying() -> None:
    low, high = true_rate_band(BASE, lpr=LPR, start=START)
    assert (low, high) == (Decimal("0.0480"), Decimal("0.1078"))
    assert ("bullet", 12) in ways(BASE)
    assert ("bullet", 24) not in ways(BASE)
    assert ("equal_instalment", 36) in ways(BASE)
