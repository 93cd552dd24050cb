"""Making a past decision again at somebody's request: the look is on record, the decision is not touched."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from lending.services import audit
from risk.replay import Replayed
from risk.selectors import explanations


def replay(*, decision_id: UUID, viewer: User, now: datetime) -> Replayed:
    """Decide again from the stored inputs and say whether it is the same. Raises ``NoDecision``."""
    with transaction.atomic():
        found = explanations.replayed(decision_id)
        audit.record(
            actor=viewer.get_username(),
            action="decision.replay",
            subject_type="decision",
            subject_id=str(decision_id),
            now=now,
            detail={"identical": found.identical, "differences": list(found.differences)},
        )
    return found
