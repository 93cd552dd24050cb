"""Keys and papers around the money: a key means one body, also after its first answer was lost."""

import datetime as dt
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from lending.api.views import credit_lines as views
from lending.domain.collection_rules import HARDSHIP_REASONS
from lending.models import Drawdown, IdempotencyKey, LoanPaper
from lending.services import repayments
from tests.api.conftest import log_in
from tests.sandbox_client import Sandbox
from tests.servicing.book import Book
from tests.servicing.conftest import bank as bank
from tests.servicing.conftest import book as book

pytestmark = pytest.mark.django_db


def test_a_drawing_whose_answer_was_lost_is_not_given_for_another_wish(
    bank: None, sandbox: Sandbox, clock: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr(views, "PAYOUT_WAIT_S", 0.0)
    book = Book(clock)
    loan = book.loan(method="flexible", person=sandbox.people("rice_farmer")[0])
    book.pay(loan, "6000.00", kind="partial_early")
    owner, key = log_in(loan.customer.mobile, clock), str(uuid.uuid4())
    wish = {"loan_id": str(loan.pk), "amount": "2000.00", "term_months": 6}
    first = owner.post("drawdowns/", wish, key=key)
    assert first.status == 202
    IdempotencyKey.objects.all().delete()  # the process failed after the drawing was committed
    for other in ({"amount": "3000.00"}, {"term_months": 12}):
        answer = owner.post("drawdowns/", {**wish, **other}, key=key)
        assert (answer.status, answer.code) == (422, "idempotency_key_reuse")
    assert owner.post("drawdowns/", wish, key=key).body["id"] == first.body["id"]
    assert Drawdown.objects.count() == 1


def test_a_hardship_told_under_one_key_is_one_hardship(book: Book, clock: datetime) -> None:
    loan = book.loan()
    owner, key, where = log_in(loan.customer.mobile, clock), str(uuid.uuid4()), f"loans/{loan.pk}/hardship/"
    reasons = sorted(HARDSHIP_REASONS)
    first = owner.post(where, {"reason": reasons[0]}, key=key)
    assert first.status == 202
    assert owner.post(where, {"reason": reasons[0]}, key=key).raw == first.raw
    assert owner.post(where, {"reason": reasons[1]}, key=key).status == 422


def test_bad_repayments_are_refused_never_a_fault(book: Book, clock: datetime) -> None:
    loan = book.loan()
    owner = log_in(loan.customer.mobile, clock)
    where = f"loans/{loan.pk}/repayments/"
    for amount in (1.5, [1], {}, None, True, "NaN", "1e5", "１００", "0.001", "-1", "1" * 39, 10**38, ""):
        assert owner.post(where, {"amount": amount, "kind": "due"}).status in (400, 422), amount
    for kind in ("settle", [], {}, 1, None, "due ", "ＤＵＥ"):
        assert owner.post(where, {"amount": "1.00", "kind": kind}).status == 400, kind
    for raw in ('{"amount": NaN, "kind": "due"}', '{"amount": 1e999, "kind": "due"}',
                '{"amount": ' + "9" * 5000 + ', "kind": "due"}', '{"amount":"1\\u0000","kind":"due"}', "[]"):
        assert owner.send("POST", where, raw).status == 400, raw[:30]
    for key in ("x" * 201, "\x00", "ü"):
        assert owner.post(where, {"amount": "1.00", "kind": "due"}, key=key).status == 400
    for query in ("from=2026-13-01", "from=%00", "to=9999-12-31", "from=２０２６-01-01",
                  "from=0001-01-01&to=0001-01-01", "from=2026-W01-1"):
        assert owner.get(f"loans/{loan.pk}/statement/?{query}").status in (200, 422), query


def test_a_letter_whose_payment_was_taken_back_is_not_called_genuine(book: Book, clock: datetime) -> None:
    loan = book.loan()
    paid = book.pay(loan, "12500.00", kind="payoff")
    owner = log_in(loan.customer.mobile, clock)
    paper = owner.get(f"loans/{loan.pk}/settlement-letter/").body["paper"]
    page = f"/verify/{paper['verification_code']}/"
    assert "Genuine" in Client(headers={"Accept-Language": "en"}).get(page).content.decode()
    repayments.reverse(transaction_id=paid.pk, reason="bounced", maker=None, checker=None, now=clock)
    seen = Client(headers={"Accept-Language": "en"}).get(page)
    assert "no longer holds" in seen.content.decode()


def test_one_loan_makes_only_so_many_papers_a_day(book: Book, clock: datetime) -> None:
    loan = book.loan()
    book.go_to(loan.start_date + dt.timedelta(days=80))
    owner = log_in(loan.customer.mobile, clock)
    answers = []
    for n in range(60):
        day = loan.start_date + dt.timedelta(days=n)
        answers.append(owner.get(f"loans/{loan.pk}/interest-certificate/?from={day}"))
    assert 429 in {one.status for one in answers}
    assert LoanPaper.objects.count() <= 50
    assert owner.get(f"loans/{loan.pk}/interest-certificate/?from={loan.start_date}").status == 200
