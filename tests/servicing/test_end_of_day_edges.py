"""The close where it begins late, is cut off, or meets a plan of days."""

import datetime as dt
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection

from lending.domain.servicing import plan
from lending.domain.servicing.days import cents
from lending.models import EndOfDayRun, LegalEntity, LoanAccount
from lending.services import end_of_day, end_of_day_chunks, end_of_day_steps, loan_accounts
from tests.servicing import closed_by_hand
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db


def close(book: Book) -> EndOfDayRun:
    run, _is_new = end_of_day.begin(legal_entity=LegalEntity.objects.get(), now=book.now, ahead=True)
    return end_of_day.work(run_id=run.pk, now=book.now)


def test_a_step_cut_off_by_the_end_of_a_tasks_time_is_no_problem_of_the_run(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems: list[str] = []

    def slow(run: EndOfDayRun, now: dt.datetime) -> None:
        problems.append(EndOfDayRun.objects.get(pk=run.pk).problem)
        if len(problems) == 1:
            raise SoftTimeLimitExceeded

    monkeypatch.setattr(end_of_day_steps, "BEFORE_LOANS", (("slow", slow),))
    book.loan()
    run = close(book)
    assert run.state == "done", run.problem
    assert problems == ["", ""]


def test_every_month_that_is_caught_up_has_its_table_before_the_chunks_begin(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk that made it would want the whole of it to itself, and other chunks write to it."""
    book.loan()
    start = book.business_date
    book.go_to(start + dt.timedelta(days=100))
    wanted = {f"lending_loanday_{start + dt.timedelta(days=n):%Y%m}" for n in range(101)}
    found: list[set[str]] = []
    cut = end_of_day_chunks.cut

    def seen(run: EndOfDayRun) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits"
                           " WHERE inhparent = 'lending_loanday'::regclass")
            found.append({name for (name,) in cursor.fetchall()})
        return cut(run)

    monkeypatch.setattr(end_of_day_chunks, "cut", seen)
    assert close(book).state == "done"
    assert wanted <= found[0]


def test_loans_far_behind_are_caught_up_in_as_many_goes_as_they_take(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(end_of_day_chunks, "LAGGING_SECONDS", 0.0)
    loans = [book.loan() for _ in range(end_of_day_chunks.ATTEMPTS + 2)]
    book.go_to(book.business_date + dt.timedelta(days=40))
    run = close(book)
    assert run.state == "done", run.problem
    for loan in loans:
        assert closed_by_hand.differences(book.account(loan)) == {}


def test_a_plan_of_days_is_closed_as_it_is_replayed(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its periods have no months: under 30/360 actual days count."""
    from_schedule = plan.from_schedule

    def of_days(facts: Any, *more: Any) -> Any:
        rows, left, start = from_schedule(facts, *more), facts.principal, facts.start
        for row in rows:
            row.months = 0
            nights = (row.due - start).days
            row.interest = cents(left * facts.annual_rate * nights, 360, facts.rounding)
            left, start = left - row.principal, row.due
        return rows

    monkeypatch.setattr(loan_accounts.plan, "from_schedule", of_days)
    loan = book.loan(months=2, day_count="30/360", method="equal_principal")
    while LoanAccount.objects.get().is_open and book.business_date < loan.maturity_date:
        assert close(book).state == "done"
    account = book.account(loan)
    assert account.parked_error == ""
    assert account.days_past_due > 20
    assert closed_by_hand.differences(account) == {}
