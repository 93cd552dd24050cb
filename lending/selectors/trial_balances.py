"""What every account held and moved: a trial balance over accounting days, of one branch or all.

One pass over the postings, which carry their day, branch and account (no join to journals): the cost
grows with the postings ever made, measured well below a second for a million (bench/ledger.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from lending.models import Account, Branch, LegalEntity

ZERO = Decimal("0.00")
_SUMS = """
SELECT account_id,
    coalesce(sum(amount) FILTER (WHERE accounting_date < %(first)s), 0),
    coalesce(sum(amount) FILTER (WHERE accounting_date >= %(first)s AND amount > 0), 0),
    coalesce(-sum(amount) FILTER (WHERE accounting_date >= %(first)s AND amount < 0), 0)
FROM lending_posting
WHERE accounting_date <= %(last)s AND branch_id = ANY(%(branches)s)
GROUP BY account_id
"""


@dataclass(frozen=True)
class BalanceLine:
    """One account: ``opening`` + ``debit`` − ``credit`` = ``closing``; debit balances are positive."""

    account: Account
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True)
class TrialBalance:
    """Accounts that ever moved up to ``last``, by code; ``on_balance`` and memo accounts apart."""

    first: date
    last: date
    lines: tuple[BalanceLine, ...]

    @property
    def on_balance(self) -> tuple[BalanceLine, ...]:
        return tuple(line for line in self.lines if line.account.kind != "memo")

    @property
    def off_balance(self) -> tuple[BalanceLine, ...]:
        return tuple(line for line in self.lines if line.account.kind == "memo")

    @property
    def is_zero(self) -> bool:
        """On and off the balance sheet apart: openings, turnovers and closings each sum to zero."""
        return all(
            not total.opening and not total.closing and total.debit == total.credit
            for total in (totals(self.on_balance), totals(self.off_balance))
        )


@dataclass(frozen=True)
class Totals:
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal


def totals(lines: Sequence[BalanceLine]) -> Totals:
    return Totals(
        sum((line.opening for line in lines), ZERO),
        sum((line.debit for line in lines), ZERO),
        sum((line.credit for line in lines), ZERO),
        sum((line.closing for line in lines), ZERO),
    )


def trial_balance(
    legal_entity: LegalEntity, *, first: date, last: date, branch: Branch | None = None
) -> TrialBalance:
    """The accounting days ``first`` to ``last``, both included; ``branch`` None = the whole bank."""
    branches = [branch.pk] if branch else _branches(legal_entity)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"first": first, "last": last, "branches": branches})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    accounts = Account.objects.filter(pk__in=found).order_by("code")
    return TrialBalance(
        first, last, tuple(BalanceLine(account, *found[account.pk]) for account in accounts)
    )


def _branches(legal_entity: LegalEntity) -> list[int]:
    return list(Branch.objects.filter(legal_entity=legal_entity).values_list("pk", flat=True))
