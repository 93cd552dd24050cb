"""Strategy versions at the desk: each step by a member of staff, on record, in one transaction.

What a version may say and which step is allowed is decided in ``risk``; here it gets its people,
its audit entries and words for what is refused.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import Officer
from lending.selectors import business_day
from lending.services import audit
from risk.services import strategies


def draft_from(*, officer: Officer, version_id: int, now: datetime) -> int:
    """A new draft with an existing version's words; its id."""
    _require(officer, Duty.MAKE_STRATEGIES)
    with in_words(), transaction.atomic():
        version = strategies.draft_from(
            version_id=version_id, author=officer.staff_no, now=now
        )
        _note(officer, "strategy.draft", version, now)
    return int(version.pk)


def revise(
    *,
    officer: Officer,
    version_id: int,
    definition: dict[str, Any],
    note: str,
    revision: int,
    now: datetime,
) -> int:
    """Save one's own draft; the new revision."""
    _require(officer, Duty.MAKE_STRATEGIES)
    with in_words(), transaction.atomic():
        version = strategies.revise(
            version_id=version_id,
            author=officer.staff_no,
            definition=definition,
            note=note,
            revision=revision,
        )
        _note(officer, "strategy.revise", version, now, revision=version.revision)
    return int(version.revision)


def discard(*, officer: Officer, version_id: int, now: datetime) -> None:
    """Drop one's own draft."""
    _require(officer, Duty.MAKE_STRATEGIES)
    with in_words(), transaction.atomic():
        strategies.discard(version_id=version_id, author=officer.staff_no)
        audit.record(
            actor=officer.staff_no,
            action="strategy.discard",
            subject_type="strategy_version",
            subject_id=str(version_id),
            now=now,
        )


def submit(*, officer: Officer, version_id: int, now: datetime) -> None:
    """One's own draft goes to a second person."""
    _require(officer, Duty.MAKE_STRATEGIES)
    with in_words(), transaction.atomic():
        version = strategies.submit(version_id=version_id, author=officer.staff_no)
        _note(officer, "strategy.submit", version, now)


def send_back(*, officer: Officer, version_id: int, answer: str, now: datetime) -> None:
    """The second person asks for changes."""
    _require(officer, Duty.RELEASE_STRATEGIES)
    if len(answer.strip()) < 4:
        raise InvalidInput.field("answer", _("Say what should be changed."))
    with in_words(), transaction.atomic():
        version = strategies.send_back(version_id=version_id, answer=answer)
        _note(officer, "strategy.send_back", version, now)


def approve(*, officer: Officer, version_id: int, now: datetime) -> None:
    """The second person agrees: the version never changes again and may be tried."""
    _require(officer, Duty.RELEASE_STRATEGIES)
    with in_words(), transaction.atomic():
        version = strategies.approve(version_id=version_id, checker=officer.staff_no, now=now)
        _note(officer, "strategy.approve", version, now)


def promote(*, officer: Officer, version_id: int, valid_from: date, now: datetime) -> None:
    """An approved version decides from ``valid_from`` on."""
    _require(officer, Duty.RELEASE_STRATEGIES)
    today = business_day.current(officer.branch.legal_entity)
    with in_words(), transaction.atomic():
        version = strategies.promote(
            version_id=version_id,
            releaser=officer.staff_no,
            valid_from=valid_from,
            today=today,
            now=now,
        )
        _note(officer, "strategy.promote", version, now, first_day=valid_from.isoformat())


def retire(*, officer: Officer, version_id: int, now: datetime) -> None:
    """Give an approved version up, or withdraw one that is not yet in force."""
    _require(officer, Duty.RELEASE_STRATEGIES)
    today = business_day.current(officer.branch.legal_entity)
    with in_words(), transaction.atomic():
        version = strategies.retire(version_id=version_id, today=today, now=now)
        _note(officer, "strategy.retire", version, now)


@contextmanager
def in_words() -> Iterator[None]:
    """What ``risk`` refuses, for the person at the desk."""
    try:
        yield
    except strategies.NoVersion as problem:
        raise NotFound from problem
    except strategies.SamePerson as problem:
        raise NotPermitted(
            _("Who wrote a strategy does not approve or release it, and only they change it.")
        ) from problem
    except strategies.ChangedMeanwhile as problem:
        raise IllegalState(
            _("This draft was saved in another window meanwhile. Open it again.")
        ) from problem
    except strategies.IllegalStep as problem:
        raise IllegalState(_("This step is not possible in the version's present state.")) from problem
    except strategies.WrongDay as problem:
        raise _wrong_day(problem) from problem
    except strategies.InvalidStrategy as problem:
        raise InvalidInput(
            _("The strategy is not in order: %(problem)s") % {"problem": str(problem)[:300]}
        ) from problem


def _wrong_day(problem: Exception) -> DomainError:
    if str(problem) == "past":
        return InvalidInput.field("valid_from", _("This day is past."))
    return InvalidInput.field(
        "valid_from", _("Another version is scheduled from then on. Withdraw that one first.")
    )


def _require(officer: Officer, duty: Duty) -> None:
    if not may(officer.role, duty):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))


def _note(officer: Officer, action: str, version: Any, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=officer.staff_no,
        action=action,
        subject_type="strategy_version",
        subject_id=str(version.pk),
        now=now,
        detail={"version": str(version), "sha256": version.sha256, **detail},
    )
