"""Trials at the desk: started and ended by staff who may release strategies, on record."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import Officer
from lending.services import audit
from risk.services import trials
from risk.services.strategies import NoVersion, SamePerson


def start(
    *,
    officer: Officer,
    version_id: int,
    mode: str,
    share_percent: int | None,
    note: str,
    now: datetime,
) -> UUID:
    """Try an approved version on real applications; the trial's id."""
    _require(officer)
    if "\x00" in note:
        raise InvalidInput.field("note", _("Please write plain words."))
    with in_words(), transaction.atomic():
        trial = trials.start(
            challenger_id=version_id,
            mode=mode,
            share_percent=share_percent,
            note=note,
            by=officer.staff_no,
            now=now,
        )
        _note(officer, "trial.start", trial, now, mode=mode, share_percent=trial.share_percent)
    found: UUID = trial.pk
    return found


def end(*, officer: Officer, trial_id: UUID, now: datetime) -> None:
    """Stop a trial; within seconds no decision is placed in it any more."""
    _require(officer)
    with in_words(), transaction.atomic():
        trial = trials.end(trial_id=trial_id, by=officer.staff_no, now=now)
        _note(officer, "trial.end", trial, now)


@contextmanager
def in_words() -> Iterator[None]:
    """What ``risk`` refuses, for the person at the desk."""
    try:
        yield
    except (NoVersion, trials.NoTrial) as problem:
        raise NotFound from problem
    except SamePerson as problem:
        raise NotPermitted(
            _("Who wrote a strategy does not start its trial: ask a colleague.")
        ) from problem
    except trials.CannotTry as problem:
        raise _refusal(str(problem)) from problem


def _refusal(code: str) -> DomainError:
    if code == "share":
        return InvalidInput.field("share_percent", _("Choose a share from 1 to 50 percent."))
    if code == "running":
        return IllegalState(_("Another trial of this strategy is running. End that one first."))
    if code == "ended":
        return IllegalState(_("This trial has ended already."))
    return IllegalState(_("Only an approved version can be tried."))


def _require(officer: Officer) -> None:
    if not may(officer.role, Duty.RELEASE_STRATEGIES):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))


def _note(officer: Officer, action: str, trial: Any, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=officer.staff_no,
        action=action,
        subject_type="strategy_trial",
        subject_id=str(trial.pk),
        now=now,
        detail={"challenger": trial.challenger_id, **detail},
    )
