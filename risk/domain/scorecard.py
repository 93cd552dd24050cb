"""A points scorecard: attributes to points, with the breakdown that explains the score."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from risk.domain.values import READERS, NotOfType


class InvalidScorecard(ValueError):
    """Bins out of order, an unknown feature, or a group nobody shows."""


@dataclass(frozen=True, slots=True)
class Points:
    """What one characteristic gave; ``at_most`` and ``at_least`` are its extremes."""

    feature: str
    group: str
    bin: str
    points: int
    at_least: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Characteristic:
    """``edges`` cut an ordered feature into ``len(edges) + 1`` bins, each edge opening the bin
    above it.

    A text or flag uses ``table`` (value → points) with ``otherwise`` for values not listed.
    ``when_thin`` replaces the points for a person without a credit file, so that no history is
    neither good nor bad.
    """

    feature: str
    group: str
    edges: tuple[Any, ...]
    points: tuple[int, ...]
    table: Mapping[str, int]
    otherwise: int
    when_thin: int | None
    zh: str
    en: str

    #: What each bin (or listed value) gives, made once: scoring only looks it up.
    _by_bin: tuple[Points, ...] = field(init=False, repr=False, compare=False)
    _by_value: Mapping[str, Points] = field(init=False, repr=False, compare=False)
    _thin: Points | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        bins = tuple(self._give(_bin_label(self.edges, i), p) for i, p in enumerate(self.points))
        values = {label: self._give(label, points) for label, points in self.table.items()}
        thin = None if self.when_thin is None else self._give("thin", self.when_thin)
        for name, made in (("_by_bin", bins), ("_by_value", values), ("_thin", thin)):
            object.__setattr__(self, name, made)

    def score(self, value: Any, thin: bool) -> Points:
        if thin and self._thin is not None:
            return self._thin
        if self.points:
            return self._by_bin[bisect_right(self.edges, value)]
        label = _key(value)
        return self._by_value.get(label) or self._give(label, self.otherwise)

    def _give(self, label: str, given: int) -> Points:
        every = self.points or (*self.table.values(), self.otherwise)
        return Points(self.feature, self.group, label, given, min(every), max(every))


@dataclass(frozen=True, slots=True)
class Scorecard:
    base: int
    characteristics: tuple[Characteristic, ...]

    def score(self, known: Mapping[str, Any]) -> tuple[int, tuple[Points, ...]] | None:
        """Score and breakdown; ``None`` if any characteristic is unknown: no score is better than a
        guess.
        """
        thin = known.get("thin_file")
        if thin is None:
            return None
        parts = []
        for characteristic in self.characteristics:
            value = known.get(characteristic.feature)
            if value is None:
                return None
            parts.append(characteristic.score(value, thin))
        return self.base + sum(part.points for part in parts), tuple(parts)


def read_scorecard(definition: Mapping[str, Any], types: Mapping[str, str]) -> Scorecard:
    """From a strategy's JSON. Raises ``InvalidScorecard``."""
    rows = tuple(_characteristic(row, types) for row in definition["characteristics"])
    if len({row.feature for row in rows}) != len(rows):
        raise InvalidScorecard("a feature is scored twice")
    return Scorecard(int(definition["base"]), rows)


def _characteristic(row: Mapping[str, Any], types: Mapping[str, str]) -> Characteristic:
    kind = types.get(row["feature"])
    if kind is None:
        raise InvalidScorecard(f"unknown feature {row['feature']!r:.60}")
    thin = row.get("when_thin")
    common = (row["zh"], row["en"])
    if "edges" in row:
        edges, points = _edges(row["edges"], kind), tuple(int(p) for p in row["points"])
        if len(points) != len(edges) + 1:
            raise InvalidScorecard(f"{row['feature']}: one more bin than edges")
        return Characteristic(row["feature"], row["group"], edges, points, {}, 0, thin, *common)
    table = {str(key): int(points) for key, points in row["table"].items()}
    otherwise = int(row["otherwise"])
    return Characteristic(row["feature"], row["group"], (), (), table, otherwise, thin, *common)


def _edges(written: Sequence[Any], kind: str) -> tuple[Any, ...]:
    try:
        edges = tuple(READERS[kind](edge) for edge in written)
    except NotOfType:
        raise InvalidScorecard(f"an edge is not a {kind}") from None
    if list(edges) != sorted(set(edges)):
        raise InvalidScorecard("edges must rise")
    return edges


def _bin_label(edges: tuple[Any, ...], index: int) -> str:
    if not edges:  # one bin for everybody
        return ""
    if index == 0:
        return f"< {edges[0]}"
    return (
        f"≥ {edges[index - 1]}" if index == len(edges) else f"{edges[index - 1]} … {edges[index]}"
    )


def _key(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)
