"""Repaying by the applicant: what is allowed, what is answered, and that a repeat is no second payment."""

import datetime as dt
import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lending.api.views.repayments import RepaymentsView
from lending.models import CardTransfer, IdempotencyKey, Loan
from lending.services import card_transfers
from tests.api.conftest import log_in
from tests.api.phone import Answer, Phone
from tests.servicing.book import Book
from tests.servicing.cards import Cards
from tests.servicing.conftest import bank as bank
from tests.servicing.conftest import book as book
from tests.servicing.conftest import cards as cards

pytestmark = pytest.mark.django_db


def phone_of(loan: Loan) -> Phone:
    return log_in(loan.customer.mobile, timezone.now())


def repay(phone: Phone, loan: Loan, amount: object, kind: str = "due", **more: Any) -> Answer:
    key = more.pop("key", "")
    return phone.post(f"loans/{loan.pk}/repayments/", {"amount": amount, "kind": kind, **more}, key=key)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs in these tests: do not wait for one."""
    monkeypatch.setattr(RepaymentsView, "wait_s", 0)


def test_the_loan_says_what_is_due_and_the_plan_what_is_paid(cards: Cards, book: Book) -> None:
    (loan,) = cards.due_loans(1, grace_days=0)
    phone = phone_of(loan)
    rows = phone.get(f"loans/{loan.pk}/schedule/").body["results"]
    assert [row["state"] for row in rows] == ["due"] + ["upcoming"] * 11
    first, second = rows[0], rows[1]
    said = phone.get(f"loans/{loan.pk}/").body
    assert (said["due_amount"], said["overdue_amount"]) == (first["amount"], "0.00")
    assert said["next_due"] == {"date": second["due"], "amount": second["amount"]}
    quote = phone.get(said["payoff"]).body
    parts = [Decimal(quote[name]) for name in ("principal", "interest", "charges")]
    assert Decimal(quote["amount"]) == sum(parts) - Decimal(quote["credit"])
    assert quote["valid_on"] == book.business_date.isoformat()
    cards.morning(book.business_date + dt.timedelta(days=5))
    book.pay(loan, "100.00")
    late = phone.get(f"loans/{loan.pk}/").body
    assert (late["state"], late["days_past_due"]) == ("overdue", 5)
    assert Decimal(late["overdue_amount"]) == Decimal(late["due_amount"]) > 0
    row = phone.get(f"loans/{loan.pk}/schedule/").body["results"][0]
    assert row["state"] == "overdue"
    cleared = Decimal(row["principal_cleared"]) + Decimal(row["interest_cleared"])
    assert Decimal(row["open_amount"]) == Decimal(row["amount"]) - cleared


def test_a_payment_goes_its_way_and_a_repeat_is_the_same(
    cards: Cards, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (loan,) = cards.due_loans(1)
    phone = phone_of(loan)
    due = phone.get(f"loans/{loan.pk}/").body["due_amount"]
    first = repay(phone, loan, due, key="one")
    assert (first.status, first.body["state"], first.body["transaction"]) == (202, "created", None)
    assert repay(phone, loan, due, key="one").raw == first.raw
    assert repay(phone, loan, "1.00", key="one").code == "idempotency_key_reuse"
    other = repay(phone, loan, "1.00")
    assert (other.status, other.code) == (409, "transfer_on_its_way")
    assert other.body["errors"] == {"repayment": [first.body["id"]]}
    assert cards.send(loan) == "succeeded"
    done = phone.get(f"repayments/{first.body['id']}/").body
    splits = done["transaction"]["splits"]
    assert sum(Decimal(part["amount"]) for part in splits) == Decimal(due)
    assert {part["component"] for part in splits} == {"interest", "principal"}
    assert (done["kind"], done["loan"]["due_amount"]) == ("due", "0.00")
    cards.assert_booked_once(loan)
    # the answer of the first request was lost with its process: the effect is found again
    IdempotencyKey.objects.all().delete()
    again = repay(phone, loan, due, key="one")
    assert (again.status, again.body["id"]) == (201, first.body["id"])
    IdempotencyKey.objects.all().delete()
    assert repay(phone, loan, "1.00", key="one").code == "idempotency_key_reuse"
    assert CardTransfer.objects.count() == 1
    listed = phone.get(f"loans/{loan.pk}/repayments/").body["results"]
    assert [row["id"] for row in listed] == [first.body["id"]]


def test_amounts_that_cannot_be_are_refused_by_name(cards: Cards, at_once: None) -> None:
    (loan,) = cards.due_loans(1)
    phone = phone_of(loan)
    for amount in ("0.001", "0", "-1.00", "1e3", "NaN", "１.00", "", "9" * 30, "0.00"):
        answer = repay(phone, loan, amount)
        assert (answer.status, list(answer.body["errors"])) == (422, ["amount"]), amount
    for body in ({"amount": 1.5, "kind": "due"}, {"amount": "1.00", "kind": "gift"}, {"kind": "due"}):
        assert phone.post(f"loans/{loan.pk}/repayments/", body).status == 400
    said = phone.get(f"loans/{loan.pk}/").body
    most = Decimal(said["due_amount"]) + Decimal(said["next_due"]["amount"])
    answer = repay(phone, loan, str(most + Decimal("0.01")))
    assert (answer.status, str(most) in answer.body["detail"]) == (422, True)
    assert repay(phone, loan, "5.00", choice="shorten_term").status == 422
    assert not CardTransfer.objects.exists()
    assert repay(phone, loan, str(most)).status == 202
    cards.send(loan)
    assert cards.book.account(loan).credit == Decimal(said["next_due"]["amount"])


def test_a_part_is_paid_early_only_as_the_contract_allows(
    cards: Cards, book: Book, at_once: None
) -> None:
    locked = book.loan(early_repayment_lock_days=400, early_repayment_options=("payoff",))
    (loan,) = cards.due_loans(1, early_repayment_options=("payoff", "shorten_term"))
    phone = phone_of(loan)
    due = Decimal(phone.get(f"loans/{loan.pk}/").body["due_amount"])
    enough = str(due + 3000)
    shown = phone.post(f"loans/{loan.pk}/early-preview/", {"amount": enough})
    assert shown.status == 200
    (only,) = shown.body["previews"]
    assert (only["choice"], only["off_principal"]) == ("shorten_term", "3000.00")
    assert Decimal(only["interest_saved"]) > 0
    for amount, more in (
        (str(due), {}), (enough, {"choice": "lower_instalment"}), ("500000.00", {}),
    ):
        assert repay(phone, loan, amount, "partial_early", **more).status == 422
    other = phone_of(locked)
    for kind, amount in (("partial_early", "5000.00"), ("payoff", "12000.00")):
        assert repay(other, locked, amount, kind).status == 422
    answer = repay(phone, loan, enough, "partial_early", choice="shorten_term")
    assert answer.status == 202
    assert cards.send(loan) == "succeeded"
    cards.assert_booked_once(loan)
    rows = phone.get(f"loans/{loan.pk}/schedule/").body["results"]
    left = [row for row in rows if row["state"] == "upcoming"]
    assert [(r["due"], r["principal"]) for r in left] == [
        (r["due"], r["principal"]) for r in only["instalments"]
    ]


def test_everything_is_paid_off_at_the_quote_and_nothing_after(cards: Cards, at_once: None) -> None:
    (loan,) = cards.due_loans(1)
    phone = phone_of(loan)
    quote = phone.get(f"loans/{loan.pk}/payoff-quote/").body["amount"]
    wrong = repay(phone, loan, "12000.00", "payoff")
    assert (wrong.status, wrong.code, quote in wrong.body["detail"]) == (
        422, "not_the_payoff_amount", True,
    )
    assert repay(phone, loan, quote, "payoff").status == 202
    cards.send(loan)
    said = phone.get(f"loans/{loan.pk}/").body
    assert (said["state"], said["principal_balance"], said["payoff"]) == ("settled", "0.00", None)
    assert phone.get(f"loans/{loan.pk}/payoff-quote/").status == 404
    for kind in ("due", "partial_early", "payoff"):
        answer = repay(phone, loan, "1.00", kind)
        assert (answer.status, answer.code) == (409, "loan_closed")
    cards.assert_booked_once(loan)


def test_another_persons_loan_is_not_there(cards: Cards, book: Book, at_once: None) -> None:
    mine, theirs = book.loan(), book.loan()
    phone = phone_of(mine)
    book.pay(theirs, "10.00")
    assert repay(phone, theirs, "1.00").status == 404
    assert repay(phone_of(theirs), theirs, "1.00").status == 202
    for path in (
        f"loans/{theirs.pk}/repayments/", f"loans/{theirs.pk}/payoff-quote/",
        f"repayments/{CardTransfer.objects.get().pk}/",
    ):
        assert phone.get(path).status == 404
    assert phone.post(f"loans/{theirs.pk}/early-preview/", {"amount": "1.00"}).status == 404


@pytest.mark.django_db(transaction=True)
def test_the_answer_waits_for_the_money_and_its_booking(cards: Cards) -> None:
    """201 with what it was put to, while a worker does the work beside it."""
    (loan,) = cards.due_loans(1)
    phone = phone_of(loan)

    def worker() -> None:
        end = time.monotonic() + 10
        while not (waiting := CardTransfer.objects.filter(loan=loan)) and time.monotonic() < end:
            time.sleep(0.05)
        card_transfers.send(transfer_id=waiting.get().pk, now=cards.at(1))
        connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    answer = repay(phone, loan, "10.00")
    thread.join()
    assert (answer.status, answer.body["state"]) == (201, "succeeded")
    assert answer.body["transaction"]["splits"][0]["amount"] == "10.00"
    cards.assert_booked_once(loan)
