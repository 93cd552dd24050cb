"""The sweeper's share of card transfers: revive, ask, and book what moved without a booking."""

from datetime import datetime

from lending import jobs
from lending.models import CardTransfer
from lending.selectors import card_transfers
from lending.services import card_transfer_settlement, transfer_doubt

_BOOKINGS = 50


def sweep(*, now: datetime) -> dict[str, int]:
    """As ``disbursement_sweep``; ``booked``: successes whose booking was refused before."""
    rows = CardTransfer.objects.all()
    return {
        "revived": transfer_doubt.revive_created(
            rows, task="lending.send_card_transfer", ask=jobs.send_card_transfer, now=now
        ),
        "leases_ended": transfer_doubt.end_leases(rows, now=now),
        "queries": transfer_doubt.ask_due(
            rows, task="lending.query_card_transfer", ask=jobs.query_card_transfer, now=now
        ),
        "booked": _book(now),
    }


def _book(now: datetime) -> int:
    due = card_transfers.unbooked().filter(next_check_at__lte=now).order_by("next_check_at")
    return sum(
        card_transfer_settlement.book_again(transfer_id=pk, now=now)
        for pk in list(due.values_list("pk", flat=True)[:_BOOKINGS])
    )
