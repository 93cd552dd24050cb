"""Decision tables: the index finds what reading row by row finds, and what cannot be used is refused."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain import table_index
from risk.domain.features import types
from risk.domain.table_checks import check_table
from risk.domain.table_reading import InvalidTable, Vocabulary, read_tables
from risk.domain.tables import OTHERWISE, Table

TYPES = {"mu": "money", "years": "count", "since": "day", "crop": "text", "certificate": "flag"}
INPUTS = list(TYPES)


def about(**changes: Any) -> Vocabulary:
    values = {"types": TYPES, "words": {"grade": ["A", "B"]}, "reasons": {"BAD"}, "factors": {}}
    return Vocabulary(**{**values, **changes})


def written(whens: list[list[str]], /, **changes: Any) -> dict[str, Any]:
    return {
        "code": "land", "zh": "土地", "en": "Land", "group": "ability", "stage": "limit", "hit": "first",
        "inputs": INPUTS, "outputs": ["limit_percent"],
        "rows": [{"id": f"R{i}", "when": when, "then": [str(i)], "note": ""}
                 for i, when in enumerate(whens)],
        **changes,
    }  # fmt: skip


def table(rows: list[list[str]], **changes: Any) -> Table:
    return read_tables([written(rows, **changes)], about())[0]


# ── the index against reading row by row ─────────────────────────────────────
numbers = st.integers(-3, 12)
days = st.dates(date(2020, 1, 1), date(2020, 1, 9))


def intervals(values: st.SearchStrategy[Any], step: Callable[[Any], Any]) -> st.SearchStrategy[str]:
    def interval(pair: tuple[Any, Any], opening: str, closing: str) -> str:
        low, high = min(pair), step(step(max(pair)))
        return f"{opening}{low}..{high}{closing}"

    return st.one_of(
        st.sampled_from(["", "-"]),
        st.builds(
            lambda sign, value: f"{sign} {value}",
            st.sampled_from([">=", ">", "<", "<=", "=", "!=", ""]), values,
        ),
        st.builds(
            interval, st.tuples(values, values), st.sampled_from("[("), st.sampled_from("])")
        ),
    )  # fmt: skip


words = st.lists(st.sampled_from(["rice", "maize", "tea", "pigs"]), min_size=1, max_size=3)
cells = {
    "mu": intervals(numbers, lambda n: n + 1),
    "years": intervals(numbers, lambda n: n + 1),
    "since": intervals(days, lambda d: d.fromordinal(d.toordinal() + 1)),
    "crop": st.one_of(
        st.just("-"), words.map(", ".join), words.map(lambda some: "not " + ", ".join(some))
    ),
    "certificate": st.sampled_from(["", "yes", "no", "是"]),
}
rows = st.lists(st.tuples(*(cells[name] for name in INPUTS)).map(list), max_size=12)
known = st.fixed_dictionaries({
    "mu": st.one_of(st.none(), st.decimals(-3, 12, places=2)),
    "years": st.one_of(st.none(), numbers),
    "since": st.one_of(st.none(), days),
    "crop": st.sampled_from([None, "rice", "maize", "wheat"]),
    "certificate": st.sampled_from([None, True, False]),
})  # fmt: skip


def row_truths(one: Table, values: dict[str, Any]) -> list[bool | None]:
    """Row by row, cell by cell, with three-valued logic: slow and plain."""
    truths: list[bool | None] = []
    for number in range(len(one.ids)):
        seen: list[bool | None] = []
        for column in one.columns:
            cell, value = column.cells[number], values.get(column.name)
            if cell is None:
                seen.append(True)
            else:
                seen.append(None if value is None else cell.holds(value))
        truths.append(False if False in seen else None if None in seen else True)
    return truths


@settings(max_examples=300, deadline=None)
@given(rows=rows, values=known, hit=st.sampled_from(["first", "collect"]), last=st.booleans())
def test_the_index_finds_what_reading_row_by_row_finds(
    rows: list[list[str]], values: dict[str, Any], hit: str, last: bool
) -> None:
    one = table(rows, hit=hit, otherwise=["100"] if last else None)
    truths, found = row_truths(one, values), one.look_up(values)
    otherwise = (OTHERWISE,) if last else ()
    certain = tuple(i for i, truth in enumerate(truths) if truth)
    unknown = tuple(i for i, truth in enumerate(truths) if truth is None)
    if hit == "first":
        unknown = tuple(i for i in unknown if not certain or i < certain[0])
        certain = () if unknown else certain[:1]
    assert found.unknown == unknown
    assert found.rows == (certain or (() if unknown else otherwise))


@settings(max_examples=60, deadline=None)
@given(rows=rows, values=known)
def test_a_large_columns_sparse_index_finds_the_same(
    rows: list[list[str]], values: dict[str, Any]
) -> None:
    dense = table(rows).look_up(values)
    ready, table_index._READY_BITS = table_index._READY_BITS, 0
    stride, table_index._STRIDE = table_index._STRIDE, 3
    try:
        assert table(rows).look_up(values) == dense
    finally:
        table_index._READY_BITS, table_index._STRIDE = ready, stride


def test_the_trace_names_rows_and_values() -> None:
    one = table([["> 5", "", "", "rice", ""], ["", "", "", "", "yes"]])
    values = {"mu": Decimal("6.00"), "crop": "rice", "since": date(2020, 1, 1)}
    assert one.trace(one.look_up(values), values) == {
        "table": "land", "hit": "first", "rows": ["R0"], "unknown": [],
        "values": {"mu": "6.00", "years": None, "since": "2020-01-01", "crop": "rice",
                   "certificate": None},
    }  # fmt: skip
    hit = one.look_up({"crop": "rice"})
    assert (hit.rows, hit.unknown, hit.instead) == ((), (0, 1), ())


# ── ten thousand rows ────────────────────────────────────────────────────────
def large(count: int) -> dict[str, Any]:
    whens = [
        [f"[{i}..{i + 1})", f">= {i % 7}", "-", "rice, maize" if i % 2 else "not rice", "-"]
        for i in range(count)
    ]
    rows = [{"id": f"R{i}", "when": when, "then": ["100"]} for i, when in enumerate(whens)]
    return written([], rows=rows)


def test_ten_thousand_rows_compile_in_two_seconds_and_are_found_at_once() -> None:
    started = time.process_time()
    (one,) = read_tables([large(10_000)], about())
    assert time.process_time() - started < 2
    values = {"mu": Decimal("7777.50"), "years": 9, "crop": "maize"}
    started = time.process_time()
    for _ in range(100):
        assert one.look_up(values).rows == (7777,)
    assert (time.process_time() - started) / 100 < 0.002


def test_ten_thousand_rows_are_checked_in_bounded_time() -> None:
    text = large(9_999)
    text["rows"].append({"id": "late", "when": ["6", "9", "-", "tea", "-"], "then": ["1"]})
    (one,) = read_tables([text], about())
    started = time.process_time()
    found = check_table(one, words={})
    assert time.process_time() - started < 20
    assert {finding.code for finding in found} >= {"too_large"}
    (error,) = [finding for finding in found if finding.level == "error"]
    assert error.rows == ("late", "R6")


def test_one_row_too_many_is_refused() -> None:
    with pytest.raises(InvalidTable, match="at most 10000"):
        read_tables([large(10_001)], about())


# ── what cannot be used ──────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "Bad Code"}, "code"),
        ({"zh": ""}, "words"),
        ({"stage": "dream"}, "stage"),
        ({"hit": "last"}, "hit"),
        ({"group": "luck"}, "group"),
        ({"inputs": []}, "columns"),
        ({"inputs": ["mu", "mu"]}, "columns"),
        ({"inputs": [{}, "mu"]}, "columns"),
        ({"inputs": ["moon", *INPUTS[1:]]}, "unknown_input"),
        ({"inputs": ["limit_amount", *INPUTS[1:]]}, "unknown_input"),
        ({"outputs": ["spread_bp"]}, "unknown_output"),
        ({"outputs": "limit_cap"}, "columns"),
        ({"rows": {}}, "rows"),
        ({"rows": ["row"]}, "row_id"),
        ({"rows": [{"id": "", "when": [""] * 5, "then": ["1"]}]}, "row_id"),
        ({"rows": [{"id": "otherwise", "when": [""] * 5, "then": ["1"]}]}, "row_id_taken"),
        ({"rows": [{"id": "a", "when": [""] * 5, "then": ["1"]}] * 2}, "row_id_taken"),
        ({"rows": [{"id": "a", "when": [""] * 4, "then": ["1"]}]}, "row_length"),
        ({"rows": [{"id": "a", "when": [""] * 5, "then": []}]}, "row_length"),
        ({"rows": [{"id": "a", "when": [""] * 5, "then": ["1.5"]}]}, "not_a_percentage"),
        ({"rows": [{"id": "a", "when": [""] * 5, "then": [110]}]}, "not_text"),
        ({"otherwise": []}, "row_length"),
        ({"otherwise": ["lots"]}, "not_a_percentage"),
        ({"stage": "review", "outputs": ["reason"], "otherwise": [""]}, "no_reason"),
        ({"stage": "admission", "outputs": ["reason"]}, "no_outcome"),
        ({"stage": "admission", "outputs": ["outcome"], "otherwise": ["decline"]}, "no_reason"),
        ({"stage": "admission", "outputs": ["outcome"], "otherwise": [""]}, "empty_output"),
        ({"stage": "review", "outputs": ["reason"], "otherwise": ["NOPE"]}, "unknown_reason"),
        ({"stage": "authority", "outputs": ["role"], "otherwise": ["king"]}, "not_a_role"),
        ({"stage": "limit", "outputs": ["limit_cap"], "otherwise": ["-5"]}, "not_a_money"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(change: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidTable) as refused:
        read_tables([written([], **change)], about())
    assert code in [problem.code for problem in refused.value.problems]


def test_every_unreadable_cell_is_named_by_row_and_column() -> None:
    text = written([["ten", "", "", "", ""], ["", "", "", "", "perhaps"]])
    text["rows"][1]["then"] = ["many"]
    with pytest.raises(InvalidTable) as refused:
        read_tables([text], about())
    assert [(p.table, p.row, p.column, p.code) for p in refused.value.problems] == [
        ("land", "R0", "mu", "not_a_money"),
        ("land", "R1", "certificate", "not_a_flag"),
        ("land", "R1", "limit_percent", "not_a_percentage"),
    ]
    assert "row R0, mu" in str(refused.value)


def test_thirty_columns_are_enough_and_two_tables_have_two_codes() -> None:
    names = [name for name, kind in types().items() if kind in {"money", "count"}][:30]
    with pytest.raises(InvalidTable, match="30 columns"):
        read_tables([written([], inputs=names)], about(types=types()))
    with pytest.raises(InvalidTable, match="taken"):
        read_tables([written([]), written([])], about())


@pytest.mark.parametrize("name", ["age", "id_county", "household_county", "employer", "purpose", "odd"])
def test_a_price_follows_nothing_but_the_allowed_factors(name: str) -> None:
    kinds = {**types(), "odd": "money", "fair": "money"}
    factors = {"odd": frozenset({"bank_deposit", "age"}), "fair": frozenset({"bank_deposit"})}
    price = {"stage": "price", "outputs": ["spread_bp"], "rows": []}
    with pytest.raises(InvalidTable) as refused:
        read_tables([written([], inputs=[name], **price)], about(types=kinds, factors=factors))
    assert refused.value.problems[0].code == "price_factor"
    read_tables(
        [written([], inputs=["grade", "fair", "bank_past_loans"], **price)],
        about(types=kinds, factors=factors),
    )


# ── gaps, overlaps, rows never reached ───────────────────────────────────────
def findings(rows: list[list[str]], **changes: Any) -> list[tuple[str, tuple[str, ...]]]:
    changes = {"inputs": ["years", "crop"], **changes}
    return [(f.code, f.rows) for f in check_table(table(rows, **changes), words={})]


def test_a_row_behind_a_wider_one_is_never_reached() -> None:
    assert findings([[">= 3", "-"], [">= 5", "rice"]], otherwise=["1"]) == [
        ("unreachable", ("R1", "R0"))
    ]


def test_a_row_behind_several_that_cover_it_together_is_never_reached() -> None:
    rows = [["< 5", "-"], [">= 5", "-"], ["[3..9]", "tea"]]
    assert ("unreachable", ("R2",)) in findings(rows)


def test_a_gap_is_shown_by_an_example() -> None:
    rows = [["< 5", "-"], ["> 5", "-"], ["5", "rice"]]
    (gap,) = [f for f in check_table(table(rows, inputs=["years", "crop"]), words={}) if f.code == "gap"]
    assert gap.example == {"years": "5", "crop": "(another)"}
    assert ("gap", ()) not in findings(rows, otherwise=["100"])
    assert findings(rows, hit="collect") == []


def test_whole_numbers_and_cents_leave_no_gap_between() -> None:
    assert findings([["<= 4", "-"], [">= 5", "-"]]) == []
    assert findings([["<= 4.99", "-"], [">= 5", "-"]], inputs=["mu", "crop"]) == []
    assert findings([["yes", "-"], ["no", "-"]], inputs=["certificate", "crop"]) == []


def test_a_closed_vocabulary_is_covered_by_naming_it() -> None:
    one = read_tables(
        [written([["A"], ["B"]], inputs=["grade"])], about()
    )[0]
    assert check_table(one, words={"grade": ["A", "B"]}) == ()
    assert [f.code for f in check_table(one, words={})] == ["gap"]


def test_rows_that_cross_are_a_note() -> None:
    found = findings([["< 5", "-"], ["-", "rice"]], otherwise=["1"])
    assert found == [("overlap", ("R0", "R1"))]


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(cells["years"], cells["crop"]).map(list), max_size=6),
)
def test_the_checks_agree_with_trying_every_value(rows: list[list[str]]) -> None:
    one = table(rows, inputs=["years", "crop"])
    found = check_table(one, words={})
    firsts = set()
    for years in range(16):
        for crop in ("rice", "maize", "tea", "pigs", "wheat"):
            firsts |= set(one.look_up({"years": years, "crop": crop}).rows) or {None}
    blamed = {f.rows[0] for f in found if f.code == "unreachable"}
    assert blamed == {one.ids[i] for i in range(len(rows))} - {one.ids[i] for i in firsts if i is not None}
    assert any(f.code == "gap" for f in found) is (None in firsts)
