"""A change of a loan tried out: what it would owe before and after. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from lending.domain.loan_changes import ChangeKind, transaction_kind
from lending.domain.servicing.facts import PlanRow, Split, Transaction
from lending.domain.servicing.replay import Replayed
from lending.models import LoanAccount, LoanChange
from lending.selectors import loan_lives
from lending.selectors.loan_positions import Position, of_state
from products.domain.interest import EXACT
from products.money import ZERO

_NUMBER = 2_000_000_000


@dataclass(frozen=True)
class PlanDifference:
    """One instalment in the plan before and after; ``None``: not in that plan."""

    number: int
    due: date
    before: PlanRow | None
    after: PlanRow | None


@dataclass(frozen=True)
class Preview:
    """``splits``: what the change would be put to, or, for a reversal, what is taken back.

    ``moved``: numbers of other transactions that would be put to other items.
    """

    before: Position
    after: Position
    splits: tuple[Split, ...]
    moved: tuple[int, ...]
    plan: tuple[PlanDifference, ...]

    @property
    def amount_put(self) -> Decimal:
        return sum((split.amount for split in self.splits), ZERO)


def preview(account: LoanAccount, change: LoanChange, today: date) -> Preview:
    """``change`` on top of the loan's life as of ``today``; nothing needs to be stored yet.

    Raises ``ImpossibleTransaction`` (code ``value_date_outside``, or ``refund_above_credit``: money given
    back to the customer would have come from nowhere).
    """
    standing = loan_lives.standing(account.loan)
    known = [loan_lives.as_domain(row) for row in standing]
    number = _NUMBER
    if change.kind == ChangeKind.REVERSAL:
        assert change.target is not None
        number = change.target.number
        tried = [one for one in known if one.number != number]
    else:
        tried = [*known, _as_transaction(change)]
    first = loan_lives.replayed(account, today, known)
    second = loan_lives.replayed(account, today, tried)
    with localcontext(EXACT):
        return Preview(
            before=of_state(first.state),
            after=of_state(second.state),
            splits=(first if change.kind == ChangeKind.REVERSAL else second).splits.get(number, ()),
            moved=_moved(first, second, number),
            plan=_differences(first.state.rows, second.state.rows),
        )


def _as_transaction(change: LoanChange) -> Transaction:
    return Transaction(
        number=_NUMBER,
        kind=transaction_kind(ChangeKind(change.kind)),
        value_date=change.value_date,
        amount=change.amount,
        options=change.options,
    )


def _moved(first: Replayed, second: Replayed, number: int) -> tuple[int, ...]:
    both = first.splits.keys() & second.splits.keys() - {number}
    return tuple(sorted(n for n in both if first.splits[n] != second.splits[n]))


def _differences(
    before: Sequence[PlanRow], after: Sequence[PlanRow]
) -> tuple[PlanDifference, ...]:
    """Instalments whose day, principal or interest differ, in the order of their days."""
    old, new = {row.number: row for row in before}, {row.number: row for row in after}
    found = []
    for number in old.keys() | new.keys():
        one, other = old.get(number), new.get(number)
        if one and other and (one.due, one.principal, one.interest) == (
            other.due, other.principal, other.interest
        ):
            continue
        row = other or one
        assert row is not None
        found.append(PlanDifference(number, row.due, one, other))
    return tuple(sorted(found, key=lambda row: (row.due, row.number)))
