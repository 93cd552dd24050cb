"""Money out, once in effect (reference: reliability §3). A timeout is ``unknown``, never a failure.

The same pairs stand in a database trigger (migration 0002): code and database must agree.
"""

from enum import StrEnum


class DisbursementState(StrEnum):
    CREATED = "created"
    SENDING = "sending"
    SUCCEEDED = "succeeded"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    MANUAL = "manual"


S = DisbursementState
LEGAL_STEPS: frozenset[tuple[DisbursementState, DisbursementState]] = frozenset(
    {
        (S.CREATED, S.SENDING),
        (S.SENDING, S.SUCCEEDED),
        (S.SENDING, S.REJECTED),
        (S.SENDING, S.UNKNOWN),
        (S.UNKNOWN, S.SUCCEEDED),
        (S.UNKNOWN, S.REJECTED),
        (S.UNKNOWN, S.SENDING),
        (S.UNKNOWN, S.MANUAL),
        (S.MANUAL, S.SUCCEEDED),
        (S.MANUAL, S.REJECTED),
    }
)
SETTLED_STATES = (S.SUCCEEDED, S.REJECTED)

#: Status queries after 5, 15, 60, 120, 300, 900 … seconds.
QUERY_DELAYS_S = (5, 15, 60, 120, 300, 900)


def query_delay_s(queries_made: int) -> int:
    """Seconds until the next status query after ``queries_made`` of them; the last delay repeats."""
    return QUERY_DELAYS_S[min(queries_made, len(QUERY_DELAYS_S) - 1)]


#: "Not found" this often, and older than the core bank's guaranteed time → send again, same key.
NOT_FOUND_LIMIT = 3
#: Whatever is still unknown after this goes to a person.
MANUAL_AFTER_S = 2 * 3600
#: The core bank guarantees that a transfer it received is booked or dropped within this time.
CORE_BANK_PROCESSING_S = 60
