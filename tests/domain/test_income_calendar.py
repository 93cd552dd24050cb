"""When a crop or herd brings money, and which payment months of a loan follow it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.domain.income_calendar import (
    IncomeCalendar,
    InvalidShares,
    plan_shares,
    read_shares,
)

PIGS = IncomeCalendar(
    id=1, crop="pigs", county="", name_zh="生猪", name_en="Pigs", kind="herd",
    shares={1: 60, 7: 40}, valid_from=date(2025, 1, 1), number=1, author="wang", source="年报",
)
DAY = date(2026, 11, 24)


def test_a_calendar_reads_back_equal() -> None:
    assert IncomeCalendar.from_dict(PIGS.as_dict()) == PIGS
    ended = replace(PIGS, valid_to=date(2027, 1, 1))
    assert IncomeCalendar.from_dict(ended.as_dict()) == ended
    assert PIGS.months == (1, 7)


def test_shares_are_read_as_a_form_and_as_a_file_write_them() -> None:
    form = {str(month): "" for month in range(1, 13)} | {"1": "60", "7": "40"}
    assert read_shares(form) == read_shares({1: 60, 7: 40, 8: 0}) == {1: 60, 7: 40}


@pytest.mark.parametrize(
    ("raw", "problems", "total"),
    [
        ({"10": 99}, {}, 99),
        ({}, {}, 0),
        ({"10": 100, "11": 1}, {}, 101),
        ({"10": "x", "11": "50"}, {"10": "percent"}, None),
        ({"10": 101}, {"10": "percent"}, None),
        ({"10": "-5"}, {"10": "percent"}, None),
        ({"10": "5.5"}, {"10": "percent"}, None),
        ({"10": True}, {"10": "percent"}, None),
        ({"10": 100.0}, {"10": "percent"}, None),
        ({"10": "１００"}, {"10": "percent"}, None),
        ({"10": "1" * 5000}, {"10": "percent"}, None),
        ({"13": 100}, {"13": "month"}, None),
        ({"0": 100}, {"0": "month"}, None),
        ({"1": 50, "01": 50}, {"01": "month"}, None),
    ],
)
def test_wrong_shares_name_the_month(raw: Any, problems: dict[str, str], total: Any) -> None:
    with pytest.raises(InvalidShares) as refused:
        read_shares(raw)
    assert (refused.value.problems, refused.value.total) == (problems, total)


def test_a_year_follows_the_whole_calendar() -> None:
    assert plan_shares(PIGS, start=DAY, term_months=12) == {1: 60, 7: 40}
    assert plan_shares(PIGS, start=DAY, term_months=24) == {1: 60, 7: 40}


def test_a_short_loan_takes_the_months_it_reaches_and_makes_them_whole() -> None:
    assert plan_shares(PIGS, start=DAY, term_months=6) == {1: 100}
    rice = replace(PIGS, shares={4: 35, 5: 45, 9: 20})
    assert plan_shares(rice, start=DAY, term_months=6) == {4: 44, 5: 56}  # 43.75 and 56.25
    assert plan_shares(rice, start=DAY, term_months=4) == {}


def test_equal_remainders_go_to_the_earlier_month() -> None:
    thirds = replace(PIGS, shares={1: 10, 2: 10, 3: 10, 11: 70})
    assert plan_shares(thirds, start=DAY, term_months=6) == {1: 34, 2: 33, 3: 33}


def test_a_lag_pays_once_the_money_is_there() -> None:
    def paid(day: int, lag: int) -> dict[int, int]:
        start = date(2026, 11, day)
        return plan_shares(PIGS, start=start, term_months=12, lag_days=lag)

    assert paid(24, 20) == {1: 60, 7: 40}  # 21 January is before the 24th
    assert paid(10, 20) == {2: 60, 8: 40}
    assert paid(10, 31) == {2: 60, 8: 40}
    assert paid(24, 90) == {4: 60, 10: 40}  # from 1 April, and 29 September: October the 24th
    december = replace(PIGS, shares={12: 100})
    assert plan_shares(december, start=DAY, term_months=12, lag_days=40) == {1: 100}


def test_two_months_may_be_paid_in_one() -> None:
    both = replace(PIGS, shares={1: 50, 2: 50})
    found = plan_shares(both, start=date(2026, 11, 29), term_months=12, lag_days=30)
    assert found == {2: 50, 3: 50}  # 31 January and 3 March
    merged = plan_shares(both, start=date(2026, 11, 30), term_months=12, lag_days=58)
    assert sum(merged.values()) == 100


@pytest.mark.parametrize("wrong", [{"term_months": 0}, {"term_months": 121}, {"lag_days": -1}])
def test_terms_and_lags_are_bounded(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="bounds"):
        plan_shares(PIGS, start=DAY, **{"term_months": 12, **wrong})


CUTS = st.lists(st.integers(0, 100), min_size=11, max_size=11).map(sorted)
SHARES = CUTS.map(
    lambda cuts: {m: b - a for m, a, b in zip(range(1, 13), [0, *cuts], [*cuts, 100], strict=True)}
)


@settings(max_examples=300, deadline=None)
@given(
    SHARES, st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 36), st.integers(0, 180)
)
def test_every_plan_is_whole(shares: dict[int, int], start: date, term: int, lag: int) -> None:
    calendar = replace(PIGS, shares=read_shares(shares))
    found = plan_shares(calendar, start=start, term_months=term, lag_days=lag)
    assert found == plan_shares(calendar, start=start, term_months=term, lag_days=lag)
    assert list(found) == sorted(found)
    assert all(1 <= share <= 100 for share in found.values())
    assert sum(found.values()) == (100 if found else 0)
    reached = {(start.month + n - 1) % 12 + 1 for n in range(1, term + 1)}
    assert set(found) <= reached
    if not lag:
        assert set(found) == reached & set(calendar.months)
