"""What is questionable in a table that can be read: rows never reached, rows that overlap, gaps.

Each column's values fall into classes that no cell tells apart; a walk over the classes, column by
column, meets every combination that can differ. What was met before is not walked again, and the walk
ends after ``STEPS_MAX``: then unreachable rows are still looked for one by one, and the finding
``too_large`` says that the whole was not checked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from risk.domain.strategy import CompiledStrategy
from risk.domain.table_classes import classes_of, contains, overlap, samples_of, values_of
from risk.domain.table_reading import Vocabulary, words_of
from risk.domain.tables import Table

ERROR, WARNING, NOTE = "error", "warning", "note"
#: Whole for every product of classes up to 200,000 combinations, often for far more.
STEPS_MAX, PAIRS_MAX = 500_000, 200_000
EXAMPLES_MAX = 5
_LISTED_MAX, _OVERLAPS_MAX, _CANDIDATES_MAX = 100, 20, 200
_MASK_BITS = 200_000_000  # 25 MB of masks


@dataclass(frozen=True, slots=True)
class Finding:
    """``code``: unreachable (error) | gap (warning) | overlap | too_large (notes). ``rows`` are ids;
    ``example`` maps inputs to a value, as a cell would write it."""

    table: str
    code: str
    level: str
    text: str
    rows: tuple[str, ...] = ()
    example: Mapping[str, str] = field(default_factory=dict)


def check_strategy(strategy: CompiledStrategy) -> tuple[Finding, ...]:
    """The findings of all tables, in the order of stages."""
    signed = {"score", *(formula.name for formula in strategy.formulas)}
    words = {
        "grade": [grade for _, grade in strategy.grades],
        "segment": [segment.code for segment in strategy.segments],
    }
    return tuple(
        finding
        for tables in strategy.tables.values()
        for table in tables
        for finding in check_table(table, words=words, signed=signed)
    )


def check_table(
    table: Table, *, words: Mapping[str, Collection[str]], signed: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Findings, errors first. ``words`` closes text inputs; ``signed`` inputs may be below zero."""
    if not table.is_first:  # rows of a "collect" table may overlap, and silence is an answer
        return ()
    about = Vocabulary({}, words, (), {})
    values = {
        column.name: values_of(column, column.name in signed, words_of(about, column.name))
        for column in table.columns
    }
    walk = _Walk(table, values)
    overlaps, all_compared = _overlaps(table)
    found = [*_unreachable(table, walk), *_gaps(table, walk), *overlaps]
    if not walk.is_whole:
        text = "too large to check whole: gaps and unreachable rows may be left"
        found.append(Finding(table.code, "too_large", NOTE, text))
    if not all_compared:
        text = "too large to compare all rows: only some overlaps are listed"
        found.append(Finding(table.code, "too_large", NOTE, text))
    return tuple(found)


class _Walk:
    """Depth first over the classes of each column, those with few first."""

    def __init__(self, table: Table, values: Mapping[str, Sequence[Any]]) -> None:
        self.otherwise = table.otherwise
        self.reached = 0  # rows that are the first somewhere
        self.gaps: list[dict[str, str]] = []
        self.steps, self.is_whole = 0, True
        self.seen: set[tuple[int, int]] = set()
        count = len(table.ids)
        self.seen_max = _MASK_BITS // (count + 64)
        if sum(map(len, values.values())) * count > _MASK_BITS:
            self.is_whole = False
            return
        columns = [(column.name, classes_of(column, values[column.name])) for column in table.columns]
        self.columns = sorted(columns, key=lambda pair: len(pair[1]))
        self.chosen: list[str] = [""] * len(columns)
        self._step(0, (1 << count) - 1)

    def _step(self, at: int, rows: int) -> None:
        if not rows:
            if len(self.gaps) < EXAMPLES_MAX:
                names = [name for name, _ in self.columns[:at]]
                self.gaps.append(dict(zip(names, self.chosen, strict=False)))
            return
        if at == len(self.columns):
            self.reached |= rows & -rows
            return
        if (at, rows) in self.seen:
            return
        if len(self.seen) < self.seen_max:
            self.seen.add((at, rows))
        for one in self.columns[at][1]:
            self.steps += 1
            if self.steps > STEPS_MAX:
                self.is_whole = False
                return
            self.chosen[at] = one.example
            self._step(at + 1, rows & one.rows)


def _gaps(table: Table, walk: _Walk) -> list[Finding]:
    if table.otherwise is not None:
        return []
    text = "no row covers this, and there is no “otherwise”"
    return [Finding(table.code, "gap", WARNING, text, (), example) for example in walk.gaps]


def _unreachable(table: Table, walk: _Walk) -> list[Finding]:
    """Rows that an earlier row always precedes. A walk cut short proves less: then a row is blamed
    only if one earlier row holds wherever it does."""
    found: list[Finding] = []
    missing = ((1 << len(table.ids)) - 1) & ~walk.reached
    points = [samples_of(column) for column in table.columns] if missing else []
    while missing and len(found) < _LISTED_MAX:
        row = (missing & -missing).bit_length() - 1
        missing &= missing - 1
        before = _shadowing(table, row, [column[row] for column in points])
        if walk.is_whole or before is not None:
            rows = (table.ids[row],) if before is None else (table.ids[row], table.ids[before])
            by = "earlier rows" if before is None else f"row {table.ids[before]}"
            text = f"row {table.ids[row]} is never reached: {by} always come first"
            found.append(Finding(table.code, "unreachable", ERROR, text, rows))
    return found


def _shadowing(table: Table, row: int, point: Sequence[Any]) -> int | None:
    """The first earlier row that holds wherever ``row`` does, which holds at ``point``: only rows that
    hold there too can."""
    candidates = (1 << row) - 1
    for column, value in zip(table.columns, point, strict=True):
        candidates &= column.lookup(value)
    for _ in range(_CANDIDATES_MAX):
        if not candidates:
            break
        earlier = (candidates & -candidates).bit_length() - 1
        if all(contains(column.cells[earlier], column.cells[row]) for column in table.columns):
            return earlier
        candidates &= candidates - 1
    return None


def _overlaps(table: Table) -> tuple[list[Finding], bool]:
    """Pairs that hold together while neither holds the other (allowed, worth a look), and whether all
    pairs were compared."""
    found: list[Finding] = []
    pairs = combinations(range(len(table.ids)), 2)
    for number, (earlier, later) in enumerate(pairs):
        if number >= PAIRS_MAX or len(found) >= _OVERLAPS_MAX:
            return found, False
        cells = [(column.cells[earlier], column.cells[later]) for column in table.columns]
        if not all(overlap(first, second) for first, second in cells):
            continue
        if all(contains(*pair) for pair in cells) or all(contains(b, a) for a, b in cells):
            continue
        ids = (table.ids[earlier], table.ids[later])
        text = f"rows {ids[0]} and {ids[1]} overlap: where both hold, {ids[0]} decides"
        found.append(Finding(table.code, "overlap", NOTE, text, ids))
    return found, True
