"""Long poll: hold the line while a machine works, never so many that nobody else gets through."""

from threading import BoundedSemaphore
from uuid import UUID

from django.conf import settings

from lending.domain.application_flow import MACHINE_STATES
from lending.models import Drawdown, LoanApplication
from lending.selectors import applications, card_transfers, credit_lines

#: Per process. Beyond it a waiting client is answered at once and simply asks again.
_LINES = BoundedSemaphore(getattr(settings, "LONG_POLLS_PER_PROCESS", 8))


def wait_for_result(application: LoanApplication, seconds: float) -> bool:
    """Wait until the application leaves its machine state; True when something may have changed."""
    if application.state not in MACHINE_STATES or not _LINES.acquire(blocking=False):
        return False
    try:
        applications.wait_for_change(application.pk, application.state, seconds)
    finally:
        _LINES.release()
    return True


def wait_for_repayment(transfer_id: UUID, seconds: float) -> None:
    """Wait until the bank has answered and the books follow, while a line is free."""
    if not _LINES.acquire(blocking=False):
        return
    try:
        card_transfers.wait_for_end(transfer_id, seconds)
    finally:
        _LINES.release()


def wait_for_drawing(drawdown: Drawdown, seconds: float) -> None:
    """Wait while the money of a drawing is on its way; at once when too many wait already."""
    if _LINES.acquire(blocking=False):
        try:
            credit_lines.wait_for_payout(drawdown, seconds)
        finally:
            _LINES.release()
