"""The sweeper's share of money out: revive what was lost, ask about what is unknown."""

from datetime import datetime

from lending import jobs
from lending.models import Disbursement
from lending.services import transfer_doubt


def sweep(*, now: datetime) -> dict[str, int]:
    """created > 30 s → new outbox row; dead lease → unknown; unknown and due → query. Returns counts."""
    rows = Disbursement.objects.all()
    return {
        "revived": transfer_doubt.revive_created(
            rows, task="lending.send_disbursement", ask=jobs.send_disbursement, now=now
        ),
        "leases_ended": transfer_doubt.end_leases(rows, now=now),
        "queries": transfer_doubt.ask_due(
            rows, task="lending.query_disbursement", ask=jobs.query_disbursement, now=now
        ),
    }
