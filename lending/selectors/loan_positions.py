"""What a loan owes on a morning, by item: from a replayed state, or from the stored rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lending.domain.servicing.facts import EARLY_NUMBERS_FROM
from lending.domain.servicing.state import LoanState
from lending.models import Instalment, LoanAccount
from products.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Position:
    """Yuan by item. ``interest_running``: accrued since the last due date, not due yet.

    ``overdue``: the part of principal and interest due that is late. ``next_amount``: of the next
    instalment, as planned.
    """

    on: date
    compound: Decimal
    penalty: Decimal
    interest_due: Decimal
    principal_due: Decimal
    interest_running: Decimal
    principal_undue: Decimal
    credit: Decimal
    claim: Decimal
    overdue: Decimal
    days_past_due: int
    tier: str
    is_written_off: bool
    next_due: date | None
    next_amount: Decimal
    last_due: date | None

    @property
    def due_now(self) -> Decimal:
        return self.compound + self.penalty + self.interest_due + self.principal_due

    @property
    def owed(self) -> Decimal:
        """Everything but the waiting credit."""
        return self.due_now + self.interest_running + self.principal_undue

    @property
    def payoff(self) -> Decimal:
        return max(self.owed - self.credit, ZERO)

    @property
    def principal(self) -> Decimal:
        return self.principal_due + self.principal_undue


def of_state(state: LoanState) -> Position:
    """Of a replayed loan, on the morning it stands for. Call inside the exact context."""
    due, undue = state.due_rows(), state.undue_rows()
    ahead = undue[0].interest_cleared if undue else ZERO
    return Position(
        on=state.as_of,
        compound=state.compound_open,
        penalty=state.penalty_open,
        interest_due=sum((row.interest_open for row in due), ZERO),
        principal_due=sum((row.principal_open for row in due), ZERO),
        interest_running=max(state.running_interest - ahead, ZERO) if undue else ZERO,
        principal_undue=state.undue_principal,
        credit=state.credit,
        claim=state.claim,
        overdue=state.late_principal + state.late_interest,
        days_past_due=state.days_past_due,
        tier=str(state.tier),
        is_written_off=state.is_written_off,
        next_due=undue[0].due if undue else None,
        next_amount=undue[0].principal_open + undue[0].interest_open if undue else ZERO,
        last_due=undue[-1].due if undue else None,
    )


def of_account(account: LoanAccount, rows: Sequence[Instalment]) -> Position:
    """As stored, without a replay: of the morning after the account's last closed day."""
    billed = [row for row in rows if row.is_billed]
    undue = sorted((row for row in rows if not row.is_billed), key=lambda row: row.due_date)
    running = account.interest_accrued - sum((row.interest for row in billed), ZERO)
    ahead = undue[0].interest_cleared if undue else ZERO
    following = undue[0] if undue else None
    return Position(
        on=account.closed_through + timedelta(days=1),
        compound=account.compound_accrued - account.compound_cleared,
        penalty=account.penalty_accrued - account.penalty_cleared,
        interest_due=sum((row.interest - row.interest_cleared for row in billed), ZERO),
        principal_due=sum((row.principal - row.principal_cleared for row in billed), ZERO),
        interest_running=max(running - ahead, ZERO) if undue else ZERO,
        principal_undue=account.undue_principal,
        credit=account.credit,
        claim=account.claim,
        overdue=account.late_principal + account.late_interest,
        days_past_due=account.days_past_due,
        tier=str(account.tier),
        is_written_off=account.loan.state == "written_off",
        next_due=following.due_date if following else None,
        next_amount=following.open_amount if following else ZERO,
        last_due=max((row.due_date for row in undue if row.number < EARLY_NUMBERS_FROM), default=None),
    )
