"""Decision tables on columns: per column a search gives each person's rows as bits, then one AND.

Rows are bits in words of 64. What may hold (``possible``) and what certainly holds (``certain``) are kept
apart, as ``Table.look_up`` does for one person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.domain.cells import Cell, Spans, Words
from risk.domain.columns.conditions import Known, NotInColumns
from risk.domain.columns.features import encode
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.tables import OTHERWISE, Table

Bits = NDArray[np.uint64]
_WORD = 64
#: A table's masks at all its edges, in words: what is larger is looked up one by one.
_WORDS_MAX = 40_000_000


@dataclass(frozen=True, slots=True)
class _Index:
    """Values from ``edges[i]`` on hold in ``masks[i + 1]``; with ``is_word`` only that very value, and
    ``masks[0]`` any other."""

    name: str
    edges: Column
    masks: Bits
    any_rows: Bits
    is_word: bool

    def look_up(self, column: Column) -> Bits:
        at = np.searchsorted(self.edges, column, side="right")
        if self.is_word:
            held = self.edges[np.maximum(at - 1, 0)] if len(self.edges) else column
            at = np.where((at > 0) & (held == column), at, 0)
        found: Bits = self.masks[at]
        return found


@dataclass(frozen=True)
class Hits:
    """People × rows: who certainly is in which row (``otherwise``: in none), and who cannot be told."""

    table: Table
    certain: Bits
    otherwise: Mask
    unknown: Mask

    def rows(self) -> Iterator[tuple[int, Mask]]:
        """Every row somebody is in, with who."""
        for word in range(self.certain.shape[1]):
            bits = self.certain[:, word]
            seen = int(np.bitwise_or.reduce(bits)) if len(bits) else 0
            while seen:
                row = (seen & -seen).bit_length() - 1
                seen &= seen - 1
                yield word * _WORD + row, (bits >> np.uint64(row)) & np.uint64(1) != 0
        if self.otherwise.any():
            yield OTHERWISE, self.otherwise


class ColumnTable:
    """A table ready for columns; raises ``NotInColumns`` when its index would not fit."""

    def __init__(self, table: Table, types: Mapping[str, str]) -> None:
        self.table, self.words = table, max(-(-len(table.ids) // _WORD), 1)
        self._indexes = [
            _index(column.name, column.cells, types[column.name], self.words)
            for column in table.columns
        ]

    def look_up(self, known: Known, size: int) -> Hits:
        """Everybody's rows; a name absent from ``known`` is unknown for all."""
        full = _bits(range(len(self.table.ids)), self.words)
        possible = np.broadcast_to(full, (size, self.words)).copy()
        certain = possible.copy()
        for index in self._indexes:
            column = known.get(index.name)
            if column is None:
                certain &= index.any_rows
                continue
            rows, is_unknown = index.look_up(column), column == UNKNOWN
            if is_unknown.any():
                certain[is_unknown] &= index.any_rows
                rows = np.where(is_unknown[:, None], full, rows)
            possible &= rows
        certain &= possible
        return self._hits(possible, certain)

    def _hits(self, possible: Bits, certain: Bits) -> Hits:
        none = ~(possible != 0).any(axis=1)
        if self.table.is_first:
            first, before = _lowest(certain), _lowest(possible)
            unknown = ~none & (first != before).any(axis=1)
            certain = np.where(unknown[:, None], np.uint64(0), first)
        else:
            unknown = (possible != certain).any(axis=1)
        has_else = self.table.otherwise is not None
        return Hits(self.table, certain, none if has_else else np.zeros_like(none), unknown)


def _lowest(bits: Bits) -> Bits:
    """Only the lowest bit of each person's rows."""
    found = np.zeros_like(bits)
    is_open = np.ones(len(bits), dtype=np.bool_)
    for word in range(bits.shape[1]):
        here = bits[:, word]
        lowest = here & (~here + np.uint64(1))
        found[:, word] = np.where(is_open, lowest, np.uint64(0))
        is_open &= here == 0
    return found


def _index(name: str, cells: Sequence[Cell], kind: str, words: int) -> _Index:
    any_rows = _bits([row for row, cell in enumerate(cells) if cell is None], words)
    if any(isinstance(cell, Words) for cell in cells):
        edges, masks = _worded(cells, kind, any_rows)
    else:
        edges, masks = _ordered(cells, kind, any_rows)
    return _Index(name, edges, masks, any_rows, any(isinstance(cell, Words) for cell in cells))


def _ordered(cells: Sequence[Cell], kind: str, any_rows: Bits) -> tuple[Column, Bits]:
    """A row changes sides at each end of its spans."""
    changes: dict[int, list[int]] = {}
    lowest = any_rows.copy()
    for row, cell in enumerate(cells):
        for low, high in cell.spans if isinstance(cell, Spans) else ():
            if low is None:
                _flip(lowest, row)
            else:
                changes.setdefault(_encoded(low, kind), []).append(row)
            if high is not None:
                changes.setdefault(_encoded(high, kind), []).append(row)
    edges = sorted(changes)
    masks = _empty(len(edges) + 1, len(any_rows))
    masks[0] = lowest
    for at, edge in enumerate(edges, start=1):
        masks[at] = masks[at - 1]
        for row in changes[edge]:
            _flip(masks[at], row)
    return np.array(edges, dtype=np.int64), masks


def _worded(cells: Sequence[Cell], kind: str, any_rows: Bits) -> tuple[Column, Bits]:
    """Naming a word adds a row to those of any other word, or takes a "not" row out."""
    other, changes = any_rows.copy(), dict[int, list[int]]()
    for row, cell in enumerate(cells):
        if isinstance(cell, Words):
            if cell.negated:
                _flip(other, row)
            for word in cell.words:
                changes.setdefault(_encoded(word, kind), []).append(row)
    edges = sorted(changes)
    masks = _empty(len(edges) + 1, len(any_rows))
    masks[:] = other
    for at, edge in enumerate(edges, start=1):
        for row in changes[edge]:
            _flip(masks[at], row)
    return np.array(edges, dtype=np.int64), masks


def _encoded(value: Any, kind: str) -> int:
    number = encode(value, kind)
    if not -(2**62) < number < 2**62 and kind not in {"text", "county"}:
        raise NotInColumns("a cell beyond 62 bits")
    return number


def _empty(rows: int, words: int) -> Bits:
    if rows * words > _WORDS_MAX:
        raise NotInColumns("a table too large for columns")
    return np.zeros((rows, words), dtype=np.uint64)


def _bits(rows: Sequence[int] | range, words: int) -> Bits:
    found = np.zeros(words, dtype=np.uint64)
    for row in rows:
        _flip(found, row)
    return found


def _flip(bits: Bits, row: int) -> None:
    bits[row // _WORD] ^= np.uint64(1 << (row % _WORD))
