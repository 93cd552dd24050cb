"""I3 and I6 hold over a lively book, and each planted error is found and named."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from lending.domain.servicing.facts import TransactionKind
from lending.models import Loan
from lending.selectors import book_invariants
from lending.services import event_accounts, ledger_accounts, repayments
from tests.servicing.book import Book
from tests.servicing.test_ledger import person

pytestmark = pytest.mark.django_db


def breaches(now: dt.datetime) -> list[str]:
    found = [*book_invariants.books_balance(now), *book_invariants.days_without_gap(now)]
    return [f"{one['invariant']} {one['row']}: {one['detail']}" for one in found]


@contextmanager
def unguarded(*tables: str) -> Iterator[Callable[[str], None]]:
    """SQL with the triggers of the tables off, inside the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor.execute
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def loans(book: Book) -> list[Loan]:
    """One paid, one months late and off the books, one overpaid, one with a payment taken back."""
    found = [book.loan(grace_days=0) for _ in range(4)]
    start = book.business_date
    book.go_to(start + dt.timedelta(days=35))
    paid = [book.pay(loan, "1200.00") for loan in (found[0], found[2], found[3])]
    book.go_to(start + dt.timedelta(days=50))
    repayments.reverse(
        transaction_id=paid[2].pk, reason="test", maker=None, checker=None, now=book.now
    )
    book.go_to(start + dt.timedelta(days=160))
    book.pay(found[1], "10.00")
    book.pay(found[2], "15000.00")
    return found


def test_a_lively_book_breaks_nothing(book: Book, loans: list[Loan]) -> None:
    assert breaches(book.now) == []
    assert not book.account(loans[1]).is_accruing
    assert book.account(loans[2]).credit > 0
    book.pay(loans[1], "0.00", kind=TransactionKind.WRITE_OFF.value)
    assert book.account(loans[1]).claim > 0
    assert breaches(book.now) == []


def test_a_product_of_its_own_accounts_breaks_nothing(book: Book, loans: list[Loan]) -> None:
    for role, kind in (("1301", "asset"), ("1132", "asset"), ("7010", "memo")):
        ledger_accounts.add(
            code=f"{role}01", kind=kind, name="新", name_en="New", officer=person("finance"),
            now=book.now,
        )
        change = event_accounts.propose(
            product_code="shandai", role=role, event="", account_code=f"{role}01", reason="apart",
            officer=person("finance"), now=book.now,
        )
        event_accounts.release(
            change_id=change.pk, officer=person("finance.second"), now=book.now
        )
    assert breaches(book.now) == []
    book.pay(loans[0], "500.00", value_date=book.business_date - dt.timedelta(days=60))
    assert breaches(book.now) == []


def test_a_journal_and_a_day_out_of_balance_are_named(book: Book, loans: list[Loan]) -> None:
    with unguarded("lending_posting") as sql:
        sql(
            "UPDATE lending_posting SET amount = amount + 1 WHERE id = "
            "(SELECT min(p.id) FROM lending_posting p JOIN lending_account c ON c.id = p.account_id"
            " WHERE c.code = '1011')"
        )
    found = breaches(book.now)
    assert len(found) == 2
    assert "journal sums to 1.00" in found[0]
    assert found[1] == f"I3 BL: trial balance of {loans[0].start_date} is 1.00"


def test_a_posting_of_another_day_is_named(book: Book, loans: list[Loan]) -> None:
    with unguarded("lending_posting") as sql:
        sql("UPDATE lending_posting SET accounting_date = accounting_date - 1")
    assert any("in a journal of" in one for one in breaches(book.now))


def test_a_loan_that_owes_other_than_its_account_says_is_named(
    book: Book, loans: list[Loan]
) -> None:
    note = loans[0].note_no
    Loan.objects.filter(pk=loans[0].pk).update(principal_balance=1)
    (found,) = breaches(book.now)
    assert found.startswith(f"I3 {note}: balance 1.00")
    assert "account 1301 says" in found


def test_receivables_that_differ_from_the_books_are_named(book: Book, loans: list[Loan]) -> None:
    accounts = {
        "1132": ("interest_accrued", 0), "1133": ("penalty_accrued", 0),
        "7010": ("interest_accrued", 1), "7011": ("compound_accrued", 1),
        "2011": ("credit", 2), "7020": ("claim", 0),
    }
    for code, (column, number) in accounts.items():
        account = book.account(loans[number])
        before = getattr(account, column)
        rows = type(account).objects.filter(pk=account.pk)
        rows.update(**{column: before + 3})
        (found,) = breaches(book.now)
        assert found.startswith(f"I3 BL shandai: account {code} says")
        rows.update(**{column: before})


def test_a_missing_day_is_named(book: Book, loans: list[Loan]) -> None:
    account = book.account(loans[1])
    with unguarded("lending_loanday") as sql:
        sql(f"DELETE FROM lending_loanday WHERE account_id = {account.pk} AND day = '2026-12-24'")
    (found,) = breaches(book.now)
    days = (account.closed_through - account.start_date).days + 1
    assert found.startswith(f"I6 {loans[1].note_no}: {days - 1} days")
