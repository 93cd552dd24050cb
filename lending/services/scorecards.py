"""Trained models at the desk: each step by a member of staff, on record, in one transaction.

Which step is allowed is decided in ``risk``; here it gets its people, its audit entries and words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.staff_duties import Duty, may
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import Officer
from lending.services import audit
from lending.services.strategies import in_words as strategy_in_words
from risk.selectors import strategies as strategy_selectors
from risk.services import scorecards, strategies


def approve(*, officer: Officer, model_id: int, now: datetime) -> None:
    """The second person agrees: the model may be taken into strategies."""
    _require(officer, Duty.RELEASE_STRATEGIES)
    with in_words(), transaction.atomic():
        model = scorecards.approve(model_id=model_id, checker=officer.staff_no, now=now)
        _note(officer, "scorecard.approve", model, now)


def retire(*, officer: Officer, model_id: int, now: datetime) -> None:
    """Give a model up for good; strategies that hold its points keep them."""
    _require(officer, Duty.RELEASE_STRATEGIES)
    with in_words(), transaction.atomic():
        model = scorecards.retire(model_id=model_id, person=officer.staff_no, now=now)
        _note(officer, "scorecard.retire", model, now)


def take_into_draft(
    *, officer: Officer, model_id: int, strategy: str, today: date, now: datetime
) -> int:
    """A new draft of the strategy in force with this scorecard in place of its own; the draft's id.

    The grades are cut anew for the scorecard's scale; nothing decides by it before two people have
    said so.
    """
    _require(officer, Duty.MAKE_STRATEGIES)
    current = strategy_selectors.in_force(strategy, on=today)
    if current is None:
        raise NotFound
    with in_words(), strategy_in_words(), transaction.atomic():
        model = scorecards.approved_scorecard(model_id)
        draft = strategies.draft_from(version_id=current.id, author=officer.staff_no, now=now)
        strategies.revise(
            version_id=draft.pk,
            author=officer.staff_no,
            definition=scorecards.in_strategy(model_id, draft.definition),
            note=str(model),
            revision=draft.revision,
        )
        _note(officer, "scorecard.take", model, now, draft=str(draft))
    return int(draft.pk)


@contextmanager
def in_words() -> Iterator[None]:
    """What ``risk`` refuses, for the person at the desk."""
    try:
        yield
    except scorecards.NoScorecard as problem:
        raise NotFound from problem
    except scorecards.SameTrainer as problem:
        raise NotPermitted(_("Who trained a model does not approve it.")) from problem
    except scorecards.IllegalScorecardStep as problem:
        raise IllegalState(_("This step is not possible in the model's present state.")) from problem
    except scorecards.TamperedScorecard as problem:
        raise IllegalState(
            _("The stored model is not the one that was registered. Tell the security officer.")
        ) from problem
    except scorecards.UnfitScorecard as problem:
        raise InvalidInput(
            _("This model does not fit into a strategy: %(problem)s")
            % {"problem": str(problem)[:200]}
        ) from problem


def _require(officer: Officer, duty: Duty) -> None:
    if not may(officer.role, duty):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))


def _note(officer: Officer, action: str, model: Any, now: datetime, **detail: str) -> None:
    audit.record(
        actor=officer.staff_no,
        action=action,
        subject_type="scorecard_model",
        subject_id=str(model.pk),
        now=now,
        detail={"model": str(model), "sha256": model.sha256, **detail},
    )
