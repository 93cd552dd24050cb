"""Rows of the ledger for other systems: a trial balance, and the journal lines of at most a month.

Codes, amounts, days and note numbers only: no customer's name or number is in a row.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from lending.models import Branch, LegalEntity, Posting
from lending.selectors.trial_balances import TrialBalance, totals

DAYS_MAX = 31
CSV_LINES_MAX = 1_000_000
XLSX_LINES_MAX = 100_000
#: column keys; the page that writes the file says them in words
BALANCE_COLUMNS = (
    "account", "name", "name_en", "kind", "opening", "debit", "credit", "closing",
)
LINE_COLUMNS = (
    "accounting_date", "journal", "journal_kind", "source_type", "source", "product", "branch",
    "account", "name", "note_no", "debit", "credit", "reverses", "booked_at",
)
_CHUNK = 5_000


def balance_rows(balance: TrialBalance) -> Iterator[tuple[Any, ...]]:
    """One row an account, then the sums on and off the balance sheet."""
    for line in balance.lines:
        account = line.account
        yield (
            account.code, account.name, account.name_en, account.kind,
            line.opening, line.debit, line.credit, line.closing,
        )
    for kind, lines in (("on_balance", balance.on_balance), ("memo", balance.off_balance)):
        total = totals(lines)
        yield ("", "", "", f"total_{kind}", total.opening, total.debit, total.credit, total.closing)


def lines(
    legal_entity: LegalEntity, *, first: date, last: date, branch: Branch | None
) -> "QuerySet[Posting]":
    """The postings of the days ``first`` to ``last``, both included."""
    rows = Posting.objects.filter(
        journal__legal_entity=legal_entity, journal__accounting_date__range=(first, last)
    )
    return rows.filter(branch=branch) if branch else rows


def too_many(rows: "QuerySet[Posting]", limit: int) -> bool:
    """Whether there are more than ``limit`` of them; counts no further than that."""
    return rows.order_by()[: limit + 1].count() > limit


def line_rows(rows: "QuerySet[Posting]") -> Iterator[tuple[Any, ...]]:
    """Read in chunks: memory does not grow with the period."""
    fields = (
        "journal__accounting_date", "journal_id", "journal__kind", "journal__source_type",
        "journal__source_id", "journal__product_code", "branch__code", "account__code",
        "account__name", "loan__note_no", "amount", "journal__reverses_id", "journal__created_at",
    )
    found = rows.order_by("journal__accounting_date", "pk").values_list(*fields)
    for row in found.iterator(chunk_size=_CHUNK):
        amount = row[10]
        debit, credit = (amount, None) if amount > 0 else (None, -amount)
        yield (*row[:10], debit, credit, row[11], f"{row[12]:%Y-%m-%d %H:%M:%S}")


def is_one_month(first: date, last: date) -> bool:
    return first <= last < first + timedelta(days=DAYS_MAX)
