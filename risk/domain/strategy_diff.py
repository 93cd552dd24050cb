"""What one definition says otherwise than another, part by part and cell by cell. Pure.

Both sides are compared as sheets, row by the row's name: so a rule is "changed from … to …", a cap is
one cell of a matrix, and a moved row is a move only where the order of rows decides something.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk.domain.sheets import Column, Sheet
from risk.domain.strategy_sheets import part_names, sheets_of

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
CHANGES_MAX = 500


@dataclass(frozen=True, slots=True)
class CellChange:
    column: Column
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """``row`` is the row's name; ``cells`` what differs, of an added or removed row all it says."""

    kind: str
    row: str
    cells: tuple[CellChange, ...]
    place_before: int = 0
    place_after: int = 0


@dataclass(frozen=True, slots=True)
class SheetDiff:
    """``count`` is the number of rows that differ, of which at most ``CHANGES_MAX`` are in ``changes``."""

    part: str
    sheet: str
    changes: tuple[RowChange, ...]
    count: int


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[SheetDiff]:
    """Sheets that differ, in the order of the parts."""
    names = list(dict.fromkeys([*part_names(after), *part_names(before)]))
    found = []
    for part in names:
        old = {one.key: one for one in sheets_of(before, part)}
        new = {one.key: one for one in sheets_of(after, part)}
        for key in dict.fromkeys([*new, *old]):
            changes = _sheet(old.get(key), new.get(key))
            if changes:
                found.append(SheetDiff(part, key, tuple(changes[:CHANGES_MAX]), len(changes)))
    return found


def _sheet(old: Sheet | None, new: Sheet | None) -> list[RowChange]:
    one = new or old
    if one is None or one.key == "columns":  # columns show as cells that come and go
        return []
    columns = _columns(old, new)
    was, now = _named(old), _named(new)
    moved = _moved(list(was), list(now)) if one.ordered else set()
    changes = []
    for name, (place, row) in now.items():
        if name not in was:
            changes.append(RowChange(ADDED, name[0], _cells(columns, None, row), 0, place))
            continue
        old_place, old_row = was[name]
        cells = _cells(columns, old_row, row)
        if cells or name in moved:
            changes.append(
                RowChange(CHANGED if cells else MOVED, name[0], cells, old_place, place)
            )
    for name, (place, row) in was.items():
        if name not in now:
            changes.append(RowChange(REMOVED, name[0], _cells(columns, row, None), place, 0))
    return changes


_Named = dict[tuple[str, int], tuple[int, dict[str, str]]]


def _named(one: Sheet | None) -> _Named:
    """(first cell, how often met before) → (place from 1, cell by column)."""
    if one is None:
        return {}
    met: Counter[str] = Counter()
    found: _Named = {}
    for place, row in enumerate(one.rows, start=1):
        name = row[0] if one.key != "otherwise" else ""
        cells = {
            column.identity: cell for column, cell in zip(one.columns, row, strict=True)
            if column.kind != "hidden"
        }
        found[name, met[name]] = (place, cells)
        met[name] += 1
    return found


def _columns(old: Sheet | None, new: Sheet | None) -> list[Column]:
    columns: dict[str, Column] = {}
    for one in (new, old):
        for column in one.columns if one else ():
            columns.setdefault(column.identity, column)
    return [column for column in columns.values() if column.kind != "hidden"]


def _cells(
    columns: Sequence[Column], old: Mapping[str, str] | None, new: Mapping[str, str] | None
) -> tuple[CellChange, ...]:
    before, after = old or {}, new or {}
    pairs = [(column, before.get(column.identity, ""), after.get(column.identity, "")) for column in columns]
    return tuple(CellChange(*pair) for pair in pairs if pair[1] != pair[2])


def _moved(before: Sequence[Any], after: Sequence[Any]) -> set[Any]:
    """The fewest rows that must move to turn one order into the other."""
    place = {name: at for at, name in enumerate(after)}
    common = [name for name in before if name in place]
    tails: list[int] = []
    ends: list[int] = []
    came_from: list[int] = []
    for at, name in enumerate(common):
        position = bisect_left(tails, place[name])
        if position == len(tails):
            tails.append(place[name])
            ends.append(at)
        else:
            tails[position], ends[position] = place[name], at
        came_from.append(ends[position - 1] if position else -1)
    kept, at = set(), ends[-1] if ends else -1
    while at >= 0:
        kept.add(common[at])
        at = came_from[at]
    return set(common) - kept
