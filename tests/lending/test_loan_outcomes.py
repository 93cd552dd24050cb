"""When a loan turned bad, read from its schedule and what it still owes."""

import datetime as dt

import pytest

from lending.models import Loan
from lending.selectors.monitoring import loan_outcomes
from lending.services import disbursements
from tests.lending.conftest import Cast

pytestmark = pytest.mark.django_db


def test_a_loan_is_bad_from_thirty_days_after_what_it_missed(cast: Cast) -> None:
    applicant = cast.applicant("rice_farmer").to_signed()
    disbursements.send(disbursement_id=applicant.payout.pk, now=applicant.now)
    loan = Loan.objects.get(application=applicant.application)
    dues = list(loan.instalments.filter(balance_after__lt=loan.principal).values_list("due_date"))
    missed = dues[0][0]
    late = missed + dt.timedelta(days=30)

    def found(on: dt.date) -> dt.date | None:
        (row,) = loan_outcomes(today=on)
        assert row.decision_id == loan.application.decision_id
        assert row.disbursed_on == loan.start_date
        return row.bad_on

    assert found(late) is None  # active: nobody says that it was not paid
    Loan.objects.filter(pk=loan.pk).update(state="overdue")
    assert found(late - dt.timedelta(days=1)) is None
    assert found(late) == late
    first = loan.instalments.get(due_date=missed)
    Loan.objects.filter(pk=loan.pk).update(principal_balance=first.balance_after)
    assert found(late) is None  # the first one was paid; a later one is what is missing
    assert list(loan_outcomes(today=late, since=loan.created_at + dt.timedelta(days=1))) == []
