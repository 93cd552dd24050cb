"""Card payments on the desk: what needs two people, what is not booked, and who may do it."""

import pytest

from lending.models import CardTransfer, Loan
from tests.desk.conftest import browser_of
from tests.servicing.cards import Cards
from tests.servicing.conftest import bank as bank
from tests.servicing.conftest import book as book
from tests.servicing.conftest import cards as cards

pytestmark = pytest.mark.django_db
URL = "/desk/servicing/card-transfers/"


@pytest.fixture
def doubtful(cards: Cards) -> Loan:
    (loan,) = cards.due_loans(1)
    cards.request_due()
    cards.sandbox.fault("corebank", "collect", "wrong_amount")
    assert cards.send(loan) == "manual"
    return loan


def propose(client, transfer: CardTransfer, **changes):
    word = {"verdict": "succeeded", "reference": "CB123", "note": "seen on the screen", **changes}
    return client.post(f"{URL}{transfer.pk}/propose/", word)


def test_two_people_book_the_repayment(cards: Cards, doubtful: Loan) -> None:
    first, second = browser_of("finance"), browser_of("finance.second")
    transfer = cards.of(doubtful)
    assert "1 card payment needs two people" in first.get(URL).content.decode()
    for changes in ({"verdict": "rejected", "reference": "nonsense"}, {"note": "a\x00b there"}):
        answer = propose(first, transfer, **changes)
        assert answer.status_code == 422
        assert "nonsense" in answer.content.decode() or "note" in changes
    number = cards.collected(transfer) and next(
        row["core_txn_id"] for row in cards.sandbox.collections() if row["key"] == transfer.core_key
    )
    assert propose(first, transfer, reference=number).status_code == 302
    page = first.get(URL).content.decode()
    assert "Waiting for a second person." in page
    assert "Confirm and book" not in page
    confirm = f"{URL}{transfer.pk}/confirm/"
    assert first.post(confirm).status_code == 403
    assert second.post(confirm, {"seen": "rejected 60"}).status_code == 409
    assert f'value="succeeded {number}"' in second.get(URL).content.decode()
    assert second.post(confirm, {"seen": f"succeeded {number}"}).status_code == 302
    assert "No card payment needs you" in second.get(URL).content.decode()
    cards.assert_booked_once(doubtful)
    assert second.post(confirm).status_code == 409, "settled already"


def test_what_moved_nothing_closes_and_may_be_asked_again_tomorrow(
    cards: Cards, doubtful: Loan
) -> None:
    first, second = browser_of("finance"), browser_of("headoffice")
    transfer = cards.of(doubtful)
    assert propose(first, transfer, verdict="rejected", reference="51").status_code == 302
    assert second.post(f"{URL}{transfer.pk}/confirm/").status_code == 302
    assert (cards.of(doubtful).state, cards.of(doubtful).rejection_code) == ("rejected", "51")


def test_every_list_is_shown_and_only_to_those_who_may(cards: Cards, doubtful: Loan) -> None:
    loan = cards.book.loan()
    cards.book.pay(loan, "10.00")
    CardTransfer.objects.create(
        loan=loan, bank_card=loan.application.bank_card, direction="in", kind="repayment",
        channel="applicant", core_key="Cunbooked", amount=5, business_date=cards.book.business_date,
        state="succeeded", core_txn_id="CBunbooked", booking_error="ValueError", created_at=cards.at(0),
        settled_at=cards.at(0),
    )
    client = browser_of("finance")
    for show, word in (
        ("unbooked", "ValueError"), ("today", "Automatic debit"), ("asking", "Nothing here"),
        ("\x00nonsense", "Why a person"),
    ):
        answer = client.get(URL, {"show": show})
        assert answer.status_code == 200
        assert word in answer.content.decode()
    assert "1 payment has moved money that is not booked yet" in client.get(URL).content.decode()
    risk = browser_of("risk")
    assert "Say what the core bank shows" not in risk.get(URL).content.decode()
    for username in ("liguoqiang", "manager.baolun"):
        assert browser_of(username).get(URL).status_code == 403
    for username in ("liguoqiang", "risk"):
        assert propose(browser_of(username), cards.of(doubtful)).status_code == 403
    assert propose(client, CardTransfer(pk=loan.pk)).status_code == 404
