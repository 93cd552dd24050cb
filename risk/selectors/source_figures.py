"""What a source did in spans of time, from its reports: set-based, bounded by the index on
(source, requested_at). Nothing here names a person or an application.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from risk.gateways.sources import FAILED
from risk.models import SourceReport
from risk.spending import BREAKER, NOT_SENT

FAILURES_SHOWN = 50
HOURS_SHOWN = 24
RECENT, DAY, WEEK = timedelta(minutes=15), timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Figures:
    """What a source did in a span. Milliseconds are ``None`` where nothing was asked.

    ``not_sent`` are questions that were not put: over budget, switched off, or, as ``held_back``
    counts, because a worker's breaker was open.
    """

    asked: int = 0
    reused: int = 0
    stale: int = 0
    match: int = 0
    mismatch: int = 0
    no_record: int = 0
    errors: int = 0
    timeouts: int = 0
    not_sent: int = 0
    held_back: int = 0
    p50_ms: int | None = None
    p95_ms: int | None = None

    @property
    def reuse_share(self) -> float | None:
        """Of all questions, how many a fresh answer settled without a call."""
        return share(self.reused, self.reused + self.asked)

    @property
    def record_share(self) -> float | None:
        """Of all answers, how many found something on the person."""
        return share(self.match, self.match + self.no_record)

    @property
    def failed(self) -> int:
        return self.errors + self.timeouts


@dataclass(frozen=True)
class Hour:
    """One hour of a source, local time."""

    at: datetime
    asked: int
    failed: int
    p50_ms: int | None
    p95_ms: int | None


# One pass over a week's reports of all sources: the index on (source, requested_at) holds all that is
# read, and codes sort by bytes (a language's order would take half as long again).
_FIGURES = """
WITH span AS (
    SELECT unnest(%(names)s::text[]) COLLATE "C" AS span, unnest(%(since)s::timestamptz[]) AS since
),
report AS (
    SELECT source COLLATE "C" AS source, requested_at, result, problem, latency_ms,
           reused_from_id IS NOT NULL AND result NOT IN ('ERROR', 'TIMEOUT') AS is_reused,
           reused_from_id IS NOT NULL AND result IN ('ERROR', 'TIMEOUT') AS is_stale,
           problem = ANY(%(not_sent)s) AS is_unsent
    FROM risk_sourcereport
    WHERE source = ANY(%(sources)s) AND requested_at >= %(first)s AND state = 'answered'
)
SELECT source, span,
       count(*) FILTER (WHERE NOT is_reused AND NOT is_unsent) AS asked,
       count(*) FILTER (WHERE is_reused) AS reused,
       count(*) FILTER (WHERE is_stale) AS stale,
       count(*) FILTER (WHERE result = 'MATCH') AS match,
       count(*) FILTER (WHERE result = 'MISMATCH') AS mismatch,
       count(*) FILTER (WHERE result = 'NO_RECORD') AS no_record,
       count(*) FILTER (WHERE result = 'ERROR' AND NOT is_unsent) AS errors,
       count(*) FILTER (WHERE result = 'TIMEOUT') AS timeouts,
       count(*) FILTER (WHERE is_unsent) AS not_sent,
       count(*) FILTER (WHERE problem = %(breaker)s) AS held_back,
       percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY latency_ms)
           FILTER (WHERE NOT is_reused AND NOT is_unsent) AS latencies
FROM report JOIN span ON report.requested_at >= span.since
GROUP BY source, span
"""
_HOURS = """
SELECT date_trunc('hour', requested_at) AS at,
       count(*) FILTER (WHERE problem <> ALL(%(not_sent)s)) AS asked,
       count(*) FILTER (WHERE result IN ('ERROR', 'TIMEOUT')) AS failed,
       percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY latency_ms)
           FILTER (WHERE problem <> ALL(%(not_sent)s)) AS latencies
FROM risk_sourcereport
WHERE source = %(source)s AND requested_at >= %(first)s AND state = 'answered'
  AND (reused_from_id IS NULL OR result IN ('ERROR', 'TIMEOUT'))
GROUP BY 1
"""


def failures(code: str, now: datetime) -> list[dict[str, Any]]:
    """The last failed questions of a week, newest first: at, result, problem, latency_ms, stale."""
    rows = (
        SourceReport.objects.filter(source=code, result__in=FAILED, requested_at__gte=now - WEEK)
        .order_by("-requested_at")
        .values("requested_at", "result", "problem", "latency_ms", "reused_from_id")
    )
    return [
        {
            "at": row["requested_at"],
            "result": row["result"],
            "problem": row["problem"],
            "latency_ms": row["latency_ms"],
            "stale": row["reused_from_id"] is not None,
        }
        for row in rows[:FAILURES_SHOWN]
    ]


def hours(code: str, now: datetime) -> list[Hour]:
    """The last 24 hours, oldest first, the present one last; hours without a question are empty."""
    this_hour = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    first = this_hour - timedelta(hours=HOURS_SHOWN - 1)
    asked = {"source": code, "first": first, "not_sent": sorted(NOT_SENT)}
    found = {row["at"]: row for row in _rows(_HOURS, asked)}
    return [
        Hour(at, row.get("asked", 0), row.get("failed", 0), row.get("p50_ms"), row.get("p95_ms"))
        for at in (first + timedelta(hours=n) for n in range(HOURS_SHOWN))
        for row in (found.get(at, {}),)
    ]


def figures(codes: Sequence[str], now: datetime) -> Mapping[tuple[str, str], Figures]:
    """(source, span) → figures, for the spans recent (15 minutes), day and week; silent ones lack."""
    spans = {"recent": now - RECENT, "day": now - DAY, "week": now - WEEK}
    asked = {
        "names": list(spans),
        "since": list(spans.values()),
        "first": spans["week"],
        "sources": list(codes),
        "not_sent": sorted(NOT_SENT),
        "breaker": BREAKER,
    }
    return {
        (row.pop("source"), row.pop("span")): Figures(**row) for row in _rows(_FIGURES, asked)
    }


def _rows(sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["p50_ms"], row["p95_ms"] = row.pop("latencies") or (None, None)
    return rows


def share(part: int, whole: int | None) -> float | None:
    """``part`` of ``whole``; ``None`` where there is nothing to divide by."""
    return part / whole if whole else None
