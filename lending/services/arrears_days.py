"""What arrears need once a business date, after the date has rolled: cases first, then reminders."""

from datetime import date, datetime, timedelta

from lending.models import BusinessDay, LegalEntity, LoanAccount
from lending.services import collection_cases, reminders


def run(*, legal_entity: LegalEntity, day: date, now: datetime) -> int:
    """Allocate cases and plan the reminders of ``day``; returns how many texts. Safe to repeat."""
    collection_cases.allocate(legal_entity=legal_entity, day=day, now=now)
    return reminders.send_due(legal_entity=legal_entity, day=day, now=now)


def run_due(*, now: datetime) -> int:
    """The same for every legal entity whose accounts have reached the evening before its business date."""
    sent = 0
    for row in BusinessDay.objects.select_related("legal_entity").order_by("pk"):
        behind = LoanAccount.objects.filter(
            legal_entity=row.legal_entity,
            is_open=True,
            parked_at__isnull=True,
            closed_through__lt=row.current_date - timedelta(days=1),
        )
        if not behind.exists():
            sent += run(legal_entity=row.legal_entity, day=row.current_date, now=now)
    return sent
