"""How the decisions go: shifts, rates, speed, cost and how loans turned out, from counts by day.

Every figure comes from ``DecisionDay``, so a page costs the same over a million decisions; it is as
fresh as ``Report.counted_at``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from risk.domain import monitoring as figures
from risk.domain.monitoring_intervals import Interval, wilson
from risk.models import DecisionDay, MonitoringMark, ScoreBin

DAYS_MAX = 366
#: What a shift is measured against: the days just before the first one shown.
REFERENCE_DAYS = 90
CSI_SHOWN = 20
REASONS_SHOWN = 5


@dataclass(frozen=True)
class Span:
    """Business dates, both included, of one product or (``""``) of all."""

    since: date
    until: date
    product: str = ""

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def before(self, days: int) -> "Span":
        """The ``days`` before this one."""
        return Span(self.since - timedelta(days=days), self.since - timedelta(days=1), self.product)


@dataclass(frozen=True)
class Day:
    """One business date (or a whole span, ``day`` ``None``). Automated: no person was asked for."""

    day: date | None
    approve: int
    refer: int
    decline: int

    @property
    def n(self) -> int:
        return self.approve + self.refer + self.decline

    @property
    def approval(self) -> float | None:
        return self.approve / self.n if self.n else None

    @property
    def automation(self) -> float | None:
        return (self.approve + self.decline) / self.n if self.n else None


@dataclass(frozen=True)
class Shift:
    """A distribution now against before: PSI, its size in words, bins as (name, before, now) shares."""

    name: str
    index: float | None
    size: str
    cases: int
    bins: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Speed:
    """Milliseconds, exact to two figures."""

    p50: int | None
    p95: int | None
    p99: int | None


@dataclass(frozen=True)
class Report:
    """All the page shows but people and alerts."""

    days: tuple[Day, ...]
    whole: Day
    approval: Interval | None
    score: Shift
    characteristics: tuple[Shift, ...]
    reasons: tuple[tuple[str, tuple[int, ...]], ...]
    weeks: tuple[date, ...]
    took: Speed
    wait: Speed
    cost_yuan: Decimal | None
    mean_limit: Decimal | None
    sources: tuple[tuple[str, int, int], ...]
    counted_at: datetime | None


Counts = Mapping[str, Mapping[str, int]]


def report(span: Span) -> Report:
    """Four queries over counts. ``cost_yuan`` is per decision; ``sources``: (code, asked, failed)."""
    now, before = _counts(span), _counts(span.before(REFERENCE_DAYS))
    days = tuple(per_day(span))
    whole = total(days)
    weeks, reasons = _reasons(span)
    cost = now.get("cost", {}).get("", 0)
    limit = now.get("limit", {}).get("", 0)
    return Report(
        days=days,
        whole=whole,
        approval=wilson(whole.approve, whole.n),
        score=score_shift(before, now),
        characteristics=tuple(_characteristic_shifts(before, now)),
        reasons=reasons,
        weeks=weeks,
        took=_speed(now.get("took", {})),
        wait=_speed(now.get("wait", {})),
        cost_yuan=Decimal(cost) / 100 / whole.n if whole.n else None,
        mean_limit=Decimal(limit) / 100 / whole.approve if whole.approve else None,
        sources=tuple(
            (code, n, now.get("failed", {}).get(code, 0))
            for code, n in sorted(now.get("asked", {}).items())
        ),
        counted_at=counted_at("days"),
    )


def per_day(span: Span) -> list[Day]:
    """One row for each business date that had decisions, oldest first."""
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for day, key, n in _rows(span, ("outcome",)):
        found[day][key] = found[day].get(key, 0) + n
    return [
        Day(day, by.get("approve", 0), by.get("refer", 0), by.get("decline", 0))
        for day, by in sorted(found.items())
    ]


def total(days: Iterable[Day]) -> Day:
    rows = list(days)
    return Day(
        None, sum(d.approve for d in rows), sum(d.refer for d in rows), sum(d.decline for d in rows)
    )


def score_shift(before: Counts, now: Counts) -> Shift:
    """PSI of the score, in bins that part the scores before (or, without any, those now) into tenths."""
    was, is_ = _numbers(before.get("score", {})), _numbers(now.get("score", {}))
    edges = figures.decile_edges(was or is_)
    return _shift("score", figures.binned(was, edges), figures.binned(is_, edges))


def speed_now(span: Span) -> tuple[Speed, int]:
    """Our own time of the span's decisions, and how many they were."""
    counts = _counts(span, ("took",)).get("took", {})
    return _speed(counts), sum(counts.values())


def source_errors(span: Span) -> tuple[int, int]:
    """(asked, failed) of all sources."""
    counts = _counts(span, ("asked", "failed"))
    return sum(counts.get("asked", {}).values()), sum(counts.get("failed", {}).values())


def shift_now(span: Span) -> Shift:
    """The score's shift alone, for the alerts."""
    return score_shift(
        _counts(span.before(REFERENCE_DAYS), ("score",)), _counts(span, ("score",))
    )


def counted_at(name: str) -> datetime | None:
    """When ``days`` or ``outcomes`` were last counted."""
    mark = MonitoringMark.objects.filter(name=name).first()
    return mark.at if mark else None


def products() -> list[str]:
    """Products with decisions counted, by code."""
    rows = DecisionDay.objects.filter(kind="outcome").order_by("product_code")
    return list(rows.values_list("product_code", flat=True).distinct())


def _counts(span: Span, kinds: tuple[str, ...] = ()) -> dict[str, dict[str, int]]:
    """kind → key → n over the whole span."""
    wanted = list(kinds or _COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT kind, key, sum(n)::bigint FROM risk_decisionday
            WHERE kind = ANY(%s) AND day BETWEEN %s AND %s AND (%s = '' OR product_code = %s)
            GROUP BY 1, 2""",
            [wanted, span.since, span.until, span.product, span.product],
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for kind, key, n in cursor.fetchall():
            found[kind][key] = n
    return found


_COUNTED = ("score", "bin", "took", "wait", "cost", "limit", "asked", "failed")


def _rows(span: Span, kinds: tuple[str, ...]) -> list[tuple[date, str, int]]:
    rows = DecisionDay.objects.filter(kind__in=kinds, day__range=(span.since, span.until))
    if span.product:
        rows = rows.filter(product_code=span.product)
    return list(rows.values_list("day", "key", "n"))


def _numbers(counts: Mapping[str, int]) -> dict[int, int]:
    return {int(key): n for key, n in counts.items()}


def _speed(counts: Mapping[str, int]) -> Speed:
    found = _numbers(counts)
    p50, p95, p99 = (figures.quantile(found, share) for share in (0.5, 0.95, 0.99))
    return Speed(p50, p95, p99)


def _shift(name: str, before: Mapping[str, int], now: Mapping[str, int]) -> Shift:
    was, is_ = sum(before.values()), sum(now.values())
    index, cases = figures.psi(before, now), min(was, is_)
    names = list(dict.fromkeys([*before, *now]))
    bins = tuple(
        (b, before.get(b, 0) / was if was else 0.0, now.get(b, 0) / is_ if is_ else 0.0)
        for b in names
    )
    return Shift(name, index, figures.shift(index, cases), cases, bins)


def _characteristic_shifts(before: Counts, now: Counts) -> list[Shift]:
    """CSI of every characteristic scored, the most shifted first. A new version that cuts other
    bins shows as a shift, too: its points are given to other bands of people.
    """
    words = {str(pk): (f, label) for pk, f, label in ScoreBin.objects.values_list("pk", "feature", "label")}
    sides: dict[str, tuple[dict[str, int], dict[str, int]]] = defaultdict(lambda: ({}, {}))
    for side, counts in enumerate((before.get("bin", {}), now.get("bin", {}))):
        for key, n in counts.items():
            feature, label = words.get(key, ("", ""))
            if feature:
                sides[feature][side][label] = n
    shifts = [_shift(feature, *both) for feature, both in sides.items()]
    return sorted(shifts, key=lambda s: (-(s.index or 0.0), s.name))[:CSI_SHOWN]


def _reasons(span: Span) -> tuple[tuple[date, ...], tuple[tuple[str, tuple[int, ...]], ...]]:
    """Weeks (their Mondays), and for the most frequent codes how often in each."""
    found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for day, code, n in _rows(span, ("reason",)):
        found[code][day - timedelta(days=day.weekday())] += n
    weeks = tuple(sorted({week for by in found.values() for week in by}))
    most = sorted(found, key=lambda code: (-sum(found[code].values()), code))[:REASONS_SHOWN]
    return weeks, tuple((code, tuple(found[code].get(w, 0) for w in weeks)) for code in most)

