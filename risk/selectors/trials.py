"""Reading trials: the list, one of them, and how its loans went."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from risk.domain.monitoring_intervals import Interval, wilson
from risk.domain.trials import SHADOW
from risk.models import StrategyTrial, StrategyVersion
from risk.services.trials import NoTrial

LIST_MAX = 100


@dataclass(frozen=True)
class TrialRow:
    """One trial for a list; ``is_running`` only while its challenger may still be tried."""

    id: UUID
    strategy: str
    challenger_id: int
    challenger_number: int
    mode: str
    share_percent: int | None
    note: str
    started_by: str
    started_at: datetime
    ended_by: str
    ended_at: datetime | None
    is_running: bool

    @property
    def challenger(self) -> str:
        return f"{self.strategy}@{self.challenger_number}"

    @property
    def is_shadow(self) -> bool:
        return self.mode == SHADOW


def trials(limit: int = LIST_MAX) -> list[TrialRow]:
    """The newest trials, running ones first."""
    rows = StrategyTrial.objects.select_related("strategy", "challenger").defer(
        "challenger__definition"
    )
    found = [_row(row) for row in rows.order_by("-started_at")[:limit]]
    return sorted(found, key=lambda row: not row.is_running)


def trial(trial_id: UUID) -> TrialRow:
    """Raises ``NoTrial``."""
    row = (
        StrategyTrial.objects.select_related("strategy", "challenger")
        .defer("challenger__definition")
        .filter(pk=trial_id)
        .first()
    )
    if row is None:
        raise NoTrial(str(trial_id))
    return _row(row)


def performance(
    trial_id: UUID, outcomes: list[tuple[UUID, bool]]
) -> list[tuple[str, int, int, Interval | None]]:
    """(group, loans, bad ones, their share) of loans ``(decision_id, is_bad)`` decided in the trial.

    Groups are the arms of a split; of a shadow, what it said of loans the champion made.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT CASE t.arm WHEN 'shadow' THEN t.outcome ELSE t.arm END,
                count(*), count(*) FILTER (WHERE o.bad)
            FROM unnest(%s::uuid[], %s::boolean[]) AS o(id, bad)
            JOIN risk_trialdecision t ON t.decision_id = o.id AND t.trial_id = %s
            WHERE t.problem = '' AND t.outcome <> '' GROUP BY 1""",
            [[str(pk) for pk, _ in outcomes], [bad for _, bad in outcomes], trial_id],
        )
        return [(group, n, bad, wilson(bad, n)) for group, n, bad in sorted(cursor.fetchall())]


def _row(row: StrategyTrial) -> TrialRow:
    return TrialRow(
        id=row.pk,
        strategy=row.strategy.code,
        challenger_id=row.challenger_id,
        challenger_number=row.challenger.number,
        mode=row.mode,
        share_percent=row.share_percent,
        note=row.note,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        is_running=row.ended_at is None
        and row.challenger.state == StrategyVersion.State.APPROVED,
    )

