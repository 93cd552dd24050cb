"""The close of a business date: begun once, carried on by whoever has time, ended by the new date.

The command, the page and the clock all come here. Steps are done one at a time by one worker (a lock
of the database that dies with its holder); chunks of loans by any number of them.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth.models import User
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from lending import jobs
from lending.errors import DomainError, IllegalState
from lending.models import BusinessDay, EndOfDayRun, LegalEntity, OutboxMessage
from lending.selectors import business_day
from lending.services import audit, end_of_day_chunks, end_of_day_steps
from lending.services.end_of_day_steps import LOANS

log = structlog.get_logger(__name__)
#: Tasks that close chunks at once, and how long one works before it asks for another.
TASKS, TASK_SECONDS = 2, 40
_ASKED_AGAIN_AFTER = timedelta(seconds=90)
_LOCK = 7_005
_PAUSE_S = 0.2


def begin(
    *, legal_entity: LegalEntity, now: datetime, day: date | None = None, ahead: bool = False
) -> tuple[EndOfDayRun, bool]:
    """The run that closes ``day`` (default: the business date), and whether it is new.

    A run that was blocked goes on. Raises ``IllegalState`` with code ``already_closed``, ``gap`` (a day
    before it is still open) or ``future`` (the calendar is not there yet; ``ahead`` allows it).
    """
    current = business_day.current(legal_entity)
    day = day or current
    if day < current:
        raise IllegalState(_("This day is closed already."), code="already_closed")
    if day > timezone.localdate(now) and not ahead:
        raise IllegalState(_("This day has not come yet."), code="future")
    if day > current:
        raise IllegalState(_("A day before it is still open."), code="gap")
    try:
        with transaction.atomic():
            run, is_new = EndOfDayRun.objects.get_or_create(
                legal_entity=legal_entity,
                business_date=day,
                defaults={"step": end_of_day_steps.OPEN, "started_at": now},
            )
    except IntegrityError:
        raise IllegalState(_("Another day is being closed."), code="another_day") from None
    if run.state == EndOfDayRun.State.BLOCKED:
        with transaction.atomic():
            run.chunks.exclude(state="done").update(attempts=0)
            EndOfDayRun.objects.filter(pk=run.pk, state="blocked").update(state="running", problem="")
    return run, is_new


def work(
    *, run_id: int, now: datetime, workers: int = 1, seconds: float | None = None
) -> EndOfDayRun:
    """Carry a run on until it is done or blocked, or ``seconds`` are over; returns it as it stands.

    Several at once help each other. Other workers' chunks are waited for.
    """
    began = time.monotonic()
    ends = None if seconds is None else began + seconds
    while True:
        run = EndOfDayRun.objects.select_related("legal_entity").get(pk=run_id)
        if run.state != EndOfDayRun.State.RUNNING or (ends and time.monotonic() > ends):
            return run
        if run.step == LOANS and run.chunks.exclude(state="done").exists():
            _close_chunks(run, now, workers, ends)
            if not _loans_stand_still(run):
                continue
        with _turn(run) as is_mine:
            if is_mine:
                _step(run, now + timedelta(seconds=time.monotonic() - began))
        if not is_mine:
            time.sleep(_PAUSE_S)


def _loans_stand_still(run: EndOfDayRun) -> bool:
    """After a worker found no chunk to take: True when all are done or one cannot be done."""
    rest = run.chunks.exclude(state="done")
    if not rest.exists():
        return True
    tried_out = rest.filter(attempts__gte=end_of_day_chunks.ATTEMPTS).exclude(
        state="leased", lease_until__gte=Now()
    )
    if tried_out.count() == rest.count():
        return True
    time.sleep(_PAUSE_S)
    return False


def _close_chunks(run: EndOfDayRun, now: datetime, workers: int, ends: float | None) -> None:
    workers = min(workers, run.chunks.exclude(state="done").count())
    if workers <= 1:
        _take_chunks(run, now, ends)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(_in_thread, run, now, ends) for _number in range(workers)]:
            done.result()


def _in_thread(run: EndOfDayRun, now: datetime, ends: float | None) -> None:
    try:
        _take_chunks(run, now, ends)
    finally:
        connection.close()


def _take_chunks(run: EndOfDayRun, now: datetime, ends: float | None) -> None:
    """Lease and close chunks until none can be taken. A fault costs a try of the chunk, no more."""
    while ends is None or time.monotonic() < ends:
        lease = end_of_day_chunks.lease(run)
        if lease is None:
            return
        try:
            end_of_day_chunks.close(run, lease=lease, now=now)
        except Exception:
            log.exception("end_of_day.chunk_failed", run=run.pk, chunk=lease.chunk_id)
            if not connection.in_atomic_block:
                close_old_connections()
            end_of_day_chunks.give_back(lease)


def _step(run: EndOfDayRun, now: datetime) -> None:
    """Do the run's step and write down the next one. Whoever calls holds the turn."""
    run.refresh_from_db()
    if run.state != EndOfDayRun.State.RUNNING:
        return
    steps = end_of_day_steps.in_order()
    codes = [code for code, _work in steps]
    at = codes.index(run.step) if run.step in codes else 0
    started = time.perf_counter()
    problem = _problem_of_loans(run) if codes[at] == LOANS else ""
    try:
        problem = problem or steps[at][1](run, now)
    except SoftTimeLimitExceeded:
        return  # a task's time is over in the middle of the step: the next task goes on with it
    except DomainError as error:
        problem = str(error.message)
    except Exception as error:
        log.exception("end_of_day.step_failed", run=run.pk, step=codes[at])
        problem = end_of_day_chunks.words_of(error)
    if codes[at] == LOANS and not problem and run.chunks.exclude(state="done").exists():
        return  # booked meanwhile: more chunks
    _write_down(run, codes, at, problem, round((time.perf_counter() - started) * 1_000))


def _problem_of_loans(run: EndOfDayRun) -> str:
    broken = run.chunks.exclude(state="done").first()
    return "" if broken is None else _("Chunk %(number)s cannot be closed.") % {"number": broken.number}


def _write_down(run: EndOfDayRun, codes: list[str], at: int, problem: str, ms: int) -> None:
    whole = run.chunks.aggregate(Sum("loans"), Sum("parked"), Sum("ms"))
    if codes[at] == LOANS:
        ms = whole["ms__sum"] or 0
    run.figures = {
        **run.figures,
        "steps": {**run.figures.get("steps", {}), codes[at]: ms},
        "loans": whole["loans__sum"] or 0,
        "parked": whole["parked__sum"] or 0,
    }
    run.problem = problem[:300]
    if problem:
        run.state = EndOfDayRun.State.BLOCKED
    elif run.state == EndOfDayRun.State.RUNNING:
        run.step = codes[at + 1]
    run.save(update_fields=["figures", "problem", "state", "step"])


@contextmanager
def _turn(run: EndOfDayRun) -> Iterator[bool]:
    """Whether this worker may do the run's step now; the lock dies with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, run.pk % 2**31])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, run.pk % 2**31])


def start(*, user: User, now: datetime) -> EndOfDayRun:
    """A member of staff closes the bank's business date: begun here, done by the workers."""
    with transaction.atomic():
        opened = BusinessDay.objects.select_related("legal_entity").order_by("pk")[0]
        run, _is_new = begin(legal_entity=opened.legal_entity, now=now)
        _ask(run, now)
        audit.record(
            actor=user.get_username(),
            action="end_of_day.start",
            subject_type="business_date",
            subject_id=str(run.business_date),
            now=now,
        )
    return run


def close_finished_days(*, now: datetime) -> None:
    """Begin, or ask again for, the close of every entity whose business date the calendar has left."""
    for opened in BusinessDay.objects.select_related("legal_entity").filter(
        current_date__lt=timezone.localdate(now)
    ):
        with transaction.atomic():
            try:
                run, is_new = begin(legal_entity=opened.legal_entity, now=now)
            except IllegalState:  # somebody was faster
                continue
            if is_new or not _asked_recently(run, now):
                _ask(run, now)


def carry_on(*, run_id: int, now: datetime) -> None:
    """What a task does: work for a while, then ask for another, or begin the next day."""
    run = EndOfDayRun.objects.filter(pk=run_id).first()
    if run is None:
        return
    run = work(run_id=run_id, now=now, seconds=TASK_SECONDS)
    if run.state == EndOfDayRun.State.RUNNING:
        with transaction.atomic():
            jobs.close_chunks(run.pk, now)
    elif run.state == EndOfDayRun.State.DONE:
        close_finished_days(now=now)


def _ask(run: EndOfDayRun, now: datetime) -> None:
    for _number in range(TASKS):
        jobs.close_chunks(run.pk, now)


def _asked_recently(run: EndOfDayRun, now: datetime) -> bool:
    return OutboxMessage.objects.filter(
        task="lending.close_chunks",
        arguments__run_id=str(run.pk),
        created_at__gt=now - _ASKED_AGAIN_AFTER,
    ).exists()
