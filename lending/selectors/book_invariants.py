"""I3 and I6: the books against the loans, in one statement each; a breach names row and account.

What an account of the general ledger holds is summed by role (``selectors.event_accounts``): a product may
have accounts of its own, and may have changed them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from lending.domain import postings
from lending.selectors.event_accounts import role_accounts

Breach = dict[str, str]
_SHOWN = 50

_JOURNALS = """
SELECT s.journal_id, s.total, s.first, s.last, j.accounting_date
FROM (
    SELECT journal_id, sum(amount) AS total, min(accounting_date) AS first, max(accounting_date) AS last
    FROM lending_posting GROUP BY journal_id
) s JOIN lending_journal j ON j.id = s.journal_id
WHERE s.total <> 0 OR s.first <> j.accounting_date OR s.last <> j.accounting_date
LIMIT %(shown)s
"""
_DAYS = """
SELECT b.code, s.accounting_date, s.total FROM (
    SELECT branch_id, accounting_date, sum(amount) AS total FROM lending_posting
    GROUP BY branch_id, accounting_date HAVING sum(amount) <> 0
) s JOIN lending_branch b ON b.id = s.branch_id
ORDER BY b.code, s.accounting_date LIMIT %(shown)s
"""
_PRINCIPAL = """
SELECT l.note_no, l.principal_balance, a.principal_balance, coalesce(p.total, 0)
FROM lending_loan l
LEFT JOIN lending_loanaccount a ON a.loan_id = l.id
LEFT JOIN (
    SELECT p.loan_id, sum(p.amount) AS total
    FROM lending_posting p JOIN lending_account c ON c.id = p.account_id
    WHERE c.code = ANY(%(accounts)s) AND p.loan_id IS NOT NULL
    GROUP BY p.loan_id
) p ON p.loan_id = l.id
WHERE coalesce(p.total, 0) <> l.principal_balance OR a.principal_balance <> l.principal_balance
LIMIT %(shown)s
"""
# what loans say, per branch and product, for each role: unpaid interest and late charges on the books
# of accruing loans and off them of the others, money kept for customers (a liability: negative), claims
_RECEIVABLES = """
WITH said AS (
    SELECT branch_id, product_code, r.role, sum(r.amount) AS amount
    FROM lending_loanaccount a
    CROSS JOIN LATERAL (
        SELECT a.interest_accrued - a.interest_cleared AS interest,
            a.penalty_accrued - a.penalty_cleared + a.compound_accrued - a.compound_cleared AS charges
    ) o
    CROSS JOIN LATERAL (VALUES
        (%(interest)s, CASE WHEN a.is_accruing THEN o.interest ELSE 0 END),
        (%(charges)s, CASE WHEN a.is_accruing THEN o.charges ELSE 0 END),
        (%(off_interest)s, CASE WHEN a.is_accruing THEN 0 ELSE o.interest END),
        (%(off_charges)s, CASE WHEN a.is_accruing THEN 0 ELSE o.charges END),
        (%(credit)s, -a.credit),
        (%(claim)s, a.claim)
    ) AS r (role, amount)
    GROUP BY branch_id, product_code, r.role
), booked AS (
    SELECT p.branch_id, j.product_code, s.role, sum(p.amount) AS amount
    FROM unnest(%(codes)s::text[], %(roles)s::text[]) AS s (code, role)
    JOIN lending_account c ON c.code = s.code
    JOIN lending_posting p ON p.account_id = c.id
    JOIN lending_journal j ON j.id = p.journal_id
    GROUP BY p.branch_id, j.product_code, s.role
)
SELECT b.code, product_code, role, coalesce(said.amount, 0), coalesce(booked.amount, 0)
FROM said FULL JOIN booked USING (branch_id, product_code, role)
JOIN lending_branch b ON b.id = branch_id
WHERE coalesce(said.amount, 0) <> coalesce(booked.amount, 0)
ORDER BY b.code, product_code, role LIMIT %(shown)s
"""
_LOAN_DAYS = """
SELECT l.note_no, a.start_date, a.closed_through, coalesce(d.n, 0), d.first, d.last
FROM lending_loanaccount a
JOIN lending_loan l ON l.id = a.loan_id
LEFT JOIN (
    SELECT account_id, count(*) AS n, min(day) AS first, max(day) AS last
    FROM lending_loanday GROUP BY account_id
) d ON d.account_id = a.id
WHERE a.is_open AND a.closed_through >= a.start_date
    AND (d.n IS DISTINCT FROM a.closed_through - a.start_date + 1
        OR d.first <> a.start_date OR d.last <> a.closed_through)
    OR a.is_open AND a.closed_through < a.start_date AND d.n > 0
LIMIT %(shown)s
"""
_ROLES = {
    "interest": postings.INTEREST_RECEIVABLE,
    "charges": postings.CHARGES_RECEIVABLE,
    "off_interest": postings.OFF_INTEREST,
    "off_charges": postings.OFF_CHARGES,
    "credit": postings.CUSTOMERS_MONEY,
    "claim": postings.KEPT_CLAIMS,
}


def books_balance(now: datetime) -> Iterator[Breach]:
    """I3: every journal, branch and accounting day is zero; the accounts hold what the loans say."""
    for journal_id, total, first, last, day in _rows(_JOURNALS):
        if total:
            yield _breach("I3", journal_id, f"journal sums to {total}, not to zero")
        else:
            yield _breach("I3", journal_id, f"postings of {first} to {last} in a journal of {day}")
    for branch, day, total in _rows(_DAYS):
        yield _breach("I3", branch, f"trial balance of {day} is {total}")
    principal = sorted(role_accounts(postings.LOANS_TO_CUSTOMERS))
    names = "+".join(principal)
    for note, loan, account, booked in _rows(_PRINCIPAL, accounts=principal):
        yield _breach(
            "I3", note, f"balance {loan}, servicing account {account}, account {names} says {booked}"
        )
    yield from _receivables()


def _receivables() -> Iterator[Breach]:
    accounts = {role: sorted(role_accounts(role)) for role in _ROLES.values()}
    pairs = [(code, role) for role, codes in accounts.items() for code in codes]
    rows = _rows(
        _RECEIVABLES, **_ROLES, codes=[code for code, _ in pairs], roles=[role for _, role in pairs]
    )
    for branch, product, role, said, booked in rows:
        yield _breach(
            "I3",
            f"{branch} {product or '-'}",
            f"account {'+'.join(accounts[role])} says {booked}, the loans say {said}",
        )


def days_without_gap(now: datetime) -> Iterator[Breach]:
    """I6: one row for every open loan and closed day, from its start to the last closed day."""
    for note, start, through, count, first, last in _rows(_LOAN_DAYS):
        wanted = max((through - start).days + 1, 0)
        yield _breach(
            "I6", note, f"{count} days ({first} to {last}), not {wanted} ({start} to {through})"
        )


def _rows(sql: str, **values: Any) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values, "shown": _SHOWN})
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return found


def _breach(invariant: str, row: object, detail: str) -> Breach:
    return {"invariant": invariant, "row": str(row), "detail": detail}
