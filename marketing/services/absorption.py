"""Taking in lending's event feed: set-based, safe to repeat, safe against late and repeated events.

Feed ids are not commit order, so besides what is new the recent past is read again now and then, and ids
already taken in are passed over.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction

from lending import events as lending_events
from lending.selectors import staff as staff_selectors
from marketing.domain.events import (
    LATEST_COLUMNS,
    Delta,
    Event,
    columns,
    obstacle,
    token_of,
    unscanned_id,
)
from marketing.models import AbsorbedEvent, EventCursor, JourneyAttempt
from marketing.models.attempts import ENDING_COLUMNS, MOVE_COLUMNS

log = structlog.get_logger(__name__)

CURSOR = "lending"
BATCH = 5_000
LOOK_BACK = timedelta(minutes=10)
LOOK_BACK_EVERY = timedelta(seconds=30)
KEEP_IDS = timedelta(hours=1)
_TIME_COLUMNS = (*MOVE_COLUMNS, *ENDING_COLUMNS)


def pull(*, now: datetime, batches_max: int = 20) -> int:
    """Absorb what the feed holds beyond the cursor; returns how many events were new."""
    absorbed = 0
    for _ in range(batches_max):
        count, full = _pull_once(now)
        absorbed += count
        if not full:
            break
    if absorbed:
        log.info("marketing.events_absorbed", count=absorbed)
    return absorbed


def _pull_once(now: datetime) -> tuple[int, bool]:
    """One batch in one transaction: (new events, whether more may be waiting)."""
    EventCursor.objects.get_or_create(name=CURSOR)
    with transaction.atomic():
        cursor = EventCursor.objects.select_for_update(skip_locked=True).filter(name=CURSOR).first()
        if cursor is None:
            return 0, False  # another worker is at it
        fresh = list(lending_events.feed(after_id=cursor.last_id, limit=BATCH))
        rows, full = fresh, len(fresh) == BATCH
        if not full and _look_back_due(cursor, now):
            rows = [*_late(cursor.last_id, now), *fresh]
            cursor.looked_back_at = now
            AbsorbedEvent.objects.filter(at__lt=now - KEEP_IDS).delete()
        absorb(
            Event(
                id=row.id,
                name=row.name,
                at=row.at,
                application_id=row.application_id,
                source_token=row.source_token,
                officer_id=row.officer_id,
                product_code=row.product_code,
                code=row.qr_code,
                data=row.data,
            )
            for row in rows
        )
        AbsorbedEvent.objects.bulk_create(
            [AbsorbedEvent(event_id=row.id, at=row.at) for row in rows if row.at >= now - KEEP_IDS],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
        if fresh:
            cursor.last_id = fresh[-1].id
        cursor.save()
    return len(rows), full


def _look_back_due(cursor: EventCursor, now: datetime) -> bool:
    return cursor.looked_back_at is None or now - cursor.looked_back_at >= LOOK_BACK_EVERY


def _late(last_id: int, now: datetime) -> list[lending_events.LendingEvent]:
    """Rows of the last minutes whose id was passed before their transaction committed."""
    late, after = [], 0
    while True:
        page = lending_events.feed_since(since=now - LOOK_BACK, after_id=after, limit=BATCH)
        ids = [i for i in page.values_list("id", flat=True) if i <= last_id]
        if not ids:
            return late
        known = set(
            AbsorbedEvent.objects.filter(event_id__in=ids).values_list("event_id", flat=True)
        )
        missing = set(ids) - known
        if missing:
            late += [row for row in page if row.id in missing]
        after = ids[-1]


def absorb(events: Iterable[Event]) -> int:
    """Merge events into attempts, in any order, any number of times; returns how many were touched."""
    ordered = sorted(
        (e for e in events if columns(e) or obstacle(e)), key=lambda event: (event.at, event.id)
    )
    with transaction.atomic():
        attempt_ids = _attempts_of(ordered)
        deltas: dict[tuple[UUID, UUID | None], Delta] = {}
        for event in ordered:
            target = attempt_ids.get(event.application_id or event.source_token)
            if target is not None:
                deltas.setdefault(target, Delta()).absorb(event)
        _merge(deltas)
    return len(deltas)


def _attempts_of(events: Sequence[Event]) -> dict[object, tuple[UUID, UUID | None]]:
    """application id, or source token before there is one → (attempt id, application id)."""
    applications = {e.application_id for e in events if e.application_id}
    found: dict[object, tuple[UUID, UUID | None]] = {
        application: (attempt, application)
        for attempt, application in JourneyAttempt.objects.filter(
            application_id__in=applications
        ).values_list("id", "application_id")
    }
    tokens = {token for e in events if (token := token_of(e))}
    known = dict(
        JourneyAttempt.objects.select_for_update()
        .filter(pk__in=tokens)
        .values_list("id", "application_id")
    )
    taken = {attempt for attempt, _ in found.values()}
    for event in events:
        token = token_of(event)
        if event.application_id is None:
            if token in known:  # a scan we know; a made-up token counts for nothing
                found[event.source_token] = (token, known[token])
        elif event.application_id not in found:
            free = token in known and known[token] is None and token not in taken
            attempt = token if free and token else unscanned_id(event.application_id)
            taken.add(attempt)
            found[event.application_id] = (attempt, event.application_id)
    return found


def _merge(deltas: dict[tuple[UUID, UUID | None], Delta]) -> None:
    """One INSERT … ON CONFLICT for all: steps keep the smallest time, endings the largest."""
    merged: dict[UUID, tuple[UUID | None, Delta]] = {}
    for (attempt, application), delta in deltas.items():
        merged[attempt] = _joined(merged.get(attempt), application, delta)
    if not merged:
        return
    branches = staff_selectors.branch_ids(
        {d.officer_id for _, d in merged.values() if d.officer_id}
    )
    columns_sql = [
        "id",
        "application_id",
        "officer_id",
        "branch_id",
        "product_code",
        "code",
        "campaign",
        "device_class",
        "drop_reason",
        "drop_reason_at",
        *_TIME_COLUMNS,
    ]
    rows = [
        (
            attempt,
            application,
            d.officer_id,
            branches.get(d.officer_id or 0),
            d.product_code,
            d.code,
            "",
            "",
            d.drop_reason,
            d.drop_reason_at,
            *(d.times.get(column) for column in _TIME_COLUMNS),
        )
        for attempt, (application, d) in sorted(merged.items())
    ]
    table = connection.ops.quote_name(JourneyAttempt._meta.db_table)
    holes = f"({', '.join(['%s'] * len(columns_sql))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), 500):
            part = rows[start : start + 500]
            cursor.execute(
                f"INSERT INTO {table} AS a ({', '.join(columns_sql)}) VALUES "  # noqa: S608  (names are ours)
                f"{', '.join([holes] * len(part))} ON CONFLICT (id) DO UPDATE SET {_UPDATE}",
                [value for row in part for value in row],
            )


def _joined(
    before: tuple[UUID | None, Delta] | None, application: UUID | None, delta: Delta
) -> tuple[UUID | None, Delta]:
    """The login events (no application yet) and the application's own events of one attempt, as one."""
    if before is None:
        return application, delta
    other_application, other = before
    for column, at in other.times.items():
        keep = max if column in LATEST_COLUMNS else min
        delta.times[column] = keep(delta.times.get(column, at), at)
    delta.officer_id = delta.officer_id or other.officer_id
    delta.product_code = delta.product_code or other.product_code
    delta.code = delta.code or other.code
    if other.drop_reason_at and (
        delta.drop_reason_at is None or other.drop_reason_at > delta.drop_reason_at
    ):
        delta.drop_reason, delta.drop_reason_at = other.drop_reason, other.drop_reason_at
    return application or other_application, delta


_UPDATE = ", ".join(
    [
        "application_id = COALESCE(a.application_id, EXCLUDED.application_id)",
        "officer_id = COALESCE(a.officer_id, EXCLUDED.officer_id)",
        "branch_id = COALESCE(a.branch_id, EXCLUDED.branch_id)",
        *(
            f"{c} = CASE WHEN a.{c} = '' THEN EXCLUDED.{c} ELSE a.{c} END"
            for c in ("product_code", "code")
        ),
        "drop_reason = CASE WHEN EXCLUDED.drop_reason_at >= COALESCE(a.drop_reason_at, '-infinity') "
        "THEN EXCLUDED.drop_reason ELSE a.drop_reason END",
        "drop_reason_at = GREATEST(a.drop_reason_at, EXCLUDED.drop_reason_at)",
        *(
            f"{c} = {'GREATEST' if c in LATEST_COLUMNS else 'LEAST'}(a.{c}, EXCLUDED.{c})"
            for c in _TIME_COLUMNS
        ),
    ]
)
