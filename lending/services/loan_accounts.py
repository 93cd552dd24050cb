"""Opening and writing a loan's servicing account. What stands there is what the replay gives."""

from datetime import date, datetime, timedelta
from decimal import localcontext
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction

from lending.domain import repricing
from lending.domain.loan_flow import OPEN_STATES, state_of
from lending.domain.servicing import plan
from lending.domain.servicing.days import BASE_QUANTUM
from lending.domain.servicing.facts import EARLY_NUMBERS_FROM, Component, LoanFacts, PlanRow
from lending.domain.servicing.replay import first_state
from lending.domain.servicing.state import LoanState
from lending.errors import NotFound
from lending.models import (
    Instalment,
    LegalEntity,
    Loan,
    LoanAccount,
    LoanTransaction,
    PlanVersion,
)
from lending.services.contracts import schedule_of
from products.domain.interest import EXACT
from products.domain.schedule import Schedule
from products.domain.terms import LoanTerms
from products.money import ZERO

log = structlog.get_logger(__name__)
_ONE_DAY = timedelta(days=1)


def open_account(
    *, loan: Loan, terms: LoanTerms, schedule: Schedule, now: datetime
) -> LoanAccount:
    """The account, plan 0 and the instalment rows of a loan just booked. Caller holds the transaction."""
    facts = LoanFacts(
        start=loan.start_date,
        principal=loan.principal,
        annual_rate=loan.annual_rate,
        penalty_uplift=terms.penalty_uplift,
        day_count=terms.day_count,
        rounding=terms.rounding,
        month_end=terms.month_end,
        method=loan.method,
        grace_days=terms.grace_days,
        due_day_rule=terms.due_day_rule,
        allocation=tuple(map(Component, terms.allocation_order)),
        principal_first_after=terms.principal_first_after_days,
    )
    rows = plan.from_schedule(facts, schedule)
    PlanVersion.objects.create(loan=loan, version=0, rows=written_rows(rows), created_at=now)
    account = LoanAccount(
        loan=loan,
        legal_entity=loan.legal_entity,
        branch=loan.branch,
        product_code=loan.product_code,
        start_date=loan.start_date,
        day_count=terms.day_count,
        rounding=terms.rounding,
        month_end=terms.month_end,
        penalty_uplift=terms.penalty_uplift,
        grace_days=terms.grace_days,
        due_day_rule=facts.due_day_rule,
        allocation=",".join(terms.allocation_order),
        principal_first_after=terms.principal_first_after_days,
        reprice_on=repricing.next_day(terms.repricing, loan.start_date, loan.start_date),
        closed_through=loan.start_date - _ONE_DAY,
    )
    Instalment.objects.filter(loan=loan).delete()
    with localcontext(EXACT):
        state = first_state(facts, rows)
        _copy_state(account, state)
        account.save()
        _write_rows(loan, state)
    return account


def open_missing(*, legal_entity: LegalEntity, now: datetime) -> tuple[int, int]:
    """Open accounts for loans booked before there were any, from their contracts' terms.

    Returns how many were opened and how many could not be. Each in a transaction of its own.
    """
    opened, failed, after = 0, 0, UUID(int=0)
    while True:
        waiting = list(
            Loan.objects.filter(legal_entity=legal_entity, account__isnull=True, pk__gt=after)
            .select_related("contract__offer", "legal_entity", "branch")
            .order_by("pk")[:200]
        )
        if not waiting:
            return opened, failed
        for loan in waiting:
            after = loan.pk
            try:
                with transaction.atomic():
                    _open_by_contract(loan, now)
                opened += 1
            except (ArithmeticError, LookupError, TypeError, ValueError, DatabaseError) as error:
                failed += 1
                log.error("loan_account.not_opened", loan=loan.note_no, problem=type(error).__name__)


def _open_by_contract(loan: Loan, now: datetime) -> None:
    terms = LoanTerms.from_dict(loan.contract.terms)
    schedule = schedule_of(
        terms=terms, offer=loan.contract.offer, amount=loan.principal, start=loan.start_date
    )
    open_account(loan=loan, terms=terms, schedule=schedule, now=now)


def locked(loan_id: UUID | str) -> LoanAccount:
    """The account, locked until the transaction ends, with its loan. Lock order: account, then loan.

    Two statements: who waited for the lock would see the account as it is now beside the loan as it was
    before the wait, and would then leave a loan's column alone that only looks right.
    """
    waiting = LoanAccount.objects.select_for_update().filter(loan_id=loan_id)
    account_id = waiting.values_list("pk", flat=True).first()
    if account_id is None:
        raise NotFound
    return LoanAccount.objects.select_related("loan", "branch", "legal_entity").get(pk=account_id)


def write_state(
    account: LoanAccount, *, state: LoanState, cause: LoanTransaction | None, now: datetime
) -> None:
    """Store a replayed state: account, instalments, loan, and a plan version if the plan changed."""
    with localcontext(EXACT):
        _copy_state(account, state)
        account.version += 1
        account.save()
        _write_rows(account.loan, state)
        _keep_plan(account.loan, state, cause, now)
        _write_loan(account.loan, state)


def written_rows(rows: list[PlanRow]) -> list[dict[str, Any]]:
    return [
        {
            "number": row.number,
            "due": row.due.isoformat(),
            "months": row.months,
            "principal": str(row.principal),
            "interest": str(row.interest),
        }
        for row in rows
    ]


def make_day_partition(day: date) -> None:
    """The month's partition of ``LoanDay``, before the first row of a month."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lending_loanday_partition(%s)", [day])


def _copy_state(account: LoanAccount, state: LoanState) -> None:
    row = state.next_row
    weight, year_days = state.period_measure()
    account.closed_through = state.as_of - _ONE_DAY
    account.is_open = not (state.is_settled or state.is_written_off)
    if not account.is_open:
        account.provision = ZERO  # the next close gives an open loan its allowance again
    account.annual_rate, account.penalty_rate = state.annual_rate, state.penalty_rate
    account.period_start = state.period_start
    account.next_due = None if row is None else row.due
    account.next_late, account.oldest_late = state.next_late_on, state.oldest_late
    account.night_weight, account.year_days = weight, year_days
    account.penalty_weight = state.penalty_weight
    account.penalty_year_days = state.penalty_year_days
    account.principal_balance = state.principal_balance
    account.undue_principal = state.undue_principal
    account.late_principal, account.late_interest = state.late_principal, state.late_interest
    account.interest_base = state.interest_base.quantize(BASE_QUANTUM)
    account.penalty_base = state.penalty_base.quantize(BASE_QUANTUM)
    account.compound_base = state.compound_base.quantize(BASE_QUANTUM)
    account.interest_accrued = state.interest_accrued
    account.penalty_accrued = state.penalty_accrued
    account.compound_accrued = state.compound_accrued
    account.interest_cleared = state.interest_cleared
    account.penalty_cleared = state.penalty_cleared
    account.compound_cleared = state.compound_cleared
    account.credit, account.claim = state.credit, state.claim
    account.days_past_due = state.days_past_due
    account.worst_days_past_due = state.worst_days_past_due
    account.tier = state.tier
    account.clean_since, account.observed_to = state.clean_since, state.observed_to
    account.is_accruing = state.is_accruing


def _write_rows(loan: Loan, state: LoanState) -> None:
    """Make the instalment rows equal the state's: changed ones updated, gone ones removed."""
    stored = {row.number: row for row in Instalment.objects.filter(loan=loan)}
    balance = state.facts.principal
    fresh, changed = [], []
    for row in sorted(state.rows, key=lambda r: (r.due, r.number)):
        balance -= row.principal
        wanted = {
            "due_date": row.due,
            "payable_on": row.payable_on,
            "late_on": row.late_on,
            "months": row.months,
            "principal": row.principal,
            "interest": row.interest,
            "balance_after": balance,
            "principal_cleared": row.principal_cleared,
            "interest_cleared": row.interest_cleared,
            "cleared_on": row.cleared_on,
            "is_billed": row.is_billed,
            "is_late": row.is_late,
        }
        old = stored.pop(row.number, None)
        if old is None:
            fresh.append(Instalment(loan=loan, number=row.number, **wanted))
        elif any(getattr(old, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(old, name, value)
            changed.append(old)
    if stored:
        Instalment.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    if changed:
        Instalment.objects.bulk_update(changed, list(wanted))
    Instalment.objects.bulk_create(fresh)


def _keep_plan(
    loan: Loan, state: LoanState, cause: LoanTransaction | None, now: datetime
) -> None:
    latest = PlanVersion.objects.filter(loan=loan).order_by("-version").first()
    rows = written_rows(sorted(state.rows, key=lambda r: (r.due, r.number)))
    if latest is None or latest.rows != rows:
        PlanVersion.objects.create(
            loan=loan,
            version=0 if latest is None else latest.version + 1,
            rows=rows,
            caused_by=cause,
            created_at=now,
        )


def _write_loan(loan: Loan, state: LoanState) -> None:
    """The loan's own columns; its state moves along the table of ``loan_flow`` (the database checks)."""
    wanted = {
        "principal_balance": state.principal_balance,
        "maturity_date": _maturity(loan, state),
        "state": state_of(
            is_settled=state.is_settled,
            is_written_off=state.is_written_off,
            days_past_due=state.days_past_due,
        ),
    }
    changed = [name for name, value in wanted.items() if getattr(loan, name) != value]
    for name in changed:
        setattr(loan, name, wanted[name])
    if changed:
        loan.save(update_fields=changed)


def _maturity(loan: Loan, state: LoanState) -> date:
    """The last due date of the plan; the contract's if the loan ended before its first one."""
    dues = [row.due for row in state.rows if row.number < EARLY_NUMBERS_FROM]
    if dues:
        return max(dues)
    rows = PlanVersion.objects.values_list("rows", flat=True).get(loan=loan, version=0)
    return max(date.fromisoformat(row["due"]) for row in rows)


def is_open(loan: Loan) -> bool:
    return loan.state in OPEN_STATES
