"""Three-way match of a day: our payments × the ledger × the core bank's statement, out and in.

Differences are rows with a life (``reconciliation_breaks``); every comparison is a row, too, also one
that could not be made. The date does not roll over a difference nobody explained (``gate``).
"""

from datetime import date, datetime, timedelta
from time import perf_counter
from uuid import UUID

import structlog
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from lending import jobs
from lending.domain.reconciliation import BreakState
from lending.errors import NotPermitted
from lending.gateways.core_bank import StatementUnavailable
from lending.models import BusinessDay, LegalEntity, ReconciliationBreak, ReconciliationRun
from lending.selectors import reconciliation, worklists
from lending.services import audit, reconciliation_breaks

log = structlog.get_logger(__name__)

Kind, State = ReconciliationRun.Kind, ReconciliationRun.State
#: What ``gate`` answers: a code and what it counts; the desk says it in words.
UNEXPLAINED, UNAVAILABLE = "unexplained", "unavailable"
_LOCK_SPACE = 7_016
_DAYS_MAX = 31
_ASKED_AGAIN_AFTER = timedelta(minutes=1)


def reconcile(
    *, day: date, now: datetime, kind: str = Kind.MANUAL, legal_entity: LegalEntity | None = None
) -> ReconciliationRun:
    """Compare one day of the core bank's books; each difference is written once.

    A statement that cannot be read gives a run that is ``unavailable``: never a clean day. The
    statement is the whole bank's; ``legal_entity`` (default: the first) says for whom it was read.
    """
    return _perform(_begun(day=day, now=now, kind=kind, legal_entity=legal_entity), now)


def hourly(*, now: datetime) -> list[ReconciliationRun]:
    """Today, yesterday (what moved just before midnight), and every day with open differences."""
    today = timezone.localdate(now)
    waiting = _open_breaks().order_by("-business_date").values_list("business_date", flat=True)
    days = {today - timedelta(days=1), today, *waiting.distinct()[:_DAYS_MAX]}
    return [reconcile(day=day, now=now, kind=Kind.HOURLY) for day in sorted(days)]


def gate(*, legal_entity: LegalEntity, day: date, now: datetime) -> str:
    """Whether business date ``day`` may close: "" when every difference up to now is explained.

    Else ``unexplained:<how many>`` or ``unavailable:<the day without a statement>``. Compares the
    calendar days since the business date was opened; safe to ask again.
    """
    days = _calendar_days(legal_entity, day, now)
    unexplained = _open_breaks().filter(business_date__lt=days[0]).count()
    for one in days:
        run = reconcile(day=one, now=now, kind=Kind.CLOSE, legal_entity=legal_entity)
        if run.state == State.UNAVAILABLE:
            return f"{UNAVAILABLE}:{one.isoformat()}"
        unexplained += run.breaks_open  # as it wrote them: an older picture may be written after it
    return f"{UNEXPLAINED}:{unexplained}" if unexplained else ""


def ask(*, day: date, user: User, now: datetime) -> ReconciliationRun:
    """A comparison for a person, made by the worker; one that was asked for just now is not doubled."""
    officer = worklists.officer_of(user)
    if officer is None:
        raise NotPermitted(reconciliation_breaks.NOT_YOURS)
    with transaction.atomic():
        _take_turns(day)
        waiting = ReconciliationRun.objects.filter(
            business_date=day, state=State.ASKED, started_at__gt=now - _ASKED_AGAIN_AFTER
        ).first()
        if waiting is not None:
            return waiting
        run = _begun(day=day, now=now, kind=Kind.MANUAL, asked_by=user)
        jobs.reconcile_day(run.pk, now)
        audit.record(
            actor=officer.staff_no,
            action="reconciliation.run",
            subject_type="reconciliation_run",
            subject_id=str(run.pk),
            now=now,
            detail={"day": day.isoformat()},
        )
    return run


def perform(*, run_id: UUID, now: datetime) -> None:
    """Make the comparison ``ask`` promised, once."""
    run = ReconciliationRun.objects.filter(pk=run_id, state=State.ASKED).first()
    if run is not None:
        _perform(run, now)


def _begun(
    *,
    day: date,
    now: datetime,
    kind: str,
    legal_entity: LegalEntity | None = None,
    asked_by: User | None = None,
) -> ReconciliationRun:
    return ReconciliationRun.objects.create(
        legal_entity=legal_entity or LegalEntity.objects.order_by("pk")[0],
        business_date=day,
        kind=kind,
        asked_by=asked_by,
        started_at=now,
    )


def _perform(run: ReconciliationRun, now: datetime) -> ReconciliationRun:
    began = perf_counter()
    try:
        picture = reconciliation.picture(run.business_date, now)
    except StatementUnavailable as error:
        log.error("reconciliation.unavailable", day=run.business_date.isoformat())
        run.state, run.problem = State.UNAVAILABLE, str(error)[:200]
        run.finished_at = now + timedelta(seconds=perf_counter() - began)
        run.save()
        return run
    with transaction.atomic():
        _take_turns(run.business_date)
        reconciliation_breaks.bring_along(run=run, differences=picture.differences, now=now)
        for name, (count, amount) in picture.totals.items():
            setattr(run, f"{name}_count", count)
            setattr(run, f"{name}_sum", amount)
        run.on_its_way, run.breaks_found = picture.on_its_way, len(picture.differences)
        run.breaks_open = _open_breaks().filter(business_date=run.business_date).count()
        run.state = State.BREAKS if run.breaks_open else State.CLEAN
        run.finished_at = now + timedelta(seconds=perf_counter() - began)
        run.save()
    return run


def _calendar_days(legal_entity: LegalEntity, day: date, now: datetime) -> list[date]:
    """From the day the business date was opened to today; the newest ``_DAYS_MAX`` of them."""
    opened = BusinessDay.objects.get(legal_entity=legal_entity)
    today = timezone.localdate(now)
    first = timezone.localdate(opened.opened_at) if opened.current_date == day else day
    first = max(min(first, today), today - timedelta(days=_DAYS_MAX - 1))
    return [first + timedelta(days=n) for n in range((today - first).days + 1)]


def _open_breaks() -> "QuerySet[ReconciliationBreak]":
    return ReconciliationBreak.objects.exclude(state=BreakState.RESOLVED)


def _take_turns(day: date) -> None:
    """Two comparisons of one day write one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, day.toordinal()])
