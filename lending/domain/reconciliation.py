"""Comparing what moved: our loans, our ledger, the core bank. Pure; one movement at a time.

A movement is known by its direction (seen from the bank: out or in) and the key we gave it. Amounts are
yuan, positive in the movement's own direction, so three equal numbers are three agreeing sides.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

DIRECTIONS = ("out", "in")
EXPLANATION_MIN, EXPLANATION_MAX = 5, 300
#: A movement may be between the core bank and our rows this long before anybody is told.
ON_ITS_WAY_MAX = timedelta(minutes=15)


class BreakKind(StrEnum):
    MISSING_HERE = "missing_here"  # the bank moved money we know nothing of
    MISSING_THERE = "missing_there"  # we say it moved, the bank's statement does not
    AMOUNT = "amount"
    PAYEE = "payee"
    DUPLICATE = "duplicate"  # one key, several lines
    NO_JOURNAL = "no_journal"  # moved, and nothing in force in the ledger
    JOURNAL_AMOUNT = "journal_amount"  # the ledger's clearing account says another amount
    UNBOOKED = "unbooked"  # moved, and the loan does not know


class BreakState(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """What two people may say a difference was."""

    BOOKED_LATE = "booked_late"
    OTHER_DAY = "other_day"
    BANK_ERROR_CORRECTED = "bank_error_corrected"
    OUR_ERROR_CORRECTED = "our_error_corrected"
    DUPLICATE_RETURNED = "duplicate_returned"
    ACCEPTED_DIFFERENCE = "accepted_difference"


class Movement(NamedTuple):
    direction: str
    key: str


class Ours(NamedTuple):
    """Our row. ``state``: succeeded | rejected | anything else is on its way. ``is_booked``: the loan
    knows. ``is_late``: what is still missing here should have come by now. ``card``: blind index.
    """

    amount: Decimal
    card: str
    state: str
    is_booked: bool = True
    is_late: bool = False


class Theirs(NamedTuple):
    """The bank's lines with one key: amount and card of the first, how many, and their sum."""

    amount: Decimal
    card: str
    lines: int
    total: Decimal


class Difference(NamedTuple):
    """A side is None where it has nothing at all."""

    kind: BreakKind
    movement: Movement
    ours: Decimal | None
    theirs: Decimal | None
    books: Decimal | None


def differences_of(
    movement: Movement, ours: Ours | None, theirs: Theirs | None, books: Decimal | None
) -> Iterator[Difference]:
    """Everything that is wrong with one movement: at most a doubled line, one difference with the bank
    and one within our own house.
    """
    amount = ours.amount if ours is not None and ours.state != "rejected" else None
    total = theirs.total if theirs is not None else None
    found = (_doubled(theirs), _with_the_bank(ours, theirs), _at_home(ours, books))
    for kind in filter(None, found):
        yield Difference(kind, movement, amount, total, books)


def _doubled(theirs: Theirs | None) -> BreakKind | None:
    return BreakKind.DUPLICATE if theirs is not None and theirs.lines > 1 else None


def _with_the_bank(ours: Ours | None, theirs: Theirs | None) -> BreakKind | None:
    if theirs is None:
        is_ours = ours is not None and ours.state == "succeeded"
        return BreakKind.MISSING_THERE if is_ours else None
    if ours is None:
        return BreakKind.MISSING_HERE
    if ours.amount != theirs.amount:
        return BreakKind.AMOUNT
    if ours.card != theirs.card:
        return BreakKind.PAYEE
    if ours.state == "rejected":  # closed as not moved, yet the money moved
        return BreakKind.MISSING_HERE
    if ours.state != "succeeded" and ours.is_late:
        return BreakKind.UNBOOKED
    return None


def _at_home(ours: Ours | None, books: Decimal | None) -> BreakKind | None:
    if ours is None or ours.state != "succeeded":
        return None
    if not ours.is_booked:
        return BreakKind.UNBOOKED if ours.is_late else None
    if books is None:
        return BreakKind.NO_JOURNAL
    return BreakKind.JOURNAL_AMOUNT if books != ours.amount else None
