"""Bins with weight of evidence: trees for numbers, merged categories for words, gaps on their own.

The event rate of a number's bins rises or falls throughout: neighbours that break the direction are
merged. WoE is ln(share of goods / share of bads), smoothed by half a case, so an empty side is
finite.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from risk.training.table import Column

BINS_MAX = 6
_LEAF_SHARE = 0.05
_LEAF_MIN = 10
_SMOOTH = 0.5
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Bin:
    """One bin: how many rows and bads fell in it, and their weight of evidence."""

    label: str
    rows: int
    bad: int
    woe: float


@dataclass(frozen=True)
class Binning:
    """Bin 0 … n-1 in order, then the gaps' bin; ``other`` is where unseen words go."""

    name: str
    edges: tuple[float, ...]
    groups: tuple[tuple[str, ...], ...]
    other: int
    bins: tuple[Bin, ...]
    iv: float
    direction: int

    @property
    def is_numeric(self) -> bool:
        return not self.groups

    def assign(self, column: Column) -> Ints:
        """The bin number of every row; the last bin is the gaps'."""
        gap = len(self.bins) - 1
        if column.numbers is not None:
            at = np.searchsorted(np.array(self.edges), column.numbers, side="right")
            return np.where(np.isnan(column.numbers), gap, at).astype(np.int64)
        assert column.words is not None
        place = {word: i for i, group in enumerate(self.groups) for word in group}
        return np.array(
            [gap if word is None else place.get(word, self.other) for word in column.words],
            dtype=np.int64,
        )

    def woe(self, column: Column) -> Floats:
        return np.array([row.woe for row in self.bins])[self.assign(column)]


def fit_binning(column: Column, bad: Ints) -> Binning:
    """The binning of one column against the event. Deterministic."""
    if column.numbers is not None:
        edges, direction = _edges(column.numbers, bad)
        labels = [_interval(edges, i) for i in range(len(edges) + 1)]
        bare = Binning(column.name, edges, (), 0, tuple(_blank(labels)), 0.0, direction)
    else:
        groups, other = _groups(column, bad)
        labels = [" | ".join(group)[:80] for group in groups]
        bare = Binning(column.name, (), groups, other, tuple(_blank(labels)), 0.0, 0)
    return _weighed(bare, bare.assign(column), bad)


def _blank(labels: list[str]) -> list[Bin]:
    return [Bin(label, 0, 0, 0.0) for label in (*labels, "missing")]


def _weighed(bare: Binning, at: Ints, bad: Ints) -> Binning:
    size = len(bare.bins)
    rows = np.bincount(at, minlength=size)
    bads = np.bincount(at, weights=bad, minlength=size)
    goods = rows - bads
    good_share = (goods + _SMOOTH) / (goods.sum() + _SMOOTH * size)
    bad_share = (bads + _SMOOTH) / (bads.sum() + _SMOOTH * size)
    woe = np.where(rows > 0, np.log(good_share / bad_share), 0.0)
    iv = float(np.sum(np.where(rows > 0, (good_share - bad_share) * woe, 0.0)))
    bins = tuple(
        Bin(row.label, int(n), int(b), float(w))
        for row, n, b, w in zip(bare.bins, rows, bads, woe, strict=True)
    )
    return Binning(bare.name, bare.edges, bare.groups, bare.other, bins, iv, bare.direction)


def _edges(numbers: Floats, bad: Ints) -> tuple[tuple[float, ...], int]:
    """Tree splits merged until the event rate moves one way only, and which way (+1 rises)."""
    present = ~np.isnan(numbers)
    values, events = numbers[present], bad[present]
    if len(np.unique(values)) < 2 or len(np.unique(events)) < 2:
        return (), 0
    leaf = max(int(len(values) * _LEAF_SHARE), min(_LEAF_MIN, len(values) // 2), 1)
    tree = DecisionTreeClassifier(
        max_leaf_nodes=BINS_MAX, min_samples_leaf=leaf, criterion="entropy", random_state=0
    ).fit(values.reshape(-1, 1), events)
    splits = sorted({float(t) for t in tree.tree_.threshold[tree.tree_.feature >= 0]})
    return _monotone(splits, values, events)


def _monotone(splits: list[float], values: Floats, events: Ints) -> tuple[tuple[float, ...], int]:
    """Both directions are tried; the one that keeps more information wins."""
    best: tuple[float, tuple[float, ...], int] = (-1.0, (), 0)
    for direction in (1, -1):
        edges = list(splits)
        while edges:
            at = np.searchsorted(np.array(edges), values, side="right")
            rows = np.bincount(at, minlength=len(edges) + 1)
            rates = np.bincount(at, weights=events, minlength=len(edges) + 1) / np.maximum(rows, 1)
            breaks = [i for i in range(len(edges)) if (rates[i + 1] - rates[i]) * direction <= 0]
            if not breaks:
                break
            edges.pop(breaks[0])
        score = _information(edges, values, events)
        if edges and score > best[0]:
            best = (score, tuple(edges), direction)
    return best[1], best[2]


def _information(edges: list[float], values: Floats, events: Ints) -> float:
    at = np.searchsorted(np.array(edges), values, side="right")
    bads = np.bincount(at, weights=events, minlength=len(edges) + 1) + _SMOOTH
    goods = np.bincount(at, weights=1 - events, minlength=len(edges) + 1) + _SMOOTH
    bad_share, good_share = bads / bads.sum(), goods / goods.sum()
    return float(np.sum((good_share - bad_share) * np.log(good_share / bad_share)))


def _groups(column: Column, bad: Ints) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Rare words together, then the rest by event rate, neighbours merged down to ``BINS_MAX``."""
    assert column.words is not None
    words = sorted({word for word in column.words if word is not None})
    least = max(int(len(column.words) * _LEAF_SHARE), _LEAF_MIN)
    counts = {word: int(np.sum(column.words == word)) for word in words}
    common = [word for word in words if counts[word] >= least]
    rare = tuple(word for word in words if counts[word] < least)
    groups = [(word,) for word in common] + ([rare] if rare else [])
    rate = {group: _smoothed_rate(column, bad, group) for group in groups}
    groups.sort(key=lambda group: (rate[group], group))
    while len(groups) > BINS_MAX:
        gaps = [rate[groups[i + 1]] - rate[groups[i]] for i in range(len(groups) - 1)]
        i = gaps.index(min(gaps))
        merged = (*groups[i], *groups[i + 1])
        rate[merged] = _smoothed_rate(column, bad, merged)
        groups[i : i + 2] = [merged]
    if not groups:
        return (), 0
    holding_rare = [i for i, group in enumerate(groups) if rare and rare[0] in group]
    other = holding_rare[0] if holding_rare else len(groups) // 2
    return tuple(groups), other


def _smoothed_rate(column: Column, bad: Ints, group: tuple[str, ...]) -> float:
    inside = np.isin(column.words.astype(str), group)  # type: ignore[union-attr]
    return float((bad[inside].sum() + bad.mean()) / (inside.sum() + 1.0))


def _interval(edges: tuple[float, ...], i: int) -> str:
    low = f"{edges[i - 1]:g} ≤ " if i else ""
    high = f" < {edges[i]:g}" if i < len(edges) else ""
    return f"{low}x{high}" if low or high else "any"
