"""Funnels from attempt rows, as set-based SQL. Same rules as ``marketing.domain.funnel``, same numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from marketing.domain.funnel import DROPPED, FINISHED, IN_PROGRESS, STEPS, Funnel, build

#: Step times come from at most about this many attempts: enough for a steady median, fast at any size.
TIMES_SAMPLE = 10_000
GROUPS_MAX = 200
GROUP_COLUMNS = {"officer": "officer_id", "product": "product_code", "code": "code"}


@dataclass(frozen=True)
class Filter:
    """Which attempts: entered in [since, until), and whose. None = no restriction."""

    since: datetime
    until: datetime
    window: timedelta
    officer_id: int | None = None
    branch_id: int | None = None
    product_code: str | None = None
    code: str | None = None

    def where(self) -> tuple[str, dict[str, Any]]:
        conditions = ["entered_at >= %(since)s", "entered_at < %(until)s"]
        for column in ("officer_id", "branch_id", "product_code", "code"):
            if getattr(self, column) is not None:
                conditions.append(f"{column} = %({column})s")
        return " AND ".join(conditions), {
            "since": self.since,
            "until": self.until,
            "window": self.window,
            "officer_id": self.officer_id,
            "branch_id": self.branch_id,
            "product_code": self.product_code,
            "code": self.code,
        }


@dataclass(frozen=True)
class Group:
    """One row of a breakdown: how many entered and came at least so far."""

    key: Any
    entered: int
    submitted: int
    offered: int
    disbursed: int
    in_progress: int

    @property
    def share(self) -> float | None:
        """Scan to money, 0..1; None while everybody is still on the way."""
        settled = self.entered - self.in_progress
        return self.disbursed / settled if settled else None


@dataclass(frozen=True)
class FunnelView:
    """The funnel, its breakdown, and from how many attempts the times come."""

    funnel: Funnel
    groups: list[Group]
    times_from: int


def _reached_sql() -> str:
    """Furthest step within the window; the generated column answers for all whose story fits inside."""
    cases = " ".join(
        f"WHEN {step}_at <= entered_at + %(window)s THEN {index}"
        for index, step in reversed(list(enumerate(STEPS)))
    )
    return (
        "CASE WHEN last_moved_at <= entered_at + %(window)s THEN furthest_step "
        f"ELSE (CASE {cases} ELSE 0 END) END"
    )


_REACHED = _reached_sql()
_STATUS = (
    f"CASE WHEN ended_as = '{FINISHED}' THEN "
    f"(CASE WHEN disbursed_at <= entered_at + %(window)s THEN '{FINISHED}' ELSE '{DROPPED}' END) "
    "WHEN ended_as <> '' THEN ended_as "
    f"WHEN entered_at + %(window)s > %(now)s THEN '{IN_PROGRESS}' ELSE '{DROPPED}' END"
)


def funnel(chosen: Filter, now: datetime, by: str = "product") -> FunnelView:
    """Counts of all chosen attempts and of each group (``by`` officer, product or code) in one pass.

    Median and 90th percentile times come from a sample when there are many attempts. Groups: most
    attempts first, at most ``GROUPS_MAX``.
    """
    where, values = chosen.where()
    values["now"] = now
    columns = f"{GROUP_COLUMNS[by]}, {_REACHED}, {_STATUS}, count(*)"
    rows = _select(columns, where, values, "GROUP BY 1, 2, 3")
    times, used = _times(where, values, sum(row[3] for row in rows))
    return FunnelView(build((row[1:] for row in rows), times), _groups(rows), used)


def _groups(rows: list[Any]) -> list[Group]:
    by_key: dict[Any, list[Any]] = {}
    for key, step, status, count in rows:
        by_key.setdefault(key, []).append((step, status, count))

    def at_least(stops: list[Any], name: str) -> int:
        return sum(count for step, _, count in stops if step >= STEPS.index(name))

    groups = [
        Group(
            key=key,
            entered=sum(count for _, _, count in stops),
            submitted=at_least(stops, "submitted"),
            offered=at_least(stops, "offered"),
            disbursed=at_least(stops, FINISHED),
            in_progress=sum(count for _, status, count in stops if status == IN_PROGRESS),
        )
        for key, stops in by_key.items()
    ]
    return sorted(groups, key=lambda g: (-g.entered, str(g.key)))[:GROUPS_MAX]


def _times(
    where: str, values: dict[str, Any], entered: int
) -> tuple[dict[int, tuple[Any, Any]], int]:
    if not entered:
        return {}, 0
    sample = ""
    if entered > TIMES_SAMPLE:  # ids are random: a prefix of the id space is a fair sample
        values = {
            **values,
            "top": f"{int(0xFFFFFFFF * TIMES_SAMPLE / entered):08x}-0000-4000-8000-000000000000",
        }
        sample = " AND id < %(top)s::uuid"
    parts = ["count(*)"]
    for index in range(1, len(STEPS)):
        before, at = f"{STEPS[index - 1]}_at", f"{STEPS[index]}_at"
        parts.append(
            f"percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM {at} - {before})) "
            f"FILTER (WHERE {at} >= {before} AND {at} <= entered_at + %(window)s)"
        )
    row = _select(", ".join(parts), where + sample, values)[0]
    return {i: (pair[0], pair[1]) for i, pair in enumerate(row[1:], start=1) if pair}, row[0]


def obstacles(chosen: Filter, limit: int = 5) -> list[tuple[str, int]]:
    """The obstacles reported most by people who did not finish: (reason, attempts)."""
    where, values = chosen.where()
    return _select(
        "drop_reason, count(*)",
        f"{where} AND drop_reason <> '' AND ended_as <> '{FINISHED}'",
        {**values, "limit": limit},
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s",
    )


def _select(columns: str, where: str, values: Mapping[str, Any], tail: str = "") -> list[Any]:
    """Columns and conditions are written in this file; whatever was asked for travels as a parameter."""
    sql = f"SELECT {columns} FROM marketing_journeyattempt WHERE {where} {tail}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
