"""Signs of life kept in the database, and what waits in the outbox: for health and metrics."""

from datetime import datetime

from django.db.models import Count, Min

from lending.models import Heartbeat, OutboxMessage


def last(name: str) -> datetime | None:
    """When the process last wrote its heartbeat; None if never."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def outbox_backlog() -> tuple[int, datetime | None]:
    """(rows not yet published, creation of the oldest of them)."""
    found = OutboxMessage.objects.filter(published_at__isnull=True).aggregate(
        waiting=Count("id"), oldest=Min("created_at")
    )
    return found["waiting"], found["oldest"]
