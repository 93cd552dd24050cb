"""Who waits for a loan's account sees the whole loan as the one before left it."""

import threading
import time
from decimal import Decimal

import pytest
from django.db import connection, transaction

from lending.domain.servicing.facts import TransactionKind
from lending.models import Loan
from lending.services import loan_accounts, repayments
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reversal_that_waited_for_a_payoff_opens_the_loan_again(book: Book) -> None:
    loan = book.loan()
    early = book.pay(loan, "500.00", kind="partial_early")
    waits, failed = threading.Event(), []

    def reverse() -> None:
        waits.set()
        try:
            repayments.reverse(
                transaction_id=early.pk, reason="bounced", maker=None, checker=None, now=book.now
            )
        except Exception as error:  # the other thread looks at it
            failed.append(error)
        finally:
            connection.close()

    second = threading.Thread(target=reverse)
    with transaction.atomic():
        loan_accounts.locked(loan.pk)
        second.start()
        waits.wait()
        time.sleep(1)  # it stands before the lock now
        repayments.record(
            loan_id=loan.pk, kind=TransactionKind.PAYOFF, amount=Decimal("11500.00"), channel="officer",
            channel_ref="V-PAYOFF", now=book.now,
        )
    second.join()
    assert failed == []
    fresh = Loan.objects.select_related("account").get(pk=loan.pk)
    assert fresh.account.principal_balance == fresh.principal_balance == Decimal("500.00")
    assert (fresh.account.is_open, fresh.state) == (True, "active")
