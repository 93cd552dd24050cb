"""Champion and challenger: start and end a trial, place each decision, ask a shadow afterwards.

A challenger never harms (ADR 31): a shadow is asked by a job about stored inputs, outside the
decision; a challenger that decides and fails is replaced by the champion on the spot, on record.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from risk.domain import trials as choice
from risk.domain.decide import evaluate
from risk.models import DecisionRecord, Strategy, StrategyTrial, StrategyVersion, TrialDecision
from risk.services.strategies import NoVersion, SamePerson
from risk.strategies import compiled_version

log = structlog.get_logger(__name__)
Made = TypeVar("Made")
_Arm = TrialDecision.Arm
SYSTEM = "system"
#: How long a worker may go on noting decisions under a trial that somebody has just ended.
FRESH_S = 5.0
NOTE_MAX = 300
SHADOWS_AT_ONCE = 50


class NoTrial(LookupError):
    """There is no such trial."""


class CannotTry(ValueError):
    """The message is why: ``not_approved``, ``running`` (another trial), ``share``, ``ended``."""


@dataclass(frozen=True)
class Active:
    """The running trial of a strategy, as the decision needs it."""

    id: UUID
    challenger_id: int
    mode: str
    share_percent: int
    salt: str

    def is_challenged(self, application_id: UUID) -> bool:
        """Whether the challenger decides this application, in all its rounds."""
        return self.mode == choice.SPLIT and choice.is_challenged(
            self.salt, application_id, self.share_percent
        )


@dataclass(frozen=True)
class Place:
    """Where a decision stands in a trial; ``problem``: why the challenger did not decide it."""

    trial: Active
    arm: str
    problem: str = ""


def start(
    *,
    challenger_id: int,
    mode: str,
    share_percent: int | None,
    note: str,
    by: str,
    now: datetime,
) -> StrategyTrial:
    """Try an approved version; ``by`` is not its author. Raises ``NoVersion``, ``SamePerson`` and
    ``CannotTry``.
    """
    is_split = mode == choice.SPLIT
    if mode not in (choice.SHADOW, choice.SPLIT) or is_split and not (
        share_percent and choice.SHARE_MIN <= share_percent <= choice.SHARE_MAX
    ):
        raise CannotTry("share")
    with transaction.atomic():
        version = StrategyVersion.objects.filter(pk=challenger_id).first()
        if version is None:
            raise NoVersion(str(challenger_id))
        Strategy.objects.select_for_update().get(pk=version.strategy_id)
        version.refresh_from_db()
        if version.state != StrategyVersion.State.APPROVED:
            raise CannotTry("not_approved")
        if not by or by == version.author:
            raise SamePerson("a trial is started by another person than the challenger's author")
        close_over(now=now, strategy_id=version.strategy_id)
        try:
            with transaction.atomic():
                return StrategyTrial.objects.create(
                    strategy_id=version.strategy_id,
                    challenger=version,
                    challenger_author=version.author,
                    mode=mode,
                    share_percent=share_percent if is_split else None,
                    salt=secrets.token_hex(8),
                    note=note.strip()[:NOTE_MAX],
                    started_by=by,
                    started_at=now,
                )
        except IntegrityError as error:
            raise CannotTry("running") from error


def end(*, trial_id: UUID, by: str, now: datetime) -> StrategyTrial:
    """Stop a trial; decisions made stay what they are. Raises ``NoTrial`` and ``CannotTry``."""
    with transaction.atomic():
        trial = StrategyTrial.objects.select_for_update().filter(pk=trial_id).first()
        if trial is None:
            raise NoTrial(str(trial_id))
        if trial.ended_at is not None:
            raise CannotTry("ended")
        trial.ended_at, trial.ended_by = now, by
        trial.save(update_fields=["ended_at", "ended_by"])
    _active.pop(trial.strategy_id, None)
    return trial


def close_over(*, now: datetime, strategy_id: int | None = None) -> int:
    """End trials whose challenger was promoted or retired; returns how many."""
    over = StrategyTrial.objects.filter(ended_at__isnull=True).exclude(
        challenger__state=StrategyVersion.State.APPROVED
    )
    if strategy_id is not None:
        over = over.filter(strategy_id=strategy_id)
    return over.update(ended_at=now, ended_by=SYSTEM)


_active: dict[int, tuple[float, Active | None]] = {}


def active(strategy_id: int) -> Active | None:
    """The strategy's running trial, looked up at most every ``FRESH_S`` in a process: one query.

    A challenger that is no longer ``approved`` is not tried, whether or not its trial was ended.
    """
    known = _active.get(strategy_id)
    if known is not None and time.monotonic() - known[0] < FRESH_S:
        return known[1]
    row = StrategyTrial.objects.filter(
        strategy_id=strategy_id,
        ended_at__isnull=True,
        challenger__state=StrategyVersion.State.APPROVED,
    ).first()
    found = row and Active(row.pk, row.challenger_id, row.mode, row.share_percent or 0, row.salt)
    _active[strategy_id] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Drop what is kept: for tests."""
    _active.clear()


def decided(
    *,
    strategy_id: int,
    application_id: UUID,
    by_champion: Callable[[], Made],
    by_challenger: Callable[[StrategyVersion], Made],
) -> tuple[Made, Place | None]:
    """Let the right one decide. Whatever goes wrong with the trial, the champion's answer comes."""
    try:
        trial = active(strategy_id)
    except Exception as error:  # a trial never stands in a decision's way
        log.warning("trial.unreadable", problem=type(error).__name__)
        trial = None
    if trial is None:
        return by_champion(), None
    if trial.mode == choice.SHADOW:
        return by_champion(), Place(trial, _Arm.SHADOW)
    if not trial.is_challenged(application_id):
        return by_champion(), Place(trial, _Arm.CHAMPION)
    try:
        version = _challenger(trial)
        if version is None:  # ended in another process a moment ago
            _active.pop(strategy_id, None)
            return by_champion(), None
        return by_challenger(version), Place(trial, _Arm.CHALLENGER)
    except Exception as error:  # the champion decides instead, on record
        problem = type(error).__name__[:60]
        log.warning("trial.challenger_failed", trial_id=str(trial.id), problem=problem)
    return by_champion(), Place(trial, _Arm.CHALLENGER, problem)


def _challenger(trial: Active) -> StrategyVersion | None:
    """The version that decides, looked at anew: an ended trial decides nothing more."""
    standing = StrategyVersion.objects.filter(
        pk=trial.challenger_id,
        state=StrategyVersion.State.APPROVED,
        trials=trial.id,
        trials__ended_at__isnull=True,
    )
    return standing.defer("definition").first()


def keep(*, place: Place, record: DecisionRecord, took_us: int) -> None:
    """The decision's row in its trial; inside the decision's transaction."""
    row = TrialDecision(decision=record, trial_id=place.trial.id, arm=place.arm)
    if place.arm == _Arm.SHADOW:
        row.champion_outcome, row.champion_score = record.outcome, record.score
        row.champion_limit, row.champion_codes = record.limit_amount, record.reason_codes
        row.champion_rate, row.champion_us = first_rate(record.result), took_us
    else:
        _answer(row, record.result, took_us)
        row.problem, row.filled_at = place.problem, Now()
        if place.problem:
            row.outcome = ""
    row.save(force_insert=True)


def fill_shadows(*, now: datetime, budget_s: float = 10.0) -> int:
    """Ask challengers about decisions that wait for it, until none waits or the time is up.

    Rows are locked and skipped by others, so two jobs at once share the work. A killed job leaves
    its rows waiting.
    """
    started, filled = time.perf_counter(), 0
    while time.perf_counter() - started < budget_s:
        with transaction.atomic():
            rows = list(
                TrialDecision.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(filled_at__isnull=True)
                .select_related("trial", "decision")
                .order_by("decision_id")[:SHADOWS_AT_ONCE]
            )
            asked = []
            for row in rows:
                _ask_shadow(row, now)
                asked.append(row)
                if time.perf_counter() - started > budget_s:
                    break  # a slow challenger: the others wait for the next job
            TrialDecision.objects.bulk_update(asked, _FIELDS)
        filled += len(asked)
        if len(asked) < SHADOWS_AT_ONCE:
            break
    return filled


_FIELDS = [
    "outcome",
    "score",
    "grade",
    "limit_amount",
    "annual_rate",
    "reason_codes",
    "took_us",
    "problem",
    "filled_at",
]


def _ask_shadow(row: TrialDecision, now: datetime) -> None:
    """The same inputs, the other strategy; a failure is the challenger's and is written down."""
    row.filled_at = now
    try:
        strategy, inputs = compiled_version(row.trial.challenger_id), row.decision.inputs
        started = time.perf_counter()
        result = evaluate(strategy, inputs)
        _answer(row, result, int((time.perf_counter() - started) * 1e6))
    except Exception as error:  # any failure is an answer about the challenger
        row.outcome, row.problem = "", type(error).__name__[:60]


def _answer(row: TrialDecision, result: dict[str, Any], took_us: int) -> None:
    row.outcome, row.score, row.grade = result["outcome"], result["score"], result["grade"] or ""
    row.limit_amount, row.annual_rate = Decimal(result["limit"]), first_rate(result)
    row.reason_codes = [reason["code"] for reason in result["reasons"]]
    row.took_us = took_us


def first_rate(result: dict[str, Any]) -> Decimal | None:
    """The yearly rate of the first offer."""
    return Decimal(result["offers"][0]["annual_rate"]) if result["offers"] else None
