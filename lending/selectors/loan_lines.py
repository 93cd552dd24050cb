"""A loan's account in lines a customer understands: what came or went, and what was left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lending.models import Loan, LoanTransaction, TransactionBooking
from lending.selectors import loan_lives
from products.money import ZERO

#: Kinds that bring money in; the others change what is owed without money.
MONEY_IN = frozenset({"repayment", "partial_early", "payoff", "recovery"})


@dataclass(frozen=True)
class StatementLine:
    """``amount`` as it moved (out of the bank or in); ``balance``: principal left after it."""

    day: date
    kind: str
    amount: Decimal
    principal: Decimal
    interest: Decimal
    charges: Decimal
    credit: Decimal
    balance: Decimal
    note: str = ""
    transaction: LoanTransaction | None = None


def lines_of(loan: Loan) -> list[StatementLine]:
    """Payout first, then every standing transaction by value date, with its splits in force."""
    standing = loan_lives.standing(loan)
    splits = _splits(standing)
    balance = loan.principal
    found = [
        StatementLine(
            loan.start_date, "disbursement", loan.principal, loan.principal, ZERO, ZERO, ZERO, balance
        )
    ]
    for one in standing:
        sums = splits.get(one.pk, {})
        principal = sums.get("principal", ZERO)
        balance -= principal
        found.append(
            StatementLine(
                day=one.value_date,
                kind=one.kind,
                amount=one.amount,
                principal=principal,
                interest=sums.get("interest", ZERO),
                charges=sums.get("penalty", ZERO) + sums.get("compound", ZERO),
                credit=sums.get("credit", ZERO),
                balance=balance,
                note=_note(one),
                transaction=one,
            )
        )
    return found


def _splits(transactions: Sequence[LoanTransaction]) -> dict[object, dict[str, Decimal]]:
    """transaction → component → sum, of the booking in force."""
    rows = TransactionBooking.objects.filter(transaction__in=transactions).order_by("version")
    newest = {row.transaction_id: row.splits for row in rows}
    found: dict[object, dict[str, Decimal]] = {}
    for key, splits in newest.items():
        sums = found.setdefault(key, {})
        for component, amount, *_ in splits:
            sums[component] = sums.get(component, ZERO) + Decimal(amount)
    return found


def _note(one: LoanTransaction) -> str:
    if one.kind == "rate_change":
        return f"{Decimal(str(one.options['annual_rate'])) * 100:.2f}%"
    return ""
