"""The way from a scan to money, counted the same way everywhere. Pure: no Django, no clock.

Unit: one *attempt* (one person's one go at one loan). Ordered: whoever reached a step counts for every
step before it. A step counts when it is reached within ``window`` of the attempt's first moment.
An attempt that has neither finished nor ended is *in progress* while its window is open, and *dropped*
once it is shut; nobody who is still typing is called lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

#: Linear steps in order; each has a column ``<step>_at`` on the attempt.
STEPS = (
    "scanned",
    "otp_sent",
    "logged_in",
    "started",
    "identified",
    "consented",
    "profiled",
    "card_bound",
    "submitted",
    "decided",
    "offered",
    "accepted",
    "signed",
    "disbursed",
)
LAST_STEP = len(STEPS) - 1
#: Ways to end before money; each has a column ``<ending>_at``. The latest one counts.
ENDINGS = ("declined", "withdrawn", "expired")
FINISHED = "disbursed"
IN_PROGRESS = "in_progress"
DROPPED = "dropped"
STATUSES = (FINISHED, IN_PROGRESS, *ENDINGS, DROPPED)

WINDOWS = {"1d": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
DEFAULT_WINDOW = "7d"


@dataclass(frozen=True)
class Attempt:
    """``times``: step, ending or ``in_review`` → when (absent or None when it never happened)."""

    times: Mapping[str, datetime | None]

    @property
    def entered_at(self) -> datetime:
        return min(at for at in self.times.values() if at is not None)


@dataclass
class FunnelStep:
    """``n`` attempts came at least this far; the rest of the row is about those who came no further."""

    key: str
    n: int = 0
    step_share: float | None = None  # of those who reached the step before, 0..1
    total_share: float | None = None  # of all who entered, 0..1
    median_s: float | None = None  # seconds since the step before
    p90_s: float | None = None
    stopped: dict[str, int] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        return self.stopped.get(DROPPED, 0)

    @property
    def in_progress(self) -> int:
        return self.stopped.get(IN_PROGRESS, 0)


@dataclass(frozen=True)
class Funnel:
    entered: int
    steps: tuple[FunnelStep, ...]

    def total(self, status: str) -> int:
        """How many attempts stand at ``status`` over all steps."""
        return sum(step.stopped.get(status, 0) for step in self.steps)

    @property
    def worst(self) -> FunnelStep | None:
        """The step at which most people were lost, None when nobody was."""
        lost = [step for step in self.steps if step.dropped]
        return max(lost, key=lambda step: step.dropped, default=None)


def reached(attempt: Attempt, window: timedelta) -> int:
    """Index of the furthest step reached within ``window`` of entering."""
    limit = attempt.entered_at + window
    inside = [
        index
        for index, step in enumerate(STEPS)
        if (at := attempt.times.get(step)) is not None and at <= limit
    ]
    return max(inside, default=0)


def ended_as(attempt: Attempt) -> str:
    """ "" while open, ``disbursed``, or the ending that no later step has undone (a review may)."""
    if attempt.times.get(FINISHED):
        return FINISHED
    endings = [(at, name) for name in ENDINGS if (at := attempt.times.get(name))]
    if not endings:
        return ""
    at, name = max(endings)
    moved = [t for key, t in attempt.times.items() if key not in ENDINGS and t is not None]
    return name if at >= max(moved, default=at) else ""


def status(attempt: Attempt, window: timedelta, now: datetime) -> str:
    """Where the attempt stands: one of ``STATUSES``."""
    ended = ended_as(attempt)
    if ended == FINISHED:
        return FINISHED if reached(attempt, window) == LAST_STEP else DROPPED
    if ended:
        return ended
    return IN_PROGRESS if attempt.entered_at + window > now else DROPPED


def build(
    stops: Iterable[tuple[int, str, int]],
    times: Mapping[int, tuple[float | None, float | None]] | None = None,
) -> Funnel:
    """The funnel from ``(furthest step index, status, count)`` rows and step index → (median, p90) s."""
    steps = [FunnelStep(key=key) for key in STEPS]
    for index, where, count in stops:
        steps[index].stopped[where] = steps[index].stopped.get(where, 0) + count
    running = 0
    for step in reversed(steps):
        running += sum(step.stopped.values())
        step.n = running
    for index, step in enumerate(steps):
        step.total_share = step.n / running if running else None
        if index and steps[index - 1].n:
            step.step_share = step.n / steps[index - 1].n
        step.median_s, step.p90_s = (times or {}).get(index, (None, None))
    return Funnel(entered=running, steps=tuple(steps))


def step_times(attempts: Iterable[Attempt], window: timedelta) -> dict[int, list[float]]:
    """Step index → seconds since the step before it, for steps reached inside the window."""
    found: dict[int, list[float]] = {}
    for attempt in attempts:
        limit = attempt.entered_at + window
        for index in range(1, len(STEPS)):
            before, at = attempt.times.get(STEPS[index - 1]), attempt.times.get(STEPS[index])
            if before is not None and at is not None and before <= at <= limit:
                found.setdefault(index, []).append((at - before).total_seconds())
    return found


def funnel(attempts: Iterable[Attempt], window: timedelta, now: datetime) -> Funnel:
    """The whole calculation in plain Python: the reference the SQL is compared with."""
    attempts = list(attempts)
    stops = [(reached(a, window), status(a, window, now), 1) for a in attempts]
    times = {
        index: (median(values), _p90(values))
        for index, values in step_times(attempts, window).items()
    }
    return build(stops, times)


def _p90(values: list[float]) -> float:
    """Linear interpolation, as PostgreSQL's percentile_cont does it."""
    ordered = sorted(values)
    position = 0.9 * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)
