"""The parts of a strategy by name, each a few sheets; see ``sheets`` for what a sheet is.

``apply`` is the inverse of ``sheets_of``: a part taken back untouched leaves the definition as it was.
"""

import copy
from collections.abc import Mapping
from typing import Any

from risk.domain import strategy_sheets_limits as limits
from risk.domain import strategy_sheets_rules as rules
from risk.domain import strategy_sheets_tables as tables
from risk.domain.sheets import Part, Row, Sheet, check_rows, maps, text_of

PARTS: Mapping[str, Part] = {
    "rules": Part(rules.read_rules, rules.write_rules),
    "segments": Part(rules.read_segments, rules.write_segments),
    "score": Part(limits.read_score, limits.write_score),
    "limits": Part(limits.read_limits, limits.write_limits),
    "offers": Part(limits.read_offers, limits.write_offers),
    "tables": Part(tables.read_tables, tables.write_tables),
    "formulas": Part(tables.read_formulas, tables.write_formulas),
    "income": Part(rules.read_income, rules.write_income),
    "inputs": Part(rules.read_inputs, rules.write_inputs),
    "reasons": Part(rules.read_reasons, rules.write_reasons),
}
TABLE = "tables:"


def part_names(definition: Mapping[str, Any]) -> list[str]:
    """Every part of this definition, a table each for itself after the list of tables."""
    found = []
    for name in PARTS:
        found.append(name)
        if name == "tables":
            found += [TABLE + code for code in table_codes(definition)]
    return found


def table_codes(definition: Mapping[str, Any]) -> list[str]:
    codes = [text_of(row.get("code")) for row in maps(definition.get("tables"))]
    return list(dict.fromkeys(code for code in codes if code))


def part(name: str) -> Part:
    """Raises ``KeyError`` for a name that is none."""
    return tables.table_part(name.removeprefix(TABLE)) if name.startswith(TABLE) else PARTS[name]


def sheets_of(definition: Mapping[str, Any], name: str) -> list[Sheet]:
    return part(name).read(definition)


def apply(definition: Mapping[str, Any], name: str, given: Mapping[str, list[Row]]) -> dict[str, Any]:
    """The definition with rows of some of a part's sheets replaced; raises ``SheetRefused``."""
    changed = copy.deepcopy(dict(definition))
    rows = {}
    for one in sheets_of(definition, name):
        sent = given.get(one.key)
        if sent is None:
            rows[one.key] = [list(row) for row in one.rows]
            continue
        check_rows(sent)
        rows[one.key] = _fixed(one, sent) if one.is_fixed else sent
    if rows:
        part(name).write(changed, rows)
    return changed


def _fixed(one: Sheet, sent: list[Row]) -> list[Row]:
    """Rows of a fixed sheet keep their number and their names, whatever was sent."""
    kept = [i for i, column in enumerate(one.columns) if column.kind in {"fixed", "hidden"}]
    rows = []
    for index, row in enumerate(one.rows):
        cells = list(sent[index]) if index < len(sent) else list(row)
        for i in kept:
            cells[i] = row[i]
        rows.append(cells)
    return rows
