"""Drawing on a line over the API: paid by the real core bank of the sandbox, exactly once."""

import uuid
from datetime import datetime
from typing import Any

import pytest

from lending.api.views import credit_lines as views
from lending.models import CreditLine, Disbursement, IdempotencyKey, Loan
from lending.selectors import invariants
from lending.services import disbursements
from tests.api.conftest import log_in
from tests.api.phone import Phone
from tests.sandbox_client import Sandbox
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def loan(bank: None, sandbox: Sandbox, clock: datetime, monkeypatch: Any) -> Loan:
    """A flexible loan with half of its line free; no worker runs here, so nothing is waited for."""
    monkeypatch.setattr(views, "PAYOUT_WAIT_S", 0.0)
    book = Book(clock)
    loan = book.loan(method="flexible", person=sandbox.people("rice_farmer")[0])
    book.pay(loan, "6000.00", kind="partial_early")
    return loan


@pytest.fixture
def owner(loan: Loan, clock: datetime) -> Phone:
    return log_in(loan.customer.mobile, clock)


def pay_out(drawdown_id: str, now: datetime) -> str:
    payout = Disbursement.objects.get(drawdown_id=drawdown_id)
    disbursements.send(disbursement_id=payout.pk, now=now)
    payout.refresh_from_db()
    return payout.state


def test_draw_and_the_money_is_there_once(owner: Phone, loan: Loan, clock: datetime) -> None:
    line = owner.get("lines/").body["results"][0]
    assert (line["limit_amount"], line["used_amount"], line["available_amount"]) == (
        "12000.00", "6000.00", "6000.00",
    )
    key, wish = str(uuid.uuid4()), {"line_id": line["id"], "amount": "2000.00", "term_months": 6}
    first = owner.post("drawdowns/", wish, key=key)
    assert (first.status, first.body["state"], first.body["loan_id"]) == (202, "requested", None)
    assert first.body["line"]["available_amount"] == "4000.00"
    assert owner.post("drawdowns/", wish, key=key).raw == first.raw
    assert owner.post("drawdowns/", {**wish, "amount": "3000.00"}, key=key).status == 422
    assert owner.post("drawdowns/", wish).code == "drawing_under_way"
    assert pay_out(first.body["id"], clock) == "succeeded"
    IdempotencyKey.objects.all().delete()  # as if the process had died before it stored its answer
    again = owner.post("drawdowns/", wish, key=key)
    assert (again.status, again.body["id"], again.body["state"]) == (201, first.body["id"], "booked")
    assert owner.get(f"drawdowns/{first.body['id']}/").body == again.body
    assert owner.get(f"loans/{again.body['loan_id']}/").body["principal"] == "2000.00"
    whole = owner.get(f"lines/{line['id']}/").body
    assert (whole["used_amount"], len(whole["movements"]["results"])) == ("8000.00", 4)
    assert not list(invariants.no_money_twice(clock))
    assert len(owner.get("loans/").body["results"]) == 2


def test_a_lost_answer_of_the_bank_is_asked_about_and_booked_once(
    owner: Phone, loan: Loan, clock: datetime, sandbox: Sandbox
) -> None:
    drawn = owner.post("drawdowns/", {"loan_id": str(loan.pk), "amount": "1000.00"}).body
    sandbox.fault("corebank", "transfer", "drop_after")
    assert pay_out(drawn["id"], clock) == "unknown"
    assert owner.get(f"drawdowns/{drawn['id']}/").body["state"] == "paying"
    Disbursement.objects.filter(drawdown_id=drawn["id"]).update(next_check_at=clock)
    payout = Disbursement.objects.get(drawdown_id=drawn["id"])
    disbursements.query(disbursement_id=payout.pk, now=clock)
    assert owner.get(f"drawdowns/{drawn['id']}/").body["state"] == "booked"
    assert len([t for t in sandbox.transfers() if t["key"] == payout.core_key]) == 1


def test_a_wrong_wish_draws_nothing(owner: Phone, loan: Loan, subtests: pytest.Subtests) -> None:
    line = CreditLine.objects.get()
    named: dict[str, Any] = {"line_id": str(line.pk)}
    for status, wish in (
        (422, {"amount": "1000.00"}), (400, named), (400, {**named, "amount": 1000.5}),
        (422, {**named, "amount": "0.001"}), (422, {**named, "amount": "9" * 30}),
        (400, {**named, "amount": "1000.00", "term_months": "6"}),
        (400, {**named, "amount": "1000.00\x00"}), (400, {**named, "amount": "1000.00", "otp": "1"}),
        (400, {"line_id": "mine", "amount": "1000.00"}),
    ):
        with subtests.test(wish=wish):
            assert owner.post("drawdowns/", wish).status == status
    assert not line.drawdowns.exists()


def test_strangers_see_and_draw_nothing(owner: Phone, loan: Loan, stranger: Phone) -> None:
    line = CreditLine.objects.get()
    for path in (f"lines/{line.pk}/", f"drawdowns/{uuid.uuid4()}/"):
        assert stranger.get(path).code == "not_found"
    for name, value in (("line_id", line.pk), ("loan_id", loan.pk)):
        answer = stranger.post("drawdowns/", {name: str(value), "amount": "1000.00"})
        assert answer.code == "not_found"
    assert stranger.get("lines/").body["results"] == []
    CreditLine.objects.update(state="frozen", freeze_reason="staff")
    answer = owner.post("drawdowns/", {"line_id": str(line.pk), "amount": "1000.00"})
    assert (answer.status, answer.code) == (409, "line_frozen")
