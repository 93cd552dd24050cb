"""Any CSV with a binary target as typed columns: numbers, words and gaps.

A column is numeric when nearly all its cells are; what is left of it are gaps. Constants,
identifiers, calendar days and protected attributes are left out, each with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from risk.training.csv_cells import UnusableTable, read_cells
from risk.training.numbers import is_day, is_gap, read_numbers
from risk.training.protected import protected_name, protected_values
from risk.training.target import find_event, meaning

__all__ = ["Column", "Table", "UnusableTable", "read_table", "words_column"]

_NUMERIC_SHARE = 0.95
_DISTINCT_WORDS_MAX = 1_000
_IDENTIFIER_SHARE = 0.9
_IDENTIFIER_ROWS = 40
_LONG_NUMBER = 1e10
_ROWS_MIN = 20


@dataclass(frozen=True)
class Column:
    """``numbers`` with NaN for gaps, or ``codes`` into ``vocabulary`` with -1 for gaps."""

    name: str
    numbers: NDArray[np.float64] | None
    codes: NDArray[np.int32] | None = None
    vocabulary: tuple[str, ...] = ()

    @property
    def is_numeric(self) -> bool:
        return self.numbers is not None

    def __len__(self) -> int:
        return len(self.numbers if self.numbers is not None else self.codes)  # type: ignore[arg-type]

    def rows(self, index: NDArray[np.intp]) -> "Column":
        numbers = None if self.numbers is None else self.numbers[index]
        codes = None if self.codes is None else self.codes[index]
        return Column(self.name, numbers, codes, self.vocabulary)

    def word(self, row: int) -> str | None:
        assert self.codes is not None
        return self.vocabulary[self.codes[row]] if self.codes[row] >= 0 else None


@dataclass(frozen=True)
class Table:
    """``bad`` is 1 for the event; ``dropped`` tells why columns are left out."""

    columns: tuple[Column, ...]
    bad: NDArray[np.int64]
    bad_value: str
    good_value: str
    dropped: dict[str, str]
    skipped_rows: int
    sha256: str


def read_table(path: Path, target: str, bad: str = "") -> Table:
    """Read and type ``path``; ``bad`` names the target's value that counts as the event, else it
    is found. Raises ``UnusableTable``.
    """
    cells = read_cells(path)
    if target not in cells.header:
        names = ", ".join(cells.header)[:300]
        raise UnusableTable(f"there is no single column {target!r:.60}; columns: {names}")
    position = cells.header.index(target)
    known = [row for row in cells.rows if not is_gap(row[position])]
    if len(known) < _ROWS_MIN:
        raise UnusableTable(f"{len(known)} usable rows are too few (at least {_ROWS_MIN})")
    meanings = [meaning(row[position]) for row in known]
    event, other = find_event(meanings, bad)
    columns, dropped = [], {}
    for at, name in enumerate(cells.header):
        if at == position:
            continue
        column, reason = _column(name, [row[at] for row in known])
        if column is None:
            dropped[name] = reason
        else:
            columns.append(column)
    if not columns:
        raise UnusableTable("no column carries information")
    return Table(
        tuple(columns),
        np.array([value == event for value in meanings], dtype=np.int64),
        event,
        other,
        dropped,
        cells.skipped + len(cells.rows) - len(known),
        cells.sha256,
    )


def words_column(name: str, words: Sequence[str | None]) -> Column:
    """A column of words; ``None`` is a gap."""
    vocabulary = tuple(sorted({word for word in words if word is not None}))
    place: dict[str | None, int] = {word: i for i, word in enumerate(vocabulary)}
    codes = np.array([place.get(word, -1) for word in words], dtype=np.int32)
    return Column(name, None, codes, vocabulary)


def _column(name: str, cells: Sequence[str]) -> tuple[Column | None, str]:
    kind = protected_name(name)
    if kind:
        return None, f"protected attribute ({kind}): never used"
    gaps = {cell for cell in set(cells) if is_gap(cell)}
    present = [cell for cell in cells if cell not in gaps]
    distinct = set(present)
    if not present:
        return None, "empty"
    if all(map(is_day, distinct)):
        return None, "a calendar day: give an age or a length of time instead"
    numbers = read_numbers(distinct)
    readable = sum(numbers[cell] is not None for cell in present)
    if readable >= _NUMERIC_SHARE * len(present):
        return _numeric(name, [numbers.get(cell) for cell in cells])
    if len(distinct) == 1 and not gaps:
        return None, "constant"
    if protected_values(distinct):
        return None, "protected attribute (by its values): never used"
    if len(distinct) > min(_DISTINCT_WORDS_MAX, _IDENTIFIER_SHARE * len(present)):
        return None, "identifier: nearly every value is different"
    return words_column(name, [None if cell in gaps else cell for cell in cells]), ""


def _numeric(name: str, numbers: Sequence[float | None]) -> tuple[Column | None, str]:
    values = np.array([np.nan if n is None else n for n in numbers], dtype=np.float64)
    distinct = np.unique(values[~np.isnan(values)])
    if len(distinct) == 1 and not np.isnan(values).any():
        return None, "constant"
    every_one = len(distinct) == len(values) >= _IDENTIFIER_ROWS
    if every_one and np.all(distinct == np.floor(distinct)):
        if distinct[-1] - distinct[0] == len(distinct) - 1:
            return None, "identifier: a running number"
        if distinct[0] >= _LONG_NUMBER:
            return None, "identifier: a long number of its own for every row"
    return Column(name, values), ""
