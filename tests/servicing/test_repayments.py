"""Recording and reversing on PostgreSQL: the account, the plan and the books follow the replay."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum

from lending.errors import IllegalState, InvalidInput
from lending.models import Journal, Loan, LoanDay, Posting
from lending.selectors import loan_lives
from lending.services import card_transfers, repayments
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db


def owed_by_account(loan: Loan) -> dict[str, Decimal]:
    rows = Posting.objects.filter(loan=loan).values_list("account__code").annotate(Sum("amount"))
    return {code: total for code, total in rows if total}


def test_a_loan_paid_on_each_due_date_is_settled_with_empty_accounts(book: Book) -> None:
    loan = book.loan()
    for row in list(loan.instalments.order_by("number")):
        book.go_to(row.due_date)
        book.pay(loan, str(row.amount))
    loan.refresh_from_db()
    account = book.account(loan)
    assert (loan.state, loan.principal_balance, account.interest_open) == ("settled", 0, 0)
    assert LoanDay.objects.filter(account=account).count() == 365
    interest = loan.instalments.aggregate(i=Sum("interest"))["i"]
    assert owed_by_account(loan) == {"1011": interest, "6011": -interest}


def test_a_reversed_repayment_leaves_the_loan_as_if_it_had_never_come(book: Book) -> None:
    one, two = book.loan(), book.loan()
    first = one.instalments.get(number=1)
    book.go_to(first.due_date)
    paid = book.pay(one, str(first.amount))
    for day in (10, 40):
        book.go_to(first.due_date + dt.timedelta(days=day))
        for loan in (one, two):
            book.pay(loan, "500.00")
    repayments.reverse(transaction_id=paid.pk, reason="test", maker=None, checker=None, now=book.now)
    left, right = book.account(one), book.account(two)
    for name in (
        "principal_balance", "late_principal", "late_interest", "interest_base", "penalty_base",
        "compound_base", "interest_accrued", "penalty_accrued", "interest_cleared", "days_past_due",
        "credit", "tier",
    ):
        assert getattr(left, name) == getattr(right, name), name
    assert owed_by_account(one) == owed_by_account(two)
    assert Journal.objects.filter(reverses__isnull=False).exists()


def test_a_back_dated_repayment_takes_back_the_penalty(book: Book) -> None:
    loan = book.loan(grace_days=0)
    first = loan.instalments.get(number=1)
    book.go_to(first.due_date + dt.timedelta(days=20))
    book.pay(loan, "1.00")
    assert book.account(loan).penalty_accrued > 0
    book.pay(loan, str(first.amount), value_date=first.due_date)
    account = book.account(loan)
    assert (account.penalty_accrued, account.days_past_due, account.credit) == (0, 0, Decimal("1.00"))
    assert owed_by_account(loan).get("1133", 0) == 0


def test_the_payoff_quote_ends_the_loan_on_its_day(book: Book) -> None:
    loan = book.loan(method="interest_only", day_count="act/360")
    book.go_to(loan.start_date + dt.timedelta(days=45))
    quote = loan_lives.payoff_quote(book.account(loan), book.business_date)
    assert quote.amount == quote.principal + quote.interest + quote.charges
    book.pay(loan, str(quote.amount), kind="payoff")
    loan.refresh_from_db()
    assert loan.state == "settled"
    assert book.account(loan).credit == 0


def test_what_cannot_be_is_refused_in_words(book: Book) -> None:
    loan = book.loan()
    book.pay(loan, "100.00", channel_ref="one")
    assert book.pay(loan, "100.00", channel_ref="one").number == 1
    with pytest.raises(IllegalState):
        book.pay(loan, "100.01", channel_ref="one")
    for wrong in (book.business_date + dt.timedelta(days=1), loan.start_date - dt.timedelta(days=1)):
        with pytest.raises(InvalidInput):
            book.pay(loan, "10.00", value_date=wrong)


def test_what_was_given_back_cannot_be_taken_from_under_it(book: Book) -> None:
    """A refund left the bank: nothing may make the books say that it did not."""
    loan = book.loan()
    paid = book.pay(loan, "50.00")
    with pytest.raises(InvalidInput):
        book.pay(loan, "50.01", kind="refund")
    book.pay(loan, "50.00", kind="refund")
    with pytest.raises(InvalidInput):
        repayments.reverse(transaction_id=paid.pk, reason="x", maker=None, checker=None, now=book.now)
    assert book.account(loan).credit == 0
    assert owed_by_account(loan).get("1011") == -loan.principal


def test_money_on_its_way_back_to_the_card_is_kept_for_it(book: Book) -> None:
    """Else the refund, done by the core bank, could never be booked."""
    loan = book.loan()
    paid = book.pay(loan, "50.00")
    sent = card_transfers.request_refund(loan_id=loan.pk, amount=Decimal("50.00"), now=book.now)
    with pytest.raises(IllegalState, match="refund_on_its_way"):
        repayments.reverse(transaction_id=paid.pk, reason="x", maker=None, checker=None, now=book.now)
    book.pay(loan, "50.00", kind="refund", channel_ref=sent.core_key)
    assert book.account(loan).credit == 0


def test_a_reversed_payoff_before_a_write_off_leaves_the_loan_written_off(book: Book) -> None:
    loan = book.loan()
    start = book.business_date
    book.go_to(start + dt.timedelta(days=60))
    book.pay(loan, "0.00", kind="write_off")
    found = book.pay(loan, "12100.00", kind="payoff", value_date=start + dt.timedelta(days=20))
    loan.refresh_from_db()
    assert loan.state == "settled"
    repayments.reverse(transaction_id=found.pk, reason="test", maker=None, checker=None, now=book.now)
    loan.refresh_from_db()
    assert (loan.state, loan.principal_balance) == ("written_off", 0)
    assert owed_by_account(loan)["7020"] == book.account(loan).claim > 12_000


def test_a_payoff_reversed_months_later_leaves_no_day_out(book: Book) -> None:
    loan = book.loan()
    start = book.business_date
    book.go_to(start + dt.timedelta(days=5))
    quote = loan_lives.payoff_quote(book.account(loan), book.business_date)
    paid = book.pay(loan, str(quote.amount), kind="payoff")
    book.go_to(start + dt.timedelta(days=70))
    repayments.reverse(transaction_id=paid.pk, reason="test", maker=None, checker=None, now=book.now)
    account = book.account(loan)
    assert account.closed_through == start + dt.timedelta(days=69)
    assert LoanDay.objects.filter(account=account).count() == 70
    assert account.days_past_due > 30
    assert owed_by_account(loan)["1132"] == account.interest_open


def test_amounts_that_are_none_are_refused(book: Book) -> None:
    loan = book.loan()
    for wrong in ("0.001", "0", "-1", "NaN", "1e30", "1000000000"):
        with pytest.raises(InvalidInput):
            book.pay(loan, wrong)
    book.pay(loan, "50.00")
    with pytest.raises(InvalidInput):
        book.pay(loan, "50.01", kind="refund")


def test_a_quote_with_more_money_waiting_than_is_owed_says_the_true_interest(book: Book) -> None:
    loan = book.loan(day_count="act/360")
    book.pay(loan, "13000.00")
    book.go_to(loan.start_date + dt.timedelta(days=5))
    quote = loan_lives.payoff_quote(book.account(loan), book.business_date)
    assert (quote.amount, quote.interest, quote.credit) == (0, Decimal("12.00"), Decimal("13000.00"))
