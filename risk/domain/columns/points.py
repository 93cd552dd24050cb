"""A scorecard on columns: sums of points looked up by bin."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from risk.domain.columns.conditions import Known, NotInColumns
from risk.domain.columns.features import ENCODERS, encode, text_key
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.scorecard import Characteristic, Scorecard

Score = Callable[[Known, int], tuple[Column, Mask]]
_Points = Callable[[Column], Column]
_WORDS = {"text", "county"}


def score_columns(card: Scorecard, types: dict[str, str]) -> Score:
    """Scores and whose is known; raises ``NotInColumns`` for a card it cannot read."""
    rows = [(row, _points(row, types[row.feature])) for row in card.characteristics]

    def score(known: Known, size: int) -> tuple[Column, Mask]:
        unknown = np.full(size, UNKNOWN, dtype=np.int64)
        thin = known.get("thin_file", unknown)
        has_score = thin != UNKNOWN
        total = np.full(size, card.base, dtype=np.int64)
        for row, points in rows:
            column = known.get(row.feature, unknown)
            has_score = has_score & (column != UNKNOWN)
            given = points(column)
            total += given if row.when_thin is None else np.where(thin == 1, row.when_thin, given)
        return total, has_score

    return score


def _points(row: Characteristic, kind: str) -> _Points:
    if kind not in ENCODERS:
        raise NotInColumns(f"points by {row.feature}, a {kind}")
    if row.when_thin is not None and type(row.when_thin) is not int:
        raise NotInColumns(f"{row.feature}: points that are no whole number")
    if row.edges:
        if kind in _WORDS:
            raise NotInColumns(f"words in order: {row.feature}")
        edges = np.array([encode(edge, kind) for edge in row.edges], dtype=np.int64)
        points = np.array(row.points, dtype=np.int64)
        return lambda column: points[np.searchsorted(edges, column, side="right")]
    table = [
        (value, given)
        for label, given in row.table.items()
        if (value := _value(label, kind)) is not None
    ]
    if not row.table and row.points:  # edges were given, and none: one bin for everybody
        raise NotInColumns(f"{row.feature} has no edges")

    def looked_up(column: Column) -> Column:
        given = np.full(len(column), row.otherwise, dtype=np.int64)
        for value, of_value in table:
            given[column == value] = of_value
        return given

    return looked_up


def _value(label: str, kind: str) -> int | None:
    """What a column holds where a person's value is written as ``label``; ``None`` if never."""
    if kind in _WORDS:
        return text_key(label)
    if kind == "flag":
        return {"true": 1, "false": 0}.get(label)
    read: dict[str, Callable[[str], Any]]
    read = {"count": int, "money": Decimal, "day": date.fromisoformat}
    try:
        value = read[kind](label)
        is_written_so = (str(value.normalize()) if kind == "money" else str(value)) == label
        return encode(value, kind) if is_written_so else None
    except (InvalidOperation, OverflowError, ValueError):
        return None
