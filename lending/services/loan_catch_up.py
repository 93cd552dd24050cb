"""Closing days one loan has missed, by replay: a parked loan after its repair, or one that is late.

Each missed day gets its row (I6) and a journal of its own, dated today: the day's common journal
of the branch is long written.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext

from lending.domain.postings import Event
from lending.domain.servicing import closing
from lending.domain.servicing.facts import Transaction
from lending.domain.servicing.replay import apply, first_state
from lending.domain.servicing.state import LoanState
from lending.models import LoanAccount, LoanDay, LoanTransaction
from lending.selectors import loan_lives
from lending.services import ledger, loan_accounts
from products.domain.interest import EXACT
from products.money import ZERO

_ONE_DAY = timedelta(days=1)


def as_of(account: LoanAccount) -> date:
    """The morning the account's figures stand for."""
    return account.closed_through + _ONE_DAY


def catch_up(
    *,
    account: LoanAccount,
    through_before: date,
    now: datetime,
    leave_out: LoanTransaction | None = None,
    booked_on: date | None = None,
) -> int:
    """Close every missed day before ``through_before``; returns how many. Caller holds the lock.

    Also of a settled or written-off loan, which the nightly close leaves out: a reversal may open it
    again, and then none of its days may be missing. ``leave_out``: a transaction being recorded, not
    yet part of the account. ``booked_on``: the business date of the journal, ``through_before`` if not
    given.
    """
    first = as_of(account)
    if first >= through_before:
        return 0
    known = [
        loan_lives.as_domain(row)
        for row in loan_lives.standing(account.loan)
        if leave_out is None or row.pk not in (leave_out.pk, leave_out.reverses_id)
    ]
    if leave_out is not None and leave_out.reverses_id is not None:
        assert leave_out.reverses is not None
        known.append(loan_lives.as_domain(leave_out.reverses))
    with localcontext(EXACT):
        facts = loan_lives.facts_of(account)
        state = first_state(facts, loan_lives.first_plan(account.loan, facts))
        waiting = sorted(known, key=lambda one: (one.value_date, one.number))
        waiting = _forward(state, waiting, first)
        days = []
        while state.as_of < through_before:
            days.append(_close_one(account, state))
            waiting = _forward(state, waiting, state.as_of)
    for month in sorted({row.day.replace(day=1) for row in days}):
        loan_accounts.make_day_partition(month)
    LoanDay.objects.bulk_create(days)
    loan_accounts.write_state(account, state=state, cause=None, now=now)
    _book(account, days, booked_on or through_before, now)
    return len(days)


def _forward(
    state: LoanState, waiting: list[Transaction], until: date
) -> list[Transaction]:
    """Apply the transactions up to the morning of ``until``; returns those that come later."""
    for number, one in enumerate(waiting):
        if one.value_date > until:
            closing.close_until(state, until)
            return waiting[number:]
        closing.close_until(state, one.value_date)
        apply(state, one)
    closing.close_until(state, until)
    return []


def _close_one(account: LoanAccount, state: LoanState) -> LoanDay:
    day, was_accruing = state.as_of, state.is_accruing
    before = (state.interest_accrued, state.penalty_accrued, state.compound_accrued)
    open_interest = state.interest_accrued - state.interest_cleared
    open_charges = state.penalty_open + state.compound_open
    closing.close_until(state, day + _ONE_DAY)
    moves = was_accruing and not state.is_accruing
    return LoanDay(
        account=account,
        day=day,
        principal_balance=state.principal_balance,
        interest=state.interest_accrued - before[0],
        penalty=state.penalty_accrued - before[1],
        compound=state.compound_accrued - before[2],
        moved_interest=open_interest if moves else ZERO,
        moved_charges=open_charges if moves else ZERO,
        days_past_due=state.days_past_due,
        tier=state.tier,
        is_accruing=state.is_accruing,
        in_day_journal=False,
    )


def events_of_days(days: list[LoanDay]) -> dict[Event, Decimal]:
    """The days' accruals in accounting words: what accrues on a loan off the books stays off them."""
    sums = dict.fromkeys(
        (
            Event.INTEREST_ACCRUED,
            Event.CHARGES_ACCRUED,
            Event.OFF_INTEREST_ACCRUED,
            Event.OFF_CHARGES_ACCRUED,
            Event.INTEREST_MOVED_OFF,
            Event.CHARGES_MOVED_OFF,
        ),
        ZERO,
    )
    for day in days:
        off = "" if day.is_accruing else "off_"
        sums[Event(f"{off}interest_accrued")] += day.interest
        sums[Event(f"{off}charges_accrued")] += day.penalty + day.compound
        sums[Event.INTEREST_MOVED_OFF] += day.moved_interest
        sums[Event.CHARGES_MOVED_OFF] += day.moved_charges
    return {event: amount for event, amount in sums.items() if amount}


def _book(account: LoanAccount, days: list[LoanDay], booked_on: date, now: datetime) -> None:
    if not days:
        return
    ledger.post_events(
        kind="accrual_caught_up",
        source_type="loan_days",
        source_id=f"{account.pk}:{days[0].day}:{days[-1].day}",
        events=events_of_days(days),
        product_code=account.product_code,
        legal_entity=account.legal_entity,
        branch=account.branch,
        accounting_date=booked_on,
        now=now,
        loan=account.loan,
    )
