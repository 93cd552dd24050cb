"""Features of many people at once equal those of each person, to the cent and the year."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain.columns.features import (
    UNKNOWN,
    column_of,
    derive_columns,
    encode,
    read_columns,
    text_key,
)
from risk.domain.features import FEATURES, types
from risk.domain.profile import IncomeRules, derive, read_facts
from risk.domain.strategy import read_strategy
from tests.risk.conftest import definition

DAY = date(2026, 11, 24)
RULES = read_strategy(definition()).income
DERIVED = (
    "age",
    "thin_file",
    "has_business",
    "stability_years",
    "verified_income",
    "monthly_income",
    "debt_burden_percent",
)
NEEDED = (
    "birth_date",
    "declared_income",
    "bureau_has_file",
    "bureau_obligation",
    "business_turnover",
    "business_years",
    "bank_customer_since",
    "social_months_24",
    "social_base",
    "fund_months_24",
    "subsidy_years",
    "subsidy_annual",
    "tax_income",
    "payroll_months_12",
    "payroll_monthly",
    "land_mu",
    "land_crop",
)
STATES = ("answered", "no_record", "mismatch", "unavailable", "missing", "", None)
JUNK = (None, "", "text", float("nan"), float("inf"), 10**20, -1, True, [], {}, "1e5", "٣", "1.234")
CROPS = ("rice", "pigs", "tea", "none", "火龙果", "maize")

money = st.integers(0, 10**14 - 1).map(lambda cents: f"{cents // 100}.{cents % 100:02d}") | (
    st.integers(0, 900_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "count": st.integers(0, 30) | st.integers(0, 1_000_000),
    "money": money | st.sampled_from(("0.00", "0.01", 12, 5.5)),
    "flag": st.booleans(),
    "text": st.sampled_from(CROPS),
    "day": st.dates(date(1930, 1, 1), date(2030, 1, 1)).map(str)
    | st.sampled_from(("9999-12-31", "0001-01-01", "2008-02-29")),
}


def fact(name: str) -> st.SearchStrategy[Any]:
    good = VALUES[FEATURES[name].type]
    plain = good.map(lambda value: {"state": "answered", "value": value})
    odd = st.builds(
        lambda state, value: {"state": state, "value": value},
        st.sampled_from(STATES),
        st.sampled_from(JUNK) | good,
    )
    return st.integers(0, 9).flatmap(lambda n: odd if n == 0 else plain)


people = st.lists(st.fixed_dictionaries({name: fact(name) for name in NEEDED}), max_size=12)
rules = st.builds(
    IncomeRules,
    declared_percent=st.integers(0, 1_000_000),
    declared_cap=st.decimals(0, 10**11, places=2),
    payroll_months_min=st.integers(0, 12),
    social_months_min=st.integers(0, 24),
    business_margin_percent=st.integers(0, 100),
    business_years_min=st.integers(0, 3),
    yearly_by_crop=st.dictionaries(st.sampled_from(CROPS), st.decimals(0, 10**4, places=2)),
    yearly_other_crop=st.decimals(0, 10**4, places=2),
)


def compare(group: list[Any], day: date, income: IncomeRules) -> None:
    columns = read_columns(group, {})
    derived = derive_columns(columns, business_date=day, income=income)
    assert set(derived) == set(DERIVED)
    kinds = types()
    for i, facts in enumerate(group):
        known, _ = read_facts(facts, {})
        derive(known, business_date=day, income=income)
        for name, column in (columns | derived).items():
            assert column[i] == encode(known.get(name), kinds[name]), (name, facts)


@settings(max_examples=250, deadline=None)
@given(people.filter(bool), st.dates(date(1990, 1, 1), date(2035, 1, 1)), rules)
def test_a_column_says_of_each_person_what_their_profile_says(
    group: list[Any], day: date, income: IncomeRules
) -> None:
    compare(group, day, income)


def likely(chance: random.Random, name: str) -> Any:
    kind = FEATURES[name].type
    if chance.random() < 0.04:
        return {"state": chance.choice(STATES), "value": chance.choice(JUNK)}
    value: Any = chance.choice(CROPS)
    if kind == "count":
        value = chance.randint(0, 26)
    elif kind == "money":
        value = f"{chance.choice((0, 1, 10, 1000)) * chance.randint(0, 99999) / 100:.2f}"
    elif kind == "flag":
        value = chance.random() < 0.8
    elif kind == "day":
        value = str(DAY - timedelta(days=chance.randint(-100, 30_000)))
    return {"state": "answered", "value": value}


def test_ten_thousand_likely_people_are_equal() -> None:
    chance = random.Random(11)
    group = [{name: likely(chance, name) for name in NEEDED} for _ in range(10_000)]
    compare(group, DAY, RULES)


def test_everybody_may_have_a_day_of_their_own() -> None:
    born = column_of([date(2000, 2, 29)] * 3, "day")
    days = column_of([date(2018, 2, 28), date(2018, 3, 1), date(1999, 1, 1)], "day")
    derived = derive_columns({"birth_date": born}, business_date=days, income=RULES)
    assert derived["age"].tolist() == [17, 18, UNKNOWN]
    assert derived["monthly_income"].tolist() == [UNKNOWN] * 3


def test_words_have_the_same_number_everywhere() -> None:
    assert text_key("rice") == -3641687898059167772
    assert len({text_key(crop) for crop in CROPS}) == len(CROPS)
    assert encode(Decimal("12.50"), "money") == 1250
    assert encode(None, "money") == UNKNOWN


@pytest.mark.parametrize("rows", [200_000])
def test_derived_columns_of_many_people_take_no_time(rows: int) -> None:
    columns = {
        name: np.full(rows, 3, dtype=np.int64)
        for name in NEEDED
        if FEATURES[name].type in ("count", "money")
    }
    assert len(derive_columns(columns, business_date=DAY, income=RULES)["age"]) == rows


def test_what_is_no_fact_is_not_taken_for_one_that_was_never_asked() -> None:
    facts = [{"ring_size": one} for one in (None, "junk", {}, None, [], {"state": "missing"})]
    column = read_columns(facts, {"ring_size": 1})["ring_size"]
    assert column.tolist() == [1, UNKNOWN, UNKNOWN, 1, UNKNOWN, 1]
