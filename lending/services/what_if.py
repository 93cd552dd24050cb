"""Asking what other terms would have meant: a run is started, carried on and revived here."""

from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.errors import DomainError, IllegalState, NotFound
from lending.services import audit
from products import selectors as product_selectors
from products.domain.terms import InvalidTerms, LooserThanParent
from risk.selectors.what_if import NothingToCompare
from risk.services import what_if as what_if_runs
from risk.strategies import NoPublishedStrategy

#: What keeps terms from being resolved, priced or compared; each has its words below.
UNUSABLE = (
    product_selectors.NoVersion,
    product_selectors.MissingParameter,
    NothingToCompare,
    NoPublishedStrategy,
    InvalidTerms,
    LooserThanParent,
)


def start(*, version_id: int, user: User, today: date, now: datetime) -> UUID:
    """Decide the last applications again under a version's terms; the run's id.

    A second start while one is on its way finds that one. Raises ``NotFound`` for an unknown
    version and ``IllegalState`` when there is nothing to compare or the terms cannot be priced.
    """
    author = user.get_username()
    with transaction.atomic():
        try:
            run_id, is_new = what_if_runs.start(
                version_id=version_id, on=today, author=author, now=now
            )
        except UNUSABLE as problem:
            raise in_words(problem) from problem
        if is_new:
            jobs.run_what_if(run_id, now)
            audit.record(
                actor=author,
                action="what_if.start",
                subject_type="product_version",
                subject_id=str(version_id),
                now=now,
                detail={"run": str(run_id)},
            )
    return run_id


def run(*, run_id: UUID) -> None:
    """Carry a run to its end, one committed chunk after another; safe to repeat and to kill."""
    while what_if_runs.advance(run_id=run_id):
        pass


def cancel(*, version_id: int, user: User, now: datetime) -> None:
    """Stop the version's run, if one is on its way."""
    newest = what_if_runs.newest(version_id)
    if newest is None:
        raise NotFound
    with transaction.atomic():
        if what_if_runs.cancel(run_id=newest.id):
            audit.record(
                actor=user.get_username(),
                action="what_if.cancel",
                subject_type="product_version",
                subject_id=str(version_id),
                now=now,
                detail={"run": str(newest.id)},
            )


def revive(*, now: datetime) -> int:
    """Ask again for runs no worker has touched within their lease; returns how many."""
    asked = jobs.asked_recently("lending.run_what_if", now)
    lost = [run_id for run_id in what_if_runs.unattended() if str(run_id) not in asked]
    with transaction.atomic():
        for run_id in lost:
            jobs.run_what_if(run_id, now)
    return len(lost)


def in_words(problem: Exception) -> DomainError:
    """What keeps terms from being compared, for the person at the desk."""
    if isinstance(problem, product_selectors.NoVersion):
        return NotFound()
    if isinstance(problem, NothingToCompare):
        return IllegalState(
            _("This version is in force already and stands on nothing it could be compared with.")
        )
    if isinstance(problem, product_selectors.MissingParameter):
        return IllegalState(_("The day has no LPR or no legal cap yet: enter it first."))
    if isinstance(problem, NoPublishedStrategy):
        return IllegalState(_("The strategy these terms name has no published version."))
    return IllegalState(
        _("These terms contradict themselves or the product above: put the draft right first.")
    )
