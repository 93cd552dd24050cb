"""Reading alerts: the open ones, and the newest that were."""

from dataclasses import dataclass
from datetime import datetime

from risk.domain.monitoring_alerts import RULES
from risk.models import MonitoringAlert

RECENT_MAX = 30


@dataclass(frozen=True)
class AlertRow:
    """One alert with its rule's words left to lending (by ``code`` and ``comparison``)."""

    id: int
    code: str
    comparison: str
    window_days: int
    value: float
    threshold: float
    cases: int
    opened_at: datetime
    closed_at: datetime | None
    acknowledged_by: str
    acknowledged_at: datetime | None
    note: str


def open_alerts() -> list[AlertRow]:
    """Alerts that stand, the newest first."""
    rows = MonitoringAlert.objects.filter(closed_at__isnull=True).order_by("-opened_at")
    return [_row(row) for row in rows]


def recent(limit: int = RECENT_MAX) -> list[AlertRow]:
    """Alerts that are over, the newest first."""
    rows = MonitoringAlert.objects.filter(closed_at__isnull=False).order_by("-opened_at")
    return [_row(row) for row in rows[:limit]]


def unread_count() -> int:
    """Open alerts nobody has read: the number on the tab."""
    return MonitoringAlert.objects.filter(
        closed_at__isnull=True, acknowledged_at__isnull=True
    ).count()


def _row(row: MonitoringAlert) -> AlertRow:
    rule = next((rule for rule in RULES if rule.code == row.code), None)
    return AlertRow(
        id=row.pk,
        code=row.code,
        comparison=rule.comparison if rule else "above",
        window_days=rule.window_days if rule else 0,
        value=row.value,
        threshold=row.threshold,
        cases=row.cases,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        note=row.note,
    )
