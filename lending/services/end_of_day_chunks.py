"""A run's chunks: cut, leased, closed. Any number of workers on any number of machines may take them.

A lease is a row's token and a time by the database's clock. Whoever works holds the chunk's row locked
in the transaction that closes its loans, so a lease is dead when it ran out *and* the row is free: a
killed worker's chunk is taken over at once, a slow one's never.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import structlog
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.db.models import QuerySet

from lending.domain.servicing import tiers
from lending.errors import NotFound
from lending.models import EndOfDayChunk, EndOfDayRun, LoanAccount
from lending.selectors import parameters
from lending.services import closing_sql, loan_accounts, loan_catch_up
from products import selectors as product_selectors

log = structlog.get_logger(__name__)
#: A payment on a loan of the chunk in work waits for it: larger chunks close a little faster and make the
#: unlucky wait longer (10,000: 1.6 × bare SQL, payments' p95 4.2 ×; 2,500: 1.8 × and 2.0 to 2.3 ×).
CHUNK_LOANS = 2_500
LEASE_S = 3
ATTEMPTS = 5
#: Loans further behind are replayed one by one, so many at a time.
LAGGING_AT_ONCE = 100
#: … and for so long in one transaction: their accounts are locked meanwhile, and a task's time is short.
LAGGING_SECONDS = 3.0
_PASSES = 5
_ONE_DAY = timedelta(days=1)
#: What a row of data can cause; a lost connection or a deadlock is no fault of a loan.
_BAD_ROW = (DataError, IntegrityError, InternalError)

_CUT = """
INSERT INTO lending_endofdaychunk
    (run_id, number, first_id, last_id, state, attempts, behind, loans, parked, ms, sums)
SELECT %(run)s, %(number)s + n, min(id), max(id), 'waiting', 0,
    count(*) FILTER (WHERE closed_through < %(day)s::date - 1), 0, 0, 0, '[]'
FROM (
    SELECT id, closed_through, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS n FROM lending_loanaccount
    WHERE legal_entity_id = %(entity)s AND is_open AND parked_at IS NULL
        AND closed_through < %(day)s AND id > %(after)s
) AS numbered
GROUP BY n
ON CONFLICT (run_id, number) DO NOTHING
"""
_LEASE = """
UPDATE lending_endofdaychunk SET state = 'leased', lease_token = %(token)s,
    lease_until = clock_timestamp() + %(seconds)s * interval '1 second', attempts = attempts + 1
WHERE id = (
    SELECT id FROM lending_endofdaychunk
    WHERE run_id = %(run)s AND attempts < %(attempts)s
        AND (state = 'waiting' OR (state = 'leased' AND lease_until < clock_timestamp()))
    ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


@dataclass(frozen=True)
class Lease:
    chunk_id: int
    token: UUID


def cut(run: EndOfDayRun) -> int:
    """Chunks for the open accounts that no chunk covers yet; returns how many were added."""
    last = run.chunks.order_by("-number").first()
    with connection.cursor() as cursor:
        cursor.execute(
            _CUT,
            {
                "run": run.pk,
                "number": 0 if last is None else last.number + 1,
                "size": CHUNK_LOANS,
                "entity": run.legal_entity_id,
                "day": run.business_date,
                "after": 0 if last is None else last.last_id,
            },
        )
        return int(cursor.rowcount)


def lease(run: EndOfDayRun) -> Lease | None:
    """The next chunk that waits or whose worker is gone; None when there is nothing to take now."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            _LEASE,
            {"run": run.pk, "token": token, "seconds": LEASE_S, "attempts": ATTEMPTS},
        )
        row = cursor.fetchone()
    return None if row is None else Lease(row[0], token)


def close(run: EndOfDayRun, *, lease: Lease, now: datetime) -> bool:
    """Close the leased chunk's loans in one transaction. False when the lease was taken over."""
    started = time.perf_counter()
    with transaction.atomic():
        chunk = (
            EndOfDayChunk.objects.select_for_update()
            .filter(pk=lease.chunk_id, lease_token=lease.token, state="leased")
            .first()
        )
        if chunk is None:
            return False
        loan_accounts.make_day_partition(run.business_date)
        more = chunk.behind > 0 and _catch_up(run, chunk, now)
        _close_range(run, chunk, chunk.first_id, chunk.last_id, now)
        chunk.state = EndOfDayChunk.State.WAITING if more else EndOfDayChunk.State.DONE
        chunk.attempts = 0 if more else chunk.attempts
        chunk.lease_token = chunk.lease_until = None
        chunk.ms += round((time.perf_counter() - started) * 1_000)
        chunk.save()
    return True


def give_back(lease: Lease) -> None:
    """The worker met a fault that is not a loan's: the chunk waits for the next try."""
    EndOfDayChunk.objects.filter(pk=lease.chunk_id, lease_token=lease.token).update(
        state=EndOfDayChunk.State.WAITING, lease_token=None, lease_until=None
    )


def provision_rates(run: EndOfDayRun) -> dict[str, Decimal]:
    """tier → share of the principal, on the run's date; raises ``NotConfigured``."""
    codes = {tier: f"PROVISION_{tier.upper()}" for tier in tiers.TIERS}
    try:
        held = product_selectors.parameters(tuple(codes.values()), run.business_date)
    except product_selectors.MissingParameter as error:
        raise parameters.refused(error) from error
    return {tier: held[code] for tier, code in codes.items()}


def _catch_up(run: EndOfDayRun, chunk: EndOfDayChunk, now: datetime) -> bool:
    """Bring loans that missed earlier days to this morning; True when more of them wait."""
    behind = list(
        LoanAccount.objects.filter(
            legal_entity_id=run.legal_entity_id,
            pk__range=(chunk.first_id, chunk.last_id),
            is_open=True,
            parked_at__isnull=True,
            closed_through__lt=run.business_date - _ONE_DAY,
        )
        .order_by("pk")
        .values_list("pk", "loan_id")[: LAGGING_AT_ONCE + 1]
    )
    ends = time.monotonic() + LAGGING_SECONDS
    for number, (account_id, loan_id) in enumerate(behind[:LAGGING_AT_ONCE], start=1):
        chunk.parked += not _replay_one(account_id, loan_id, run.business_date, run, now)
        if time.monotonic() > ends:
            return number < len(behind)
    return len(behind) > LAGGING_AT_ONCE


def close_rest(run: EndOfDayRun, *, now: datetime) -> int:
    """Close the day, each with a journal of its own, for loans that came too late for the chunks:
    booked meanwhile, or tried again after being parked. Returns how many."""
    done, after = 0, 0
    while True:
        rest = list(
            LoanAccount.objects.filter(
                legal_entity_id=run.legal_entity_id,
                pk__gt=after,
                is_open=True,
                parked_at__isnull=True,
                closed_through__lt=run.business_date,
            )
            .order_by("pk")
            .values_list("pk", "loan_id")[:LAGGING_AT_ONCE]
        )
        if not rest:
            return done
        for account_id, loan_id in rest:
            done += _replay_one(account_id, loan_id, run.business_date + _ONE_DAY, run, now)
            after = account_id


def _replay_one(
    account_id: int, loan_id: UUID, through_before: date, run: EndOfDayRun, now: datetime
) -> bool:
    """One loan brought to the morning of ``through_before``; False when it had to be parked."""
    try:
        with transaction.atomic():
            account = loan_accounts.locked(loan_id)
            loan_catch_up.catch_up(
                account=account, through_before=through_before, now=now, booked_on=run.business_date
            )
    except (*_BAD_ROW, ArithmeticError, LookupError, TypeError, ValueError, NotFound) as error:
        _park(account_id, error, now)
        return False
    return True


def _close_range(
    run: EndOfDayRun, chunk: EndOfDayChunk, first: int, last: int, now: datetime
) -> None:
    """Close the range; where a row makes it fail, its halves, down to the one loan that is parked."""
    rates = provision_rates(run)
    waiting = [(first, last)]
    while waiting:
        low, high = waiting.pop()
        try:
            with transaction.atomic():
                _passes(run, chunk, low, high, rates, now)
        except _BAD_ROW as error:
            ids = _to_close(run, low, high)
            if len(ids) == 1:
                _park(ids[0], error, now)
                chunk.parked += 1
            elif ids:
                middle = ids[len(ids) // 2]
                waiting += [(middle, high), (low, middle - 1)]


def _passes(
    run: EndOfDayRun,
    chunk: EndOfDayChunk,
    low: int,
    high: int,
    rates: dict[str, Decimal],
    now: datetime,
) -> None:
    """Passes over the range until none is left that somebody had changed meanwhile."""
    done = []
    for _ in range(_PASSES):
        closed = closing_sql.close_range(
            legal_entity_id=run.legal_entity_id,
            first_id=low,
            last_id=high,
            day=run.business_date,
            provision_rates=rates,
            now=now,
        )
        done.append(closed)
        if not closed.left:
            break
    for closed in done:  # only when every pass came through
        chunk.loans += closed.loans
        chunk.parked += closed.parked
        chunk.sums = [*chunk.sums, *closed.sums]


def _rest(run: EndOfDayRun, low: int, high: int) -> QuerySet[LoanAccount]:
    return LoanAccount.objects.filter(
        legal_entity_id=run.legal_entity_id,
        pk__range=(low, high),
        is_open=True,
        parked_at__isnull=True,
        closed_through=run.business_date - _ONE_DAY,
    )


def _to_close(run: EndOfDayRun, low: int, high: int) -> list[int]:
    return list(_rest(run, low, high).order_by("pk").values_list("pk", flat=True))


def _park(account_id: int, error: Exception, now: datetime) -> None:
    """Set the loan aside with what was wrong: names of errors and constraints, no one's data."""
    LoanAccount.objects.filter(pk=account_id).update(parked_at=now, parked_error=words_of(error))
    log.warning("end_of_day.parked", account=account_id, problem=words_of(error))


def words_of(error: Exception) -> str:
    """``IntegrityError loan_account_not_negative``: the error without the row's data."""
    found = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    state = getattr(error.__cause__, "pgcode", None)
    return " ".join(str(part) for part in (type(error).__name__, found or state) if part)
