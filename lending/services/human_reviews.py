"""The right to a person (PIPL art. 24): asking instead of the machine, and a clock on the answer."""

from datetime import datetime, time
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.application_flow import State
from lending.domain.working_days import working_days_after
from lending.errors import IllegalState
from lending.models import Customer, LoanApplication, ReviewRequest
from lending.selectors.human_reviews import ESCALATE_BEFORE
from lending.services import moves

log = structlog.get_logger(__name__)
#: Until the machine has answered, a person may be asked for instead.
BEFORE_THE_ANSWER = (
    State.DRAFT,
    State.IDENTIFIED,
    State.CONSENTED,
    State.SUBMITTED,
    State.SCORING,
)
_CLOSES = time(18, 0)


def due_at(asked_at: datetime) -> datetime:
    """Until when a person has to answer: the close of business some working days later."""
    local = timezone.localtime(asked_at)
    day = working_days_after(local.date(), settings.REVIEW_WORKING_DAYS)
    return timezone.make_aware(datetime.combine(day, _CLOSES), local.tzinfo)


def ask_for_person(
    *, application_id: UUID, customer: Customer, wants: bool = True, now: datetime
) -> LoanApplication:
    """Ask that a person decides, or take it back before handing in. Raises ``IllegalState`` once decided.

    The machine still gathers; what it thinks is then a suggestion to the person who decides.
    """
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.require_state(application, *BEFORE_THE_ANSWER)
        if not wants and application.state in (State.SUBMITTED, State.SCORING):
            raise IllegalState(_("This step is no longer open: the application has moved on."))
        if application.wants_person != wants:
            application.wants_person = wants
            application.wants_person_at = now if wants else None
            application.save(update_fields=["wants_person", "wants_person_at"])
            name = "application.person_wanted" if wants else "application.person_not_wanted"
            events.record(name, at=now, application=application)
    return application


def start_clock(*, application: LoanApplication, reason: str, now: datetime) -> ReviewRequest:
    """Open the request of a locked application; from now on a person owes an answer."""
    request, _created = ReviewRequest.objects.get_or_create(
        application=application, defaults={"reason": reason, "at": now, "due_at": due_at(now)}
    )
    return request


def stop_clock(*, application: LoanApplication, now: datetime) -> None:
    """A person has answered; the first answer counts."""
    ReviewRequest.objects.filter(application=application, answered_at__isnull=True).update(
        answered_at=now
    )


def escalate(*, now: datetime, limit: int = 200) -> int:
    """Tell the managers of reviews with less than a day left; each once. Returns how many."""
    with transaction.atomic():
        rows = list(
            ReviewRequest.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(
                answered_at__isnull=True,
                escalated_at__isnull=True,
                due_at__lt=now + ESCALATE_BEFORE,
                application__state=State.IN_REVIEW,
            )
            .select_related("application")
            .order_by("due_at")[:limit]
        )
        for row in rows:
            row.escalated_at = now
            row.save(update_fields=["escalated_at"])
            events.record(
                "review.escalated",
                at=now,
                application=row.application,
                data={"due_at": row.due_at.isoformat() if row.due_at else ""},
            )
            log.warning("review.escalated", application_id=str(row.application_id))
    return len(rows)
