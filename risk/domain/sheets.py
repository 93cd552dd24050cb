"""A part of a strategy as a sheet of text: what the editor shows, compares and takes back.

Pure. Reading a sheet never fails and never loses what was typed: a cell that is no number stays the
text it is, a condition that cannot be read stays ``{"typed": …}``, and ``strategy_problems`` names both.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk.domain.condition_text import InvalidText, parse, write
from risk.domain.values import NotOfType, read_money

CELL_MAX = 4_000
ROWS_MAX = 10_000
COLUMNS_MAX = 40
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_MONEY_SIGNS = str.maketrans("", "", ",，¥￥ ")
Row = list[str]


class SheetRefused(ValueError):
    """What was sent is no sheet of this strategy: ``code`` too_many_rows | too_long | control | uneven."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: code | text | whole | money | condition | feature | value | fixed | hidden |
    cell | output | formula | months | choice_… — how a cell is typed and shown. ``name`` is unique
    in its sheet; ``label`` is what the definition itself calls the column, if it does.
    """

    name: str
    kind: str = "text"
    label: str = ""

    @property
    def identity(self) -> str:
        """What the column is the same column by in another version."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Sheet:
    """``is_fixed``: its rows are given by another part and neither added nor removed. ``ordered``:
    the order of the rows means something. The first visible column names a row.
    """

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    is_fixed: bool = False
    ordered: bool = True

    def column(self, name: str) -> int:
        return next(i for i, column in enumerate(self.columns) if column.name == name)


@dataclass(frozen=True, slots=True)
class Part:
    """``read`` makes the sheets of a definition; ``write`` gives the definition with rows by sheet key.

    ``write`` gets rows as wide as the sheet's columns and changes only what the part owns.
    """

    read: Callable[[Mapping[str, Any]], list[Sheet]]
    write: Callable[[dict[str, Any], Mapping[str, list[Row]]], None]


def sheet(
    key: str, columns: Iterable[str], rows: Iterable[Sequence[Any]], *, is_fixed: bool = False,
    ordered: bool = False,
) -> Sheet:
    """A sheet from ``name:kind:label`` columns and cells of any JSON kind."""
    named = tuple(Column(*text.split(":", 2)) for text in columns)
    shown = tuple(tuple(text_of(cell) for cell in row) for row in rows)
    return Sheet(key, named, shown, is_fixed, ordered)


# ── from JSON to cells ──
def text_of(value: Any) -> str:
    """A JSON value as a cell's text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    if value == []:
        return "[]"
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False)[:CELL_MAX]


def maps(value: Any) -> list[Mapping[str, Any]]:
    """The rows of a list of objects, whatever stands there."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def condition_text(row: Mapping[str, Any]) -> str:
    return write(row.get("when"))


# ── from cells to JSON ──
def whole(text: str) -> Any:
    """An int, or the text as typed if it is none."""
    return int(text) if _WHOLE.fullmatch(text) else text


def money(text: str) -> str:
    """Yuan with two decimals, or the text as typed if it is no amount."""
    try:
        return str(read_money(text.translate(_MONEY_SIGNS)))
    except NotOfType:
        return text


def condition(text: str, types: Mapping[str, str]) -> dict[str, Any]:
    """The condition's JSON, or ``{"typed": text}``."""
    try:
        return parse(text, types)
    except InvalidText:
        return {"typed": text}


def typed_value(text: str, kind: str) -> Any:
    """A value of a feature's type as JSON keeps it, or the text as typed."""
    if kind == "flag":
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind == "texts":
        return [] if text == "[]" else [part.strip() for part in text.split(",")]
    return whole(text) if kind == "count" else money(text) if kind == "money" else text


def filled(rows: Iterable[Row]) -> list[Row]:
    """Rows that say anything."""
    return [row for row in rows if any(row)]


def check_rows(rows: Sequence[Row]) -> None:
    """Raises ``SheetRefused`` for what no sheet can keep."""
    if len(rows) > ROWS_MAX:
        raise SheetRefused("too_many_rows")
    for row in rows:
        for cell in row:
            if len(cell) > CELL_MAX:
                raise SheetRefused("too_long")
            if not cell.isprintable():
                raise SheetRefused("control")
