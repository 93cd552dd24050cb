"""The sweeper's share of money out: revive what was lost, ask about what is unknown."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now

from lending import jobs
from lending.domain.disbursement_flow import DisbursementState
from lending.models import Disbursement
from lending.services.settlements import FIRST_QUERY_AFTER

_CREATED_TOO_LONG = timedelta(seconds=30)
_BATCH = 200


def sweep(*, now: datetime) -> dict[str, int]:
    """created > 30 s → new outbox row; dead lease → unknown; unknown and due → query. Returns counts."""
    return {"revived": _revive(now), "leases_ended": _end_leases(now), "queries": _ask_due(now)}


def _revive(now: datetime) -> int:
    with transaction.atomic():
        rows = list(
            Disbursement.objects.select_for_update(skip_locked=True)
            .filter(state=DisbursementState.CREATED, created_at__lt=now - _CREATED_TOO_LONG)
            .exclude(pk__in=list(jobs.asked_recently("lending.send_disbursement", now)))
            .order_by("created_at")[:_BATCH]
        )
        for row in rows:
            jobs.send_disbursement(row.pk, now)
    return len(rows)


def _end_leases(now: datetime) -> int:
    """A worker died during the call: nobody knows what became of it, so it is unknown. Database clock."""
    return Disbursement.objects.filter(
        state=DisbursementState.SENDING, lease_until__lt=Now()
    ).update(
        state=DisbursementState.UNKNOWN,
        lease_token=None,
        lease_until=None,
        next_check_at=now + FIRST_QUERY_AFTER,
    )


def _ask_due(now: datetime) -> int:
    with transaction.atomic():
        rows = list(
            Disbursement.objects.select_for_update(skip_locked=True)
            .filter(state=DisbursementState.UNKNOWN, next_check_at__lte=now)
            .order_by("next_check_at")[:_BATCH]
        )
        asked = jobs.asked_recently("lending.query_disbursement", now)
        due = [row for row in rows if not _asked_since(row, asked.get(str(row.pk)))]
        for row in due:
            jobs.query_disbursement(row.pk, now)
    return len(due)


def _asked_since(row: Disbursement, asked_at: datetime | None) -> bool:
    """Whether the question that is due now is already on its way."""
    return asked_at is not None and row.next_check_at is not None and asked_at >= row.next_check_at
