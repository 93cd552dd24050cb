"""Cells of decision tables, typed as in a spreadsheet, and what is refused."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.cells import InvalidCell, read_cell


def holds(cell: str, kind: str, value: Any) -> bool:
    read = read_cell(cell, kind)
    return True if read is None else read.holds(value)


@pytest.mark.parametrize(
    ("cell", "inside", "outside"),
    [
        (">= 10", (10, 11), (9,)),
        ("> 10", (11,), (10,)),
        ("< 5", (4, 0), (5,)),
        ("<= 5", (5,), (6,)),
        ("= 3", (3,), (2, 4)),
        ("!= 3", (2, 4), (3,)),
        ("7", (7,), (6, 8)),
        ("[10..50)", (10, 49), (9, 50)),
        ("(1..3]", (2, 3), (1, 4)),
        ("［１０．．５０）", (10, 49), (9, 50)),
        ("≥１０", (10,), (9,)),
        ("", (0, 99), ()),
        ("-", (0, 99), ()),
        ("－", (0,), ()),
        ("-5", (-5,), (5, 0)),
    ],
)
def test_numbers_are_compared_as_written(
    cell: str, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    assert all(holds(cell, "count", value) for value in inside)
    assert not any(holds(cell, "count", value) for value in outside)
    assert all(holds(cell, "money", Decimal(value)) for value in inside)
    assert not any(holds(cell, "money", Decimal(value)) for value in outside)


def test_money_is_cut_at_the_cent_and_days_at_the_day() -> None:
    assert holds("> 10.50", "money", Decimal("10.51"))
    assert not holds("> 10.50", "money", Decimal("10.50"))
    assert holds("[2020-01-01..2021-01-01)", "day", date(2020, 12, 31))
    assert not holds("[2020-01-01..2021-01-01)", "day", date(2021, 1, 1))
    assert holds("<= 9999-12-31", "day", date.max)


def test_words_are_listed_and_flags_are_said() -> None:
    assert holds("rice， maize、tea", "text", "maize")
    assert not holds("rice, maize", "text", "tea")
    assert holds("not rice, maize", "text", "tea")
    assert not holds("not rice, maize", "text", "rice")
    assert holds("510812", "county", "510812")
    assert holds("是", "flag", True)
    assert holds("No", "flag", False)
    assert not holds("yes", "flag", False)


@pytest.mark.parametrize(
    ("cell", "kind", "code"),
    [
        (">= ten", "count", "not_a_count"),
        ("1.5", "count", "not_a_count"),
        ("1.555", "money", "not_a_money"),
        ("1e3", "money", "not_a_money"),
        ("NaN", "money", "not_a_money"),
        ("10 20", "count", "not_a_comparison"),
        (">=", "count", "not_a_comparison"),
        ("[5..5)", "count", "empty_interval"),
        ("(1..2)", "count", "empty_interval"),
        ("[9..3]", "money", "empty_interval"),
        ("> 9999-12-31", "day", "empty_interval"),
        ("< 0001-01-01", "day", "empty_interval"),
        ("2020-02-30", "day", "not_a_day"),
        ("maybe", "flag", "not_a_flag"),
        (">= rice", "text", "comparison_of_words"),
        ("rice,,maize", "text", "not_a_text"),
        ("not", "text", "comparison_of_words"),
        ("51081", "county", "not_a_county"),
        (", ".join(f"w{i}" for i in range(51)), "text", "too_many_words"),
        ("x" * 501, "text", "too_long"),
        ("a\x00b", "text", "too_long"),
        (5, "count", "not_text"),
        (None, "count", "not_text"),
        ("a", "texts", "type"),
        ("maize", "allowed", "unknown_word"),
    ],
)
def test_what_cannot_be_read_says_why(cell: Any, kind: str, code: str) -> None:
    allowed = ("rice",) if kind == "allowed" else ()
    with pytest.raises(InvalidCell) as refused:
        read_cell(cell, "text" if kind == "allowed" else kind, allowed)
    assert refused.value.code == code
    assert refused.value.text


@given(text=st.text(max_size=40), kind=st.sampled_from(["count", "money", "day", "text", "flag"]))
def test_any_text_is_read_or_refused(text: str, kind: str) -> None:
    with suppress(InvalidCell):
        read_cell(text, kind)
