"""Bins with weight of evidence: cut numbers, merged categories of words, gaps on their own.

WoE is ln(share of goods / share of bads), smoothed by half a case, so an empty side is finite.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from risk.training.cuts import SMOOTH, Floats, Ints, monotone_cuts
from risk.training.table import Column

__all__ = ["BINS_MAX", "Bin", "Binning", "Floats", "Ints", "fit_binning"]

BINS_MAX = 6
_WORD_SHARE = 0.05
_WORD_MIN = 10
_LABEL_MAX = 80


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
    is_numeric: bool

    def assign(self, column: Column) -> Ints:
        """The bin number of every row; the last bin is the gaps'."""
        gap = len(self.bins) - 1
        if column.numbers is not None:
            at = np.searchsorted(np.array(self.edges), column.numbers, side="right")
            return np.where(np.isnan(column.numbers), gap, at).astype(np.int64)
        assert column.codes is not None
        if not self.groups:
            return np.full(len(column), gap, dtype=np.int64)
        place = {word: i for i, group in enumerate(self.groups) for word in group}
        bins = [place.get(word, self.other) for word in column.vocabulary]
        return np.array([*bins, gap], dtype=np.int64)[column.codes]

    def woe(self, column: Column) -> Floats:
        return np.array([row.woe for row in self.bins])[self.assign(column)]


def fit_binning(column: Column, bad: Ints) -> Binning:
    """The binning of one column against the event. Deterministic."""
    if column.numbers is not None:
        edges, direction = monotone_cuts(column.numbers, bad, BINS_MAX)
        labels = [_interval(edges, i) for i in range(len(edges) + 1)]
        bare = Binning(column.name, edges, (), 0, _blank(labels), 0.0, direction, True)
        return _weighed(bare, bare.assign(column), bad)
    groups, other = _groups(column, bad)
    labels = [" | ".join(group)[:_LABEL_MAX] for group in groups]
    bare = Binning(column.name, (), groups, max(other, 0), _blank(labels), 0.0, 0, False)
    binning = _weighed(bare, bare.assign(column), bad)
    if other < 0 and groups:  # no rare words were seen: what is unseen is neither good nor bad
        woes = [abs(row.woe) for row in binning.bins[:-1]]
        binning = replace(binning, other=woes.index(min(woes)))
    return binning


def _blank(labels: Sequence[str]) -> tuple[Bin, ...]:
    return tuple(Bin(label, 0, 0, 0.0) for label in (*labels, "missing"))


def _weighed(bare: Binning, at: Ints, bad: Ints) -> Binning:
    size = len(bare.bins)
    rows = np.bincount(at, minlength=size)
    bads = np.bincount(at, weights=bad, minlength=size)
    goods = rows - bads
    good_share = (goods + SMOOTH) / (goods.sum() + SMOOTH * size)
    bad_share = (bads + SMOOTH) / (bads.sum() + SMOOTH * size)
    woe = np.where(rows > 0, np.log(good_share / bad_share), 0.0)
    iv = float(np.sum(np.where(rows > 0, (good_share - bad_share) * woe, 0.0)))
    bins = tuple(
        Bin(row.label, int(n), int(b), float(w))
        for row, n, b, w in zip(bare.bins, rows, bads, woe, strict=True)
    )
    return replace(bare, bins=bins, iv=iv)


def _groups(column: Column, bad: Ints) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Groups by event rate, and which of them takes unseen words (-1: nobody knows yet).

    Rare words stand together; then neighbours are merged down to ``BINS_MAX``.
    """
    assert column.codes is not None
    seen = column.codes >= 0
    size = len(column.vocabulary)
    rows = np.bincount(column.codes[seen], minlength=size)
    bads = np.bincount(column.codes[seen], weights=bad[seen], minlength=size)
    least, mean = max(int(len(column) * _WORD_SHARE), _WORD_MIN), float(bad.mean())
    words = [i for i in range(size) if rows[i]]
    rare = tuple(i for i in words if rows[i] < least)
    groups = [(i,) for i in words if rows[i] >= least] + ([rare] if rare else [])

    def rate(group: tuple[int, ...]) -> float:
        at = list(group)
        return float((bads[at].sum() + mean) / (rows[at].sum() + 1.0))

    groups.sort(key=lambda group: (rate(group), group))
    while len(groups) > BINS_MAX:
        gaps = [rate(groups[i + 1]) - rate(groups[i]) for i in range(len(groups) - 1)]
        i = gaps.index(min(gaps))
        groups[i : i + 2] = [(*groups[i], *groups[i + 1])]
    other = next((i for i, group in enumerate(groups) if rare and rare[0] in group), -1)
    return tuple(tuple(column.vocabulary[i] for i in group) for group in groups), other


def _interval(edges: tuple[float, ...], i: int) -> str:
    low = f"{edges[i - 1]:.12g} ≤ " if i else ""
    high = f" < {edges[i]:.12g}" if i < len(edges) else ""
    return f"{low}x{high}" if low or high else "any"
