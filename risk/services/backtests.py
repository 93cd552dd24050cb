"""Deciding past applications again under another strategy version, a chunk at a time.

A step is one transaction that holds the run's row: what a killed worker had begun is undone by the
database, and whoever comes next goes on after the last decision counted. The lease only tells the
sweeper when to ask again. Decisions themselves are read and never touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models.functions import Now

from risk import vectors
from risk.domain.backtest_sums import summary
from risk.domain.backtests import SIDES, Tally
from risk.domain.columns.evaluate import evaluate_columns
from risk.domain.columns.strategy import ColumnStrategy
from risk.domain.strategy import InvalidStrategy
from risk.models import BacktestRun, StrategyVersion
from risk.services.strategies import NoVersion
from risk.strategies import NoPublishedStrategy, published_version
from risk.vector_reading import TAIL, StoredRows, moment, read

log = structlog.get_logger(__name__)

WANTED, WANTED_MAX = 100_000, 1_000_000
#: Decisions a step; those that must be made from their inputs or decided one by one take long.
CHUNK, SLOW_CHUNK = 20_000, 1_000
LEASE = timedelta(seconds=30)
_State = BacktestRun.State
_ACTIVE = (_State.QUEUED, _State.RUNNING)
#: The last round of every application; ``{}`` takes the run's own filters.
_PAST = """
FROM risk_decisionrecord d LEFT JOIN risk_decisionvector v ON v.decision_id = d.id
WHERE d.as_of <= %(until)s {} AND NOT EXISTS (
    SELECT 1 FROM risk_decisionrecord later WHERE later.application_id = d.application_id
    AND later.round > d.round AND later.as_of <= %(until)s)
"""
_COUNT = "SELECT count(*) FROM (SELECT 1 {} LIMIT %(wanted)s) taken"
_NEXT = "SELECT d.id, d.as_of, " + TAIL + " {} ORDER BY d.as_of DESC, d.id DESC LIMIT %(limit)s"
_FIELDS = (("as_of", ">i8"),)


class NothingToCompare(LookupError):
    """The version is in force itself, or nothing is: there is no other to compare it with."""


class NoRun(LookupError):
    """There is no such run."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which past applications: of one product (empty: all), by business date, newest first."""

    product_code: str = ""
    date_from: date | None = None
    date_to: date | None = None
    wanted: int = WANTED


def start(
    *, version_id: int, before_id: int | None = None, filters: Filters, on: date, author: str,
    now: datetime,
) -> tuple[UUID, bool]:  # fmt: skip
    """Queue a run for a version against ``before_id`` (the one in force if not given); (id, new?).

    While one for this version is on its way that one is returned. Raises ``NoVersion``,
    ``NothingToCompare``, or ``InvalidStrategy`` for a draft that is not in order.
    """
    after = _version(version_id)
    before = _version(before_id) if before_id is not None else _in_force(after, on)
    if before.pk == after.pk:
        raise NothingToCompare(str(version_id))
    for version in (before, after):
        vectors.column_strategy(version.definition, version.sha256)
    run = BacktestRun(
        version_after=after.pk,
        version_before=before.pk,
        definition_after=after.definition,
        definition_before=before.definition,
        sha256_after=after.sha256,
        sha256_before=before.sha256,
        product_code=filters.product_code,
        date_from=filters.date_from,
        date_to=filters.date_to,
        wanted=min(max(filters.wanted, 1), WANTED_MAX),
        until=now,
        author=author,
        created_at=now,
        lease_until=Now() + LEASE,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        active = BacktestRun.objects.filter(version_after=version_id, state__in=_ACTIVE).first()
        if active is None:
            raise
        return active.pk, False
    return run.pk, True


def advance(*, run_id: UUID) -> bool:
    """One step: count the decisions, or decide a chunk of them again. True while more is left.

    False also when another worker holds the run or it is over. What cannot be computed ends the
    run as failed; only trouble with the database is raised, to be tried again.
    """
    try:
        with transaction.atomic():
            run = (
                BacktestRun.objects.select_for_update(skip_locked=True)
                .filter(pk=run_id, state__in=_ACTIVE)
                .first()
            )
            if run is None:
                return False
            if run.state == _State.QUEUED:
                _choose(run)
            else:
                _decide_chunk(run)
            return run.state == _State.RUNNING
    except DatabaseError:
        raise
    except Exception as error:  # whatever a rule or old facts trip over must not be tried for ever
        log.exception("backtest.failed", run_id=str(run_id))
        BacktestRun.objects.filter(pk=run_id, state__in=_ACTIVE).update(
            state=_State.FAILED, problem=type(error).__name__[:60]
        )
        return False


def cancel(*, run_id: UUID) -> bool:
    """Stop a run after the chunk it is at; False if it was over already."""
    return bool(
        BacktestRun.objects.filter(pk=run_id, state__in=_ACTIVE).update(state=_State.CANCELLED)
    )


def unattended(*, limit: int = 20) -> list[UUID]:
    """Runs on their way that no worker has touched within the lease."""
    waiting = BacktestRun.objects.filter(state__in=_ACTIVE, lease_until__lt=Now())
    return list(waiting.order_by("created_at").values_list("pk", flat=True)[:limit])


def _version(version_id: int) -> StrategyVersion:
    version = StrategyVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise NoVersion(str(version_id))
    return version


def _in_force(after: StrategyVersion, on: date) -> StrategyVersion:
    try:
        return _version(published_version(after.strategy.code, on).pk)
    except NoPublishedStrategy as error:
        raise NothingToCompare(str(after.pk)) from error


def _choose(run: BacktestRun) -> None:
    """How many decisions there are to look at."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(_PAST.format(_where(run))), {**_values(run), "wanted": run.wanted})
        run.total = cursor.fetchone()[0]
    run.state = _State.RUNNING
    _keep(run, "total")


def _decide_chunk(run: BacktestRun) -> None:
    before = vectors.column_strategy(run.definition_before, run.sha256_before)
    after = vectors.column_strategy(run.definition_after, run.sha256_after)
    is_slow = bool(before.problem or after.problem)
    rows = _next(run, SLOW_CHUNK if is_slow else CHUNK)
    tally = Tally.from_dict(run.tally)
    _add(tally, before, after, rows)
    run.tally = tally.as_dict()
    run.done += len(rows)
    if len(rows):
        run.last_id = UUID(rows.ids[-1])
        run.last_as_of = moment(int(rows.fields["as_of"][-1]))
    else:  # fewer than were counted: nothing else takes decisions away, but the sum must end
        run.total = run.done
    if run.done == run.total:
        definitions = (run.definition_before, run.definition_after)
        losses = {side: one.get("loss") for side, one in zip(SIDES, definitions, strict=True)}
        words = {**run.definition_before["reasons"], **run.definition_after["reasons"]}
        run.state, run.summary = _State.DONE, summary(tally, losses, words)
    _keep(run, "tally", "total", "done", "last_id", "last_as_of", "summary")


def _next(run: BacktestRun, limit: int) -> StoredRows:
    """The decisions after the last one counted; few of them when many have no row of numbers."""
    where = _where(run)
    if run.last_id is not None:
        where += " AND (d.as_of, d.id) < (%(last_as_of)s, %(last_id)s)"
    values = {**_values(run), "limit": max(min(limit, run.total - run.done), 0)}
    rows = read(_NEXT.format(_PAST.format(where)), values, _FIELDS)
    bare = (rows.fields["layout"] == 0).nonzero()[0]
    return rows.first(int(bare[SLOW_CHUNK])) if len(bare) > SLOW_CHUNK else rows


def _add(tally: Tally, before: ColumnStrategy, after: ColumnStrategy, rows: StoredRows) -> None:
    for part in vectors.parts(rows):
        first, second = (
            evaluate_columns(strategy, part.batch, part.inputs_of) for strategy in (before, after)
        )
        tally.add(part.batch, first, second, ids=part.decision_ids, made=part.made)


def _where(run: BacktestRun) -> str:
    parts = {
        " AND d.product_code = %(product)s": run.product_code,
        " AND d.business_date >= %(date_from)s": run.date_from,
        " AND d.business_date <= %(date_to)s": run.date_to,
    }
    return "".join(sql for sql, wanted in parts.items() if wanted)


def _values(run: BacktestRun) -> Mapping[str, Any]:
    return {
        "until": run.until, "product": run.product_code, "date_from": run.date_from,
        "date_to": run.date_to, "last_as_of": run.last_as_of, "last_id": run.last_id,
    }  # fmt: skip


def _keep(run: BacktestRun, *fields: str) -> None:
    run.lease_until = Now() + LEASE
    run.save(update_fields=["state", "lease_until", *fields])


__all__ = [
    "Filters", "InvalidStrategy", "NoRun", "NothingToCompare", "advance", "cancel", "start",
    "unattended",
]  # fmt: skip
