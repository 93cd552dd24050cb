"""Clocks of human reviews: until when, and whether the promise was kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q

from lending.models import LoanApplication, ReviewRequest

#: With less time than this left, the manager is told.
ESCALATE_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """Requests asked in a period: answered in time, answered late, late and open, still running."""

    kept: int
    late: int
    overdue: int
    running: int

    @property
    def share(self) -> float | None:
        """Answered in time, of all whose time is over or that were answered."""
        judged = self.kept + self.late + self.overdue
        return self.kept / judged if judged else None


def of_application(application: LoanApplication) -> ReviewRequest | None:
    """The application's request for a person, if there is one."""
    return ReviewRequest.objects.filter(application=application).first()


def kept(*, since: date, until: date, now: datetime) -> Kept:
    """How the promise was kept for requests made from ``since`` to ``until`` (both included)."""
    waiting = Q(answered_at__isnull=True, application__state="in_review")
    forgotten = Q(answered_at__isnull=True, application__state="expired")
    found = ReviewRequest.objects.filter(
        at__date__gte=since, at__date__lte=until, due_at__isnull=False
    ).aggregate(
        kept=Count("pk", filter=Q(answered_at__lte=F("due_at"))),
        late=Count("pk", filter=Q(answered_at__gt=F("due_at"))),
        overdue=Count("pk", filter=(waiting | forgotten) & Q(due_at__lt=now)),
        running=Count("pk", filter=waiting & Q(due_at__gte=now)),
    )
    return Kept(**found)
