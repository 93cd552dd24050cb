"""What to do first: today's list of one officer, ordered by what acting now is worth. Pure.

Worth = amount at stake × the chance that acting now turns it into a loan (or saves one) × urgency.
The chances are the desk's own rule of thumb, stated here once; they rank, they predict nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    REVIEW = "review"  # waits for this person's decision
    PAYOUT = "payout"  # signed, the money came back or is late
    OFFER = "offer"  # offered or accepted, not signed
    STUCK = "stuck"  # stopped on the way to handing in
    DUE = "due"  # an instalment falls due in the next days
    OVERDUE = "overdue"


CHANCE = {
    Kind.REVIEW: Decimal("0.70"),
    Kind.PAYOUT: Decimal("0.95"),
    Kind.OFFER: Decimal("0.50"),
    Kind.STUCK: Decimal("0.20"),
    Kind.DUE: Decimal("0.60"),
    Kind.OVERDUE: Decimal("0.90"),
}
#: A referred applicant was promised an answer within this time.
REVIEW_PROMISE = timedelta(hours=4)
URGENT = Decimal("2")
#: What an application weighs for which no amount was named yet.
UNKNOWN_AMOUNT = Decimal("10000")


@dataclass(frozen=True)
class Task:
    """One line of the list: who, why, until when, how much, and where the one action leads."""

    kind: Kind
    row_id: str
    who: str
    where: str
    why: str
    amount: Decimal | None
    amount_is: str  # asked | suggested | offered | signed | due
    due_at: datetime | None
    is_urgent: bool

    @property
    def worth(self) -> Decimal:
        return (
            (self.amount or UNKNOWN_AMOUNT) * CHANCE[self.kind] * (URGENT if self.is_urgent else 1)
        )


def ordered(tasks: list[Task]) -> list[Task]:
    """Most worth first; equal worth by the earlier deadline, then by id, so that the order is steady."""
    far = float("inf")
    return sorted(
        tasks, key=lambda t: (-t.worth, t.due_at.timestamp() if t.due_at else far, t.row_id)
    )
