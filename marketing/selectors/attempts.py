"""Reading journey attempts."""

from datetime import datetime
from uuid import UUID

from marketing.models import JourneyAttempt


def open_visit(token: str, code: str, *, since: datetime) -> UUID | None:
    """The attempt ``token`` names when it scanned ``code`` after ``since`` and has not ended."""
    try:
        attempt_id = UUID(token)
    except ValueError:
        return None
    return (
        JourneyAttempt.objects.filter(pk=attempt_id, code=code, scanned_at__gte=since, ended_as="")
        .values_list("pk", flat=True)
        .first()
    )
