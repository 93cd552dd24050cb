"""What a credit line is and what may happen to it. Pure."""

from enum import StrEnum

#: Borrow and repay at will (随借随还): under a revolving product such a contract is a line.
REVOLVING_METHOD = "flexible"
#: Days before its end on which the customer is asked to renew the line.
RENEWAL_DAYS = 30


class LineState(StrEnum):
    ACTIVE = "active"
    FROZEN = "frozen"  # nothing may be drawn for now
    EXPIRED = "expired"  # its last day is over; open loans run on
    CLOSED = "closed"  # a newer line took its place


class FreezeReason(StrEnum):
    OVERDUE = "overdue"  # by the close of a day, and released by it
    WRITTEN_OFF = "written_off"
    STAFF = "staff"  # by hand; only a person releases it


class MovementKind(StrEnum):
    GRANTED = "granted"
    DRAWN = "drawn"
    RESTORED = "restored"
    FROZEN = "frozen"
    RELEASED = "released"
    RAISED = "raised"
    CUT = "cut"
    EXPIRED = "expired"
    RENEWED = "renewed"


class DrawdownState(StrEnum):
    REQUESTED = "requested"
    PAYING = "paying"  # with the core bank
    BOOKED = "booked"
    REJECTED = "rejected"


#: Money of these may be on its way.
ON_ITS_WAY = (DrawdownState.REQUESTED, DrawdownState.PAYING)
#: Lines that may still be drawn on, or will be again.
LIVE_STATES = (LineState.ACTIVE, LineState.FROZEN)


def opens_line(*, is_revolving: bool, method: str) -> bool:
    """Whether a contract of this method under such a product is a line."""
    return is_revolving and method == REVOLVING_METHOD
