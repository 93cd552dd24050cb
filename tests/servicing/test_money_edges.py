"""What meets at the card: two refusals a day, a refund and a reversal at once, a slow bank."""

from decimal import Decimal

import pytest
from django.utils import timezone

from lending.errors import IllegalState
from lending.models import CardTransfer, EndOfDayRun, SmsMessage
from lending.selectors import loan_dues
from lending.services import (
    auto_debits,
    card_transfers,
    customer_repayments,
    end_of_day_money,
    loan_papers,
    repayments,
    sms,
)
from tests.servicing.cards import Cards

pytestmark = pytest.mark.django_db


def no_money(cards: Cards, card: str, times: int = 5) -> None:
    cards.sandbox.fault(
        "corebank", "collect", "reject", code="51", match={"payer_card": card}, times=times
    )


def test_a_card_that_refuses_twice_a_day_closes_both_and_is_told_once(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    no_money(cards, cards.of_card(loan))
    cards.request_due()
    assert cards.send(loan) == "rejected"
    customer_repayments.request(
        loan_id=loan.pk, customer=loan.customer, kind="due", amount="10.00", choice=None, now=cards.at(60)
    )
    second = CardTransfer.objects.get(loan=loan, channel="applicant")
    card_transfers.send(transfer_id=second.pk, now=cards.at(61))
    second.refresh_from_db()
    assert second.state == "rejected"
    assert SmsMessage.objects.filter(template="debit_failed").count() == 1


def test_the_text_about_a_refused_debit_goes_while_something_is_due(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    no_money(cards, cards.of_card(loan))
    cards.request_due()
    assert cards.send(loan) == "rejected"
    text = SmsMessage.objects.get(template="debit_failed")
    when = max(text.next_try_at, timezone.localtime(text.next_try_at).replace(hour=10))
    assert sms.deliver(sms_id=text.pk, now=when)


def test_a_reversal_waits_for_the_refund_of_its_money(cards: Cards) -> None:
    loan = cards.book.loan()
    paid = cards.book.pay(loan, "300.00")
    card_transfers.request_refund(loan_id=loan.pk, amount=Decimal("300.00"), now=cards.at(0))
    with pytest.raises(IllegalState) as refused:
        repayments.reverse(
            transaction_id=paid.pk, reason="wrong loan", maker=None, checker=None, now=cards.at(1)
        )
    assert refused.value.code == "refund_on_its_way"
    assert cards.send(loan, 2) == "succeeded"
    assert cards.of(loan).transaction is not None, cards.of(loan).booking_error


def test_a_loan_is_settled_on_the_day_it_was_not_on_the_day_of_a_refund(cards: Cards) -> None:
    loan = cards.book.loan()
    cards.book.pay(loan, "12500.00", kind="payoff")
    day = cards.book.business_date
    cards.book.go_to(day.replace(day=day.day + 3) if day.day < 25 else day)
    credit = cards.book.account(loan).credit
    cards.book.pay(loan, str(credit), kind="refund")
    loan.refresh_from_db()
    paper = loan_papers.request(
        loan=loan, kind="settlement_letter", asked_by="customer", now=cards.at(0)
    )
    assert paper.facts["settled_on"] == day.isoformat()


def test_a_slow_bank_does_not_hold_the_close_beyond_its_time(
    cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards.due_loans(6)
    monkeypatch.setattr(end_of_day_money, "SECONDS_MAX", 0.8)
    cards.sandbox.fault("corebank", "collect", "delay", times=6, delay_s=0.5)
    run = EndOfDayRun(legal_entity=cards.bank, business_date=cards.book.business_date)
    end_of_day_money.collect(run, now=cards.at(0))
    assert set(CardTransfer.objects.values_list("state", flat=True)) == {"succeeded", "created"}


def test_who_pays_while_the_debits_are_being_written_is_not_asked_again(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    page = loan_dues.to_collect(
        legal_entity=cards.bank, day=cards.book.business_date, after=0, limit=auto_debits.PAGE
    )
    assert [one.loan_id for one in page.loans] == [loan.pk]
    cards.book.pay(loan, str(page.loans[0].due))
    day = cards.book.business_date
    assert auto_debits._request_page(cards.bank, page.loans, day, cards.at(0)) == 0
