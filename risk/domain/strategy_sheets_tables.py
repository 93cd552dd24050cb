"""Sheets of decision tables, formulas and expected loss: optional parts, absent while empty.

A table is a part of its own (``tables:CODE``). Its columns are rows of the sheet ``columns``; the
hidden cell ``was`` says which column of the grid a row stood for, so that columns may be moved.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from risk.domain.sheets import (
    COLUMNS_MAX,
    Part,
    Row,
    Sheet,
    SheetRefused,
    filled,
    mapping,
    maps,
    sheet,
    text_of,
)
from risk.domain.strategy_sheets_limits import grade_names

_ABOUT = ("code:code", "zh", "en", "group:choice_table_group", "stage:choice_stage", "hit:choice_hit")
_ABOUT_NAMES = tuple(column.split(":")[0] for column in _ABOUT)


def names(value: Any) -> list[str]:
    return [text_of(item) for item in value] if isinstance(value, list) else []


# ── the list of tables ──
def read_tables(definition: Mapping[str, Any]) -> list[Sheet]:
    rows = [[row.get(name) for name in _ABOUT_NAMES] + [text_of(row.get("code"))]
            for row in maps(definition.get("tables"))]
    return [sheet("tables", (*_ABOUT, "was:hidden"), rows, ordered=True)]


def write_tables(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    before = {text_of(row.get("code")): row for row in maps(definition.get("tables"))}
    found = []
    for *about, was in sheets["tables"]:
        if any(about):
            said = dict(zip(_ABOUT_NAMES, about, strict=True))
            empty: dict[str, Any] = {"inputs": [], "outputs": [], "rows": []}
            found.append({**empty, **before.get(was, {}), **said})
    _optional(definition, "tables", found)


def _optional(definition: dict[str, Any], key: str, value: Any) -> None:
    """A part nobody uses stays away: a strategy without it keeps its bytes."""
    if value:
        definition[key] = value
    else:
        definition.pop(key, None)


# ── one table ──
def table_part(code: str) -> Part:
    """The part of the table ``code``; both ways do nothing when there is no such table."""

    def read(definition: Mapping[str, Any]) -> list[Sheet]:
        table = _table(definition, code)
        return [] if table is None else _sheets(table)

    def write(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
        if _table(definition, code) is None:
            return
        definition["tables"] = [
            _written(row, sheets) if text_of(row.get("code")) == code else row
            for row in maps(definition.get("tables"))
        ]

    return Part(read, write)


def _table(definition: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    rows = maps(definition.get("tables"))
    return next((row for row in rows if text_of(row.get("code")) == code), None)


def _sheets(table: Mapping[str, Any]) -> list[Sheet]:
    inputs, outputs = names(table.get("inputs")), names(table.get("outputs"))
    columns = [["in", name, f"in_{i}"] for i, name in enumerate(inputs)]
    columns += [["out", name, f"out_{i}"] for i, name in enumerate(outputs)]
    wide = (
        [f"in_{i}:cell:{name}" for i, name in enumerate(inputs)],
        [f"out_{i}:output:{name}" for i, name in enumerate(outputs)],
    )
    rows = []
    for row in maps(table.get("rows")):
        cells = _padded(names(row.get("when")), len(inputs)) + _padded(names(row.get("then")), len(outputs))
        rows.append([row.get("id"), *cells, row.get("note")])
    otherwise = _padded(names(table.get("otherwise")), len(outputs))
    return [
        sheet("rows", ("id:code", *wide[0], *wide[1], "note"), rows, ordered=True),
        sheet("otherwise", wide[1], [otherwise] if outputs else [], is_fixed=True),
        sheet("columns", ("side:choice_side", "feature:input", "was:hidden"), columns, ordered=True),
    ]


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _written(table: Mapping[str, Any], sheets: Mapping[str, list[Row]]) -> dict[str, Any]:
    columns = [row for row in sheets["columns"] if row[1] or row[2]]
    if len(columns) > COLUMNS_MAX:
        raise SheetRefused("too_many_columns")
    was_in, was_out = len(names(table.get("inputs"))), len(names(table.get("outputs")))
    grid = [f"in_{i}" for i in range(was_in)] + [f"out_{i}" for i in range(was_out)]
    inputs = [row for row in columns if row[0] != "out"]
    outputs = [row for row in columns if row[0] == "out"]

    def moved(cells: Mapping[str, str], side: Sequence[Row]) -> list[str]:
        return [cells.get(was, "") for _, _, was in side]

    rows: list[dict[str, Any]] = []
    taken = {row[0] for row in sheets["rows"]}
    for given, *cells, note in filled(sheets["rows"]):
        by_column = dict(zip(grid, cells, strict=True))
        row_id = given or _free_id(taken)
        rows.append({"id": row_id, "when": moved(by_column, inputs), "then": moved(by_column, outputs),
                     "note": note})
    last = dict(zip(grid[was_in:], sheets["otherwise"][0] if sheets["otherwise"] else [], strict=False))
    kept = {text_of(row.get("id")): row for row in maps(table.get("rows"))}
    written = {
        **table,
        "inputs": [name for _, name, _ in inputs],
        "outputs": [name for _, name, _ in outputs],
        "rows": [_as_it_stands(kept.get(str(row["id"])), row) for row in rows],
    }
    if any(last.values()):
        return {**written, "otherwise": moved(last, outputs)}
    return {key: value for key, value in written.items() if key != "otherwise"}


def _as_it_stands(before: Mapping[str, Any] | None, row: dict[str, Any]) -> Mapping[str, Any]:
    """The row as it was kept if it says the same (a missing note is an empty one)."""
    if before is None or {"note": "", **before} != row:
        return row
    return before


def _free_id(taken: set[str]) -> str:
    number = len(taken) + 1
    while f"R{number}" in taken:
        number += 1
    taken.add(f"R{number}")
    return f"R{number}"


# ── formulas and loss ──
_LGD = "lgd_percent"
_FORMULA = ("name", "type", "expression", "zh", "en")


def read_formulas(definition: Mapping[str, Any]) -> list[Sheet]:
    rows = [[row.get(name) for name in _FORMULA] for row in maps(definition.get("formulas"))]
    loss = mapping(definition.get("loss"))
    by_grade = mapping(loss.get("pd_percent_by_grade"))
    grades = [[grade, by_grade.get(grade)] for grade in grade_names(definition)]
    columns = ("name:code", "type:choice_type", "expression:formula", "zh", "en")
    return [
        sheet("formulas", columns, rows, ordered=True),
        sheet("pd", ("grade:fixed", "pd_percent:value"), grades, is_fixed=True),
        sheet("lgd", ("name:fixed", "value:value"), [[_LGD, loss.get(_LGD)]], is_fixed=True),
    ]


def write_formulas(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    before = {text_of(row.get("name")): row for row in maps(definition.get("formulas"))}
    found = [
        {**before.get(cells[0], {}), **dict(zip(_FORMULA, cells, strict=True))}
        for cells in filled(sheets["formulas"])
    ]
    _optional(definition, "formulas", found)
    shares = {grade: text for grade, text in sheets["pd"] if text}
    lgd = next((text for _, text in sheets["lgd"]), "")
    loss = {**mapping(definition.get("loss")), "pd_percent_by_grade": shares, _LGD: lgd}
    _optional(definition, "loss", loss if shares or lgd else None)
