"""A loan's life replayed from its stored facts: reads only. Every figure shown comes from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from lending.domain.servicing import plan
from lending.domain.servicing.facts import (
    EARLY_NUMBERS_FROM,
    Component,
    LoanFacts,
    PlanRow,
    Split,
    Transaction,
    TransactionKind,
)
from lending.domain.servicing.replay import Replayed, apply, replay
from lending.domain.servicing.state import LoanState
from lending.models import Loan, LoanAccount, LoanTransaction, PlanVersion
from products.domain.interest import EXACT
from products.money import ZERO


@dataclass(frozen=True)
class PayoffQuote:
    """What ends the loan on ``valid_on``.

    ``amount`` = principal + interest + charges − credit, never below 0.
    """

    valid_on: date
    amount: Decimal
    principal: Decimal
    interest: Decimal
    charges: Decimal
    credit: Decimal


@dataclass(frozen=True)
class EarlyPreview:
    """A partial early repayment tried out: ``due_first`` to what is due, ``off_principal`` to principal."""

    choice: str
    due_first: Decimal
    off_principal: Decimal
    rows: tuple[PlanRow, ...]
    next_amount: Decimal
    last_due: date | None
    interest_to_come: Decimal
    interest_saved: Decimal


def facts_of(account: LoanAccount) -> LoanFacts:
    loan = account.loan
    return LoanFacts(
        start=account.start_date,
        principal=loan.principal,
        annual_rate=loan.annual_rate,
        penalty_uplift=account.penalty_uplift,
        day_count=account.day_count,
        rounding=account.rounding,
        month_end=account.month_end,
        method=loan.method,
        grace_days=account.grace_days,
        due_day_rule=account.due_day_rule,
        allocation=tuple(Component(name) for name in account.allocation.split(",")),
        principal_first_after=account.principal_first_after,
    )


def first_plan(loan: Loan, facts: LoanFacts) -> list[PlanRow]:
    """The contract's plan (version 0)."""
    written = PlanVersion.objects.values_list("rows", flat=True).get(loan=loan, version=0)
    return [
        plan.row_of(
            facts,
            number=row["number"],
            due=date.fromisoformat(row["due"]),
            months=row["months"],
            principal=Decimal(row["principal"]),
            interest=Decimal(row["interest"]),
        )
        for row in written
    ]


def standing(loan: Loan) -> list[LoanTransaction]:
    """The transactions that count: neither reversals nor what they reversed."""
    return list(
        LoanTransaction.objects.filter(loan=loan, reversal__isnull=True)
        .exclude(kind="reversal")
        .order_by("value_date", "number")
    )


def as_domain(row: LoanTransaction) -> Transaction:
    return Transaction(
        number=row.number,
        kind=TransactionKind(row.kind),
        value_date=row.value_date,
        amount=row.amount,
        options=row.options,
    )


def replayed(
    account: LoanAccount, until: date, transactions: Sequence[Transaction] | None = None
) -> Replayed:
    """The loan as of the morning of ``until``; ``transactions`` instead of the stored ones."""
    facts = facts_of(account)
    if transactions is None:
        transactions = [as_domain(row) for row in standing(account.loan)]
    return replay(facts, first_plan(account.loan, facts), transactions, until)


def state_on(account: LoanAccount, day: date) -> LoanState:
    """The loan as of the morning of ``day`` (no later day's transactions)."""
    known = [as_domain(row) for row in standing(account.loan) if row.value_date <= day]
    return replayed(account, day, known).state


def payoff_quote(account: LoanAccount, on: date) -> PayoffQuote:
    state = state_on(account, on)
    with localcontext(EXACT):
        principal = state.principal_balance
        charges = state.penalty_open + state.compound_open
        amount = state.payoff_amount
        billed = sum((row.interest_open for row in state.due_rows()), ZERO)
        interest = billed + state.running_interest
        return PayoffQuote(on, amount, principal, interest, charges, state.credit)


def early_preview(account: LoanAccount, *, amount: Decimal, choice: str, on: date) -> EarlyPreview:
    """What a partial early repayment of ``amount`` on ``on`` would leave; nothing is written."""
    state = state_on(account, on)
    with localcontext(EXACT):
        unchanged = sum((row.interest_open for row in state.undue_rows()), ZERO)
        splits = apply(
            state,
            Transaction(
                number=10**9,
                kind=TransactionKind.PARTIAL_EARLY,
                value_date=on,
                amount=amount,
                options={"choice": choice},
            ),
        )
        off = off_principal(splits)
        rows = tuple(state.undue_rows())
        to_come = sum((row.interest_open for row in rows), ZERO)
        return EarlyPreview(
            choice=choice,
            due_first=amount - off,
            off_principal=off,
            rows=rows,
            next_amount=rows[0].principal_open + rows[0].interest_open if rows else ZERO,
            last_due=rows[-1].due if rows else None,
            interest_to_come=to_come,
            interest_saved=unchanged - to_come,
        )


def off_principal(splits: Sequence[Split]) -> Decimal:
    """The part of the splits that went to principal not yet due: rows of early repayments."""
    early = (
        split.amount
        for split in splits
        if split.instalment >= EARLY_NUMBERS_FROM and split.component is Component.PRINCIPAL
    )
    return sum(early, ZERO)
