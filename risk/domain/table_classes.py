"""Set arithmetic on cells, and the classes of a column's values that its cells cannot tell apart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from risk.domain.cells import Cell, Spans, Words
from risk.domain.tables import Column


@dataclass(frozen=True, slots=True)
class Class:
    """Values alike to the column: the rows that hold for them, and one of them as a cell writes it."""

    rows: int
    example: str


#: Stands for "any word that no cell names".
OTHER_WORD = "(another)"


def values_of(column: Column, is_signed: bool, allowed: Collection[str]) -> list[Any]:
    """One value at least for each class. Numbers start at zero unless ``is_signed``; ``allowed`` is a
    closed vocabulary (empty = any word)."""
    if any(isinstance(cell, Spans) for cell in column.cells):
        return _points(column.cells, is_signed)
    named = _named(column.cells)
    if named and named <= {True, False}:
        return [True, False]
    return sorted(allowed) or [*sorted(named), OTHER_WORD]


def classes_of(column: Column, values: Sequence[Any]) -> list[Class]:
    """One class for each set of rows."""
    classes: dict[int, Class] = {}
    for value in values:
        rows = column.lookup(value)
        if rows not in classes:
            classes[rows] = Class(rows, shown(value))
    return list(classes.values())


def _points(cells: Sequence[Cell], is_signed: bool) -> list[Any]:
    """One value of every elementary span."""
    spans = [span for cell in cells if isinstance(cell, Spans) for span in cell.spans]
    edges = sorted({end for span in spans for end in span if end is not None})
    if not edges:  # only "up to the last day"
        return [date.max]
    below = _before(edges[0])
    if is_signed or isinstance(edges[0], date):
        return edges if below is None else [below, *edges]
    zero = edges[0] - edges[0]
    return [zero, *(edge for edge in edges if edge > zero)]


def _named(cells: Sequence[Cell]) -> set[Any]:
    return {word for cell in cells if isinstance(cell, Words) for word in cell.words}


def _before(value: Any) -> Any:
    """A value below; ``None`` before the first day."""
    if isinstance(value, date):
        return None if value == date.min else date.fromordinal(value.toordinal() - 1)
    return value - 1


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def contains(outer: Cell, inner: Cell) -> bool:
    """Whether every value of ``inner`` is in ``outer``, an unknown one too."""
    if outer is None:
        return True
    if inner is None or isinstance(outer, Spans) is not isinstance(inner, Spans):
        return False
    if isinstance(outer, Spans) and isinstance(inner, Spans):
        return all(any(_within(a, b) for b in outer.spans) for a in inner.spans)
    assert isinstance(outer, Words)
    assert isinstance(inner, Words)
    if outer.negated:
        return outer.words <= inner.words if inner.negated else not outer.words & inner.words
    return not inner.negated and inner.words <= outer.words


def overlap(first: Cell, second: Cell) -> bool:
    """Whether some value is in both."""
    if first is None or second is None:
        return True
    if isinstance(first, Spans) and isinstance(second, Spans):
        return any(_meet(a, b) for a in first.spans for b in second.spans)
    assert isinstance(first, Words)
    assert isinstance(second, Words)
    if first.negated and second.negated:
        return True  # words are many
    if first.negated or second.negated:
        named, refused = (second, first) if first.negated else (first, second)
        return bool(named.words - refused.words)
    return bool(first.words & second.words)


def samples_of(column: Column) -> list[Any]:
    """For each row a value its cell holds; for "any" and "not" one that few other cells name."""
    named = _named(column.cells)
    spans = any(isinstance(cell, Spans) for cell in column.cells)
    free = _points(column.cells, True)[0] if spans else OTHER_WORD
    is_flag = bool(named) and named <= {True, False}
    return [_sample(cell, is_flag, free) for cell in column.cells]


def _sample(cell: Cell, is_flag: bool, free: Any) -> Any:
    if isinstance(cell, Spans):
        low, high = cell.spans[0]
        if low is None and high is None:
            return free
        return low if low is not None else _before(high)
    if isinstance(cell, Words) and not cell.negated:
        return min(cell.words)
    return True if is_flag else free


def _within(inner: tuple[Any, Any], outer: tuple[Any, Any]) -> bool:
    (low, high), (least, most) = inner, outer
    return (least is None or (low is not None and low >= least)) and (
        most is None or (high is not None and high <= most)
    )


def _meet(first: tuple[Any, Any], second: tuple[Any, Any]) -> bool:
    (low, high), (least, most) = first, second
    return (high is None or least is None or least < high) and (
        most is None or low is None or low < most
    )
