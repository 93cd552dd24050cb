"""Figures that tell whether a strategy still fits the people it decides on. Pure arithmetic.

Everything works on counts (value → how many), never on rows, so a million decisions cost as much
as a hundred. Statistics are floats; no amount of money passes through here.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log, log10

#: Below the first a shift is small, from the second on it is large (the trade's usual bounds).
PSI_SOME, PSI_MUCH = 0.10, 0.25
#: Fewer decisions than this on either side, and a shift is noise.
PSI_CASES_MIN = 100
#: Fewer bad loans than this, and KS and AUC are noise.
BADS_MIN = 30
#: Added to every bin's count on both sides, so an empty bin has a logarithm; with thousands of
#: cases it moves the index in the fourth decimal.
SMOOTHING = 0.5


def psi(reference: Mapping[str, int], current: Mapping[str, int]) -> float | None:
    """Population stability index over bins: Σ (c − r) · ln(c / r) of the two shares.

    A bin missing on one side counts as empty there. ``None`` when a side has no case at all.
    Worked: 50/50 against 70/30 of thousands → (0.2)·ln(1.4) + (−0.2)·ln(0.6) ≈ 0.169.
    """
    bins = sorted({*reference, *current})
    total_r, total_c = sum(reference.values()), sum(current.values())
    if not total_r or not total_c:
        return None
    wide = SMOOTHING * len(bins)
    index = 0.0
    for name in bins:
        r = (reference.get(name, 0) + SMOOTHING) / (total_r + wide)
        c = (current.get(name, 0) + SMOOTHING) / (total_c + wide)
        index += (c - r) * log(c / r)
    return index


def shift(index: float | None, cases: int) -> str:
    """``small`` | ``some`` | ``much``, or ``unknown`` with fewer than ``PSI_CASES_MIN`` cases."""
    if index is None or cases < PSI_CASES_MIN:
        return "unknown"
    if index < PSI_SOME:
        return "small"
    return "some" if index < PSI_MUCH else "much"


def decile_edges(counts: Mapping[int, int], bins: int = 10) -> list[int]:
    """Lower edges of bins 2 … n that cut the reference scores into about equal parts.

    Equal values never part, so there may be fewer edges than asked for.
    """
    total, edges, seen, part = sum(counts.values()), [], 0, 1
    values = sorted(counts)
    for at, value in enumerate(values[:-1]):
        seen += counts[value]
        if seen >= total * part / bins:
            edges.append(values[at + 1])
            part = floor(seen * bins / total) + 1
    return edges


def binned(counts: Mapping[int, int], edges: Sequence[int]) -> dict[str, int]:
    """Counts by bin of ``edges``; every bin is named, also an empty one."""
    names = bin_names(edges)
    found = dict.fromkeys(names, 0)
    for value, n in counts.items():
        found[names[bisect_right(edges, value)]] += n
    return found


def bin_names(edges: Sequence[int]) -> list[str]:
    if not edges:
        return ["…"]
    inner = [f"{low}–{high - 1}" for low, high in zip(edges, edges[1:], strict=False)]
    return [f"< {edges[0]}", *inner, f"≥ {edges[-1]}"]


def auc(goods: Mapping[int, int], bads: Mapping[int, int]) -> float | None:
    """Chance that a good one scores above a bad one, ties counting half (Mann-Whitney).

    Counts by score, higher is better. 0.5 tells nothing, 1 parts them fully. ``None`` without both.
    """
    n_good, n_bad = sum(goods.values()), sum(bads.values())
    if not n_good or not n_bad:
        return None
    won, bads_below = 0.0, 0
    for score in sorted({*goods, *bads}):
        won += goods.get(score, 0) * (bads_below + bads.get(score, 0) / 2)
        bads_below += bads.get(score, 0)
    return won / (n_good * n_bad)


def ks(goods: Mapping[int, int], bads: Mapping[int, int]) -> float | None:
    """Largest gap between the shares of bad and of good ones at or below any score."""
    n_good, n_bad = sum(goods.values()), sum(bads.values())
    if not n_good or not n_bad:
        return None
    gap, good, bad = 0.0, 0, 0
    for score in sorted({*goods, *bads}):
        good, bad = good + goods.get(score, 0), bad + bads.get(score, 0)
        gap = max(gap, abs(bad / n_bad - good / n_good))
    return gap


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The smallest value with at least ``share`` of all cases at or below it (nearest rank)."""
    total = sum(counts.values())
    if not total:
        return None
    rank, seen = max(ceil(total * share), 1), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value
    raise AssertionError("the last value holds every rank")


def rounded_ms(value: int) -> int:
    """Milliseconds to two figures from 100 on: what a quantile of them is exact to (5 %)."""
    if value < 100:
        return value
    step = 10 ** (floor(log10(value)) - 1)
    return int(floor(value / step + 0.5) * step)


@dataclass(frozen=True, slots=True)
class Vintage:
    """Loans paid out in one month; ``shares[m]`` were ever 30 days late by month ``m`` on book."""

    month: str
    loans: int
    shares: tuple[float, ...]


def vintage(month: str, loans: int, bad_at: Mapping[int, int], observed: int) -> Vintage:
    """``bad_at``: months on book → loans that first became bad then. Cumulative up to ``observed``,
    the months every loan of the vintage has lived; later ones are not known for all and left out.
    """
    shares, bad = [], 0
    for at in range(max(observed, -1) + 1):
        bad += bad_at.get(at, 0)
        shares.append(bad / loans if loans else 0.0)
    return Vintage(month, loans, tuple(shares))


def merged(parts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Several counts as one."""
    whole: dict[int, int] = {}
    for part in parts:
        for value, n in part.items():
            whole[value] = whole.get(value, 0) + n
    return whole
