"""Numbers as people write them."""

from datetime import date

import pytest

from lending.domain.contact_numbers import (
    age_on,
    normalised_card,
    normalised_id_number,
    normalised_mobile,
    normalised_name,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("13812346620", "13812346620"),
        (" +86 138-1234 6620 ", "13812346620"),
        ("008613812346620", "13812346620"),
        ("12812346620", None),
        ("1381234662", None),
        ("138123466201", None),
        ("１３８１２３４６６２０", None),
        ("", None),
        ("13812346620; DROP TABLE", None),
    ],
)
def test_mobile(written: str, expected: str | None) -> None:
    assert normalised_mobile(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        ("110105 19491231 002x", "11010519491231002X"),
        ("110105194912310021", None),  # wrong checksum
        ("11010519491331002X", None),  # month 13
        ("1101051949123100", None),
        ("１１0105194912310021", None),
    ],
)
def test_id_number(written: str, expected: str | None) -> None:
    assert normalised_id_number(written) == expected


def test_card_needs_a_right_check_digit() -> None:
    assert normalised_card("6222 0212 3456 7894 ") in (None, "6222021234567894")
    assert normalised_card("4242424242424242") == "4242424242424242"
    assert normalised_card("4242424242424241") is None
    assert normalised_card("42424242") is None


@pytest.mark.parametrize(
    ("written", "ok"),
    [("陈桂英", True), ("阿卜杜拉·买买提", True), ("J. Smith", True), ("陈", False), ("<b>陈</b>", False),
     ("陈1", False), ("", False), ("陈" * 41, False)],
)
def test_name(written: str, ok: bool) -> None:
    assert (normalised_name(written) is not None) is ok


def test_age_turns_on_the_birthday() -> None:
    number = "11010519491231002X"
    assert age_on(number, date(1967, 12, 30)) == 17
    assert age_on(number, date(1967, 12, 31)) == 18
