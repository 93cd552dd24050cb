"""Whole days as the bank lives them: people apply and are paid, cards are asked, the date rolls over."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Sum

from lending.models import (
    BusinessDay,
    EndOfDayRun,
    LegalEntity,
    Loan,
    LoanAccount,
    LoanTransaction,
    Posting,
    ReconciliationBreak,
)
from lending.selectors import loan_lives
from lending.selectors.invariants import INVARIANTS
from lending.services import demo_history, demo_years
from tests.servicing.reconciling import Desk

pytestmark = pytest.mark.django_db(transaction=True)
DAYS, PEOPLE = 36, 12


@pytest.fixture
def whole_day() -> None:
    """Asks for the close with all the rooms around it."""


@pytest.fixture
def years(whole_day: None, desk: Desk, settings: Any) -> demo_years.Years:
    call_command("seed_strategies", verbosity=0)
    settings.OTP_CODES_PER_ADDRESS_DAY = 1_000
    last = desk.now.date()
    first = last - dt.timedelta(days=DAYS)
    entity = LegalEntity.objects.get()
    demo_years.begin_on(entity=entity, day=first, now=desk.now)
    return demo_years.Years(
        url=desk.sandbox.url,
        entity=entity,
        first=first,
        last=last,
        walkers=demo_history.cast(customers=PEOPLE, url=desk.sandbox.url),
        hands=2,
    )


def test_five_weeks_leave_books_that_agree_with_everything(
    years: demo_years.Years, desk: Desk
) -> None:
    closed = list(years.tell())
    assert len(closed) == DAYS
    assert EndOfDayRun.objects.filter(state="done").count() == DAYS
    assert BusinessDay.objects.get().current_date == years.last
    assert Loan.objects.count() >= 3
    assert LoanTransaction.objects.filter(channel="auto_debit").exists()
    assert not ReconciliationBreak.objects.exists()
    per_day = Posting.objects.values("branch", "journal__accounting_date").annotate(s=Sum("amount"))
    assert [row for row in per_day if row["s"]] == []
    for account in LoanAccount.objects.select_related("loan"):
        state = loan_lives.replayed(account, account.closed_through + dt.timedelta(days=1)).state
        assert state.principal_balance == account.principal_balance
        assert state.interest_accrued == account.interest_accrued
    moment = dt.datetime.now(tz=dt.UTC)
    breaches = [breach for check in INVARIANTS.values() for breach in check(moment)]
    assert [b for b in breaches if b["invariant"] != "I8"] == []
