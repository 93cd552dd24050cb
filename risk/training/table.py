"""Any CSV with a binary target as typed columns: numbers, words and gaps.

Gaps are empty cells and the usual words for nothing; a number that is not finite is a gap. A column
is numeric when nearly all its cells are; constants and identifiers carry nothing and are dropped by
name.
"""

import csv
import hashlib
import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

GAPS = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "#n/a", "missing"})
_BAD_WORDS = frozenset({"bad", "yes", "y", "true", "t", "default", "1", "2", "坏", "是"})
_NUMERIC_SHARE = 0.95
_BYTES_MAX = 500_000_000
_DISTINCT_WORDS_MAX = 1_000
_IDENTIFIER_SHARE = 0.9
_ROWS_MIN = 20


class UnusableTable(ValueError):
    """The file cannot be trained on; the message says what to change."""


@dataclass(frozen=True)
class Column:
    """``numbers`` with NaN for gaps, or ``words`` with ``None`` for gaps."""

    name: str
    numbers: NDArray[np.float64] | None
    words: NDArray[np.object_] | None

    @property
    def is_numeric(self) -> bool:
        return self.numbers is not None

    def rows(self, index: NDArray[np.intp]) -> "Column":
        numbers = None if self.numbers is None else self.numbers[index]
        return Column(self.name, numbers, None if self.words is None else self.words[index])


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


def read_table(path: Path, target: str) -> Table:
    """Read and type ``path``. Raises ``UnusableTable``."""
    header, rows, skipped, digest = _cells(path)
    if header.count(target) != 1:
        raise UnusableTable(
            f"there is no single column {target!r}; columns: {', '.join(header)[:300]}"
        )
    position = header.index(target)
    known = [row for row in rows if row[position].lower() not in GAPS]
    if len(known) < _ROWS_MIN:
        raise UnusableTable(f"{len(known)} usable rows are too few (at least {_ROWS_MIN})")
    bad_value, good_value = _target_values([row[position] for row in known])
    bad = np.array([row[position] == bad_value for row in known], dtype=np.int64)
    columns, dropped = [], {}
    for at, name in enumerate(header):
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
        bad,
        bad_value,
        good_value,
        dropped,
        skipped + len(rows) - len(known),
        digest,
    )


def _cells(path: Path) -> tuple[list[str], list[list[str]], int, str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnusableTable(f"{path}: {error.strerror}") from None
    if len(content) > _BYTES_MAX:
        raise UnusableTable(f"the file is larger than {_BYTES_MAX} bytes")
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise UnusableTable(f"not a CSV: {error}") from None
    lines = [[cell.strip() for cell in line] for line in lines if any(line)]
    if len(lines) < 2:
        raise UnusableTable("the file has no rows")
    header = lines[0]
    if len(set(header)) != len(header):
        raise UnusableTable("two columns have the same name")
    rows = [line for line in lines[1:] if len(line) == len(header)]
    return header, rows, len(lines) - 1 - len(rows), hashlib.sha256(content).hexdigest()


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableTable("the file is neither UTF-8 nor GB 18030")


def _target_values(cells: Sequence[str]) -> tuple[str, str]:
    """(event, other): the word or number that usually means bad, else the rarer value."""
    counts = Counter(cells)
    if len(counts) != 2:
        raise UnusableTable(f"the target has {len(counts)} different values, not 2")
    first, second = sorted(counts, key=lambda value: (_number(value) or 0.0, value))
    if _number(first) is not None and _number(second) is not None:
        return second, first
    meaning_bad = [value for value in (first, second) if value.lower() in _BAD_WORDS]
    if len(meaning_bad) == 1:
        bad = meaning_bad[0]
    else:
        bad = min(counts, key=lambda value: (counts[value], value))
    return bad, second if bad == first else first


def _column(name: str, cells: Sequence[str]) -> tuple[Column | None, str]:
    present = [cell for cell in cells if cell.lower() not in GAPS]
    distinct = set(present)
    if not present:
        return None, "empty"
    numbers = [_number(cell) for cell in cells]
    readable = sum(number is not None for number in numbers)
    if readable >= _NUMERIC_SHARE * len(present):
        values = np.array([math.nan if n is None else n for n in numbers])
        if len(np.unique(values[~np.isnan(values)])) == 1 and readable == len(cells):
            return None, "constant"
        return Column(name, values, None), ""
    if len(distinct) == 1 and len(present) == len(cells):
        return None, "constant"
    if len(distinct) > min(_DISTINCT_WORDS_MAX, _IDENTIFIER_SHARE * len(present)):
        return None, "identifier: nearly every value is different"
    words = np.array([None if cell.lower() in GAPS else cell for cell in cells], dtype=object)
    return Column(name, None, words), ""


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
