"""The life of a loan after the money went out: one table, asked by the one writer of the state.

``overdue`` comes and goes with the close; everything else comes from a transaction. A reversal takes
a settled or written-off loan back to what the replay says.
"""

from enum import StrEnum


class LoanState(StrEnum):
    ACTIVE = "active"
    OVERDUE = "overdue"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"


S = LoanState
OPEN_STATES = (S.ACTIVE, S.OVERDUE)
LEGAL_STEPS: frozenset[tuple[LoanState, LoanState]] = frozenset(
    {
        (S.ACTIVE, S.OVERDUE),
        (S.ACTIVE, S.SETTLED),
        (S.ACTIVE, S.WRITTEN_OFF),
        (S.OVERDUE, S.ACTIVE),
        (S.OVERDUE, S.SETTLED),
        (S.OVERDUE, S.WRITTEN_OFF),
        (S.SETTLED, S.ACTIVE),  # a repayment was reversed
        (S.SETTLED, S.OVERDUE),
        (S.SETTLED, S.WRITTEN_OFF),  # a payoff dated back before the write-off was reversed
        (S.WRITTEN_OFF, S.ACTIVE),  # the write-off was reversed
        (S.WRITTEN_OFF, S.OVERDUE),
        (S.WRITTEN_OFF, S.SETTLED),
    }
)


def state_of(*, is_settled: bool, is_written_off: bool, days_past_due: int) -> LoanState:
    """What a replayed loan is."""
    if is_written_off:
        return S.WRITTEN_OFF
    if is_settled:
        return S.SETTLED
    return S.OVERDUE if days_past_due > 0 else S.ACTIVE
