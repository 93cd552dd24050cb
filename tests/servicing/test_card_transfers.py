"""Collections and refunds under every fault of the core bank: once at most, none lost, booked as moved."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, InternalError, transaction

from lending.errors import IllegalState, InvalidInput
from lending.gateways import core_bank
from lending.models import CardTransfer, LoanTransaction, SmsMessage
from lending.services import card_transfer_settlement, card_transfer_sweep, card_transfers
from risk.gateways import breaker
from tests.api.test_callbacks import call
from tests.servicing.cards import Cards

pytestmark = pytest.mark.django_db


def test_what_the_bank_did_unheard_is_found_by_asking(cards: Cards) -> None:
    modes = ["error_after", "drop_after", "garbage", "huge"]
    loans = cards.due_loans(len(modes))
    assert cards.request_due() == len(modes)
    for mode, loan in zip(modes, loans, strict=True):
        breaker.reset_breakers()
        cards.sandbox.fault("corebank", "collect", mode)
        assert cards.send(loan) == "unknown", mode
        assert cards.ask(loan, 1) == "unknown", "not asked before it is due"
        assert not LoanTransaction.objects.filter(loan=loan).exists()
        assert cards.ask(loan, 6) == "succeeded", mode
        assert cards.send(loan) == "succeeded", "a repeated task finds nothing to do"
        cards.assert_booked_once(loan)
        assert loan.instalments.get(number=1).cleared_on == cards.book.business_date


def test_what_never_arrived_is_sent_again_with_the_same_key(cards: Cards) -> None:
    modes = ["drop_before", "error_before"]
    loans = cards.due_loans(len(modes))
    cards.request_due()
    for mode, loan in zip(modes, loans, strict=True):
        breaker.reset_breakers()
        cards.sandbox.fault("corebank", "collect", mode)
        assert cards.send(loan) == "unknown"
        key = cards.of(loan).core_key
        assert [cards.ask(loan, s) for s in (6, 25, 100)] == ["unknown"] * 3
        assert cards.collected(cards.of(loan)) == []
        assert cards.ask(loan, 111) == "succeeded"
        assert (cards.of(loan).core_key, cards.of(loan).attempt) == (key, 2)
        cards.assert_booked_once(loan)


def test_not_found_at_first_is_no_reason_to_collect_twice(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    cards.request_due()
    cards.sandbox.fault("corebank", "collect", "not_found_then_found")
    assert cards.send(loan) == "unknown"
    assert [cards.ask(loan, s) for s in (6, 25)] == ["unknown", "succeeded"]
    assert cards.of(loan).attempt == 1
    cards.assert_booked_once(loan)


def test_nothing_that_never_left_waits_for_the_bank(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    cards.request_due()
    for _ in range(20):
        breaker.breaker_for("corebank/collect").record(failed=True)
    assert cards.send(loan) == "unknown"
    assert cards.of(loan).first_sent_at is None
    breaker.reset_breakers()
    assert cards.ask(loan, 6) == "succeeded"
    cards.assert_booked_once(loan)


def test_a_card_without_money_books_nothing_and_is_told_once_a_day(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    card = cards.of_card(loan)
    cards.sandbox.fault("corebank", "collect", "reject", code="51", match={"payer_card": card})
    cards.request_due()
    assert cards.send(loan) == "rejected"
    assert cards.of(loan).rejection_code == "51"
    assert not LoanTransaction.objects.filter(loan=loan).exists()
    assert cards.request_due() == 0, "once a day"
    assert SmsMessage.objects.filter(template="debit_failed").count() == 1
    cards.morning(cards.book.business_date + dt.timedelta(days=1))
    assert cards.request_due() == 1, "still due the next day"
    assert cards.send(loan) == "succeeded"
    cards.assert_booked_once(loan)


def test_found_a_day_later_it_counts_on_its_day_and_the_penalty_goes(cards: Cards) -> None:
    (loan,) = cards.due_loans(1, grace_days=0)
    due = cards.book.business_date
    cards.request_due()
    cards.sandbox.fault("corebank", "collect", "drop_after")
    assert cards.send(loan) == "unknown"
    cards.morning(due + dt.timedelta(days=3))
    assert cards.book.account(loan).penalty_accrued > 0
    assert cards.request_due() == 0, "never a second debit while the first is unknown"
    assert cards.ask(loan, 86_400) == "succeeded"
    account = cards.book.account(loan)
    assert cards.of(loan).transaction.value_date == due
    assert (account.penalty_accrued, account.days_past_due, account.credit) == (0, 0, 0)
    cards.assert_booked_once(loan)


def test_a_dead_lease_is_asked_about_and_a_lost_message_is_sent_again(cards: Cards) -> None:
    """The worker died after the bank had collected: nobody heard the answer."""
    killed, lost = cards.due_loans(2)
    cards.request_due()
    claimed = card_transfers._claim(cards.of(killed).pk, from_state="created", now=cards.at(0))
    assert claimed is not None
    core_bank.collect(card_transfers.order_of(claimed))
    assert card_transfer_sweep.sweep(now=cards.at(0))["leases_ended"] == 0
    CardTransfer.objects.filter(pk=claimed.pk).update(lease_until=cards.at(-86_400 * 9_999))
    swept = card_transfer_sweep.sweep(now=cards.at(40))
    assert (swept["leases_ended"], swept["revived"]) == (1, 1)
    assert cards.ask(killed, 50) == "succeeded"
    assert cards.send(lost, 50) == "succeeded"
    for loan in (killed, lost):
        cards.assert_booked_once(loan)


def test_two_workers_at_once_collect_once(cards: Cards) -> None:
    """In one process: whoever claims second finds nothing; a status answer cannot end a running send."""
    (loan,) = cards.due_loans(1)
    cards.request_due()
    transfer = cards.of(loan)
    first = card_transfers._claim(transfer.pk, from_state="created", now=cards.at(0))
    assert first is not None
    assert card_transfers._claim(transfer.pk, from_state="created", now=cards.at(0)) is None
    late = core_bank.TransferReply("not_found")
    assert card_transfer_settlement.settle(transfer_id=transfer.pk, reply=late, now=cards.at(1)) == "sending"
    assert cards.of(loan).not_found_count == 0


def test_money_that_moved_is_kept_when_the_loan_cannot_take_it(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    cards.request_due()
    amount = cards.of(loan).amount
    # the same reference was used for something else: the booking is refused for good
    cards.book.pay(loan, "1.00", channel="auto_debit", channel_ref=cards.of(loan).core_key)
    assert cards.send(loan) == "succeeded"
    transfer = cards.of(loan)
    assert (transfer.transaction, transfer.booking_error) == (None, "IllegalState other_content")
    assert cards.collected(transfer) == [amount]
    assert cards.request_due() == 0, "what moved is not collected again"
    with pytest.raises(IllegalState) as refused:
        card_transfers.request_refund(loan_id=loan.pk, amount=Decimal(1), now=cards.at(0))
    assert refused.value.errors == {"repayment": [str(transfer.pk)]}
    assert card_transfer_sweep.sweep(now=cards.at(61))["booked"] == 0
    assert cards.of(loan).next_check_at > cards.at(61)


def test_a_parked_booking_is_made_later_as_a_plain_repayment(
    cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    (loan,) = cards.due_loans(1)
    cards.request_due()
    refuse: Callable[..., None] = lambda **_: (_ for _ in ()).throw(ValueError("parked"))  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(card_transfer_settlement.repayments, "record", refuse)
        assert cards.send(loan) == "succeeded"
    assert cards.of(loan).booking_error == "ValueError"
    assert card_transfer_sweep.sweep(now=cards.at(61))["booked"] == 1
    assert cards.of(loan).transaction.kind == "repayment"
    cards.assert_booked_once(loan)


def test_callbacks_settle_once_before_or_after_the_answer(cards: Cards) -> None:
    early, twice, wrong = cards.due_loans(3)
    cards.request_due()
    for loan in (early, wrong):
        assert card_transfers._claim(cards.of(loan).pk, from_state="created", now=cards.at(0))
    said = core_bank.collect(card_transfers.order_of(cards.of(early)))
    body = told(cards.of(early), said.core_txn_id)
    assert call(body).json() == {"result": "settled"}
    lease = cards.of(early).lease_token
    card_transfer_settlement.settle(
        transfer_id=cards.of(early).pk, reply=said, now=cards.at(1), lease_token=lease
    )
    assert cards.send(twice) == "succeeded"
    body = told(cards.of(twice), str(cards.of(twice).core_txn_id))
    assert [call(body).json()["result"] for _ in range(2)] == ["settled", "repeated"]
    for loan in (early, twice):
        cards.assert_booked_once(loan)
    call({**told(cards.of(wrong), "CB9"), "payer_card": "6222021001112223336"})
    assert (cards.of(wrong).state, cards.of(wrong).problem) == ("manual", "mismatch: payer")


def told(transfer: CardTransfer, number: str) -> dict[str, str]:
    """What the core bank's callback says."""
    return {
        "event_id": f"E{transfer.core_key}", "kind": "in", "status": "succeeded",
        "key": transfer.core_key, "amount": str(transfer.amount),
        "payer_card": transfer.bank_card.card_number, "core_txn_id": number,
    }


def test_a_debit_that_came_a_moment_earlier_is_named(
    cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The close of the day takes no lock on the account: the database's unique index decides."""
    (loan,) = cards.due_loans(1)
    cards.book.pay(loan, "5000.00")
    cards.morning(loan.instalments.get(number=8).due_date)
    real, seen = card_transfers.found.on_its_way, []

    def too_early(loan_id: UUID) -> CardTransfer | None:
        seen.append(loan_id)
        if len(seen) == 1:
            return real(loan_id)
        if len(seen) == 2:  # asked, and only now the other one commits
            assert cards.request_due() == 1
            return None
        return real(loan_id)

    monkeypatch.setattr(card_transfers.found, "on_its_way", too_early)
    with pytest.raises(IllegalState) as refused:
        card_transfers.request_refund(loan_id=loan.pk, amount=Decimal("0.01"), now=cards.at(0))
    assert (refused.value.code, len(seen)) == ("transfer_on_its_way", 3)


def test_two_hours_without_an_answer_go_to_people(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    cards.request_due()
    cards.sandbox.fault("corebank", "collect", "drop_before", times=50)
    cards.sandbox.fault("corebank", "transfer-status", "error_500", times=50)
    assert cards.send(loan) == "unknown"
    assert cards.ask(loan, 6) == "unknown"
    assert cards.ask(loan, 7_300) == "manual"
    assert cards.request_due() == 0


def test_an_echo_of_another_amount_goes_to_people(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    cards.request_due()
    cards.sandbox.fault("corebank", "collect", "wrong_amount")
    assert cards.send(loan) == "manual"
    assert cards.of(loan).problem == "mismatch: amount"
    assert not LoanTransaction.objects.filter(loan=loan).exists()


class TestRefunds:
    def test_waiting_money_goes_back_once_and_never_twice(self, cards: Cards) -> None:
        loan = cards.book.loan()
        cards.book.pay(loan, "300.00")
        with pytest.raises(InvalidInput):
            card_transfers.request_refund(loan_id=loan.pk, amount=Decimal("300.01"), now=cards.at(0))
        card_transfers.request_refund(loan_id=loan.pk, amount=Decimal("200.00"), now=cards.at(0))
        with pytest.raises(IllegalState):
            card_transfers.request_refund(loan_id=loan.pk, amount=Decimal("100.00"), now=cards.at(0))
        for kind in ("credit_use", "payoff"):
            with pytest.raises(IllegalState) as refused:
                cards.book.pay(loan, "300.00", kind=kind)
            assert refused.value.code == "refund_on_its_way"
        cards.sandbox.fault("corebank", "transfer", "drop_after")
        assert cards.send(loan) == "unknown"
        assert cards.book.account(loan).credit == Decimal("300.00"), "booked when the bank said yes"
        assert cards.ask(loan, 6) == "succeeded"
        refund = cards.of(loan)
        assert refund.core_key.startswith("R")
        assert cards.collected(refund) == [Decimal("200.00")]
        assert cards.book.account(loan).credit == Decimal("100.00")
        assert (refund.transaction.kind, refund.transaction.channel_ref) == ("refund", refund.core_key)

    def test_a_refused_refund_leaves_the_money_waiting(self, cards: Cards) -> None:
        loan = cards.book.loan()
        cards.book.pay(loan, "300.00")
        card_transfers.request_refund(loan_id=loan.pk, amount=Decimal("300.00"), now=cards.at(0))
        cards.sandbox.fault("corebank", "transfer", "reject")
        assert cards.send(loan) == "rejected"
        assert cards.book.account(loan).credit == Decimal("300.00")
        assert not SmsMessage.objects.filter(template="debit_failed").exists()
        card_transfers.request_refund(loan_id=loan.pk, amount=Decimal("300.00"), now=cards.at(9))


def test_the_database_refuses_what_must_not_be(cards: Cards) -> None:
    (loan,) = cards.due_loans(1)
    cards.request_due()
    rows = CardTransfer.objects.filter(loan=loan)
    other = cards.book.loan()
    for change in (
        {"state": "succeeded", "core_txn_id": "X1"}, {"amount": 1}, {"core_key": "C0"},
        {"direction": "out"}, {"loan": other}, {"business_date": loan.start_date}, {"kind": "payoff"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        rows._raw_delete(rows.db)
    cards.send(loan)
    for change in ({"core_txn_id": "CB2"}, {"transaction": None}, {"state": "unknown"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
