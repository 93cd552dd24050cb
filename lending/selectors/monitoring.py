"""What lending knows of how decisions turned out: loans gone bad, and where people decided otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, F, Min, Q, QuerySet

from lending.models import Loan, LoanAccount, LoanApplication, LoanDay, ManualReview
from lending.selectors import worklists
from risk.services.monitoring import LoanOutcome

BAD_AFTER_DAYS = 30
OFFICERS_MAX = 200


@dataclass(frozen=True)
class Overrides:
    """A person's (or, ``officer`` ``""``, everybody's) verdicts beside the machine's."""

    officer: str
    branch: str
    n: int
    approved_after_decline: int
    limit_up: int
    limit_down: int
    refused: int

    @property
    def overridden(self) -> int:
        return self.approved_after_decline + self.limit_up + self.limit_down + self.refused

    @property
    def rate(self) -> float | None:
        return self.overridden / self.n if self.n else None


def loan_outcomes(*, today: date, since: datetime | None = None) -> Iterator[LoanOutcome]:
    """Every application's own loan paid out (since; drawings of a line are no decisions), with the morning
    it first was 30 days past due, up to ``today``.

    Read from the closed days: a loan that recovered stays remembered as bad.
    """
    rows = Loan.objects.filter(application__decision_id__isnull=False, drawdown__isnull=True)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    late = LoanAccount.objects.filter(
        loan__in=rows, worst_days_past_due__gte=BAD_AFTER_DAYS
    ).values("pk")
    first_bad: dict[UUID, date] = dict(
        LoanDay.objects.filter(
            account__in=late, days_past_due__gte=BAD_AFTER_DAYS, day__lt=today
        )
        .order_by()
        .values("account__loan_id")
        .annotate(first=Min("day"))
        .values_list("account__loan_id", "first")
        .iterator(10_000)
    )
    columns = ("pk", "application__decision_id", "product_code", "start_date")
    for pk, decision_id, product, start in rows.values_list(*columns).iterator(10_000):
        day = first_bad.get(pk)  # closed with 30 days: so it was on the next morning
        yield LoanOutcome(decision_id, product, start, day + timedelta(days=1) if day else None)


def overrides(*, user: User, since: datetime, until: datetime) -> list[Overrides]:
    """Officers in the viewer's scope, most overrides first; at most ``OFFICERS_MAX``."""
    visible = worklists.visible_applications(user)
    rows = _reviews(since, until).filter(application__in=visible)
    grouped = (
        rows.values("reviewer__officer__display_name", "reviewer__officer__branch__name")
        .annotate(**_COUNTS)
        .order_by("-n")[:OFFICERS_MAX]
    )
    found = [
        Overrides(
            row["reviewer__officer__display_name"] or "",
            row["reviewer__officer__branch__name"] or "",
            *(row[name] for name in _COUNTS),
        )
        for row in grouped
    ]
    return sorted(found, key=lambda row: (-(row.rate or 0), row.officer))


def override_rate(*, since: datetime, until: datetime) -> tuple[float | None, int]:
    """(share of verdicts that differ from the machine's, verdicts) of the whole bank."""
    row = Overrides("", "", *_reviews(since, until).aggregate(**_COUNTS).values())
    return row.rate, row.n


def pages_of(user: User, decision_ids: list[UUID]) -> dict[UUID, UUID]:
    """decision → application, of those the viewer may open."""
    rows: QuerySet[LoanApplication] = worklists.visible_applications(user)
    return dict(rows.filter(decision_id__in=decision_ids).values_list("decision_id", "pk"))


def _reviews(since: datetime, until: datetime) -> QuerySet[ManualReview]:
    return ManualReview.objects.filter(at__gte=since, at__lt=until).order_by()


_approved = Q(verdict=ManualReview.Verdict.APPROVE)
# who asks for a person afterwards was declined by the machine; who asked before only if it suggests no limit
_asked = Q(application__reviewrequest__isnull=False) & (
    Q(application__wants_person=False) | Q(machine_limit__isnull=True)
)
_suggested = Q(machine_limit__isnull=False) & ~_asked
_COUNTS = {
    "n": Count("pk"),
    "approved_after_decline": Count("pk", filter=_approved & _asked),
    "limit_up": Count(
        "pk", filter=_approved & _suggested & Q(approved_limit__gt=F("machine_limit"))
    ),
    "limit_down": Count(
        "pk", filter=_approved & _suggested & Q(approved_limit__lt=F("machine_limit"))
    ),
    "refused": Count("pk", filter=~_approved & _suggested),
}
