"""What a loan's customer should pay: by now, late, and next. Read from the account and its plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from lending.errors import NotFound
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
    """A loan with something to ask for: ``due`` in yuan."""

    account_id: int
    loan_id: UUID
    bank_card_id: UUID
    due: Decimal


def account_of(loan_id: UUID) -> LoanAccount:
    """The loan's account with what its amounts are reckoned from; ``NotFound`` when it has none."""
    rows = LoanAccount.objects.select_related("loan__contract", "legal_entity")
    found = rows.filter(loan_id=loan_id).first()
    if found is None:
        raise NotFound
    return found


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


#: A card without money is asked every day until so many days past due, then once in so many days and on
#: each new due date.
DAILY_UNTIL, THEN_EVERY = 30, 7
# A candidate owes something by its account's own columns: the page is one step along the primary key,
# and only its rows meet plan and transfers. Loans with money on its way, or not booked yet, are left alone.
_DUE = """
WITH page AS MATERIALIZED (
    SELECT a.id, a.loan_id, a.penalty_accrued - a.penalty_cleared
           + a.compound_accrued - a.compound_cleared - a.credit AS charges_less_credit
    FROM lending_loanaccount a
    WHERE a.legal_entity_id = %(legal_entity)s AND a.id > %(after)s AND a.is_open AND a.parked_at IS NULL
      AND (a.days_past_due <= %(daily)s OR a.days_past_due %% %(then_every)s = 0
           OR a.period_start = %(day)s)
      AND (a.principal_balance > a.undue_principal
           OR a.penalty_accrued > a.penalty_cleared OR a.compound_accrued > a.compound_cleared
           OR a.interest_accrued - a.interest_cleared
              > lending_cents(a.interest_base, greatest(a.year_days, 1), a.rounding = 'half_even'))
    ORDER BY a.id LIMIT %(limit)s
)
SELECT page.id, page.loan_id, application.bank_card_id,
       billed.open + page.charges_less_credit AS due,
       EXISTS (
           SELECT 1 FROM lending_cardtransfer t WHERE t.loan_id = page.loan_id
           AND (t.state IN ('created', 'sending', 'unknown', 'manual')
                OR (t.state = 'succeeded' AND t.transaction_id IS NULL)
                OR (t.channel = 'auto_debit' AND t.business_date = %(day)s))
       ) AS is_asked
FROM page
JOIN lending_loan loan ON loan.id = page.loan_id
JOIN lending_loanapplication application ON application.id = loan.application_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(i.principal + i.interest - i.principal_cleared - i.interest_cleared), 0) AS open
    FROM lending_instalment i WHERE i.loan_id = page.loan_id AND i.is_billed
) billed
ORDER BY page.id
"""


@dataclass(frozen=True)
class DuePage:
    """``after``: where the next page begins; None behind the last."""

    loans: tuple[DueLoan, ...]
    after: int | None


def to_collect(*, legal_entity: LegalEntity, day: date, after: int, limit: int) -> DuePage:
    """The next ``limit`` accounts that owe something, above account id ``after``; of them those with a
    card to ask on ``day``."""
    with connection.cursor() as cursor:
        cursor.execute(
            _DUE,
            {
                "legal_entity": legal_entity.pk,
                "after": after,
                "day": day,
                "limit": limit,
                "daily": DAILY_UNTIL,
                "then_every": THEN_EVERY,
            },
        )
        rows = cursor.fetchall()
    loans = tuple(
        DueLoan(account_id, loan_id, card_id, due)
        for account_id, loan_id, card_id, due, is_asked in rows
        if card_id is not None and due > 0 and not is_asked
    )
    return DuePage(loans, rows[-1][0] if len(rows) == limit else None)
