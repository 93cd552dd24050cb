"""What must never be false about contacts with borrowers in debt."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count

from lending.domain.contact_policy import Rules
from lending.models import ContactAttempt, SmsMessage


def broken_contacts(now: datetime) -> Iterator[dict[str, str]]:
    """No more effective contacts a day than the standard's most; no text about a debt past the gate."""
    most = Rules().per_day_max
    over = (
        ContactAttempt.objects.filter(effective=True)
        .values("customer", "day")
        .annotate(n=Count("pk"))
        .filter(n__gt=most)
        .order_by()
    )
    for row in over[:50]:
        yield _breach(row["customer"], f"{row['n']} effective contacts on {row['day']}")
    past = SmsMessage.objects.filter(asks_gate=True, state="sent").exclude(contact__state="made")
    for pk in past.values_list("pk", flat=True)[:50]:
        yield _breach(pk, "a text about a debt was sent past the gate")


def _breach(row: object, detail: str) -> dict[str, str]:
    return {"invariant": "contacts", "row": str(row), "detail": detail}
