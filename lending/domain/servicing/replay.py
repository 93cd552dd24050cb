"""A loan's whole life from its facts: nothing of it is stored that this does not give again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from lending.domain.servicing import closing, money_in, plan
from lending.domain.servicing.facts import (
    EARLY_NUMBERS_FROM,
    MONEY_IN,
    Component,
    LoanFacts,
    PlanRow,
    Split,
    Transaction,
    TransactionKind,
)
from lending.domain.servicing.state import LoanState
from lending.domain.servicing.tiers import observed_until
from products.domain.calendar import add_months
from products.domain.interest import EXACT
from products.money import ZERO

Kind = TransactionKind


class ImpossibleTransaction(ValueError):
    """A transaction that this loan cannot take on its value date; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Replayed:
    """``splits``: transaction number → what it was put to."""

    state: LoanState
    splits: dict[int, tuple[Split, ...]]


def first_state(facts: LoanFacts, rows: Sequence[PlanRow]) -> LoanState:
    """The morning of the payout."""
    return LoanState(
        facts=facts,
        rows=[_fresh(row) for row in rows],
        as_of=facts.start,
        annual_rate=facts.annual_rate,
        period_start=facts.start,
    )


def replay(
    facts: LoanFacts,
    rows: Sequence[PlanRow],
    transactions: Sequence[Transaction],
    until: date,
) -> Replayed:
    """The loan as of the morning of ``until`` with that day's transactions in it.

    ``rows``: the contract's plan, untouched. ``transactions`` in any order, reversed ones left out.
    Raises ``ImpossibleTransaction`` for one before the payout or after ``until``.
    """
    with localcontext(EXACT):
        state = first_state(facts, rows)
        splits: dict[int, tuple[Split, ...]] = {}
        for one in sorted(transactions, key=lambda t: (t.value_date, t.number)):
            if not facts.start <= one.value_date <= until:
                raise ImpossibleTransaction("value_date_outside")
            closing.close_until(state, one.value_date)
            splits[one.number] = tuple(apply(state, one))
        closing.close_until(state, until)
        return Replayed(state, splits)


def apply(state: LoanState, one: Transaction) -> list[Split]:
    """One transaction on the morning of its value date. Changes ``state``."""
    if state.is_written_off:
        splits = _on_a_claim(state, one)
    else:
        splits = _APPLY[one.kind](state, one)
    if not state.is_written_off:
        closing.note_arrears_cleared(state)
    return splits


def _on_a_claim(state: LoanState, one: Transaction) -> list[Split]:
    """A written-off loan takes money only. What else was recorded after the day of a write-off that
    was back-dated (a waiver, a new rate) has nothing left to act on."""
    if one.kind in MONEY_IN:
        return money_in.recover(state, one.amount)
    if one.kind is Kind.CREDIT_USE:
        return money_in.use_credit_on_claim(state, one.amount)
    if one.kind is Kind.REFUND:
        return _refund(state, one)
    return []


def _repayment(state: LoanState, one: Transaction) -> list[Split]:
    splits, left = money_in.allocate(state, one.amount)
    money_in.keep_as_credit(state, left, splits)
    return splits


def _partial_early(state: LoanState, one: Transaction) -> list[Split]:
    splits, left = money_in.allocate(state, one.amount)
    part = min(left, state.undue_principal)
    if part:
        balance = state.undue_principal - part
        how = str(one.options.get("choice", plan.LOWER))
        if balance:
            plan.replan(state, balance=balance, how=how)
        else:
            _close_plan(state)
        row = plan.add_early_row(state, principal=part, interest=ZERO)
        money_in.clear_row(state, row, Component.PRINCIPAL, part, splits)
    left -= part
    if not state.undue_rows():  # all principal came: the rest pays the interest up to today
        more, left = money_in.allocate(state, left)
        splits += more
    money_in.keep_as_credit(state, left, splits)
    return splits


def _payoff(state: LoanState, one: Transaction) -> list[Split]:
    splits = money_in.use_credit(state, state.credit) if state.credit else []
    more, left = money_in.allocate(state, one.amount)
    splits += more
    owed_now = max(state.running_interest - _paid_ahead(state), ZERO)
    if left + state.credit >= owed_now + state.undue_principal:
        _bill_everything(state)
        more, left = money_in.allocate(state, left)
        splits += more
        if state.due_amount and state.credit:
            splits += money_in.use_credit(state, state.credit)
    elif left:  # less than was owed after all (an earlier repayment was reversed)
        more_one = Transaction(
            number=one.number, kind=Kind.PARTIAL_EARLY, value_date=one.value_date, amount=left
        )
        splits += _partial_early(state, more_one)
        left = ZERO
    money_in.keep_as_credit(state, left, splits)
    return splits


def _paid_ahead(state: LoanState) -> Decimal:
    row = state.next_row
    return ZERO if row is None else row.interest_cleared


def _bill_everything(state: LoanState) -> None:
    """Undue principal and the interest up to today become due today; the plan ends."""
    principal = state.undue_principal
    interest = max(state.running_interest, _paid_ahead(state))
    ahead = _paid_ahead(state)
    _drop_undue(state)
    if principal or interest:
        row = plan.add_early_row(state, principal=principal, interest=interest)
        row.interest_cleared = ahead


def _close_plan(state: LoanState) -> None:
    """The undue principal is gone: the interest up to today is due, the plan ends."""
    interest, ahead = max(state.running_interest, _paid_ahead(state)), _paid_ahead(state)
    _drop_undue(state)
    if interest:
        row = plan.add_early_row(state, principal=ZERO, interest=interest)
        row.interest_cleared = ahead


def _drop_undue(state: LoanState) -> None:
    state.rows = [row for row in state.rows if row.is_billed]
    state.interest_base = Decimal(0)
    state.period_start = state.as_of


def _credit_use(state: LoanState, one: Transaction) -> list[Split]:
    return money_in.use_credit(state, one.amount)


def _refund(state: LoanState, one: Transaction) -> list[Split]:
    if one.amount > state.credit:  # it left the bank: no replay may shrink it
        raise ImpossibleTransaction("refund_above_credit")
    return money_in.give_back(state, one.amount)


def _waiver(state: LoanState, one: Transaction) -> list[Split]:
    return money_in.waive(state, Component(one.options["component"]), one.amount)


def _rate_change(state: LoanState, one: Transaction) -> list[Split]:
    state.annual_rate = Decimal(str(one.options["annual_rate"]))
    plan.replan(state, balance=state.undue_principal, how=plan.LOWER)
    return []


def _extension(state: LoanState, one: Transaction) -> list[Split]:
    plan.extend(state, int(one.options["months"]))
    return []


def _restructuring(state: LoanState, one: Transaction) -> list[Split]:
    """Unpaid principal, late or not, over new months from today; unpaid interest stays due."""
    balance = state.principal_balance
    if not balance:
        return []
    running, ahead = state.running_interest, _paid_ahead(state)
    number = max((row.number for row in state.rows if row.number < EARLY_NUMBERS_FROM), default=0)
    _drop_undue(state)
    for row in state.rows:
        row.principal = row.principal_cleared
        if not row.is_open and row.cleared_on is None:
            row.cleared_on = state.as_of
    if running or ahead:
        plan.add_early_row(state, principal=ZERO, interest=max(running, ahead)).interest_cleared = ahead
    if "annual_rate" in one.options:
        state.annual_rate = Decimal(str(one.options["annual_rate"]))
    months = int(one.options["months"])
    state.months_from = state.as_of
    fresh = [
        plan.row_of(
            state.facts,
            number=number + n,
            due=add_months(state.as_of, n, state.facts.month_end),
            months=1,
            principal=ZERO,
            interest=ZERO,
        )
        for n in range(1, months + 1)
    ]
    plan.spread_over(state, fresh, balance)
    state.observed_to = observed_until(state.as_of)
    return []


def _write_off(state: LoanState, one: Transaction) -> list[Split]:
    """Everything owed becomes a claim off the books. The splits say what left the books."""
    splits: list[Split] = []
    if state.undue_principal or state.running_interest:
        _bill_everything(state)
    for component in (Component.COMPOUND, Component.PENALTY):
        splits += money_in.waive(state, component, state.due_amount)
    for row in state.due_rows():
        money_in.clear_row(state, row, Component.INTEREST, row.interest_open, splits)
        money_in.clear_row(state, row, Component.PRINCIPAL, row.principal_open, splits)
    state.claim = sum((part.amount for part in splits), ZERO)
    state.is_written_off = bool(splits)  # paid off meanwhile: nothing to write off
    return splits


def _recovery(state: LoanState, one: Transaction) -> list[Split]:
    if not state.is_written_off:  # the write-off was reversed: it is a repayment like any other
        return _repayment(state, one)
    return money_in.recover(state, one.amount)


_APPLY = {
    Kind.REPAYMENT: _repayment,
    Kind.PARTIAL_EARLY: _partial_early,
    Kind.PAYOFF: _payoff,
    Kind.CREDIT_USE: _credit_use,
    Kind.REFUND: _refund,
    Kind.WAIVER: _waiver,
    Kind.RATE_CHANGE: _rate_change,
    Kind.EXTENSION: _extension,
    Kind.RESTRUCTURING: _restructuring,
    Kind.WRITE_OFF: _write_off,
    Kind.RECOVERY: _recovery,
}


def _fresh(row: PlanRow) -> PlanRow:
    return PlanRow(
        number=row.number,
        due=row.due,
        payable_on=row.payable_on,
        late_on=row.late_on,
        months=row.months,
        principal=row.principal,
        interest=row.interest,
    )
