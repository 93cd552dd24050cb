"""Answers kept for repeated requests, and when they are forgotten."""

from datetime import datetime, timedelta

from lending.models import IdempotencyKey

#: A client that repeats a request after this long is processed anew.
KEPT_FOR = timedelta(hours=72)


def forget_old(*, now: datetime) -> int:
    """Delete keys older than 72 hours; returns how many."""
    count, _ = IdempotencyKey.objects.filter(created_at__lt=now - KEPT_FOR).delete()
    return count
