"""Reading the register of trained models: rows for a list, the whole card for a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from risk.domain.strategy_section import score_at, words_of
from risk.models import ScorecardModel
from risk.services.scorecards import NoScorecard

PAGE = 30
_RATES = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.5)


@dataclass(frozen=True)
class ModelRow:
    """A registered model without its definition. ``metrics`` and ``data`` as the trainer wrote."""

    id: int
    code: str
    number: int
    kind: str
    state: str
    trained_at: datetime
    trained_by: str
    approved_by: str
    approved_at: datetime | None
    retired_by: str
    retired_at: datetime | None
    sha256: str
    data: Mapping[str, Any]
    metrics: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.code} {self.kind}@{self.number}"


@dataclass(frozen=True)
class ModelCard(ModelRow):
    """With the definition: the points table or the challenger's columns, ``iv`` and ``notes``."""

    definition: Mapping[str, Any]

    def words(self, feature: str) -> tuple[str, str]:
        """The feature's name in Chinese and English."""
        return words_of(feature)


_COLUMNS = tuple(ModelRow.__dataclass_fields__)


def models(*, page: int = 1) -> tuple[list[ModelRow], bool]:
    """One page of models, newest first, and whether there are more."""
    start = (max(page, 1) - 1) * PAGE
    rows = ScorecardModel.objects.order_by("-trained_at", "-id").values(*_COLUMNS)
    found = list(rows[start : start + PAGE + 1])
    return [ModelRow(**row) for row in found[:PAGE]], len(found) > PAGE


def card(model_id: int) -> ModelCard:
    """Raises ``NoScorecard``."""
    row = ScorecardModel.objects.filter(pk=model_id).values(*_COLUMNS, "definition").first()
    if row is None:
        raise NoScorecard(str(model_id))
    return ModelCard(**row)


def scale(card: ModelCard) -> list[tuple[float, int]]:
    """(expected bad rate, score) of a points table, to read its scores by; empty for another kind."""
    if card.kind != ScorecardModel.Kind.SCORECARD:
        return []
    return [(rate, score_at(card.definition, rate)) for rate in _RATES]


def newest(code: str, kind: str = "scorecard") -> ModelRow | None:
    """The last registered model of this code and kind."""
    rows = ScorecardModel.objects.filter(code=code, kind=kind).order_by("-number")
    row = rows.values(*_COLUMNS).first()
    return None if row is None else ModelRow(**row)


def approved(kind: str = "scorecard") -> list[ModelRow]:
    """Models a strategy may be drafted with, by code."""
    rows = ScorecardModel.objects.filter(kind=kind, state="approved").order_by("code")
    return [ModelRow(**row) for row in rows.values(*_COLUMNS)]
