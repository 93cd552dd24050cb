"""Scoring with a trained points table: plain look-ups, microseconds, with the breakdown.

A table is JSON as ``risk.training.scorecard.as_points`` writes it; ``read_points_table`` checks and
compiles it once.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NUMBERS = (int, float, Decimal)
_FEATURES_MAX = 1_000
_BINS_MAX = 120
_CHUNK = 65_536


class InvalidPointsTable(ValueError):
    """The JSON is no points table; the message names the part."""


@dataclass(frozen=True, slots=True)
class PointsLost:
    """A reason: what a feature gave less than its best bin gives."""

    feature: str
    bin: str
    lost: int


@dataclass(frozen=True, slots=True)
class PointsFeature:
    """``points`` by bin, the last one for gaps; ``words`` is ``None`` for a number."""

    name: str
    edges: tuple[float, ...]
    words: Mapping[str, int] | None
    other: int
    points: tuple[int, ...]
    labels: tuple[str, ...]

    def bin(self, value: Any) -> int:
        """``None``, an empty word, NaN or a value of the wrong kind is a gap; a word never seen in
        training goes where the others go.
        """
        gap = len(self.points) - 1
        if self.words is None:
            if isinstance(value, bool) or not isinstance(value, _NUMBERS):
                return gap
            try:
                number = float(value)
            except (OverflowError, ValueError):  # longer than any float; a signalling NaN
                return gap
            return bisect_right(self.edges, number) if isfinite(number) else gap
        if isinstance(value, bool):
            value = "true" if value else "false"
        if not isinstance(value, str) or not value or gap == 0:
            return gap
        return self.words.get(value, self.other)

    def bins_of(self, column: Any) -> NDArray[np.int8]:
        """``bin`` for many: a float64 array with NaN for gaps, or words with ``None`` for gaps."""
        gap = len(self.points) - 1
        if self.words is None:
            numbers = np.asarray(column, dtype=np.float64)
            at = np.zeros(len(numbers), dtype=np.int8)
            for edge in self.edges:  # a handful: counting them up is faster than searching
                at += (numbers >= edge).view(np.int8)
            at[~np.isfinite(numbers)] = gap
            return at
        memo: dict[Any, int] = {}
        for word in column:
            if word not in memo:
                memo[word] = self.bin(word)
        return np.fromiter((memo[word] for word in column), dtype=np.int8, count=len(column))


@dataclass(frozen=True, slots=True)
class PointsTable:
    base: int
    features: tuple[PointsFeature, ...]

    def score(self, row: Mapping[str, Any]) -> tuple[int, list[tuple[str, int]]]:
        """Score and points by feature for one row of raw values."""
        parts = [(one.name, one.points[one.bin(row.get(one.name))]) for one in self.features]
        return self.base + sum(points for _, points in parts), parts

    def reasons(self, row: Mapping[str, Any], most: int = 4) -> list[PointsLost]:
        """Where the row lost most points against each feature's best bin, the heaviest first."""
        lost = []
        for one in self.features:
            at = one.bin(row.get(one.name))
            lost.append(PointsLost(one.name, one.labels[at], max(one.points) - one.points[at]))
        lost.sort(key=lambda reason: (-reason.lost, reason.feature))
        return [reason for reason in lost[:most] if reason.lost > 0]

    def score_columns(self, columns: Mapping[str, Any], rows: int) -> NDArray[np.int64]:
        """Scores of ``rows`` people at once; a feature without a column is a gap for all."""
        total = np.full(rows, self.base, dtype=np.int64)
        for one in self.features:
            column, points = columns.get(one.name), np.array(one.points, dtype=np.int64)
            if column is None:
                total += points[-1]
                continue
            for start in range(0, rows, _CHUNK):  # so that what is worked on stays near
                part = slice(start, start + _CHUNK)
                total[part] += points.take(one.bins_of(column[part]))
        return total


def read_points_table(table: Mapping[str, Any]) -> PointsTable:
    """Compile a table's JSON. Raises ``InvalidPointsTable``."""
    try:
        rows = table["features"]
        if not 0 < len(rows) <= _FEATURES_MAX:
            raise InvalidPointsTable("a points table has 1 to 1000 features")
        return PointsTable(_whole(table["base_points"]), tuple(map(_feature, rows)))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        if isinstance(error, InvalidPointsTable):
            raise
        raise InvalidPointsTable(f"{type(error).__name__}: {error}") from error


def _feature(row: Mapping[str, Any]) -> PointsFeature:
    name, points = str(row["name"]), tuple(_whole(one["points"]) for one in row["bins"])
    labels = tuple(str(one["label"]) for one in row["bins"])
    if not 0 < len(points) <= _BINS_MAX:
        raise InvalidPointsTable(f"{name}: 1 to {_BINS_MAX} bins")
    if row["type"] == "number":
        edges = tuple(float(edge) for edge in row["edges"])
        if list(edges) != sorted(set(edges)) or len(points) != len(edges) + 2:
            raise InvalidPointsTable(f"{name}: edges must rise, with one bin more and one for gaps")
        return PointsFeature(name, edges, None, 0, points, labels)
    groups: Sequence[Sequence[str]] = row["groups"]
    words = {str(word): i for i, group in enumerate(groups) for word in group}
    other = _whole(row["other"])
    if len(points) != len(groups) + 1 or not 0 <= other <= max(len(groups) - 1, 0):
        raise InvalidPointsTable(f"{name}: one bin for each group and one for gaps")
    return PointsFeature(name, (), words, other, points, labels)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidPointsTable("points are whole numbers")
    return value
