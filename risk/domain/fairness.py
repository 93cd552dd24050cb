"""Comparing groups: rates with honest intervals, the four-fifths rule, the equal-opportunity gap. Pure.

Intervals are 95 %: Wilson's for one share, Newcombe's (built from two Wilson intervals) for the
difference of two. Groups below ``CELL_MIN`` people are not shown: chance would speak, and so might a
neighbour who recognises somebody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from risk.domain import monitoring_intervals as intervals

CELL_MIN = 20
FOUR_FIFTHS = 0.8


@dataclass(frozen=True, slots=True)
class Counts:
    """One group's decisions: all, approved; the same among those who would likely repay (``good``)."""

    n: int
    approved: int
    good: int = 0
    good_approved: int = 0
    priced: int = 0
    sum_limit: Decimal = Decimal(0)
    sum_rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group beside the reference group (the best-served large enough one). Shares are 0..1.

    ``ratio``: this group's approval share over the reference's. ``gap``: difference of approval shares,
    ``opportunity``: the same difference among those who would likely repay; both with an interval, and
    ``None`` where a side is too small.
    """

    group: str
    counts: Counts
    share: float
    interval: tuple[float, float]
    is_reference: bool
    ratio: float | None
    gap: tuple[float, float, float] | None
    good_share: float | None
    opportunity: tuple[float, float, float] | None
    mean_limit: Decimal | None
    mean_rate: Decimal | None

    @property
    def is_below_four_fifths(self) -> bool:
        return self.ratio is not None and self.ratio < FOUR_FIFTHS

    @property
    def is_proven(self) -> bool:
        """Below four fifths, and chance does not explain it."""
        return self.is_below_four_fifths and self.gap is not None and self.gap[2] < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows of groups that are large enough; ``hidden`` groups with ``hidden_n`` decisions are not."""

    rows: tuple[GroupRow, ...]
    hidden: int
    hidden_n: int


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a share; (0, 1) for nobody."""
    found = intervals.wilson(successes, n)
    return (found.low, found.high) if found else (0.0, 1.0)


def newcombe(k1: int, n1: int, k2: int, n2: int) -> tuple[float, float, float]:
    """k1/n1 − k2/n2 with its 95 % interval: (difference, low, high). ``n1`` and ``n2`` above zero."""
    found = intervals.newcombe(k1, n1, k2, n2)
    if found is None:
        raise ValueError("a share of nobody")
    return found.value, found.low, found.high


def compare(groups: Mapping[str, Counts]) -> Comparison:
    """Every group beside the one with the highest approval share, in the order given."""
    shown = {name: counts for name, counts in groups.items() if counts.n >= CELL_MIN}
    small = [counts for name, counts in groups.items() if name not in shown]
    reference = max(
        shown, key=lambda name: (shown[name].approved / shown[name].n, shown[name].n), default=""
    )
    rows = [_row(name, counts, shown[reference], name == reference) for name, counts in shown.items()]
    return Comparison(tuple(rows), len(small), sum(counts.n for counts in small))


def _row(name: str, mine: Counts, best: Counts, is_reference: bool) -> GroupRow:
    share, best_share = mine.approved / mine.n, best.approved / best.n
    comparable = not is_reference and min(mine.good, best.good) >= CELL_MIN
    return GroupRow(
        group=name,
        counts=mine,
        share=share,
        interval=wilson(mine.approved, mine.n),
        is_reference=is_reference,
        ratio=None if is_reference or best_share == 0 else share / best_share,
        gap=None if is_reference else newcombe(mine.approved, mine.n, best.approved, best.n),
        good_share=mine.good_approved / mine.good if mine.good >= CELL_MIN else None,
        opportunity=newcombe(mine.good_approved, mine.good, best.good_approved, best.good)
        if comparable
        else None,
        mean_limit=_mean(mine.sum_limit, mine.priced),
        mean_rate=_mean(mine.sum_rate, mine.priced),
    )


def _mean(total: Decimal, n: int) -> Decimal | None:
    return total / n if n >= CELL_MIN else None

