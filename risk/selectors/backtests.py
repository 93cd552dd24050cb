"""Reading back-tests: the newest run of a version as pages show it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from risk.models import BacktestRun, DecisionRecord, StrategyVersion

_HEAVY = ("definition_after", "definition_before", "tally")
PRODUCTS_SHOWN = 200


@dataclass(frozen=True)
class RunView:
    """``summary``: see ``risk.domain.backtest_sums.summary``, ``None`` until done. ``is_outdated``: the
    version is no longer as it was compared. Names are ``strategy@number``.
    """

    id: UUID
    version_after: int
    version_before: int
    name_after: str
    name_before: str
    state: str
    product_code: str
    date_from: date | None
    date_to: date | None
    wanted: int
    total: int
    done: int
    summary: dict[str, Any] | None
    problem: str
    author: str
    created_at: datetime
    until: datetime
    is_outdated: bool

    @property
    def is_active(self) -> bool:
        return self.state in ("queued", "running")


def newest(version_id: int) -> RunView | None:
    """The newest run for a version, if there is one."""
    run = (
        BacktestRun.objects.filter(version_after=version_id)
        .defer(*_HEAVY)
        .order_by("-created_at")
        .first()
    )
    return _view(run) if run else None


def product_codes() -> list[str]:
    """Products past decisions were made for."""
    codes = DecisionRecord.objects.order_by("product_code").values_list("product_code", flat=True)
    return list(codes.distinct()[:PRODUCTS_SHOWN])


def _view(run: BacktestRun) -> RunView:
    found = {
        row.pk: row
        for row in StrategyVersion.objects.filter(pk__in=[run.version_after, run.version_before])
        .select_related("strategy")
        .defer("definition")
    }
    names = {pk: str(row) for pk, row in found.items()}
    after = found.get(run.version_after)
    return RunView(
        id=run.pk,
        version_after=run.version_after,
        version_before=run.version_before,
        name_after=names.get(run.version_after, ""),
        name_before=names.get(run.version_before, ""),
        state=run.state,
        product_code=run.product_code,
        date_from=run.date_from,
        date_to=run.date_to,
        wanted=run.wanted,
        total=run.total,
        done=run.done,
        summary=run.summary,
        problem=run.problem,
        author=run.author,
        created_at=run.created_at,
        until=run.until,
        is_outdated=after is None or after.sha256 != run.sha256_after,
    )
