"""Publishing the queue of record. A crash may repeat a task: every task is safe twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from lending.models import OutboxMessage

BATCH_SIZE = 200
#: Published rows are kept this long for questions, then deleted by the sweeper.
KEPT_FOR = timedelta(days=3)


class BrokerUnavailable(Exception):
    """The doorbell does not ring; rows wait in the table and go out when it does again."""


Publish = Callable[[str, str, dict[str, Any]], None]


def drain(*, publish: Publish, now: datetime, limit: int = BATCH_SIZE) -> int:
    """Publish up to ``limit`` waiting rows in order; ``publish(task, queue, arguments)`` may raise.

    Rows are locked with SKIP LOCKED, so several drains may run. Returns how many were published;
    when ``publish`` raises (broker down) what was already published stays marked.
    """
    with transaction.atomic():
        rows = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(published_at__isnull=True)
            .order_by("id")[:limit]
        )
        published: list[int] = []
        broker_error: Exception | None = None
        for row in rows:
            try:
                publish(row.task, row.queue, row.arguments)
            except (
                Exception
            ) as error:  # whatever the broker's client raises: keep the row, report below
                broker_error = error
                break
            published.append(row.pk)
        OutboxMessage.objects.filter(pk__in=published).update(published_at=now)
    if broker_error is not None:
        raise BrokerUnavailable(str(broker_error)) from broker_error
    return len(published)


def forget_old(*, now: datetime) -> int:
    """Delete rows published more than three days ago; returns how many."""
    count, _ = OutboxMessage.objects.filter(published_at__lt=now - KEPT_FOR).delete()
    return count
