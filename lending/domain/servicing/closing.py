"""The closes of a loan's days, in stretches without events. One order, for nightly batch and replay:

accrue the night on undue principal → instalments unpaid at the end of their grace turn late → penalty
on late principal, compound interest on late interest → days past due, tier, on or off the books →
the next morning's instalment is billed.
"""

from datetime import date

from lending.domain.servicing import tiers
from lending.domain.servicing.days import weight_sum
from lending.domain.servicing.state import LoanState
from products.money import ZERO


def close_until(state: LoanState, until: date) -> None:
    """Close every day before ``until``. Does nothing for a written-off loan but move the date."""
    while state.as_of < until:
        if state.is_written_off:
            state.as_of = until
            return
        for row in state.rows:  # the close of this very day makes them late
            if row.is_billed and not row.is_late and row.late_on <= state.as_of and row.is_open:
                row.is_late = True
        _accrue(state, _end_of_stretch(state, until))
        _judge(state)
        _bill(state)


def _end_of_stretch(state: LoanState, until: date) -> date:
    """The next morning on which something changes by itself."""
    end, start = until, state.as_of
    for row in state.rows:
        if not row.is_billed:
            if start < row.due < end:
                end = row.due
        elif not row.is_late and start < row.late_on < end and row.is_open:
            end = row.late_on
    return end


def _accrue(state: LoanState, end: date) -> None:
    start = state.as_of
    row = state.next_row
    if row is not None:
        nights = weight_sum(state.period_measure()[0], start, end)
        state.interest_base += state.undue_principal * state.annual_rate * nights
    late_principal, late_interest = state.late_principal, state.late_interest
    if late_principal or late_interest:
        nights = weight_sum(state.penalty_weight, start, end)
        state.penalty_base += late_principal * state.penalty_rate * nights
        state.compound_base += late_interest * state.penalty_rate * nights
    state.as_of = end


def _judge(state: LoanState) -> None:
    days = state.days_past_due
    state.worst_days_past_due = max(state.worst_days_past_due, days)
    if days > 0:
        state.clean_since = None
    if days > tiers.NON_ACCRUAL_AFTER_DAYS:
        state.is_accruing = False
    reclassify(state)


def reclassify(state: LoanState) -> None:
    state.tier = tiers.classify(
        state.tier,
        days_past_due=state.days_past_due,
        today=state.as_of,
        clean_since=state.clean_since,
        observed_to=state.observed_to,
    )


def note_arrears_cleared(state: LoanState) -> None:
    """After money came in: a loan without arrears accrues again and its cure period begins.

    Penalty and compound interest are arrears too (分类办法 art. 15: everything overdue is paid).
    """
    if state.oldest_late is None and not state.penalty_open and not state.compound_open:
        if state.clean_since is None and state.tier != tiers.Tier.NORMAL:
            state.clean_since = state.as_of
        state.is_accruing = True
    reclassify(state)


def _bill(state: LoanState) -> None:
    """The instalment due this morning: what accrued is its interest, and a new period begins."""
    while (row := state.next_row) is not None and row.due <= state.as_of:
        row.interest = max(state.running_interest, row.interest_cleared, ZERO)
        row.is_billed = True
        if not row.is_open and row.cleared_on is None:
            row.cleared_on = state.as_of
        state.interest_base = type(state.interest_base)(0)
        state.period_start = row.due
