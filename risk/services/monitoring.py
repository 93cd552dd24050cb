"""Keeping what monitoring counts: coarse figures with each decision, counts by day afterwards.

``keep`` runs inside the decision's transaction and never makes it fail. The counts are made by a
job, a business date at a time, each anew from the rows themselves: repeating it changes nothing.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Max

from risk.models import (
    DecisionDay,
    DecisionFigures,
    DecisionRecord,
    MonitoringMark,
    ScoreBin,
)
from risk.services import monitoring_sql, trials
from risk.strategies import compiled_version

log = structlog.get_logger(__name__)
_DAYS_LOCK, _OUTCOMES_LOCK = 7_101, 7_102
#: A label beyond these many is counted as nothing rather than filling the table with free text.
BINS_MAX = 2_000
OTHERWISE = "otherwise"
#: Decisions land on the bank's date; one that was long in coming may land on the day before.
DAYS_STILL_OPEN = 1
_CHUNK = 20_000


@dataclass(frozen=True)
class LoanOutcome:
    """A loan that was paid out: the decision behind it and when, if ever, it turned bad."""

    decision_id: UUID
    product_code: str
    disbursed_on: date
    bad_on: date | None


def keep(*, record: DecisionRecord, took_us: int, place: trials.Place | None) -> None:
    """The decision's figures, and its row in a running trial: one insert each, in a savepoint."""
    try:
        with transaction.atomic():
            DecisionFigures(
                decision=record,
                bins=_bin_ids(_labels(record)),
                annual_rate=trials.first_rate(record.result),
                took_us=took_us,
            ).save(force_insert=True)
            if place is not None:
                trials.keep(place=place, record=record, took_us=took_us)
    except Exception as error:  # the decision stands, whatever its figures do
        log.warning("monitoring.not_kept", problem=type(error).__name__)


def _labels(record: DecisionRecord) -> list[tuple[str, str]]:
    """Feature and bin of each point given. A word the scorecard does not list is the person's own: it
    stays in the record, sealed, and counts as ``OTHERWISE`` here.
    """
    points = record.result["trace"]["points"]
    if not points:
        return []
    card = compiled_version(record.strategy_version_id).scorecard
    listed = {one.feature: {*one.table, "thin"} for one in card.characteristics if not one.points}
    return [
        (feature, label if label in listed.get(feature, {label}) else OTHERWISE)
        for feature, label, _ in points
    ]


_bins: dict[tuple[str, str], int] = {}


def forget() -> None:
    """Drop what is kept: for tests, whose rows vanish."""
    _bins.clear()


def _bin_ids(pairs: Sequence[tuple[str, str]]) -> list[int]:
    """Numbers of the bins' words; words never seen are added once."""
    pairs = [(feature[:60], label[:60]) for feature, label in pairs]
    new = [pair for pair in pairs if pair not in _bins]
    if new:
        known = dict.fromkeys(ScoreBin.objects.values_list("feature", "label"))
        missing = [pair for pair in new if pair not in known]
        if missing and len(known) < BINS_MAX:
            ScoreBin.objects.bulk_create(
                [ScoreBin(feature=feature, label=label) for feature, label in sorted(missing)],
                ignore_conflicts=True,
            )
        rows = ScoreBin.objects.values_list("feature", "label", "pk")
        # remembered after the commit only: what is rolled back must not be remembered
        fresh = {(feature, label): pk for feature, label, pk in rows}
        transaction.on_commit(lambda: _bins.update(fresh))
        return [fresh[pair] for pair in pairs if pair in fresh]
    return [_bins[pair] for pair in pairs]


def refresh_days(*, now: datetime, budget_s: float = 15.0) -> int:
    """Count the newest business dates again and any not counted yet; returns how many days.

    With much to catch up it stops when the time is up and goes on at the next call.
    """
    started, done = time.perf_counter(), 0
    newest = DecisionDay.objects.filter(kind="outcome").aggregate(day=Max("day"))["day"]
    records = DecisionRecord.objects.all()
    if newest is not None:
        records = records.filter(business_date__gte=newest - timedelta(days=DAYS_STILL_OPEN))
    for day in records.order_by("business_date").values_list("business_date", flat=True).distinct():
        if not _count_day(day):
            return done  # another job is at it
        done += 1
        if time.perf_counter() - started > budget_s:
            return done
    _mark("days", now)
    return done


def _count_day(day: date) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_DAYS_LOCK])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(monitoring_sql.FORGET_DAY, {"day": day})
        cursor.execute(monitoring_sql.COUNT_DAY, {"day": day})
    return True


def outcomes_age(*, now: datetime) -> timedelta | None:
    """How old the loans' outcomes are; ``None`` before the first time."""
    mark = MonitoringMark.objects.filter(name="outcomes").first()
    return None if mark is None else now - mark.at


def record_outcomes(*, outcomes: Iterable[LoanOutcome], now: datetime) -> int:
    """Replace the counts of how loans went by these; returns how many loans there were."""
    count, rows = 0, iter(outcomes)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_OUTCOMES_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(monitoring_sql.OUTCOME_TABLE)
        while chunk := list(islice(rows, _CHUNK)):
            cursor.execute(monitoring_sql.ADD_OUTCOMES, _columns(chunk))
            count += len(chunk)
        cursor.execute(monitoring_sql.COUNT_OUTCOMES)
        _mark("outcomes", now)
    return count


def _columns(chunk: Sequence[LoanOutcome]) -> list[Any]:
    return [
        [str(row.decision_id) for row in chunk],
        [row.product_code for row in chunk],
        [row.disbursed_on for row in chunk],
        [row.bad_on for row in chunk],
    ]


def _mark(name: str, now: datetime) -> None:
    MonitoringMark.objects.update_or_create(name=name, defaults={"at": now})
