"""Alerts: measured by a job, opened once, closed by themselves, read by a person with a note."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from risk.domain.monitoring_alerts import RULES, Measured, Rule, broken
from risk.models import MonitoringAlert
from risk.selectors import monitoring
from risk.selectors.monitoring import Span

_LOCK = 7_103
NOTE_MIN, NOTE_MAX = 4, 300


class NoAlert(LookupError):
    """There is no such alert."""


class CannotAcknowledge(ValueError):
    """The message is why: ``done`` (somebody was faster, or it closed), ``note`` (none given)."""


def window(rule: Rule, today: date) -> Span:
    """The business dates the rule looks at, today included."""
    return Span(today - timedelta(days=rule.window_days - 1), today)


def evaluate(*, today: date, now: datetime, more: Mapping[str, tuple[float | None, int]]) -> int:
    """Open what broke, close what is healthy, leave what cannot be told; how many are open.

    ``more``: metric → (value, cases) measured elsewhere (people's overrides are lending's).
    """
    measured = {rule.code: _measure(rule, today, more) for rule in RULES}
    verdicts = broken(measured)
    with transaction.atomic():
        with connection.cursor() as cursor:  # jobs take turns; the unique index is the last word
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for rule in RULES:
            _settle(rule, measured[rule.code], verdicts[rule.code], now)
        return MonitoringAlert.objects.filter(closed_at__isnull=True).count()


def acknowledge(*, alert_id: int, by: str, note: str, now: datetime) -> MonitoringAlert:
    """Somebody has read it and says what they make of it. Raises ``NoAlert``, ``CannotAcknowledge``."""
    note = note.strip()
    if not NOTE_MIN <= len(note) <= NOTE_MAX or "\x00" in note:
        raise CannotAcknowledge("note")
    with transaction.atomic():
        alert = MonitoringAlert.objects.select_for_update().filter(pk=alert_id).first()
        if alert is None:
            raise NoAlert(str(alert_id))
        if alert.acknowledged_at is not None or alert.closed_at is not None:
            raise CannotAcknowledge("done")
        alert.acknowledged_by, alert.acknowledged_at, alert.note = by, now, note
        alert.save(update_fields=["acknowledged_by", "acknowledged_at", "note"])
    return alert


def _settle(rule: Rule, measured: Measured, is_broken: bool | None, now: datetime) -> None:
    standing = MonitoringAlert.objects.filter(code=rule.code, closed_at__isnull=True)
    if is_broken:
        figures = {"value": measured.value, "cases": measured.cases, "threshold": rule.threshold}
        if not standing.update(**figures):
            alert = MonitoringAlert(code=rule.code, opened_at=now, **figures)
            MonitoringAlert.objects.bulk_create([alert], ignore_conflicts=True)
    elif is_broken is False:
        standing.update(closed_at=now)


def _measure(
    rule: Rule, today: date, more: Mapping[str, tuple[float | None, int]]
) -> Measured:
    span = window(rule, today)
    if rule.metric in more:
        return Measured(*more[rule.metric])
    if rule.metric == "score_psi":
        shift = monitoring.shift_now(span)
        return Measured(shift.index, shift.cases)
    if rule.metric == "took_p99_ms":
        speed, cases = monitoring.speed_now(span)
        return Measured(speed.p99, cases)
    if rule.metric == "source_error_share":
        asked, failed = monitoring.source_errors(span)
        return Measured(failed / asked if asked else None, asked)
    whole = monitoring.total(monitoring.per_day(span))
    if rule.metric == "automation_rate":
        return Measured(whole.automation, whole.n)
    if rule.metric == "approval_change":
        before = monitoring.total(monitoring.per_day(span.before(30)))
        if whole.approval is None or before.approval is None:
            return Measured(None, 0)
        return Measured(abs(whole.approval - before.approval), min(whole.n, before.n))
    return Measured(None, 0)
