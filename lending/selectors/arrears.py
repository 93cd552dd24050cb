"""What is owed in arrears: by item for people and letters, as one sum for a text about to go."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from lending.domain.loan_flow import OPEN_STATES
from lending.models import ContactAttempt, Instalment, LoanAccount, PromiseToPay
from lending.selectors import business_day, loan_dues
from products.money import ZERO


@dataclass(frozen=True)
class Owed:
    """Arrears of one loan on the business date, by item. ``total`` is less the money that waits."""

    principal: Decimal
    interest: Decimal
    penalty: Decimal
    compound: Decimal
    credit: Decimal
    since: date | None
    days_past_due: int
    balance: Decimal

    @property
    def total(self) -> Decimal:
        items = self.principal + self.interest + self.penalty + self.compound
        return max(items - self.credit, ZERO)


def owed(account: LoanAccount) -> Owed:
    """What is late, from the account's own figures (of the morning after the last close)."""
    return Owed(
        principal=account.late_principal,
        interest=account.late_interest,
        penalty=account.penalty_accrued - account.penalty_cleared,
        compound=account.compound_accrued - account.compound_cleared,
        credit=account.credit,
        since=account.oldest_late,
        days_past_due=account.days_past_due,
        balance=account.principal_balance,
    )


def late_instalments(account: LoanAccount) -> list[Instalment]:
    """The overdue instalments, oldest first."""
    rows = Instalment.objects.filter(loan=account.loan_id, is_late=True)
    return [row for row in rows.order_by("due_date", "number") if row.open_amount > 0]


def still_owed(attempt: ContactAttempt) -> Decimal | None:
    """What a planned contact is about, as it stands now; None when its reason has gone.

    One that names no instalment is about all that is due.
    """
    loan = attempt.loan
    if loan is None or loan.state not in OPEN_STATES:
        return None
    account = LoanAccount.objects.select_related("legal_entity").filter(loan=loan).first()
    if account is None or has_valid_promise(account):
        return None
    amount = _about(attempt, account)
    return amount if amount > 0 else None


def _about(attempt: ContactAttempt, account: LoanAccount) -> Decimal:
    if attempt.instalment is None:
        return loan_dues.of_account(account).due
    row = Instalment.objects.filter(loan=account.loan_id, number=attempt.instalment).first()
    if row is None or row.open_amount <= 0:
        return ZERO
    return owed(account).total if attempt.purpose == "collection" else row.open_amount - account.credit


def has_valid_promise(account: LoanAccount) -> bool:
    """Whether the borrower's word still runs: its day has not passed."""
    day = business_day.current(account.legal_entity)
    return PromiseToPay.objects.filter(
        Q(loan=account.loan_id), state="open", promised_on__gte=day
    ).exists()
