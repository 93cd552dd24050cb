"""One row of a list: what is forgiven, what is refused and how it is called."""

from datetime import date

import pytest
from stdnum.cn import ric

from products.domain.tiers import TIERS
from risk.domain.list_columns import HeadingProblem, columns_of, delimiter_of
from risk.domain.list_rows import RowProblem, clean_id_number, clean_row, last_day_to_end
from risk.domain.tiers import TIER_NAMES, tier_of
from tests.risk.listed import id_number_of

TODAY = date(2026, 11, 24)
GOOD = id_number_of(1)
WITH_X = next(n for n in (id_number_of(i) for i in range(100)) if n.endswith("X"))


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        f" {GOOD} ",
        f"'{GOOD}",
        f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}",
        GOOD.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)}),
    ],
)
def test_an_id_number_is_read_as_people_write_it(written: str) -> None:
    assert clean_id_number(written, today=TODAY) == GOOD


def test_a_small_x_is_a_large_one() -> None:
    assert clean_id_number(WITH_X.lower(), today=TODAY) == WITH_X
    assert clean_id_number(WITH_X[:-1] + "ｘ", today=TODAY) == WITH_X


def test_the_fast_check_digit_is_the_librarys() -> None:
    for serial in range(0, 60_000, 7):
        number = id_number_of(serial)
        assert ric.calc_check_digit(number) == number[-1]
        assert clean_id_number(number, today=TODAY) == number
        wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
        with pytest.raises(RowProblem):
            clean_id_number(wrong, today=TODAY)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "missing_id"),
        ("   ", "missing_id"),
        ("12345", "id_form"),
        ("陈桂英", "id_form"),
        ("110101900101001", "id_form"),
        ("510812199013010021", "id_date"),
        ("510812189901010021", "id_date"),
        ("510812209901010021", "id_date"),
        (GOOD[:-1] + ("1" if GOOD[-1] != "1" else "2"), "id_check_digit"),
        ("5.10812E+17", "mangled_id"),
        ("5.10812199001010E17", "mangled_id"),
        ("510812199001010000", "mangled_id"),
        ("510812199001010021.0", "mangled_id"),
        ("=" + GOOD, "formula"),
        ("@SUM(A1)", "formula"),
        ("+1", "formula"),
        ("\x00" + GOOD, "unprintable"),
        (GOOD + "\u202e", "unprintable"),
        ("9" * 600, "too_long"),
    ],
)
def test_a_wrong_id_number_says_what_is_wrong(written: str, code: str) -> None:
    with pytest.raises(RowProblem) as problem:
        clean_id_number(written, today=TODAY)
    assert problem.value.code == code
    assert written[4:-4] not in problem.value.excerpt or not written[4:-4]


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"name": "=HYPERLINK(1)"}, "formula", "name"),
        ({"employer": "-1+1"}, "formula", "employer"),
        ({"name": "长" * 61}, "too_long", "name"),
        ({"name": "陈\x07桂英"}, "unprintable", "name"),
        ({"tier": "骑士"}, "unknown_tier", "tier"),
        ({"valid_to": "明天"}, "date_form", "valid_to"),
        ({"valid_to": "2026-02-30"}, "date_form", "valid_to"),
        ({"valid_to": "2026-11-23"}, "date_past", "valid_to"),
    ],
)
def test_a_wrong_cell_says_which(cells: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(RowProblem) as problem:
        clean_row({"id_number": GOOD, **cells}, default_tier="", today=TODAY)
    assert (problem.value.code, problem.value.field) == (code, field)


def test_the_file_states_the_last_day_and_the_entry_keeps_the_first_day_after() -> None:
    row = clean_row({"id_number": GOOD, "valid_to": "2026年11月24日"}, default_tier="", today=TODAY)
    assert row.valid_to == date(2026, 11, 25)
    for written in ("2027-06-30", "2027/6/30", "20270630", "46568"):
        assert last_day_to_end(written) == date(2027, 7, 1), written
    assert last_day_to_end("9999-12-31") is None


def test_tiers_are_known_by_code_and_by_chinese_name() -> None:
    assert set(TIER_NAMES) == set(TIERS)
    assert [tier_of(TIER_NAMES[code][0]) for code in TIERS] == list(TIERS)
    assert tier_of("Teacher") == "teacher"
    row = clean_row({"id_number": GOOD}, default_tier="doctor", today=TODAY)
    assert row.tier == "doctor"


def test_the_heading_may_stand_in_any_order_and_either_language() -> None:
    assert columns_of(["单位", " 身份证 号码 ", "姓名*", "备注"]) == {
        "employer": 0,
        "id_number": 1,
        "name": 2,
    }
    assert columns_of(["ID Number", "Tier", "valid_to"]) == {
        "id_number": 0,
        "tier": 1,
        "valid_to": 2,
    }
    for heading, code in (
        (["姓名"], "no_id_column"),
        (["", " "], "no_heading"),
        (["身份证号", "id_number"], "column_twice"),
        (["x"] * 300, "too_many_columns"),
    ):
        with pytest.raises(HeadingProblem) as problem:
            columns_of(heading)
        assert problem.value.code == code
    assert [delimiter_of(line) for line in ("a,b,c;d", "a;b;c", "a\tb")] == [",", ";", "\t"]
