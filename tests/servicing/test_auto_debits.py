"""What the end of day asks the cards for: exactly what is due, once a loan and day."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lending.models import CardTransfer, LoanAccount, LoanTransaction, OutboxMessage
from lending.selectors import loan_dues, loan_lives
from lending.services import auto_debits, card_transfers
from tests.servicing.cards import Cards

pytestmark = pytest.mark.django_db


def test_each_loan_is_asked_for_what_the_replay_says_is_due(
    cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auto_debits, "PAGE", 2)
    loans = cards.due_loans(2, grace_days=0)
    loans += [
        cards.book.loan(method="bullet"),
        cards.book.loan(method="interest_only", day_count="act/360", rate="0.08"),
    ]
    cards.morning(loans[3].instalments.get(number=1).due_date)
    cards.book.pay(loans[1], "5.00")
    cards.morning(cards.book.business_date + dt.timedelta(days=11))
    day = cards.book.business_date
    for loan in loans:
        account = cards.book.account(loan)
        assert loan_dues.of_account(account).owed == loan_lives.state_on(account, day).due_amount
    parked = cards.book.loan()
    LoanAccount.objects.filter(loan=parked).update(parked_at=cards.book.now)
    assert cards.request_due() == 3
    asked = dict(CardTransfer.objects.values_list("loan_id", "amount"))
    due = {loan.pk: loan_dues.of_account(cards.book.account(loan)).due for loan in loans}
    assert asked == {pk: amount for pk, amount in due.items() if amount > 0}
    sent = OutboxMessage.objects.filter(task="lending.send_card_transfer")
    assert {m.arguments["transfer_id"] for m in sent} == {
        str(pk) for pk in CardTransfer.objects.values_list("pk", flat=True)
    }
    assert auto_debits.waiting(legal_entity=cards.bank, day=day) == 3
    assert cards.request_due() == 0
    cards.send(loans[0])
    assert auto_debits.waiting(legal_entity=cards.bank, day=day) == 2
    cards.assert_booked_once(loans[0])


def test_who_pays_while_the_page_is_read_is_not_asked_for_it_again(cards: Cards) -> None:
    paid, partly = cards.due_loans(2)
    day = cards.book.business_date
    page = loan_dues.to_collect(legal_entity=cards.bank, day=day, after=0, limit=9).loans
    due = page[0].due
    cards.book.pay(paid, str(due))
    cards.book.pay(partly, "100.00")
    assert auto_debits._request_page(cards.bank, page, day, cards.at(0)) == 1
    assert cards.of(partly).amount == due - 100


def test_two_runs_at_once_ask_once(cards: Cards) -> None:
    """The second run has read its page before the first has written: the database decides."""
    cards.due_loans(2)
    day = cards.book.business_date
    page = loan_dues.to_collect(legal_entity=cards.bank, day=day, after=0, limit=9).loans
    assert auto_debits._request_page(cards.bank, page, day, cards.at(0)) == 2
    assert auto_debits._request_page(cards.bank, page, day, cards.at(0)) == 0
    assert CardTransfer.objects.count() == 2


def test_many_loans_cost_no_more_questions_than_one(cards: Cards) -> None:
    cards.due_loans(6)
    with CaptureQueriesContext(connection) as asked:
        assert cards.request_due() == 6
    assert len(asked) <= 12


def test_waiting_money_is_used_before_the_card_is_asked(cards: Cards) -> None:
    rich = cards.book.loan()
    poor, held = cards.book.loan(), cards.book.loan()
    first = rich.instalments.get(number=1)
    cards.book.pay(rich, str(first.amount + 10))
    cards.book.pay(poor, "100.00")
    cards.book.pay(held, "100.00")
    cards.morning(first.due_date)
    card_transfers.request_refund(loan_id=held.pk, amount=Decimal("100.00"), now=cards.at(0))

    def use() -> int:
        return auto_debits.use_credit(
            legal_entity=cards.bank, day=cards.book.business_date, now=cards.at(0)
        )

    assert (use(), use()) == (2, 0)
    assert cards.book.account(rich).credit == 10
    first.refresh_from_db()
    assert first.open_amount == 0
    used = LoanTransaction.objects.get(loan=poor, kind="credit_use")
    assert (used.channel, used.channel_ref) == (
        "system", f"credit:{poor.pk}:{cards.book.business_date}",
    )
    assert cards.book.account(held).credit == 100, "a refund is on its way"
    assert cards.request_due() == 1
    assert cards.of(poor).amount == first.amount - 100


def test_a_card_long_without_money_is_asked_once_a_week(cards: Cards) -> None:
    (loan,) = cards.due_loans(1, grace_days=0)
    cards.morning(cards.book.business_date + dt.timedelta(days=43))
    assert cards.book.account(loan).days_past_due == 43
    assert cards.request_due() == 0
    cards.morning(cards.book.business_date + dt.timedelta(days=6))
    assert cards.request_due() == 1
