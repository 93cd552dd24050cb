"""A column's index: value → the rows it holds in, as an int with one bit a row.

Ordered cells are cut at their ends into elementary spans, found by bisection; words are found in a
dictionary. Masks are kept ready while they are small; of a large column only every 64th, and the rows
that change between.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from risk.domain.cells import Cell, Spans, Words

Lookup = Callable[[Any], int]
_READY_BITS = 16_000_000  # two megabytes of masks a column
_STRIDE = 64


def column_index(cells: Sequence[Cell]) -> tuple[int, Lookup]:
    """Rows that are "any", and the lookup of a known value. All cells are of one kind."""
    any_rows = mask_of(row for row, cell in enumerate(cells) if cell is None)
    spans = {row: cell for row, cell in enumerate(cells) if isinstance(cell, Spans)}
    if spans:
        return any_rows, _ordered(spans, any_rows, len(cells))
    words = {row: cell for row, cell in enumerate(cells) if isinstance(cell, Words)}
    return any_rows, _worded(words, any_rows, len(cells))


def mask_of(rows: Iterable[int]) -> int:
    """Bits at ``rows``."""
    buffer = bytearray()
    for row in rows:
        if row >> 3 >= len(buffer):
            buffer.extend(bytes((row >> 3) + 1 - len(buffer)))
        buffer[row >> 3] ^= 1 << (row & 7)
    return int.from_bytes(buffer, "little")


def _ordered(spans: Mapping[int, Spans], any_rows: int, count: int) -> Lookup:
    """A row changes sides at each end of its spans: masks are running sums of these changes."""
    changes: defaultdict[Any, list[int]] = defaultdict(list)
    lowest = any_rows ^ mask_of(row for row, cell in spans.items() if cell.spans[0][0] is None)
    for row, cell in spans.items():
        for low, high in cell.spans:
            if low is not None:
                changes[low].append(row)
            if high is not None:
                changes[high].append(row)
    edges = sorted(changes)
    if len(edges) * count > _READY_BITS:
        return _strided(edges, [changes[edge] for edge in edges], lowest)
    masks = [lowest]
    for edge in edges:
        masks.append(masks[-1] ^ _changed(changes[edge]))
    return lambda value: masks[bisect_right(edges, value)]


def _strided(edges: list[Any], changes: list[list[int]], lowest: int) -> Lookup:
    kept, running = [lowest], lowest
    for at, rows in enumerate(changes, start=1):
        running ^= _changed(rows)
        if at % _STRIDE == 0:
            kept.append(running)

    def lookup(value: Any) -> int:
        at = bisect_right(edges, value)
        mask = kept[at // _STRIDE]
        for rows in changes[at - at % _STRIDE : at]:
            mask ^= _changed(rows)
        return mask

    return lookup


def _worded(words: Mapping[int, Words], any_rows: int, count: int) -> Lookup:
    """Naming a word adds a row to those that hold for any other word, or takes a "not" row out."""
    other = any_rows ^ mask_of(row for row, cell in words.items() if cell.negated)
    changes: defaultdict[Any, list[int]] = defaultdict(list)
    for row, cell in words.items():
        for word in cell.words:
            changes[word].append(row)
    if len(changes) * count > _READY_BITS:
        return lambda value: other ^ _changed(changes.get(value, ()))
    masks = {word: other ^ _changed(rows) for word, rows in changes.items()}
    return lambda value: masks.get(value, other)


def _changed(rows: Sequence[int]) -> int:
    """As ``mask_of``, quick for few rows; a row named twice changes back."""
    if len(rows) > 8:
        return mask_of(rows)
    mask = 0
    for row in rows:
        mask ^= 1 << row
    return mask
