"""Running loans take the LPR of their repricing day: once, on that day, to the cent."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from lending.models import CreditLine, DeadLetter, Loan, LoanContract, SmsMessage
from lending.services import drawdowns, repricing
from products.services.parameters import set_parameter
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db
NEW_YEAR = dt.date(2027, 1, 1)


@pytest.fixture
def cheaper(book: Book) -> Book:
    """From 1 January 2027 the LPR is 2.50 %, half a point less."""
    set_parameter(
        code="LPR_1Y", value=Decimal("0.025"), valid_from=NEW_YEAR, basis="test", author="finance",
        today=book.business_date,
    )
    return book


def run(book: Book, loan: Loan) -> int:
    return repricing.reprice_due(
        legal_entity=loan.legal_entity, day=book.business_date, now=book.now
    )


def floating(book: Book, **more: Any) -> Loan:
    return book.loan(method="interest_only", repricing="yearly_january", **more)


def test_the_first_of_january_brings_the_new_lpr_from_that_night_on(cheaper: Book) -> None:
    book, loan, fixed = cheaper, floating(cheaper), cheaper.loan(method="interest_only")
    assert (book.account(loan).reprice_on, book.account(fixed).reprice_on) == (NEW_YEAR, None)
    book.go_to(NEW_YEAR - dt.timedelta(days=1))
    assert run(book, loan) == 0
    book.go_to(NEW_YEAR)
    assert (run(book, loan), run(book, loan)) == (1, 0)
    account = book.account(loan)
    assert (account.annual_rate, account.reprice_on) == (Decimal("0.067"), dt.date(2028, 1, 1))
    one = loan.transactions.get()
    assert (one.kind, one.value_date, one.options) == (
        "rate_change", NEW_YEAR, {"annual_rate": "0.067000"},
    )
    # 24 December to 24 January under 30/360: 12,000 ÷ 12 × (8 nights at 7.2 % + 23 at 6.7 %) ÷ 31
    assert loan.instalments.get(number=2).interest == Decimal("68.29")
    assert fixed.instalments.get(number=2).interest == Decimal("72.00")
    message = SmsMessage.objects.get(template="rate_changed")
    assert (message.parameters["before"], message.parameters["rate"]) == ("7.2000%", "6.7000%")
    assert message.parameters["next_amount"] == "68.29"


def test_a_missed_day_is_made_good_with_its_own_date(cheaper: Book) -> None:
    book, late, prompt = cheaper, floating(cheaper), floating(cheaper)
    book.go_to(NEW_YEAR)
    repricing.reprice(loan_id=prompt.pk, now=book.now)
    book.go_to(NEW_YEAR + dt.timedelta(days=40))
    book.pay(late, "10.00")
    book.pay(prompt, "10.00")
    assert run(book, late) == 1
    left, right = book.account(late), book.account(prompt)
    for name in ("annual_rate", "interest_accrued", "interest_base", "penalty_accrued", "reprice_on"):
        assert getattr(left, name) == getattr(right, name), name


def test_one_bad_loan_leaves_a_letter_and_stops_nobody(cheaper: Book) -> None:
    book, bad, good = cheaper, floating(cheaper), floating(cheaper)
    account = book.account(bad)
    account.version += 1
    account.allocation = "nonsense"
    account.save()
    book.go_to(NEW_YEAR)
    assert (run(book, good), run(book, good)) == (1, 0)
    assert book.account(good).annual_rate == Decimal("0.067")
    assert DeadLetter.objects.get().arguments == {"loan_id": str(bad.pk)}
    assert book.account(bad).reprice_on == NEW_YEAR


def test_an_unchanged_lpr_writes_nothing_and_a_restructured_rate_stays(book: Book) -> None:
    loan, helped = floating(book), floating(book)
    book.pay(helped, "0.00", kind="restructuring", options={"months": 24, "annual_rate": "0.02"})
    book.go_to(NEW_YEAR)
    assert run(book, loan) == 2
    assert not loan.transactions.exists()
    assert book.account(loan).reprice_on == dt.date(2028, 1, 1)
    assert (book.account(helped).annual_rate, book.account(helped).reprice_on) == (
        Decimal("0.02"), None,
    )
    assert not SmsMessage.objects.filter(template="rate_changed").exists()


def test_a_drawing_after_repricing_has_the_lines_new_rate(cheaper: Book) -> None:
    book = cheaper
    loan = book.loan(method="flexible", repricing="yearly_january")
    book.pay(loan, "6000.00", kind="partial_early")
    line = CreditLine.objects.get(contract=loan.contract)
    wish: dict[str, Any] = {"customer": line.customer, "line_id": line.pk, "amount": "1000.00"}
    terms = LoanContract.objects.get(pk=loan.contract_id)
    assert terms.annual_rate == Decimal("0.072")
    book.go_to(NEW_YEAR + dt.timedelta(days=3))
    assert drawdowns.request(now=book.now, **wish).annual_rate == Decimal("0.067")
