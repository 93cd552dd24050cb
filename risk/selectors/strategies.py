"""Reading strategies and their versions, for pages and for the services of the apps above."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from risk.models import Strategy, StrategyVersion
from risk.services.strategies import NoVersion

VERSIONS_SHOWN = 50


@dataclass(frozen=True)
class VersionRow:
    """One version without its definition. ``standing``: draft | submitted | approved | coming |
    in_force | ended | retired on the day asked about.
    """

    id: int
    strategy: str
    number: int
    standing: str
    state: str
    based_on: int | None
    based_on_number: int | None
    revision: int
    note: str
    answer: str
    author: str
    approved_by: str
    released_by: str
    created_at: datetime
    approved_at: datetime | None
    published_at: datetime | None
    valid_from: date | None
    valid_to: date | None
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.strategy}@{self.number}"


def strategies() -> list[tuple[str, str, str]]:
    """(code, name_zh, name_en) of every strategy."""
    return list(Strategy.objects.order_by("code").values_list("code", "name_zh", "name_en"))


def versions(code: str, *, on: date, limit: int = VERSIONS_SHOWN) -> list[VersionRow]:
    """The newest versions of a strategy, newest first."""
    rows = (
        StrategyVersion.objects.filter(strategy__code=code)
        .select_related("strategy", "based_on")
        .defer("definition", "based_on__definition")
        .order_by("-number")[:limit]
    )
    return [_row(row, on) for row in rows]


def version(version_id: int, *, on: date) -> VersionRow:
    """Raises ``NoVersion``."""
    return _row(_get(version_id), on)


def definition(version_id: int) -> Mapping[str, Any]:
    """The version's definition as JSON; raises ``NoVersion``."""
    found: Mapping[str, Any] = _get(version_id).definition
    return found


def in_force(code: str, *, on: date) -> VersionRow | None:
    """The version that decides on ``on``, if there is one."""
    return next((row for row in versions(code, on=on) if row.standing == "in_force"), None)


def _get(version_id: int) -> StrategyVersion:
    row = (
        StrategyVersion.objects.select_related("strategy", "based_on")
        .filter(pk=version_id)
        .first()
    )
    if row is None:
        raise NoVersion(str(version_id))
    return row


def _row(row: StrategyVersion, on: date) -> VersionRow:
    return VersionRow(
        id=row.pk,
        strategy=row.strategy.code,
        number=row.number,
        standing=_standing(row, on),
        state=row.state,
        based_on=row.based_on_id,
        based_on_number=row.based_on.number if row.based_on else None,
        revision=row.revision,
        note=row.note,
        answer=row.answer,
        author=row.author,
        approved_by=row.approved_by,
        released_by=row.released_by,
        created_at=row.created_at,
        approved_at=row.approved_at,
        published_at=row.published_at,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        sha256=row.sha256,
    )


def _standing(row: StrategyVersion, on: date) -> str:
    if row.state != StrategyVersion.State.PUBLISHED or row.valid_from is None:
        return row.state
    if on < row.valid_from:
        return "coming"
    return "in_force" if row.valid_to is None or on < row.valid_to else "ended"
