"""Loans by days past due: now, at the last month's end, and how they rolled between two month ends.

All of a bank is counted in the database. Month ends are closed days: their counts are kept for an hour.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import connection

from lending.domain.collection_rules import BUCKETS
from products.money import ZERO

_KEPT_S = 3_600
#: Where a loan went that has no row any more: paid off or written off.
GONE = "gone"
_BUCKET = (
    "CASE WHEN {0}.days_past_due = 0 THEN 'M0' WHEN {0}.days_past_due > 180 THEN 'M7+'"
    " ELSE 'M' || (({0}.days_past_due + 29) / 30) END"
)
_SCOPE = """
    (%(branch)s::bigint IS NULL OR l.branch_id = %(branch)s)
    AND (%(officer)s::bigint IS NULL OR l.officer_id = %(officer)s)
"""
_NOW = f"""
SELECT {_BUCKET.format("a")}, count(*), sum(a.principal_balance)
FROM lending_loanaccount a JOIN lending_loan l ON l.id = a.loan_id
WHERE a.is_open AND {_SCOPE} GROUP BY 1
"""  # noqa: S608  (tables of our own, nobody's input)
_THEN = f"""
SELECT {_BUCKET.format("d")}, count(*), sum(d.principal_balance)
FROM lending_loanday d JOIN lending_loanaccount a ON a.id = d.account_id
JOIN lending_loan l ON l.id = a.loan_id
WHERE d.day = %(day)s AND d.principal_balance > 0 AND {_SCOPE} GROUP BY 1
"""  # noqa: S608  (tables of our own, nobody's input)
_ROLLED = f"""
SELECT {_BUCKET.format("x")},
    CASE WHEN y.account_id IS NULL OR y.principal_balance = 0 THEN '{GONE}' ELSE {_BUCKET.format("y")} END,
    sum(x.principal_balance)
FROM lending_loanday x
LEFT JOIN lending_loanday y ON y.account_id = x.account_id AND y.day = %(day)s
JOIN lending_loanaccount a ON a.id = x.account_id
JOIN lending_loan l ON l.id = a.loan_id
WHERE x.day = %(before)s AND x.principal_balance > 0 AND {_SCOPE} GROUP BY 1, 2
"""  # noqa: S608  (tables of our own, nobody's input)


@dataclass(frozen=True)
class Bucket:
    """One row of the table; ``share`` of the balance; movements since the month began, None: unknown."""

    code: str
    loans: int
    balance: Decimal
    share: Decimal | None
    loans_moved: int | None
    balance_moved: Decimal | None
    balance_then: Decimal | None


@dataclass(frozen=True)
class Roll:
    """From one bucket at a month's end: where its balance stood at the next, as shares of it."""

    code: str
    balance: Decimal
    shares: tuple[Decimal, ...]  # by BUCKETS, then gone
    better: Decimal
    same: Decimal
    worse: Decimal


def month_ends(day: date) -> tuple[date, date]:
    """The last two month ends before the business date ``day``, the earlier first."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1) - timedelta(days=1), last


def table(*, day: date, branch_id: int | None, officer_id: int | None) -> list[Bucket]:
    """M0 … M7+ on the morning of ``day``, with what moved since the month began."""
    scope = {"branch": branch_id, "officer": officer_id}
    now = _read(_NOW, scope)
    then = _kept(_THEN, {**scope, "day": month_ends(day)[1]})
    whole = sum((row[1] for row in now.values()), ZERO)
    rows = []
    for code in BUCKETS:
        loans, balance = now.get(code, (0, ZERO))
        before = then.get(code, (0, ZERO))
        rows.append(
            Bucket(
                code=code,
                loans=loans,
                balance=balance,
                share=balance / whole if whole else None,
                loans_moved=loans - before[0] if then else None,
                balance_moved=balance - before[1] if then else None,
                balance_then=before[1] if then else None,
            )
        )
    return rows


def rolls(*, day: date, branch_id: int | None, officer_id: int | None) -> list[Roll]:
    """Roll rates between the last two month ends; empty while there are no two."""
    before, last = month_ends(day)
    values = {"branch": branch_id, "officer": officer_id, "before": before, "day": last}
    if not _kept(_THEN, {**values, "day": last}):
        return []
    found = _kept(_ROLLED, values)
    rows = []
    for at, code in enumerate(BUCKETS):
        parts = [found.get((code, to), ZERO) for to in (*BUCKETS, GONE)]
        balance = sum(parts, ZERO)
        if balance:
            shares = tuple(part / balance for part in parts)
            rows.append(
                Roll(
                    code=code,
                    balance=balance,
                    shares=shares,
                    better=sum(shares[:at], ZERO) + shares[-1],
                    same=shares[at],
                    worse=sum(shares[at + 1 : -1], ZERO),
                )
            )
    return rows


def _kept(sql: str, values: dict[str, Any]) -> dict[Any, Any]:
    kind = "rolled" if sql is _ROLLED else "then"
    key = f"arrears:{kind}:" + ":".join(str(values[name]) for name in sorted(values))
    found: dict[Any, Any] | None = cache.get(key)
    if found is None:
        found = _read(sql, values)
        if found:  # a month end not closed yet is asked for again
            cache.set(key, found, _KEPT_S)
    return found


def _read(sql: str, values: dict[str, Any]) -> dict[Any, Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if sql is _ROLLED:
            return {(from_, to): balance for from_, to, balance in cursor.fetchall()}
        return {code: (loans, balance) for code, loans, balance in cursor.fetchall()}
