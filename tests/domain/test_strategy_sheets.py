"""A strategy as sheets: nothing is lost on the way there and back, and everything wrong is named."""

import copy
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain import condition_words
from risk.domain.canonical import sha256_of
from risk.domain.sheets import CELL_MAX, ROWS_MAX, SheetRefused
from risk.domain.strategy import read_strategy
from risk.domain.strategy_checks import score_range
from risk.domain.strategy_diff import ADDED, CHANGED, MOVED, REMOVED, diff
from risk.domain.strategy_problems import ERROR, problems
from risk.domain.strategy_sheets import apply, part_names, sheets_of

ROOT = Path(__file__).resolve().parents[2]
SEED = json.loads((ROOT / "risk/seeds/default_strategy.json").read_text(encoding="utf-8"))
TABLE = {
    "code": "land", "zh": "土地", "en": "Land", "group": "ability", "stage": "limit", "hit": "first",
    "inputs": ["land_mu", "land_crop"], "outputs": ["limit_percent"],
    "rows": [{"id": "L1", "when": ["[10..50)", "rice, maize"], "then": ["110"]},
             {"id": "L2", "when": ["-", "-"], "then": ["100"], "note": "everybody"}],
    "otherwise": ["100"],
}
RICH = {**SEED, "tables": [TABLE, *SEED["tables"]]}
PLAIN = {key: value for key, value in SEED.items() if key not in {"tables", "formulas", "loss"}}


def rows(definition: Any, part: str) -> dict[str, list[list[str]]]:
    return {one.key: [list(row) for row in one.rows] for one in sheets_of(definition, part)}


@pytest.mark.parametrize("part", part_names(RICH))
@pytest.mark.parametrize("definition", [PLAIN, SEED, RICH], ids=["plain", "seed", "rich"])
def test_a_part_taken_back_untouched_keeps_every_byte(definition: Any, part: str) -> None:
    assert sha256_of(apply(definition, part, rows(definition, part))) == sha256_of(definition)


def test_the_seed_has_nothing_wrong() -> None:
    assert [one for one in problems(SEED) if one.severity == ERROR] == []


_GARBAGE = st.text(max_size=30).map(lambda text: " ".join(text.split())).filter(str.isprintable)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_is_typed_is_kept_and_never_breaks_the_checks(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(part_names(RICH)))
    sent = rows(RICH, part)
    typed = []
    for key, found in sent.items():
        sheet = next(one for one in sheets_of(RICH, part) if one.key == key)
        for row in found:
            for index, column in enumerate(sheet.columns):
                if column.kind not in {"fixed", "hidden"} and data.draw(st.integers(0, 6)) == 0:
                    row[index] = data.draw(_GARBAGE)
                    typed.append((key, row[index]))
    changed = apply(RICH, part, sent)
    json.dumps(changed)
    found_problems = problems(changed)
    assert all(one.message_en for one in found_problems)
    if not any(one.severity == ERROR for one in found_problems):
        read_strategy(changed)
    assert sheets_of(changed, part) or part.startswith("tables:")
    diff(RICH, changed)


@settings(max_examples=40, deadline=None)
@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
), st.sampled_from(sorted(RICH)))
def test_a_definition_of_any_shape_is_shown_and_checked(value: Any, key: str) -> None:
    broken = {**RICH, key: value}
    for part in part_names(broken):
        sheets_of(broken, part)
        with suppress(SheetRefused):
            apply(broken, part, rows(broken, part))
    problems(broken)
    diff(RICH, broken)


@pytest.mark.parametrize(
    ("part", "sheet", "row", "column", "text", "code"),
    [
        ("rules", "rules", 0, "code", "", "empty"),
        ("rules", "rules", 1, "code", "AGE_BELOW_MINIMUM", "duplicate"),
        ("rules", "rules", 0, "group", "luck", "unknown_group"),
        ("rules", "rules", 0, "then", "approve", "unknown_outcome"),
        ("rules", "rules", 0, "when", "aeg < 18", "unknown_name"),
        ("rules", "rules", 0, "zh", "", "no_chinese"),
        ("segments", "segments", 0, "when", "", "empty"),
        ("score", "score", 0, "feature", "luck", "unknown_feature"),
        ("score", "score", 1, "feature", "bureau_history_months", "duplicate"),
        ("score", "score", 0, "from_2", "5", "edges_rise"),
        ("score", "score", 0, "from_1", "six", "not_count"),
        ("score", "score", 0, "points_1", "", "empty"),
        ("score", "score", 0, "points_0", "many", "not_whole"),
        ("score", "base", 0, "value", "x", "not_whole"),
        ("limits", "grades", 1, "from", "900", "grades_fall"),
        ("limits", "grades", 0, "from", "851", "not_reached"),
        ("limits", "caps", 3, "cap_0", "", "empty"),
        ("limits", "caps", 3, "cap_1", "999999", "cap_rises"),
        ("limits", "caps", 3, "cap_1", "-1", "not_money"),
        ("limits", "layers", 0, "when", "age >", "ended"),
        ("limits", "limit", 0, "value", "101", "not_percent"),
        ("offers", "plans", 0, "method_1", "barter", "unknown_method"),
        ("offers", "plans", 0, "months_1", "x", "not_count"),
        ("offers", "seasons", 0, "months", "10, 13", "not_month"),
        ("offers", "labels", 0, "zh", "", "no_chinese"),
        ("income", "income", 0, "value", "lots", "not_count"),
        ("income", "crops", 0, "yearly", "-5", "not_money"),
        ("inputs", "inputs", 0, "default", "yesterday", "not_day"),
        ("reasons", "reasons", 0, "en", "", "no_english"),
        ("tables", "tables", 0, "stage", "lunch", "table_stage"),
        ("tables", "tables", 0, "code", "Land!", "table_code"),
        ("tables:land_and_herd", "rows", 1, "in_1", "10 or so", "table_not_a_comparison"),
        ("tables:land_and_herd", "rows", 0, "in_2", "maybe", "table_not_a_flag"),
        ("tables:land_and_herd", "rows", 0, "out_0", "lots", "table_not_a_percentage"),
        ("tables:land_and_herd", "otherwise", 0, "out_0", "x", "table_not_a_percentage"),
        ("tables:land_and_herd", "columns", 0, "feature", "luck", "table_unknown_input"),
        ("tables:price_matrix", "columns", 1, "feature", "age", "table_price_factor"),
        ("tables:review_triggers", "rows", 0, "out_0", "NOBODY", "table_unknown_reason"),
        ("formulas", "formulas", 0, "expression", "monthly_income +", "formula_syntax"),
        ("formulas", "formulas", 0, "expression", "luck * 2", "formula_unknown_name"),
        ("formulas", "formulas", 0, "name", "My Name", "formula_name"),
    ],
)
def test_each_mistake_is_named_in_its_cell(
    part: str, sheet: str, row: int, column: str, text: str, code: str
) -> None:
    sent = rows(SEED, part)
    at = next(one for one in sheets_of(SEED, part) if one.key == sheet).column(column)
    sent[sheet][row][at] = text
    changed = apply(SEED, part, sent)
    found = [(one.path, one.row, one.column, one.code) for one in problems(changed)]
    assert (f"{part}/{sheet}", row, column, code) in found


def test_the_engines_own_sentences_are_missed_when_they_go() -> None:
    sent = rows(SEED, "reasons")
    sent["reasons"] = [row for row in sent["reasons"] if row[0] != "WEAK_POINT"]
    found = problems(apply(SEED, "reasons", sent))
    assert [one.code for one in found if one.severity == ERROR] == ["engine_reason"]


def test_a_row_that_is_never_reached_is_named() -> None:
    sent = rows(SEED, "tables:land_and_herd")
    sent["rows"][3][3] = "-"  # any land, with or without a certificate: the row after it waits in vain
    found = problems(apply(SEED, "tables:land_and_herd", sent))
    assert [(one.row, one.column) for one in found if one.code == "rows_unreachable"] == [(4, "id")]


def test_mistakes_in_one_table_hide_none_in_another() -> None:
    sent = rows(SEED, "tables:land_and_herd")
    sent["rows"][0][2] = "many"
    changed = apply(SEED, "tables:land_and_herd", sent)
    sent = rows(changed, "tables:assets")
    sent["rows"][0][1] = "much"
    found = problems(apply(changed, "tables:assets", sent))
    assert {one.part for one in found if one.code.startswith("table_not_a")} == {
        "tables:land_and_herd", "tables:assets",
    }


def test_columns_of_a_table_move_with_what_stands_in_them() -> None:
    sent = rows(RICH, "tables:land")
    sent["columns"] = [["in", "land_crop", "in_1"], ["in", "age", ""], ["in", "land_mu", "in_0"],
                       ["out", "limit_percent", "out_0"]]
    table = apply(RICH, "tables:land", sent)["tables"][0]
    assert table["inputs"] == ["land_crop", "age", "land_mu"]
    assert table["rows"][0]["when"] == ["rice, maize", "", "[10..50)"]
    assert table["rows"][0]["then"] == ["110"]
    sent = rows(RICH, "tables:land")
    sent["rows"].append(["", ">= 50", "tea", "120", ""])
    assert apply(RICH, "tables:land", sent)["tables"][0]["rows"][2]["id"] == "R4"


def test_a_new_table_is_made_and_one_copied() -> None:
    sent = rows(RICH, "tables")
    sent["tables"].append(["land_2", "土地二", "Land two", "ability", "limit", "first", "land"])
    sent["tables"].append(["fresh", "新表", "Fresh", "ability", "price", "collect", ""])
    tables = {row["code"]: row for row in apply(RICH, "tables", sent)["tables"]}
    assert tables["land_2"]["rows"] == TABLE["rows"]
    assert tables["fresh"]["rows"] == []
    assert "tables" not in apply(RICH, "tables", {"tables": []})


def test_a_renamed_grade_keeps_its_column() -> None:
    sent = rows(SEED, "limits")
    sent["grades"][4][0] = "F"
    changed = apply(SEED, "limits", sent)
    assert changed["limit"]["caps"]["general"] == {
        **{k: v for k, v in SEED["limit"]["caps"]["general"].items() if k != "E"}, "F": "3000.00"
    }
    del sent["grades"][4]
    assert "E" not in apply(SEED, "limits", sent)["limit"]["caps"]["general"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ([["x"] * 2] * (ROWS_MAX + 1), "too_many_rows"),
        ([["x" * (CELL_MAX + 1), ""]], "too_long"),
        ([["a\x00b", ""]], "control"),
    ],
)
def test_what_no_sheet_can_keep_is_refused(sent: list[list[str]], code: str) -> None:
    with pytest.raises(SheetRefused) as caught:
        apply(SEED, "segments", {"segments": sent})
    assert caught.value.code == code


def test_differences_are_told_row_by_row() -> None:
    other = copy.deepcopy(SEED)
    other["rules"][3]["when"] = {"feature": "age", "op": "lt", "value": 3}
    other["rules"].insert(0, other["rules"].pop(10))
    del other["rules"][20]
    other["rules"].append({**SEED["rules"][0], "code": "NEW_ONE"})
    other["reasons"]["NEW_ONE"] = {"zh": "新", "en": "new"}
    (found,) = [one for one in diff(SEED, other) if one.sheet == "rules"]
    assert sorted(change.kind for change in found.changes) == sorted([ADDED, REMOVED, CHANGED, MOVED])
    (cell,) = next(change.cells for change in found.changes if change.kind == CHANGED)
    assert (cell.before, cell.after) == ("purpose not in terms.purposes", "age < 3")
    assert diff(SEED, copy.deepcopy(SEED)) == []


def test_a_strategy_with_ten_thousand_rows_is_checked_within_seconds() -> None:
    big = {**TABLE, "rows": [{"id": f"R{i}", "when": ["-", "-"], "then": ["1"]} for i in range(ROWS_MAX)]}
    definition = {**SEED, "tables": [big]}
    begun = time.perf_counter()
    problems(definition)
    assert time.perf_counter() - begun < 3


def test_conditions_read_as_sentences() -> None:
    named = condition_words.names(RICH)
    rule = next(row for row in SEED["rules"] if row["code"] == "OVERDUE_3_6")["when"]
    english = condition_words.sentence(rule, named, english=True)
    assert english.endswith(" is at least 6")
    assert " or " in english
    assert "或者" in condition_words.sentence(rule, named, english=False)
    assert condition_words.sentence({"typed": "age >"}, named, english=True) == "age >"
    assert condition_words.sentence({"not": rule}, named, english=True).startswith("not (")


def test_the_range_of_scores_follows_the_points() -> None:
    low, high = score_range(SEED) or (0, 0)
    assert low < 480 < 785 < high
    broken = copy.deepcopy(SEED)
    broken["scorecard"]["base"] = "x"
    assert score_range(broken) is None
