"""How sure a share is, and how sure a difference of two shares is. 95 % throughout.

Wilson (1927) for one share; Newcombe (1998), method 10, for two: both stay inside 0 … 1 and behave
with few cases, where the textbook interval does not.
"""

from dataclasses import dataclass
from math import ceil, sqrt

Z95 = 1.959963984540054
#: A difference of this many points or less is called "about the same" once it is known so well.
SAME_WITHIN = 0.03


@dataclass(frozen=True, slots=True)
class Interval:
    """A share or a difference of shares, with its 95 % bounds."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Paired:
    """The same cases judged twice: both yes, only the first, only the second, neither."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def n(self) -> int:
        return self.both + self.first + self.second + self.neither


def wilson(hits: int, n: int) -> Interval | None:
    """The share ``hits / n``; ``None`` of nothing. 81 of 263 → 0.308, 0.255 … 0.366."""
    if n <= 0:
        return None
    share, z2 = hits / n, Z95 * Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low = 0.0 if hits == 0 else max(middle - half, 0.0)
    return Interval(share, low, 1.0 if hits == n else min(middle + half, 1.0))


def newcombe(hits_a: int, n_a: int, hits_b: int, n_b: int) -> Interval | None:
    """Share a minus share b, of different cases. 56/70 − 48/80 → 0.2000, 0.0524 … 0.3339."""
    a, b = wilson(hits_a, n_a), wilson(hits_b, n_b)
    if a is None or b is None:
        return None
    return _difference(a, b, phi=0.0)


def newcombe_paired(cases: Paired) -> Interval | None:
    """First share minus second share of the same cases, whose agreement narrows the interval."""
    n = cases.n
    a, b = wilson(cases.both + cases.first, n), wilson(cases.both + cases.second, n)
    if a is None or b is None:
        return None
    return _difference(a, b, phi=_phi(cases))


def cases_needed(share: float, difference: float = 0.05) -> int:
    """Cases in each arm to see a difference of shares four times in five (80 % power)."""
    spread = max(share * (1 - share), 0.01)
    return ceil(2 * (Z95 + 0.841621) ** 2 * spread / difference**2)


def judged(difference: Interval | None) -> str:
    """``more`` | ``less`` | ``same`` | ``unknown`` (too few cases to tell)."""
    if difference is None:
        return "unknown"
    if difference.low > 0:
        return "more"
    if difference.high < 0:
        return "less"
    is_close = difference.low >= -SAME_WITHIN and difference.high <= SAME_WITHIN
    return "same" if is_close else "unknown"


def _difference(a: Interval, b: Interval, *, phi: float) -> Interval:
    down_a, up_b = a.value - a.low, b.high - b.value
    up_a, down_b = a.high - a.value, b.value - b.low
    below = sqrt(max(down_a**2 - 2 * phi * down_a * up_b + up_b**2, 0.0))
    above = sqrt(max(up_a**2 - 2 * phi * up_a * down_b + down_b**2, 0.0))
    value = a.value - b.value
    return Interval(value, max(value - below, -1.0), min(value + above, 1.0))


def _phi(cases: Paired) -> float:
    """Correlation of the two judgements, corrected for continuity where it is positive."""
    both, first, second, neither = cases.both, cases.first, cases.second, cases.neither
    below = (both + first) * (second + neither) * (both + second) * (first + neither)
    above = float(both * neither - first * second)
    if below == 0:
        return 0.0
    if above > 0:
        above = max(above - cases.n / 2, 0.0)
    return above / sqrt(below)
