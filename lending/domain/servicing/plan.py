"""Repayment plans: from a schedule to rows, and new plans after something changed (replanning).

A new plan keeps the loan's due dates. Annuities are reckoned for the whole running period at the new
balance, then the running period's interest is what really accrues in it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from lending.domain.servicing.days import BASE_QUANTUM, cents, period_measure, weight_sum
from lending.domain.servicing.facts import EARLY_NUMBERS_FROM, LoanFacts, PlanRow
from lending.domain.servicing.state import LoanState
from lending.domain.working_days import is_working_day
from products.domain.calendar import add_months
from products.domain.interest import round_interest
from products.domain.schedule import Schedule
from products.money import ZERO

ANNUITY = "equal_instalment"
PRINCIPAL_AT_END = ("interest_only", "bullet", "quarterly_interest", "flexible")
AS_IS, NEXT_WORKING_DAY = "as_is", "next_working_day"
SHORTEN, LOWER = "shorten_term", "lower_instalment"


def payable_on(due: date, rule: str) -> date:
    """The last day to pay without being late, before grace: under ``next_working_day`` a due date on
    a day off moves to the next day the bank is open."""
    while rule == NEXT_WORKING_DAY and not is_working_day(due):
        due += timedelta(days=1)
    return due


def row_of(
    facts: LoanFacts,
    *,
    number: int,
    due: date,
    months: int,
    principal: Decimal,
    interest: Decimal,
) -> PlanRow:
    last_day = payable_on(due, facts.due_day_rule)
    return PlanRow(
        number=number,
        due=due,
        payable_on=last_day,
        late_on=last_day + timedelta(days=facts.grace_days),
        months=months,
        principal=principal,
        interest=interest,
    )


def months_between(start: date, due: date, month_end: str) -> int:
    """How many months after ``start`` a due date lies, as ``add_months`` counts them."""
    guess = (due.year - start.year) * 12 + due.month - start.month
    for months in (guess, guess - 1, guess + 1):
        if add_months(start, months, month_end) == due:
            return months
    return max(guess, 1)


def from_schedule(
    facts: LoanFacts, schedule: Schedule, frequency: str = "month"
) -> list[PlanRow]:
    """The rows of a contract's schedule. Periods of weeks or days have no months (0)."""
    rows, before = [], 0
    in_months = frequency == "month"
    for part in schedule.instalments:
        so_far = months_between(facts.start, part.due, facts.month_end)
        rows.append(
            row_of(
                facts,
                number=part.n,
                due=part.due,
                months=max(so_far - before, 1) if in_months else 0,
                principal=part.principal,
                interest=part.interest,
            )
        )
        before = so_far
    return rows


def next_early_number(state: LoanState) -> int:
    return max([EARLY_NUMBERS_FROM - 1, *(row.number for row in state.rows)]) + 1


def add_early_row(state: LoanState, *, principal: Decimal, interest: Decimal) -> PlanRow:
    """A billed row of today that is no instalment: an early repayment, or interest up to a payoff."""
    row = row_of(
        state.facts,
        number=next_early_number(state),
        due=state.as_of,
        months=1,
        principal=principal,
        interest=interest,
    )
    row.is_billed = True
    state.rows.append(row)
    return row


def replan(state: LoanState, *, balance: Decimal, how: str) -> None:
    """New undue rows for ``balance`` of undue principal at the state's rate, on the old due dates.

    ``how``: ``lower_instalment`` keeps every date; ``shorten_term`` keeps the instalment (or the
    principal parts) and drops the last dates. What was paid ahead on the running period stays.
    """
    old = state.undue_rows()
    if not old:
        return
    paid_ahead = old[0].interest_cleared
    before = sum((row.principal_open for row in old), ZERO)
    principals = _principals(state, old, before, balance, how)
    kept = [row for row in state.rows if row.is_billed]
    state.rows = kept + _rows(state, old[: len(principals)], principals, paid_ahead)


def _rows(
    state: LoanState, old: Sequence[PlanRow], principals: Sequence[Decimal], paid_ahead: Decimal
) -> list[PlanRow]:
    facts, left, start = state.facts, sum(principals, ZERO), state.period_start
    rows = []
    for number, (before, principal) in enumerate(zip(old, principals, strict=True)):
        weight, year_days = period_measure(facts.day_count, before.months, start, before.due)
        if number == 0:
            base = state.interest_base + left * state.annual_rate * weight_sum(
                weight, state.as_of, before.due
            )
        else:
            base = left * state.annual_rate * weight_sum(weight, start, before.due)
        row = row_of(
            facts,
            number=before.number,
            due=before.due,
            months=before.months,
            principal=principal,
            interest=cents(base, year_days, facts.rounding),
        )
        row.interest_cleared = paid_ahead if number == 0 else ZERO
        rows.append(row)
        left -= principal
        start = before.due
    return rows


def _principals(
    state: LoanState, old: Sequence[PlanRow], before: Decimal, balance: Decimal, how: str
) -> list[Decimal]:
    """Principal of each new row; the last takes the residue."""
    method = state.facts.method
    if method == ANNUITY:
        factors = _factors(state, old)
        if how == SHORTEN:
            level = _paid_now(old) or _level_amount(before, factors, state.facts.rounding)
            return _level_principals(
                balance, factors[: _fewest(balance, factors, level, state)], level, state
            )
        level = _level_amount(balance, factors, state.facts.rounding)
        return _level_principals(balance, factors, level, state)
    if method in PRINCIPAL_AT_END:
        return [ZERO] * (len(old) - 1) + [balance]
    if how == SHORTEN:
        return _from_the_front([row.principal_open for row in old], balance)
    return _in_proportion([row.principal_open for row in old], before, balance, state)


def _factors(state: LoanState, rows: Sequence[PlanRow]) -> list[Decimal]:
    start, factors = state.period_start, []
    for row in rows:
        weight, year_days = period_measure(state.facts.day_count, row.months, start, row.due)
        factors.append(state.annual_rate * weight_sum(weight, start, row.due) / year_days)
        start = row.due
    return factors


def _paid_now(old: Sequence[PlanRow]) -> Decimal:
    """The instalment of the plan in force, to the cent; the first and the last may differ from it."""
    return old[1].principal + old[1].interest if len(old) > 2 else ZERO


def _level_amount(balance: Decimal, factors: Sequence[Decimal], rounding: str) -> Decimal:
    growth, annuity = Decimal(1), Decimal(0)
    for factor in factors:
        growth *= 1 + factor
        annuity = 1 + annuity * (1 + factor)
    return round_interest(balance * growth / annuity, rounding)


def _fewest(
    balance: Decimal, factors: Sequence[Decimal], level: Decimal, state: LoanState
) -> int:
    """The fewest instalments no larger than ``level``."""
    for count in range(1, len(factors)):
        if _level_amount(balance, factors[:count], state.facts.rounding) <= level:
            return count
    return len(factors)


def _level_principals(
    balance: Decimal, factors: Sequence[Decimal], level: Decimal, state: LoanState
) -> list[Decimal]:
    parts = []
    for factor in factors[:-1]:
        interest = round_interest(balance * factor, state.facts.rounding)
        parts.append(min(max(level - interest, ZERO), balance))
        balance -= parts[-1]
    return [*parts, balance]


def _from_the_front(parts: Sequence[Decimal], balance: Decimal) -> list[Decimal]:
    """The old parts while they last."""
    new: list[Decimal] = []
    for part in parts:
        new.append(min(part, balance))
        balance -= new[-1]
        if not balance:
            return new
    new[-1] += balance
    return new


def _in_proportion(
    parts: Sequence[Decimal], before: Decimal, balance: Decimal, state: LoanState
) -> list[Decimal]:
    new = []
    left = balance
    for part in parts[:-1]:
        share = min(round_interest(part * balance / before, state.facts.rounding), left)
        new.append(share)
        left -= share
    return [*new, left]


def extend(state: LoanState, months: int) -> None:
    """Undue principal over ``months`` more instalment months after the last due date.

    A bullet stays one payment, only later. Nothing undue (paid off meanwhile): nothing to extend.
    """
    old, facts, balance = state.undue_rows(), state.facts, state.undue_principal
    if not balance:
        return
    last, is_bullet = old[-1], facts.method == "bullet" and len(old) == 1
    so_far = months_between(state.months_from, last.due, facts.month_end)
    step = months if is_bullet else max(last.months, 1)
    fresh: list[PlanRow] = []
    before = so_far
    while before < so_far + months:
        month = min(before + step, so_far + months)
        fresh.append(
            row_of(
                facts,
                number=last.number + len(fresh) + 1,
                due=add_months(state.months_from, month, facts.month_end),
                months=month - before,
                principal=ZERO,
                interest=ZERO,
            )
        )
        before = month
    if is_bullet:
        whole = fresh[0]
        whole.number, whole.months = last.number, whole.months + last.months
        _weigh_anew(state, last, whole)
        fresh, old = [whole], []
    spread_over(state, [*old, *fresh], balance)


def _weigh_anew(state: LoanState, before: PlanRow, after: PlanRow) -> None:
    """The running period got another length: under 30/360 its nights so far weigh as all of its nights.

    Reckoned to the place an account keeps, so that nightly close and replay go on from the same number.
    """
    day_count = state.facts.day_count
    old, _ = period_measure(day_count, before.months, state.period_start, before.due)
    new, _ = period_measure(day_count, after.months, state.period_start, after.due)
    if old != new:
        state.interest_base = (state.interest_base * new / old).quantize(BASE_QUANTUM)


def spread_over(state: LoanState, rows: list[PlanRow], balance: Decimal) -> None:
    """``balance`` over these dates: annuity, equal parts, or all at the end, as the method says."""
    method = state.facts.method
    if method == ANNUITY:
        factors = _factors(state, rows)
        level = _level_amount(balance, factors, state.facts.rounding)
        principals = _level_principals(balance, factors, level, state)
    elif method in PRINCIPAL_AT_END:
        principals = [ZERO] * (len(rows) - 1) + [balance]
    else:
        principals = _in_proportion([Decimal(1)] * len(rows), Decimal(len(rows)), balance, state)
    paid_ahead = rows[0].interest_cleared if rows else ZERO
    kept = [row for row in state.rows if row.is_billed]
    state.rows = kept + _rows(state, rows, principals, paid_ahead)
