"""Where to cut a number: entropy splits over fine steps, merged until the event rate moves one way."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SMOOTH = 0.5
_STEPS_MAX = 500
_LEAF_SHARE = 0.05
_LEAF_MIN = 10


@dataclass(frozen=True)
class _Steps:
    """Neighbouring values as steps: rows and bads in each, its lowest and its highest value."""

    rows: Ints
    bads: Ints
    low: Floats
    high: Floats


def monotone_cuts(numbers: Floats, bad: Ints, bins_max: int) -> tuple[tuple[float, ...], int]:
    """Edges, each opening the bin above it, and which way the event rate moves (+1 rises, 0 no
    edge). Both directions are tried; the one that keeps more information wins.
    """
    present = ~np.isnan(numbers)
    values, events = numbers[present], bad[present]
    if len(values) < 2 or not 0 < events.sum() < len(events):
        return (), 0
    steps = _steps(values, events)
    least = max(int(len(values) * _LEAF_SHARE), min(_LEAF_MIN, len(values) // 2), 1)
    cuts = _entropy_cuts(steps, least, bins_max)
    best: tuple[float, list[int], int] = (-1.0, [], 0)
    for direction in (1, -1):
        kept = _one_way(cuts, steps, direction)
        score = information(*_counts(kept, steps))
        if kept and score > best[0]:
            best = (score, kept, direction)
    edges = tuple(_short_between(steps.high[at - 1], steps.low[at]) for at in best[1])
    return edges, best[2]


def information(rows: Ints, bads: Ints) -> float:
    """Information value of bins with these rows and bads."""
    bad, good = bads + SMOOTH, rows - bads + SMOOTH
    bad_share, good_share = bad / bad.sum(), good / good.sum()
    return float(np.sum((good_share - bad_share) * np.log(good_share / bad_share)))


def _steps(values: Floats, events: Ints) -> _Steps:
    order = np.argsort(values, kind="stable")
    values, events = values[order], events[order]
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    if len(starts) > _STEPS_MAX:
        wanted = np.linspace(0, len(values), _STEPS_MAX, endpoint=False).astype(np.int64)
        starts = starts[np.unique(np.searchsorted(starts, wanted))]
    ends = np.r_[starts[1:], len(values)]
    return _Steps(ends - starts, np.add.reduceat(events, starts), values[starts], values[ends - 1])


def _entropy_cuts(steps: _Steps, least: int, bins_max: int) -> list[int]:
    """Best split first, until ``bins_max`` bins or nothing is gained."""
    rows, bads = (np.r_[0, np.cumsum(part)] for part in (steps.rows, steps.bads))
    cuts: list[int] = []
    open_ends = [(0, len(steps.rows))]
    found = {open_ends[0]: _best_split(rows, bads, *open_ends[0], least)}
    while len(cuts) + 1 < bins_max:
        segment = max(found, key=lambda s: (found[s][0], -s[0]))
        gain, at = found.pop(segment)
        if gain <= 1e-9:
            break
        cuts.append(at)
        for part in ((segment[0], at), (at, segment[1])):
            found[part] = _best_split(rows, bads, *part, least)
    return sorted(cuts)


def _best_split(rows: Ints, bads: Ints, start: int, end: int, least: int) -> tuple[float, int]:
    """(entropy saved in row-nats, step that opens the upper part); no gain if none may be cut."""
    at = np.arange(start + 1, end)
    left, right = rows[at] - rows[start], rows[end] - rows[at]
    may = (left >= least) & (right >= least)
    if not may.any():
        return 0.0, start
    at, left, right = at[may], left[may], right[may]
    saved = (
        _disorder(np.array([rows[end] - rows[start]]), np.array([bads[end] - bads[start]]))
        - _disorder(left, bads[at] - bads[start])
        - _disorder(right, bads[end] - bads[at])
    )
    best = int(np.argmax(saved))
    return float(saved[best]), int(at[best])


def _disorder(rows: Ints, bads: Ints) -> Floats:
    """Rows times entropy."""
    share = bads / rows
    inside = (share > 0) & (share < 1)
    safe = np.where(inside, share, 0.5)
    bits = -(safe * np.log(safe) + (1 - safe) * np.log(1 - safe))
    return np.where(inside, bits, 0.0) * rows


def _counts(cuts: list[int], steps: _Steps) -> tuple[Ints, Ints]:
    at = [0, *cuts]
    return np.add.reduceat(steps.rows, at), np.add.reduceat(steps.bads, at)


def _one_way(cuts: list[int], steps: _Steps, direction: int) -> list[int]:
    """Neighbours that break the direction are merged."""
    kept = list(cuts)
    while kept:
        rows, bads = _counts(kept, steps)
        rates = bads / rows
        breaks = np.flatnonzero((rates[1:] - rates[:-1]) * direction <= 0)
        if not len(breaks):
            break
        kept.pop(int(breaks[0]))
    return kept


def _short_between(low: float, high: float) -> float:
    """The roundest number above ``low`` and not above ``high``."""
    try:
        top = math.ceil(math.log10(high - low)) + 1
    except (ValueError, OverflowError):
        return float(high)
    for power in range(top, top - 6, -1):
        step = 10.0**power
        candidate = (math.floor(low / step) + 1) * step if math.isfinite(low / step) else high
        candidate = round(candidate, -power) if abs(power) < 300 else candidate
        if low < candidate <= high:
            return float(candidate) + 0.0
    return float(high)
