"""The event feed: what happened, written in the transaction of the change itself.

Marketing reads ``feed``; nothing in lending knows who listens. Row ids are not commit order: a reader
re-reads the recent past and drops repeats by id.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from lending.models import LendingEvent, LoanApplication

FEED_LIMIT_MAX = 5_000


def record(
    name: str,
    *,
    at: datetime,
    application: LoanApplication | None = None,
    customer_id: Any = None,
    loan_id: Any = None,
    source_token: str = "",
    product_code: str = "",
    qr_code: str = "",
    data: dict[str, Any] | None = None,
) -> LendingEvent:
    """Append one event; the caller is inside the transaction of the change. No personal data in ``data``."""
    if application is not None:
        customer_id = customer_id or application.customer_id
        source_token = source_token or application.source_token
        product_code = product_code or application.product_code
        qr_code = qr_code or application.qr_code
    return LendingEvent.objects.create(
        name=name,
        at=at,
        application_id=application.id if application else None,
        customer_id=customer_id,
        loan_id=loan_id,
        officer_id=application.officer_id if application else None,
        source_token=source_token,
        product_code=product_code,
        qr_code=qr_code,
        data=data or {},
    )


def feed(*, after_id: int = 0, limit: int = 1_000) -> QuerySet[LendingEvent]:
    """Events with an id above ``after_id``, oldest first, at most ``limit`` (≤ 5,000)."""
    return LendingEvent.objects.filter(id__gt=after_id).order_by("id")[: min(limit, FEED_LIMIT_MAX)]


def feed_since(*, since: datetime, after_id: int = 0, limit: int = 1_000) -> QuerySet[LendingEvent]:
    """Events at or after ``since`` with an id above ``after_id``: for re-reading late commits."""
    return LendingEvent.objects.filter(at__gte=since, id__gt=after_id).order_by("id")[
        : min(limit, FEED_LIMIT_MAX)
    ]
