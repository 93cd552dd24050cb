"""Decision tables: rows of cells compiled to bit masks, so that a lookup is an AND of whole numbers.

A table is ``{"code", "zh", "en", "group", "stage", "hit": first|collect, "inputs", "outputs",
"rows": [{"id", "when": [cell…], "then": [text…], "note"}], "otherwise": [text…]}``. Per input column an
index answers "which rows hold for this value" as an int with one bit a row; the rows that hold in
every column are their AND, and the first is its lowest bit. Ten thousand rows cost microseconds.

Three-valued: an unknown input leaves every row whose cell is not "any" unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk.domain.cells import Cell
from risk.domain.table_index import Lookup, column_index
from risk.domain.values import written

#: Row number of the table's ``otherwise``, and how a trace names it.
OTHERWISE, OTHERWISE_ID = -1, "otherwise"
_UNKNOWN_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """Row numbers: ``rows`` hold, ``unknown`` might; ``instead`` is what holds if no unknown one does.

    With hit "first" an unknown row stands before the first certain one, so ``rows`` is empty then.
    """

    rows: tuple[int, ...]
    unknown: tuple[int, ...] = ()
    instead: tuple[int, ...] = ()

    @property
    def thinkable(self) -> tuple[int, ...]:
        """Every row that may turn out to hold."""
        return (*self.rows, *self.unknown, *self.instead)


@dataclass(frozen=True, slots=True)
class Column:
    """``any_rows`` are the rows whose cell is "any"; ``lookup`` the rows a value holds in."""

    name: str
    cells: tuple[Cell, ...]
    any_rows: int
    lookup: Lookup


@dataclass(frozen=True, slots=True)
class Table:
    """Compiled; ``then`` holds typed outputs in the order of ``outputs`` (``None`` = left empty)."""

    code: str
    zh: str
    en: str
    group: str
    stage: str
    is_first: bool
    columns: tuple[Column, ...]
    outputs: tuple[str, ...]
    ids: tuple[str, ...]
    then: tuple[tuple[Any, ...], ...]
    otherwise: tuple[Any, ...] | None

    def look_up(self, known: Mapping[str, Any]) -> Hit:
        """The rows for these values; a name absent or ``None`` is unknown."""
        possible = certain = (1 << len(self.ids)) - 1
        for column in self.columns:
            value = known.get(column.name)
            if value is None:
                certain &= column.any_rows
            else:
                possible &= column.lookup(value)
        if not possible:
            return Hit(self._else)
        certain &= possible
        if not self.is_first:
            return Hit(_bits(certain), _bits(possible ^ certain), () if certain else self._else)
        first = certain & -certain
        if not first:
            return Hit((), _bits(possible), self._else)
        row, before = first.bit_length() - 1, possible & (first - 1)
        return Hit((), _bits(before), (row,)) if before else Hit((row,))

    @property
    def _else(self) -> tuple[int, ...]:
        return () if self.otherwise is None else (OTHERWISE,)

    def row_id(self, row: int) -> str:
        return OTHERWISE_ID if row == OTHERWISE else self.ids[row]

    def output(self, row: int, name: str) -> Any:
        """The typed output ``name`` of a row; ``None`` where it is empty or the table has no such."""
        values = self.otherwise if row == OTHERWISE else self.then[row]
        if values is None or name not in self.outputs:
            return None
        return values[self.outputs.index(name)]

    def trace(self, hit: Hit, known: Mapping[str, Any]) -> dict[str, Any]:
        """What decided, JSON-safe: row ids and the values compared."""
        return {
            "table": self.code,
            "hit": "first" if self.is_first else "collect",
            "rows": [self.row_id(row) for row in hit.rows],
            "unknown": [self.ids[row] for row in hit.unknown[:_UNKNOWN_SHOWN]],
            "values": {
                column.name: written(known.get(column.name)) for column in self.columns
            },
        }


def columns_of(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> tuple[Column, ...]:
    """The index of each column; ``rows`` hold one cell a name."""
    columns = []
    for at, name in enumerate(names):
        cells = tuple(row[at] for row in rows)
        any_rows, lookup = column_index(cells)
        columns.append(Column(name, cells, any_rows, lookup))
    return tuple(columns)


def _bits(mask: int) -> tuple[int, ...]:
    """Numbers of the set bits, rising."""
    if not mask:
        return ()
    text = bin(mask)[:1:-1]
    found, at = [], text.find("1")
    while at >= 0:
        found.append(at)
        at = text.find("1", at + 1)
    return tuple(found)
