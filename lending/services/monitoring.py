"""The job that watches decisions, and the person who has read an alert."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending.domain.staff_duties import Duty, may
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import Officer
from lending.selectors import business_day
from lending.selectors import monitoring as reading
from lending.services import audit
from risk.services import monitoring, monitoring_alerts, trials

#: How loans turned out changes by the day: counted again this often.
OUTCOMES_EVERY = timedelta(hours=6)
OVERRIDE_DAYS = 30


def watch(*, now: datetime) -> None:
    """Counts of the days, shadows that wait, ended trials, loans' outcomes, alerts: in this order,
    each safe to repeat and to run twice at once.
    """
    try:
        today = business_day.of_bank()
    except IndexError:
        return  # the bank has not opened its first day
    trials.close_over(now=now)
    trials.fill_shadows(now=now)
    monitoring.refresh_days(now=now)
    age = monitoring.outcomes_age(now=now)
    if age is None or age >= OUTCOMES_EVERY:
        monitoring.record_outcomes(outcomes=reading.loan_outcomes(today=today), now=now)
    until = timezone.make_aware(datetime.combine(timezone.localdate(now), time.max))
    rate = reading.override_rate(since=until - timedelta(days=OVERRIDE_DAYS), until=until)
    monitoring_alerts.evaluate(today=today, now=now, more={"override_rate": rate})


def acknowledge(*, officer: Officer, alert_id: int, note: str, now: datetime) -> None:
    """The officer has read the alert and says what they make of it."""
    if not may(officer.role, Duty.SEE_RISK):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))
    with transaction.atomic():
        try:
            alert = monitoring_alerts.acknowledge(
                alert_id=alert_id, by=officer.staff_no, note=note, now=now
            )
        except monitoring_alerts.NoAlert as problem:
            raise NotFound from problem
        except monitoring_alerts.CannotAcknowledge as problem:
            if str(problem) == "note":
                raise InvalidInput.field(
                    "note", _("Write what you make of it (4 to 300 characters).")
                ) from problem
            raise IllegalState(_("This alert was read or closed meanwhile.")) from problem
        audit.record(
            actor=officer.staff_no,
            action="monitoring.acknowledge",
            subject_type="monitoring_alert",
            subject_id=str(alert_id),
            now=now,
            reason=alert.note,
            detail={"code": alert.code, "value": alert.value},
        )
