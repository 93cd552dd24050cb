"""The register of trained models: entered once, approved by a second person, retired; never changed.

A wrong step is an exception with its data; words for people are lending's.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from risk.domain.canonical import canonical
from risk.domain.points_table import InvalidPointsTable, PointsTable, read_points_table
from risk.domain.strategy import read_strategy
from risk.domain.strategy_section import as_section, grades_for
from risk.models import ScorecardModel
from risk.training import artefacts

if TYPE_CHECKING:  # scikit-learn is loaded by those who score with a challenger, not by every page
    from risk.training.challenger import Challenger

_State = ScorecardModel.State
_Kind = ScorecardModel.Kind
_DEFINITION_BYTES_MAX = 20_000_000


class NoScorecard(LookupError):
    """There is no such model."""


class SameTrainer(ValueError):
    """Who trained a model does not approve it."""


class IllegalScorecardStep(ValueError):
    """The model's state does not allow this step; the message is the state."""


class TamperedScorecard(ValueError):
    """A stored model no longer has the hash it was registered with."""


class UnfitScorecard(ValueError):
    """The model cannot be used so; the message names the part."""


def register(
    *,
    code: str,
    kind: str,
    definition: Mapping[str, Any],
    artefact: bytes | None,
    data: Mapping[str, Any],
    metrics: Mapping[str, Any],
    trained_by: str,
    now: datetime,
) -> ScorecardModel:
    """Enter a trained model as the next number of ``code``; it is a candidate.

    Raises ``UnfitScorecard`` for a definition that cannot be scored with, and
    ``artefacts.RefusedArtefact`` for a file that holds what no challenger holds.
    """
    plain: dict[str, Any] = plain_numbers(definition)
    if not trained_by or len(canonical(plain)) > _DEFINITION_BYTES_MAX:
        raise UnfitScorecard("a model needs its trainer's name and at most 20 MB")
    if kind == _Kind.SCORECARD:
        try:
            read_points_table(plain)
        except InvalidPointsTable as error:
            raise UnfitScorecard(str(error)) from error
    elif kind == _Kind.CHALLENGER and artefact is not None:
        artefacts.load(artefact, plain.get("artefact_sha256", ""))
    else:
        raise UnfitScorecard("a challenger comes with its file")
    with transaction.atomic():
        last = (
            ScorecardModel.objects.select_for_update()
            .filter(code=code, kind=kind)
            .order_by("-number")
            .only("number")
            .first()
        )
        return ScorecardModel.objects.create(
            code=code,
            number=last.number + 1 if last else 1,
            kind=kind,
            definition=plain,
            artefact=artefact,
            sha256=fingerprint(plain, artefact),
            trained_at=now,
            trained_by=trained_by,
            data=plain_numbers(data),
            metrics=plain_numbers(metrics),
        )


def approve(*, model_id: int, checker: str, now: datetime) -> ScorecardModel:
    """candidate → approved by another person than trained it; the one approved before retires.

    Raises ``NoScorecard``, ``IllegalScorecardStep``, ``SameTrainer``, ``TamperedScorecard``.
    """
    with transaction.atomic():
        model = _locked(model_id)
        if model.state != _State.CANDIDATE:
            raise IllegalScorecardStep(model.state)
        if not checker or checker == model.trained_by:
            raise SameTrainer(model.trained_by)
        _check(model)
        before = ScorecardModel.objects.filter(
            code=model.code, kind=model.kind, state=_State.APPROVED
        )
        before.update(state=_State.RETIRED, retired_by=checker, retired_at=now)
        model.state, model.approved_by, model.approved_at = _State.APPROVED, checker, now
        model.save(update_fields=["state", "approved_by", "approved_at"])
    return model


def retire(*, model_id: int, person: str, now: datetime) -> ScorecardModel:
    """candidate or approved → retired, for good."""
    with transaction.atomic():
        model = _locked(model_id)
        if model.state == _State.RETIRED:
            raise IllegalScorecardStep(model.state)
        model.state, model.retired_by, model.retired_at = _State.RETIRED, person, now
        model.save(update_fields=["state", "retired_by", "retired_at"])
    return model


def approved_scorecard(model_id: int) -> ScorecardModel:
    """A points table that two people stand for; raises ``IllegalScorecardStep`` for another."""
    model = _get(model_id)
    if model.kind != _Kind.SCORECARD:
        raise UnfitScorecard("not a points table")
    if model.state != _State.APPROVED:
        raise IllegalScorecardStep(model.state)
    return model


def points_table(model_id: int) -> PointsTable:
    """A registered scorecard ready to score with, after a check of its hash."""
    model = _get(model_id)
    _check(model)
    if model.kind != _Kind.SCORECARD:
        raise UnfitScorecard("not a points table")
    return read_points_table(model.definition)


def challenger(model_id: int) -> "Challenger":
    """A registered challenger ready to score with, after a check of its hashes and its types.

    Raises ``NoScorecard``, ``TamperedScorecard``, ``UnfitScorecard``, ``RefusedArtefact``.
    """
    model = _get(model_id)
    _check(model)
    if model.kind != _Kind.CHALLENGER or model.artefact is None:
        raise UnfitScorecard("not a challenger")
    from risk.training.challenger import Challenger

    table = model.definition
    return Challenger(
        artefacts.load(bytes(model.artefact), table["artefact_sha256"]),
        tuple(table["columns"]),
        table["codes"],
    )


def as_strategy_section(model_id: int) -> dict[str, Any]:
    """A registered points table as the ``scorecard`` section of a strategy's definition.

    Only a table whose features are the platform's own can become one; raises ``UnfitScorecard``
    otherwise. Its score has the table's scale (``PDO`` doubles the odds): the draft's grades must be
    cut for it.
    """
    model = _get(model_id)
    _check(model)
    if model.kind != _Kind.SCORECARD:
        raise UnfitScorecard("not a points table")
    try:
        return as_section(model.definition)
    except ValueError as error:
        raise UnfitScorecard(str(error)) from error


def in_strategy(model_id: int, definition: Mapping[str, Any]) -> dict[str, Any]:
    """A strategy's definition with this scorecard and grades cut for its scale, checked as a whole.

    Raises ``UnfitScorecard`` and ``risk.domain.strategy.InvalidStrategy``.
    """
    section = as_strategy_section(model_id)
    names = [row["grade"] for row in definition["grades"]]
    try:
        grades = grades_for(_get(model_id).definition, names)
    except ValueError as error:
        raise UnfitScorecard(str(error)) from error
    changed = {**definition, "scorecard": section, "grades": grades}
    read_strategy(changed)
    return changed


def fingerprint(definition: Mapping[str, Any], artefact: bytes | None) -> str:
    """SHA-256 over the canonical definition and the file."""
    digest = hashlib.sha256(canonical(definition))
    if artefact is not None:
        digest.update(b"\x00" + artefact)
    return digest.hexdigest()


def plain_numbers(value: Any) -> Any:
    """Numbers as the database gives them back: a whole number is written without a point."""
    if isinstance(value, Mapping):
        return {str(key): plain_numbers(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain_numbers(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _check(model: ScorecardModel) -> None:
    artefact = None if model.artefact is None else bytes(model.artefact)
    if fingerprint(model.definition, artefact) != model.sha256:
        raise TamperedScorecard(str(model))


def _locked(model_id: int) -> ScorecardModel:
    model = ScorecardModel.objects.select_for_update().filter(pk=model_id).first()
    if model is None:
        raise NoScorecard(str(model_id))
    return model


def _get(model_id: int) -> ScorecardModel:
    model = ScorecardModel.objects.filter(pk=model_id).first()
    if model is None:
        raise NoScorecard(str(model_id))
    return model
