"""The seven repayment methods through their whole lives, a line drawn again and again, and rates that
change in the middle of a period: every figure by hand.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum

from lending.models import CreditLine, Loan, LoanDay
from lending.selectors import credit_lines as line_selectors
from lending.selectors import loan_lives
from lending.services import drawdowns, line_days, loan_accounts, loan_catch_up
from products.selectors import current_version, resolved_terms
from tests.products.conftest import ROWS, published
from tests.servicing.book import Book
from tests.servicing.test_credit_lines import paid
from tests.servicing.test_repayments import owed_by_account

pytestmark = pytest.mark.django_db
HARVESTS = (6, 10)
METHODS = (
    "equal_instalment", "equal_principal", "interest_only", "bullet", "quarterly_interest",
    "seasonal", "flexible",
)


def loans_of_all_methods(book: Book, **more: Any) -> dict[str, Loan]:
    return {
        method: book.loan(
            method=method,
            seasonal=(HARVESTS if more.get("months") is None else (2, 5))
            if method == "seasonal"
            else (),
            **more,
        )
        for method in METHODS
    }


def catch_up(book: Book, loan: Loan) -> None:
    """The closes up to the business date, as the end of day does them."""
    with transaction.atomic():
        loan_catch_up.catch_up(
            account=loan_accounts.locked(loan.pk), through_before=book.business_date, now=book.now
        )


def test_every_method_paid_on_its_days_ends_settled_with_empty_accounts(
    book: Book, subtests: pytest.Subtests
) -> None:
    loans = loans_of_all_methods(book, months=6)
    payments = sorted(
        (row.due_date, method, row.amount)
        for method, loan in loans.items()
        for row in loan.instalments.all()
    )
    for day, method, amount in payments:
        book.go_to(day)
        book.pay(loans[method], str(amount))
    counts = {"bullet": 1, "quarterly_interest": 2, "seasonal": 2}
    for method, loan in loans.items():
        with subtests.test(method=method):
            loan.refresh_from_db()
            account = book.account(loan)
            assert (loan.state, loan.principal_balance, account.interest_open) == ("settled", 0, 0)
            assert loan.instalments.count() == counts.get(method, 6)
            interest = loan.instalments.aggregate(i=Sum("interest"))["i"]
            assert owed_by_account(loan) == {"1011": interest, "6011": -interest}
            nights = LoanDay.objects.filter(account=account).aggregate(i=Sum("interest"))["i"]
            assert nights == interest


#: The first period's interest of 12,000 at 7.2 %, and at 3.6 % from the 16th night on, under 30/360:
#: principal × months/12 × (7.2 % × 15 nights + 3.6 % × the other nights) ÷ all nights of the period.
SPLIT_PERIODS = {
    "equal_instalment": "54.00",  # 1,000 × 0.054
    "equal_principal": "54.00",
    "interest_only": "54.00",
    "flexible": "54.00",
    "bullet": "449.75",  # 12,000 × (1.08 + 0.036 × 350) ÷ 365 = 449.7534…
    "quarterly_interest": "125.61",  # 3,000 × (1.08 + 0.036 × 77) ÷ 92 = 125.6087
    "seasonal": "269.83",  # 7,000 × (1.08 + 0.036 × 197) ÷ 212 = 269.8302
}


def test_a_rate_that_changes_within_a_period_splits_its_interest_by_nights(
    book: Book, subtests: pytest.Subtests
) -> None:
    loans = loans_of_all_methods(book)
    book.go_to(book.business_date + dt.timedelta(days=15))
    for method, loan in loans.items():
        before = loan.instalments.get(number=1).amount
        book.pay(loan, "0.00", kind="rate_change", options={"annual_rate": "0.036"})
        rows = list(loan.instalments.order_by("number"))
        with subtests.test(method=method):
            assert rows[0].interest == Decimal(SPLIT_PERIODS[method])
            assert sum(row.principal for row in rows) == loan.principal
            assert rows[-1].balance_after == 0
            if method == "equal_instalment":  # a new level amount from the next instalment on
                assert len({row.amount for row in rows[1:-1]}) == 1
                assert rows[1].amount < before
    for method, loan in loans.items():
        first = loan.instalments.get(number=1)
        book.go_to(first.due_date)
        catch_up(book, loan)  # what the nights really brought is what the plan said
        nights = LoanDay.objects.filter(account__loan=loan).aggregate(i=Sum("interest"))["i"]
        with subtests.test(method=method):
            assert nights == first.interest == Decimal(SPLIT_PERIODS[method])


def test_a_quarter_year_of_interest_comes_due_in_its_quarter(book: Book) -> None:
    loan = book.loan(method="quarterly_interest", months=12)
    rows = list(loan.instalments.order_by("number"))
    assert [row.due_date.month for row in rows] == [2, 5, 8, 11]
    assert [row.interest for row in rows] == [Decimal("216.00")] * 4  # 12,000 × 7.2 % ÷ 4
    assert [row.principal for row in rows] == [0, 0, 0, Decimal("12000.00")]


def test_a_harvest_loan_falls_due_after_the_harvests(book: Book) -> None:
    loan = book.loan(method="seasonal", seasonal=HARVESTS)
    rows = list(loan.instalments.order_by("number"))
    assert [row.due_date.month for row in rows[:2]] == [6, 10]
    assert sum(row.principal for row in rows) == Decimal("12000.00")
    assert rows[0].interest == Decimal("504.00")  # seven months at 7.2 %


def test_a_line_is_drawn_repaid_redrawn_frozen_in_arrears_and_released(book: Book) -> None:
    first = book.loan(method="flexible")
    line = CreditLine.objects.get(contract=first.contract)

    def use() -> tuple[str, Decimal]:
        line.refresh_from_db()
        assert not list(line_selectors.broken_lines(book.now))
        return line.state, line.used_amount

    def close() -> None:
        for loan in line_selectors.loans(line):
            catch_up(book, loan)
        line_days.close_day(
            legal_entity=line.legal_entity, day=book.business_date - dt.timedelta(days=1), now=book.now
        )

    def draw(amount: str) -> Loan:
        wish = drawdowns.request(
            customer=line.customer, line_id=line.pk, amount=amount, now=book.now
        )
        paid(book, wish)
        return wish.loan

    assert use() == ("active", Decimal("12000.00"))
    book.go_to(first.instalments.get(number=1).due_date)  # 30 nights: 72.00 of interest
    book.pay(first, "8072.00", kind="partial_early")
    assert use() == ("active", Decimal("4000.00"))
    second = draw("5000.00")
    assert use() == ("active", Decimal("9000.00"))
    assert second.instalments.get(number=1).interest == Decimal("30.00")
    book.go_to(second.instalments.get(number=1).due_date + dt.timedelta(days=10))
    close()  # both loans are late with their interest
    assert use() == ("frozen", Decimal("9000.00"))
    assert line.freeze_reason == "overdue"
    for loan in (first, second):
        quote = book.account(loan)
        due = loan_lives.state_on(quote, book.business_date).due_amount
        book.pay(loan, str(due))
    close()
    assert use() == ("active", Decimal("9000.00"))
    third = draw("3000.00")
    assert use() == ("active", Decimal("12000.00"))
    for loan in (first, second, third):
        quote_today = loan_lives.payoff_quote(book.account(loan), book.business_date)
        book.pay(loan, str(quote_today.amount), kind="payoff")
    assert use() == ("active", Decimal("0.00"))
    assert {loan.state for loan in line_selectors.loans(line)} == {"settled"}


def test_a_product_edited_in_mid_life_changes_nothing_in_running_loans(book: Book) -> None:
    loan = book.loan(method="flexible")
    book.go_to(loan.start_date + dt.timedelta(days=40))
    catch_up(book, loan)
    before = loan_lives.payoff_quote(book.account(loan), book.business_date)
    values = ROWS["shandai"]["values"] | {
        "grace_days": 0, "is_revolving": False, "due_day_rule": "next_working_day",
        "allocation_order": ["penalty", "compound", "interest", "principal"],
        "principal_first_after_days": 90, "repricing": "yearly_january", "rate_floor": "0.100000",
    }
    published("shandai", values, book.business_date)
    terms = resolved_terms(current_version("shandai", book.business_date).pk).terms
    assert (terms.grace_days, terms.repricing) == (0, "yearly_january")
    assert loan_lives.payoff_quote(book.account(loan), book.business_date) == before
    account, line = book.account(loan), CreditLine.objects.get()
    assert (account.grace_days, account.due_day_rule, account.reprice_on) == (3, "as_is", None)
    book.pay(loan, "6000.00", kind="partial_early")
    wish = drawdowns.request(
        customer=line.customer, line_id=line.pk, amount="1000.00", now=book.now
    )
    paid(book, wish)
    assert (wish.loan.annual_rate, book.account(wish.loan).grace_days) == (Decimal("0.072"), 3)
    fresh = book.account(book.loan(rate="0.108000"))
    assert (fresh.grace_days, fresh.due_day_rule, fresh.principal_first_after) == (
        0, "next_working_day", 90,
    )
    assert (fresh.allocation, fresh.reprice_on) == (
        "penalty,compound,interest,principal", dt.date(2027, 1, 1) if book.business_date.year == 2026
        else dt.date(2028, 1, 1),
    )


def test_a_due_date_on_a_sunday_waits_for_monday_where_the_product_says_so(book: Book) -> None:
    kind = book.loan(due_day_rule="next_working_day", grace_days=0)
    strict = book.loan(grace_days=0)
    sunday, monday = dt.date(2027, 1, 24), dt.date(2027, 1, 25)
    for loan in (kind, strict):
        row = loan.instalments.get(number=1)
        book.go_to(row.due_date)
        book.pay(loan, str(row.amount))
    assert kind.instalments.get(number=2).due_date == sunday
    assert kind.instalments.get(number=2).payable_on == monday
    book.go_to(monday)
    catch_up(book, kind)
    catch_up(book, strict)
    assert (book.account(kind).days_past_due, book.account(strict).days_past_due) == (0, 1)
    book.pay(kind, str(kind.instalments.get(number=2).amount))
    assert book.account(kind).penalty_accrued == 0


def test_far_in_arrears_principal_comes_first_where_the_product_says_so(book: Book) -> None:
    first = book.loan(principal_first_after_days=90)
    usual = book.loan()
    book.go_to(first.instalments.get(number=1).due_date + dt.timedelta(days=100))
    parts = {
        loan.pk: book.pay(loan, "500.00").bookings.get().splits for loan in (first, usual)
    }
    assert {part[0] for part in parts[first.pk]} == {"principal"}
    assert [part[0] for part in parts[usual.pk]][:3] == ["compound", "penalty", "interest"]
