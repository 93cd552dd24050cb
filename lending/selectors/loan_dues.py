"""What a loan's customer should pay: by now, late, and next. Read from the account and its plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from lending.models import Instalment, LegalEntity, LoanAccount
from products.money import ZERO


@dataclass(frozen=True)
class Dues:
    """``owed``: billed and open, penalty and compound interest; ``due`` = owed less waiting money.

    ``overdue``: the late part of it. ``next_amount``: of the instalment of the running period, 0 when
    none is to come.
    """

    owed: Decimal
    due: Decimal
    overdue: Decimal
    next_due: date | None
    next_amount: Decimal


@dataclass(frozen=True)
class DueLoan:
    account_id: int
    loan_id: UUID
    bank_card_id: UUID
    due: Decimal


def of_account(account: LoanAccount, rows: Iterable[Instalment] | None = None) -> Dues:
    """``rows``: the plan, where the caller has it already."""
    if rows is None:
        rows = Instalment.objects.filter(loan_id=account.loan_id)
    billed, coming = ZERO, []
    for row in rows:
        if row.is_billed:
            billed += row.open_amount
        else:
            coming.append(row)
    first = min(coming, key=lambda row: row.due_date, default=None)
    charges = account.late_charges_open
    owed = billed + charges
    return Dues(
        owed=owed,
        due=max(owed - account.credit, ZERO),
        overdue=account.late_principal + account.late_interest + charges,
        next_due=None if first is None else first.due_date,
        next_amount=ZERO if first is None else first.open_amount,
    )


# A candidate owes something by its account's own columns (cheap, no join); the amount is then summed
# from its plan. Loans with money on its way, or moved and not booked yet, are left alone.
_DUE = """
SELECT * FROM (
    SELECT a.id, a.loan_id, application.bank_card_id,
           billed.open + a.penalty_accrued - a.penalty_cleared + a.compound_accrued - a.compound_cleared
               - a.credit AS due
    FROM lending_loanaccount a
    JOIN lending_loan loan ON loan.id = a.loan_id
    JOIN lending_loanapplication application ON application.id = loan.application_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(i.principal + i.interest - i.principal_cleared - i.interest_cleared), 0) AS open
        FROM lending_instalment i WHERE i.loan_id = a.loan_id AND i.is_billed
    ) billed
    WHERE a.legal_entity_id = %(legal_entity)s AND a.id > %(after)s
      AND a.is_open AND a.parked_at IS NULL AND application.bank_card_id IS NOT NULL
      AND (a.principal_balance > a.undue_principal
           OR a.penalty_accrued > a.penalty_cleared OR a.compound_accrued > a.compound_cleared
           OR a.interest_accrued - a.interest_cleared
              > lending_cents(a.interest_base, a.year_days, a.rounding = 'half_even'))
      AND NOT EXISTS (
          SELECT 1 FROM lending_cardtransfer t WHERE t.loan_id = a.loan_id
          AND (t.state IN ('created', 'sending', 'unknown', 'manual')
               OR (t.state = 'succeeded' AND t.transaction_id IS NULL)
               OR (t.channel = 'auto_debit' AND t.business_date = %(day)s)))
) found WHERE due > 0 ORDER BY id LIMIT %(limit)s
"""


def to_collect(
    *, legal_entity: LegalEntity, day: date, after: int, limit: int
) -> list[DueLoan]:
    """The next page of loans with something due on ``day``, by account id above ``after``."""
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE, {"legal_entity": legal_entity.pk, "after": after, "day": day, "limit": limit}
        )
        return [DueLoan(*row) for row in cursor.fetchall()]
