"""The close under fire: killed in the middle, twice at once, with repayments coming in."""

import datetime as dt
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections, transaction

from deploy.place import PROJECT
from lending.models import (
    EndOfDayChunk,
    EndOfDayRun,
    Instalment,
    Journal,
    LegalEntity,
    Loan,
    LoanAccount,
    LoanDay,
)
from lending.services import end_of_day, end_of_day_chunks, loan_accounts, repayments
from tests.servicing import closed_by_hand
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db(transaction=True)

#: Closes the day, but dies by kill -9 inside the transaction of its second chunk.
_KILLED = """
import os, signal, sys
import django
django.setup()
from django.utils.dateparse import parse_datetime
from lending.models import LegalEntity
from lending.services import closing_sql, end_of_day, end_of_day_chunks
end_of_day_chunks.CHUNK_LOANS = 3
close_range, calls = closing_sql.close_range, []
def deadly(**values):
    found = close_range(**values)
    calls.append(found)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
closing_sql.close_range = deadly
now = parse_datetime(sys.argv[1])
run, _ = end_of_day.begin(legal_entity=LegalEntity.objects.get(), now=now, ahead=True)
end_of_day.work(run_id=run.pk, now=now)
"""


@pytest.fixture(autouse=True)
def _no_days(transactional_db: None) -> Iterator[None]:
    """Django empties its own tables between such tests; the partitioned one is ours to empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE lending_loanday")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(end_of_day_chunks, "CHUNK_LOANS", 3)


def close(book: Book, workers: int = 1) -> None:
    run, _is_new = end_of_day.begin(legal_entity=LegalEntity.objects.get(), now=book.now, ahead=True)
    assert end_of_day.work(run_id=run.pk, now=book.now, workers=workers).state == "done"


def rows_as_text() -> dict[str, list[str]]:
    """Everything the close writes; drawn ids and moments left out."""
    found = {}
    for table, left_out in (
        ("lending_loanaccount", "'loan_id'"), ("lending_loanday", "''"),
        ("lending_businessday", "'opened_at'"), ("lending_instalment", "'id', 'loan_id'"),
        ("lending_posting", "'id', 'journal_id'"), ("lending_journal", "'id', 'created_at'"),
        ("lending_endofdaychunk", "'id', 'ms', 'attempts'"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT (to_jsonb(t) - ARRAY[{left_out}])::text FROM {table} t ORDER BY 1")
            found[table] = [re.sub(r'"run_id": \d+', "", row[0]) for row in cursor]
    return found


def undo(book: Book, day: dt.date) -> None:
    """Take the close of ``day`` away again, as if it had never been."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM lending_loanday; DELETE FROM lending_endofdayrun;")
        cursor.execute("DELETE FROM lending_endofdaychunk")
        cursor.execute("DELETE FROM lending_posting WHERE journal_id IN"
                       " (SELECT id FROM lending_journal WHERE source_type = 'end_of_day')")
        cursor.execute("DELETE FROM lending_journal WHERE source_type = 'end_of_day'")
        cursor.execute("SET session_replication_role = DEFAULT")
    book.go_to(day)


@pytest.mark.usefixtures("small_chunks")
def test_a_close_killed_in_a_chunk_and_taken_up_again_is_the_undisturbed_one(book: Book) -> None:
    for number in range(9):
        book.loan(principal=f"{number + 1}0000.00", method="interest_only")
    day = book.business_date
    before = list(LoanAccount.objects.order_by("pk").values())
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, book.now.isoformat()], cwd=PROJECT, env=_environment(),
        check=False,
    )
    assert killed.returncode == -9
    assert LoanDay.objects.count() == 3
    assert list(EndOfDayChunk.objects.order_by("number").values_list("state", flat=True)) == [
        "done", "leased", "waiting",
    ]
    close(book)
    disturbed = rows_as_text()
    undo(book, day)
    for row in before:
        LoanAccount.objects.filter(pk=row["id"]).update(**row)
    close(book)
    undisturbed = rows_as_text()
    assert disturbed == undisturbed
    assert LoanDay.objects.count() == 9


def _environment() -> dict[str, str]:
    database = django_settings.DATABASES["default"]
    found = connection.get_connection_params()
    host, port = found.get("host", ""), found.get("port") or 5432
    address = (
        f"postgresql://{found['user']}:{found.get('password') or ''}@/{database['NAME']}"
        f"?host={host}&port={port}"
    )
    return {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}


@pytest.mark.usefixtures("small_chunks")
def test_a_chunk_that_always_fails_stops_the_run_and_not_its_neighbours(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        book.loan()
    close_range, faults = end_of_day_chunks.closing_sql.close_range, [True]

    def broken(**values: Any) -> Any:
        if faults and values["first_id"] == LoanAccount.objects.earliest("pk").pk:
            raise RuntimeError("no fault of a loan")
        return close_range(**values)

    monkeypatch.setattr(end_of_day_chunks.closing_sql, "close_range", broken)
    entity = LegalEntity.objects.get()
    run, _ = end_of_day.begin(legal_entity=entity, now=book.now)
    run = end_of_day.work(run_id=run.pk, now=book.now)
    assert (run.state, run.step) == ("blocked", "loans")
    assert LoanDay.objects.count() == 3
    faults.clear()
    close(book)
    assert LoanDay.objects.count() == 6


@pytest.mark.usefixtures("small_chunks")
def test_two_closes_at_once_help_each_other(book: Book) -> None:
    loans = [book.loan() for _ in range(10)]
    day = book.business_date
    _together(*[lambda: close(book, workers=2)] * 2)
    assert book.business_date == day + dt.timedelta(days=1)
    assert LoanDay.objects.count() == 10
    assert Journal.objects.filter(kind="day_accruals").count() == 1
    for loan in loans:
        assert closed_by_hand.differences(book.account(loan)) == {}


@pytest.mark.usefixtures("small_chunks")
def test_repayments_while_the_loans_are_closed_are_as_if_before_or_after(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    loans = [book.loan(months=3) for _ in range(8)]
    close(book)
    first = Instalment.objects.filter(loan=loans[0]).earliest("due_date").due_date
    while book.business_date < first:
        close(book)
    close_range = end_of_day_chunks.closing_sql.close_range

    def slow(**values: Any) -> Any:
        time.sleep(0.05)  # repayments come in between
        found = close_range(**values)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(end_of_day_chunks.closing_sql, "close_range", slow)

    def pay() -> None:
        for loan in loans:
            book.pay(loan, str(loan.instalments.get(number=1).amount), channel_ref=f"first {loan.pk}")

    def pay_early() -> None:
        for loan in reversed(loans):
            book.pay(loan, "500.00", kind="partial_early", channel_ref=f"early {loan.pk}",
                     value_date=first - dt.timedelta(days=3))

    _together(lambda: close(book, workers=2), pay, pay_early)
    for loan in loans:
        account = book.account(loan)
        found = closed_by_hand.differences(account)
        found.pop("days", None)  # days before a back-dated repayment stay as they were written
        assert found == {}
        assert _balance(loan, "1132", "7010") == account.interest_open
        assert _balance(loan, "1301") == account.principal_balance


def test_the_date_rolls_over_only_when_what_is_being_booked_under_it_is_written(book: Book) -> None:
    loan, day = book.loan(), book.business_date
    is_booked, ended = threading.Event(), []

    def pay() -> None:
        with transaction.atomic():
            book.pay(loan, "50.00")
            is_booked.set()
            time.sleep(0.5)
            ended.append("booked")

    def roll() -> None:
        assert is_booked.wait(20)
        run = EndOfDayRun.objects.create(
            legal_entity=LegalEntity.objects.get(), business_date=day, step="roll", started_at=book.now
        )
        assert end_of_day.work(run_id=run.pk, now=book.now).state == "done"
        ended.append("rolled over")

    # the loan's own close waits for the account's lock; the date's lock is what is tried here
    LoanAccount.objects.update(closed_through=day)
    _together(pay, roll)
    assert ended == ["booked", "rolled over"]


def test_who_waits_for_the_account_sees_its_loan_as_it_is_then(book: Book) -> None:
    """Money back by a reversal that waited for a repayment: the loan's balance follows both."""
    loan = book.loan()
    first = book.pay(loan, "500.00", kind="partial_early")
    is_held = threading.Event()

    def pay_again() -> None:
        with transaction.atomic():
            loan_accounts.locked(loan.pk)
            is_held.set()
            time.sleep(0.3)  # the reversal waits
            book.pay(loan, "500.00", kind="partial_early")

    def take_back() -> None:
        assert is_held.wait(20)
        repayments.reverse(transaction_id=first.pk, reason="x", maker=None, checker=None, now=book.now)

    _together(pay_again, take_back)
    loan.refresh_from_db()
    assert loan.principal_balance == book.account(loan).principal_balance == Decimal("11500.00")


def _balance(loan: Loan, *codes: str) -> Decimal:
    """Of one loan: its own postings and what its days brought into the common journals."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.amount), 0) FROM lending_posting p JOIN lending_account a"
            " ON a.id = p.account_id WHERE p.loan_id = %s AND a.code = ANY(%s)",
            [loan.pk, list(codes)],
        )
        own = cursor.fetchone()[0]
        cursor.execute(
            "SELECT coalesce(sum(interest), 0) FROM lending_loanday d JOIN lending_loanaccount a"
            " ON a.id = d.account_id WHERE a.loan_id = %s AND d.in_day_journal",
            [loan.pk],
        )
        return Decimal(own + (cursor.fetchone()[0] if "1132" in codes else 0))


def _together(*acts: Callable[[], None]) -> None:
    """All at once, each on a connection of its own; the first error is raised here."""
    barrier, problems = threading.Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        try:
            barrier.wait(20)
            act()
        except Exception as error:
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if problems:
        raise problems[0]
