"""Decision tables and formulas in the editor: what the engine refuses, and what it finds questionable.

Pure. The engine's own readers judge, one table at a time so that a mistake in one hides none in another;
here their findings get a cell of a sheet. Findings are kept by what a table says: an untouched table
is checked once.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from risk.domain.features import types
from risk.domain.formulas import Formula, InvalidFormula, read_formulas
from risk.domain.sheets import maps, text_of
from risk.domain.strategy_sheets_limits import grade_names
from risk.domain.strategy_sheets_rules import segment_codes
from risk.domain.table_checks import Finding, check_table
from risk.domain.table_reading import InvalidTable, Problem, Vocabulary, read_tables
from risk.domain.tables import OTHERWISE_ID

#: (part, sheet, row, column, severity, code, detail)
Placed = tuple[str, str, int, str, str, str, Mapping[str, Any]]
_FORMULAS_TRIED = 30
#: Formulas come before these are known.
_LATER = frozenset({"segment", "in_product_segment"})
_HEAD = {
    "code": "code", "code_taken": "code", "words": "zh", "stage": "stage", "hit": "hit", "group": "group",
}
_FORMULA = {"name": "name", "taken": "name", "type": "type", "words": "zh"}
_OF_COLUMNS = frozenset(
    {"columns", "unknown_input", "type", "price_factor", "unknown_output", "no_outcome"}
)


def formula_findings(definition: Mapping[str, Any]) -> Iterator[Placed]:
    """What is wrong with each formula: one finding a formula."""
    rows = maps(definition.get("formulas"))
    for error in _formulas(definition)[1]:
        row = next((i for i, one in enumerate(rows) if _is_named(one, error.formula)), -1)
        column = _FORMULA.get(error.code, "expression")
        detail = {"word": error.formula[:60], "text": error.text[:200]}
        yield "formulas", "formulas", row, column, "error", f"formula_{error.code}", detail


def _formulas(definition: Mapping[str, Any]) -> tuple[tuple[Formula, ...], list[InvalidFormula]]:
    """The formulas that can be read, and why the others cannot."""
    readable = {name: kind for name, kind in types().items() if name not in _LATER}
    rows = maps(definition.get("formulas"))
    errors: list[InvalidFormula] = []
    for _ in range(_FORMULAS_TRIED):
        try:
            return read_formulas(rows, readable), errors
        except InvalidFormula as error:
            errors.append(error)
            kept = [row for row in rows if not _is_named(row, error.formula)]
            if len(kept) == len(rows):
                break
            rows = kept
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            errors.append(InvalidFormula("", "shape", str(error)))
            break
    return (), errors


def _is_named(row: Mapping[str, Any], name: str) -> bool:
    """By the name, or by how an unusable name is quoted."""
    return row.get("name") == name or f"{row.get('name')!r:.60}" == name


def table_findings(definition: Mapping[str, Any]) -> Iterator[Placed]:
    """Problems and findings of every table, in their order."""
    about = _vocabulary(definition)
    for number, row in enumerate(maps(definition.get("tables"))):
        part = f"tables:{text_of(row.get('code'))}"
        try:
            read_tables([row], about)
        except InvalidTable as error:
            yield from (_placed(problem, row, part, number) for problem in error.problems)
            continue
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            yield part, "rows", -1, "", "error", "table_shape", {"text": str(error)[:200]}
            continue
        signed = ["score", *sorted(about.factors)]
        factors = {name: sorted(found) for name, found in about.factors.items()}
        asked = json.dumps([row, about.types, about.words, about.reasons, factors, signed], default=str)
        for finding in _checked(asked):
            yield _found(finding, row, part)


@lru_cache(maxsize=64)
def _checked(asked: str) -> tuple[Finding, ...]:
    row, kinds, words, reasons, factors, signed = json.loads(asked)
    about = Vocabulary(kinds, words, reasons, {name: frozenset(found) for name, found in factors.items()})
    (table,) = read_tables([row], about)
    return check_table(table, words=words, signed=signed)


def _vocabulary(definition: Mapping[str, Any]) -> Vocabulary:
    formulas, _ = _formulas(definition)
    reasons = definition.get("reasons")
    return Vocabulary(
        types=types({formula.name: formula.type for formula in formulas}),
        words={"grade": grade_names(definition), "segment": segment_codes(definition)},
        reasons=list(reasons) if isinstance(reasons, Mapping) else [],
        factors={formula.name: formula.factors for formula in formulas},
    )


def _placed(problem: Problem, table: Mapping[str, Any], part: str, number: int) -> Placed:
    detail: dict[str, Any] = {"word": problem.column[:60], "text": problem.text[:200]}
    code = f"table_{problem.code}"
    if problem.code in _HEAD and not problem.row:
        return "tables", "tables", number, _HEAD[problem.code], "error", code, detail
    names = [*_names(table, "inputs"), *_names(table, "outputs")]
    if problem.code in _OF_COLUMNS and not problem.row:
        row = names.index(problem.column) if problem.column in names else -1
        return part, "columns", row, "feature", "error", code, detail
    column = _column(table, problem.column)
    if problem.row == OTHERWISE_ID:
        return part, "otherwise", 0, column, "error", code, detail
    rows = maps(table.get("rows"))
    at = next((i for i, row in enumerate(rows) if row.get("id") == problem.row), -1)
    detail["word"] = _cell(rows[at], column)[:60] if at >= 0 and column else problem.row
    return part, "rows", at, column or "id", "error", code, detail


def _found(finding: Finding, table: Mapping[str, Any], part: str) -> Placed:
    rows = maps(table.get("rows"))
    first = finding.rows[0] if finding.rows else None
    at = next((i for i, row in enumerate(rows) if first and row.get("id") == first), -1)
    example = ", ".join(f"{name} = {value}" for name, value in finding.example.items())
    detail = {"word": ", ".join(finding.rows), "example": example[:200], "text": finding.text[:200]}
    return part, "rows", at, "id", finding.level, f"rows_{finding.code}", detail


def _names(table: Mapping[str, Any], side: str) -> list[str]:
    found = table.get(side)
    return [text_of(name) for name in found] if isinstance(found, list) else []


def _column(table: Mapping[str, Any], name: str) -> str:
    """The sheet's name of an input or output."""
    for side, prefix in (("inputs", "in"), ("outputs", "out")):
        names = _names(table, side)
        if name in names:
            return f"{prefix}_{names.index(name)}"
    return ""


def _cell(row: Mapping[str, Any], column: str) -> str:
    side, _, number = column.partition("_")
    cells = row.get("when" if side == "in" else "then")
    return text_of(cells[int(number)]) if isinstance(cells, list) and int(number) < len(cells) else ""
