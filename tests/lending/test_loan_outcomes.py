"""When a loan turned bad, read from its closed days."""

import datetime as dt
import uuid

import pytest

from lending.models import Loan, LoanApplication
from lending.selectors.monitoring import loan_outcomes
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def loan(bank: None, now: dt.datetime) -> Loan:
    booked = Book(now).loan(grace_days=0)
    LoanApplication.objects.filter(pk=booked.application_id).update(decision_id=uuid.uuid4())
    booked.refresh_from_db()
    return booked


def bad_on(day: dt.date) -> dt.date | None:
    (row,) = loan_outcomes(today=day)
    return row.bad_on


def test_a_loan_is_bad_from_thirty_days_after_what_it_missed(loan: Loan, now: dt.datetime) -> None:
    book, first = Book(now), loan.instalments.get(number=1)
    turns = first.due_date + dt.timedelta(days=30)
    assert bad_on(turns) is None  # nobody has closed a day yet
    book.go_to(turns + dt.timedelta(days=1))
    book.pay(loan, "1.00")  # the account catches up with the days it missed
    assert bad_on(turns - dt.timedelta(days=1)) is None
    assert bad_on(turns) == turns


def test_a_loan_that_recovered_stays_remembered(loan: Loan, now: dt.datetime) -> None:
    book, first = Book(now), loan.instalments.get(number=1)
    turns = first.due_date + dt.timedelta(days=30)
    book.go_to(turns + dt.timedelta(days=10))
    book.pay(loan, str(book.account(loan).principal_balance))
    book.pay(loan, "0.01")
    assert book.account(loan).days_past_due == 0
    assert bad_on(turns + dt.timedelta(days=20)) == turns
    assert list(loan_outcomes(today=turns, since=loan.created_at + dt.timedelta(days=1))) == []
