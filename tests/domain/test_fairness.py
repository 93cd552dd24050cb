"""Comparing groups: known intervals, the four-fifths rule, small groups unseen, digits of a number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain.fairness_groups import age_band, sex_of
from risk.domain.fairness import CELL_MIN, Counts, compare, newcombe, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(k: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, table I, method 3."""
    assert wilson(k, n) == pytest.approx((low, high), abs=0.0001)


@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2", "low", "high"),
    [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (0, 20, 0, 10, -0.2775, 0.1611)],
)
def test_newcombe_gives_the_published_intervals(
    k1: int, n1: int, k2: int, n2: int, low: float, high: float
) -> None:
    """Newcombe 1998 (II), table II, method 10."""
    assert newcombe(k1, n1, k2, n2)[1:] == pytest.approx((low, high), abs=0.0001)


@given(st.integers(1, 5000), st.integers(1, 5000), st.data())
def test_an_interval_holds_its_own_difference(n1: int, n2: int, data: st.DataObject) -> None:
    k1, k2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    middle, low, high = newcombe(k1, n1, k2, n2)
    assert -1 <= low <= middle <= high <= 1
    shares = wilson(k1, n1)
    assert 0 <= shares[0] <= k1 / n1 <= shares[1] <= 1


def test_a_group_below_four_fifths_is_named_and_proven_only_when_chance_is_out() -> None:
    many = compare({"a": Counts(1000, 600, 500, 480), "b": Counts(1000, 400, 500, 400)})
    few = compare({"a": Counts(30, 18), "b": Counts(30, 13)})
    a, b = many.rows
    assert a.is_reference
    assert b.ratio == pytest.approx(0.667, abs=0.001)
    assert b.is_below_four_fifths
    assert b.is_proven
    assert b.opportunity is not None
    assert b.opportunity[0] == pytest.approx(-0.16)
    assert few.rows[1].is_below_four_fifths
    assert not few.rows[1].is_proven
    assert few.rows[1].opportunity is None


def test_groups_of_fewer_than_twenty_are_counted_but_not_shown() -> None:
    found = compare({"a": Counts(CELL_MIN, 9), "b": Counts(CELL_MIN - 1, 1), "c": Counts(3, 3)})
    assert [row.group for row in found.rows] == ["a"]
    assert (found.hidden, found.hidden_n) == (2, 22)
    assert compare({}).rows == ()


def test_nobody_approved_divides_by_nothing() -> None:
    rows = compare({"a": Counts(50, 0), "b": Counts(40, 0)}).rows
    assert [row.ratio for row in rows] == [None, None]


def test_sex_and_age_come_from_the_number_and_from_nothing_else() -> None:
    on = date(2026, 11, 24)
    assert sex_of("510812199003070011") == "male"
    assert sex_of("510812199003070020") == "female"
    assert {sex_of(""), sex_of("51081219900307002"), sex_of("5108121990030700²0")} == {"unknown"}
    assert age_band("510812199003070011", on) == "35-44"
    assert age_band("510812200811240011", on) == "18-24"
    assert age_band("510812200811250011", on) == "under 18"
    assert age_band("510812194001010011", on) == "65+"
    assert {age_band("", on), age_band("510812199013450011", on)} == {"unknown"}
