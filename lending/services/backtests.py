"""Back-tests of strategy versions: started, carried on a slice at a time, and revived here."""

import time
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.domain.staff_duties import Duty, may
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import Officer
from lending.services import audit
from lending.services.product_refusals import FORBIDDEN
from risk.selectors import backtests as backtest_selectors
from risk.services import backtests
from risk.services.backtests import Filters
from risk.services.strategies import NoVersion

#: A worker's task ends well before its time limit and asks for the next one.
SLICE_S = 20.0


def start(
    *, version_id: int, before_id: int | None, filters: Filters, officer: Officer, today: date,
    now: datetime,
) -> UUID:  # fmt: skip
    """Decide past applications again under a version; the run's id.

    A second start while one is on its way finds that one. Raises ``NotPermitted``, ``NotFound`` for
    an unknown version, ``InvalidInput`` for days out of order, ``IllegalState`` when there is nothing
    to compare with or the draft is not in order.
    """
    _require(officer)
    if filters.date_from and filters.date_to and filters.date_from > filters.date_to:
        raise InvalidInput.field("date_to", _("The last day lies before the first."))
    with transaction.atomic():
        try:
            run_id, is_new = backtests.start(
                version_id=version_id, before_id=before_id, filters=filters, on=today,
                author=officer.staff_no, now=now,
            )  # fmt: skip
        except NoVersion:
            raise NotFound from None
        except backtests.NothingToCompare:
            raise IllegalState(
                _("This version is in force itself: choose another one to compare it with.")
            ) from None
        except backtests.InvalidStrategy as problem:
            raise IllegalState(
                _("The draft is not in order yet: put it right first.")
            ) from problem
        if is_new:
            jobs.run_backtest(run_id, now)
            _note(officer, "backtest.start", version_id, run_id, now)
    return run_id


def run(*, run_id: UUID, now: datetime, clock: Callable[[], float] = time.monotonic) -> None:
    """Carry a run on for a slice of time, one committed chunk after another, and ask for the next
    slice; safe to repeat and to kill."""
    end = clock() + SLICE_S
    while backtests.advance(run_id=run_id):
        if clock() >= end:
            jobs.run_backtest(run_id, now)
            return


def cancel(*, version_id: int, officer: Officer, now: datetime) -> None:
    """Stop the version's run, if one is on its way."""
    _require(officer)
    newest = backtest_selectors.newest(version_id)
    if newest is None:
        raise NotFound
    with transaction.atomic():
        if backtests.cancel(run_id=newest.id):
            _note(officer, "backtest.cancel", version_id, newest.id, now)


def revive(*, now: datetime) -> int:
    """Ask again for runs no worker has touched within their lease; returns how many."""
    asked = jobs.asked_recently("lending.run_backtest", now)
    lost = [run_id for run_id in backtests.unattended() if str(run_id) not in asked]
    with transaction.atomic():
        for run_id in lost:
            jobs.run_backtest(run_id, now)
    return len(lost)


def may_start(role: str) -> bool:
    return may(role, Duty.MAKE_STRATEGIES) or may(role, Duty.RELEASE_STRATEGIES)


def _require(officer: Officer) -> None:
    if not may_start(officer.role):
        raise NotPermitted(FORBIDDEN)


def _note(officer: Officer, action: str, version_id: int, run_id: UUID, now: datetime) -> None:
    audit.record(
        actor=officer.staff_no,
        action=action,
        subject_type="strategy_version",
        subject_id=str(version_id),
        now=now,
        detail={"run": str(run_id)},
    )
