"""Waiting, offers, cost sheet, contract, signature, money, refusal; and what follows."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from lending.api import waiting
from lending.domain.application_flow import Action
from lending.gateways.core_bank import TransferReply
from lending.models import (
    BusinessDay,
    Disbursement,
    IdCardReading,
    Instalment,
    LendingEvent,
    Offer,
)
from lending.services import applications, settlements
from lending.templatetags.customer_pages import amount_steps, day, price_steps
from lending.views.customer import outcomes
from tests.phone.conftest import CARD, MOBILE, Carrier, Journey, Phone, luhn

pytestmark = pytest.mark.django_db


def test_amounts_in_a_price_are_yuan_and_rates_are_rates() -> None:
    steps = [
        {"step": "LPR 1Y", "value": "0.030000", "rate": "0.030000"},
        {"step": "cap", "value": "0.120000", "rate": "0.120000"},
        {"step": "limit", "value": "118100.00"},
        {"step": "repayment capacity", "value": "76900.00"},
    ]
    with translation.override("en"):
        assert price_steps(steps) == [
            ("Market rate (LPR)", "3.00%"), ("Highest rate of the product", "12.00%"),
        ]
        assert amount_steps(steps) == [
            ("Limit", "¥118,100"), ("What your income can carry", "¥76,900"),
        ]


def test_waiting_refreshes_without_javascript_and_says_when_it_is_over(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "LONG_POLL_S", 0.1)
    journey.submitted()
    page = journey.phone.get(journey.at("waiting/"))
    page.says('<noscript><meta http-equiv="refresh"', "We will send you a text message.")
    state = journey.at("state/")
    assert journey.phone.client.get(state).json()["changed"] is False
    journey.phone.post(journey.at("withdraw/"))
    over = journey.phone.client.get(state).json()
    assert (over["changed"], over["go"]) == (True, journey.at("closed/"))


def test_when_every_line_is_held_the_page_is_answered_at_once(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_LINES", threading.BoundedSemaphore(1))
    waiting._LINES.acquire()
    journey.submitted()
    begun = time.monotonic()
    answer = journey.phone.client.get(journey.at("state/")).json()
    assert time.monotonic() - begun < outcomes.LONG_POLL_S / 2
    assert (answer["changed"], answer["again"]) == (False, 2_000)


def test_closing_an_application_keeps_neither_pictures_nor_free_words(journey: Journey) -> None:
    journey.offered()
    application = journey.application
    IdCardReading.objects.create(
        application=application, front=b"picture", fields={"name": "x"}, created_at=timezone.now()
    )
    words = "我的身份证号是\x00510812"
    journey.phone.post(journey.at("withdraw/"), {"reason": words})
    reading = application.readings.get()
    assert (reading.front, reading.fields) == (None, None)
    closed = LendingEvent.objects.get(application_id=application.pk, name="application.withdrawn")
    assert closed.data == {"reason": "customer"}


def test_offers_show_everything_that_matters(journey: Journey) -> None:
    journey.offered()
    page = journey.phone.get("/apply/")
    assert page.url == journey.at("offers/")
    page.says("20,000", "Total interest", "True annual rate", "12 months", "Each month")
    page.says("Where does this price come from?", "Market rate (LPR)", "These offers stand until")
    assert "<svg" in page.text
    assert 'aria-label="12 payments of about' in page.text


def test_the_amount_page_works_out_any_amount(journey: Journey) -> None:
    journey.offered()
    place = journey.at(f"offers/{journey.offer().pk}/")
    page = journey.phone.post(journey.at("offers/"), {"offer": str(journey.offer().pk)})
    assert page.url == place
    page.says("?answer=20000", "?answer=10000", "Take ¥20,000, continue")
    journey.phone.get(f"{place}?answer=１２,０００").says("Take ¥12,000, continue")


@pytest.mark.parametrize("typed", ["20001", "999", "999999", "-1", "NaN", "", "1e4", "1050"])
def test_an_amount_outside_the_offer_is_refused(journey: Journey, typed: str) -> None:
    journey.offered()
    place = journey.at(f"offers/{journey.offer().pk}/")
    page = journey.phone.get(f"{place}?answer={typed}")
    assert page.status == 422
    assert "Take ¥" not in page.text
    page = journey.phone.post(place, {"answer": typed})
    assert page.status == 422
    assert page.title.startswith("Error")
    assert journey.application.state == "offered"


def test_an_expired_offer_says_so(journey: Journey) -> None:
    journey.offered()
    offer = journey.offer()
    Offer.objects.filter(pk=offer.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    page = journey.phone.post(journey.at(f"offers/{offer.pk}/"), {"answer": "12000"})
    page.says("This offer is no longer open.")
    journey.phone.get(journey.at("offers/")).says("The offers have expired")


def test_double_tap_on_take_makes_one_contract(journey: Journey) -> None:
    journey.offered()
    place = journey.at(f"offers/{journey.offer().pk}/")
    for _ in range(2):
        assert journey.phone.post(place, {"answer": "12000"}).url == journey.at("cost/")
    assert journey.application.contracts.count() == 1


def test_the_cost_sheet_must_be_before_the_eyes_ten_seconds(journey: Journey) -> None:
    journey.accepted()
    page = journey.phone.get(journey.at("cost/"))
    page.says("What this loan costs", "All costs together", "Who charges it", "12,000")
    page = journey.phone.post(journey.at("cost/"))
    assert page.status == 422
    assert re.search(r"Please take \d+ more seconds", page.text)
    assert journey.phone.get(journey.at("contract/")).url == journey.at("cost/")
    assert journey.phone.get(journey.at("sign/")).url == journey.at("cost/")
    journey.has_read()
    page = journey.phone.post(journey.at("cost/"))
    assert page.url == journey.at("contract/")


def test_the_contract_is_shown_word_for_word_with_its_fingerprint(journey: Journey) -> None:
    journey.accepted().has_read()
    page = journey.phone.get(journey.at("contract/"))
    row = journey.contract()
    page.says(row.contract_no, row.html_sha256[:12], 'class="contract"')
    assert "<style" not in page.text
    pdf = journey.phone.client.get(journey.at("contract.pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_choosing_again_voids_the_paper(journey: Journey) -> None:
    journey.accepted()
    page = journey.phone.post(journey.at("offers/again/"))
    assert page.url == journey.at("offers/")
    assert journey.application.contracts.get().voided_at is not None


def _sign(journey: Journey, carrier: Carrier, **other: str) -> object:
    journey.phone.post(journey.at("sign/"), {"send": "1"})
    body = {"otp": carrier.codes[MOBILE], "document_sha256": journey.contract().html_sha256}
    return journey.phone.post(journey.at("sign/"), {**body, **other})


def test_signing_by_code_sends_the_money_on_its_way(journey: Journey, carrier: Carrier) -> None:
    journey.accepted().has_read()
    page = _sign(journey, carrier)
    assert page.url == journey.at("waiting/")
    page.says("Your money is on its way")
    for place in ("sign/", "contract/", "cost/", "offers/"):  # the back button after signing
        assert journey.phone.get(journey.at(place)).url == journey.at("waiting/"), place
    assert Disbursement.objects.count() == 1


def test_another_paper_or_code_signs_nothing(journey: Journey, carrier: Carrier) -> None:
    journey.accepted().has_read()
    page = _sign(journey, carrier, document_sha256="0" * 64)
    assert page.status == 422
    page.says("The contract has changed.")
    page = _sign(journey, carrier, otp="000000" if carrier.codes[MOBILE] != "000000" else "1" * 6)
    page.says("The code is not right")
    assert journey.application.state == "accepted"


def _bank_says(journey: Journey, reply: TransferReply) -> None:
    row = Disbursement.objects.latest("created_at")
    Disbursement.objects.filter(pk=row.pk).update(state="sending")
    settlements.settle(disbursement_id=row.pk, reply=reply, call=None, now=timezone.now())


def test_the_money_is_there(journey: Journey, carrier: Carrier) -> None:
    journey.accepted().has_read()
    _sign(journey, carrier)
    _bank_says(journey, TransferReply(outcome="succeeded", core_txn_id="T1"))
    page = journey.phone.get("/me/")
    page.says("12,000", "Next payment", "All payments")
    first = Instalment.objects.order_by("number")[0]
    BusinessDay.objects.update(current_date=first.due_date + timedelta(days=1))
    with translation.override("en"):
        journey.phone.get("/me/").says(day(first.due_date))  # what is not paid stays the next payment
    page = journey.phone.get(journey.at("waiting/"))
    assert page.url == journey.at("done/")
    loan = journey.application.loans.get()
    page.says("The money is there", f"ending {CARD[-4:]}", loan.note_no)
    journey.phone.get(f"/me/loans/{loan.pk}/").says(loan.note_no, "12,000")
    assert Phone().log_in("13800000009", timezone.now()).get(f"/me/loans/{loan.pk}/").status == 404


def test_a_payout_the_bank_rejects_asks_for_another_card(
    journey: Journey, carrier: Carrier
) -> None:
    journey.accepted().has_read()
    _sign(journey, carrier)
    _bank_says(journey, TransferReply(outcome="rejected", rejection_code="61"))
    page = journey.phone.get("/apply/")
    assert page.url == journey.at("card-again/")
    page.says("The bank could not pay to this card", CARD[-4:])
    page = journey.phone.post(journey.at("card-again/"), {"card_number": CARD})
    page.says("Please choose another card of yours")
    other = luhn("622202100111000002")
    page = journey.phone.post(journey.at("card-again/"), {"card_number": other})
    page.says("We could not confirm that this card is yours")  # nobody answers for this invented card
    assert Disbursement.objects.count() == 1


def test_a_refusal_has_reasons_and_a_person_to_ask(journey: Journey) -> None:
    journey.decided(Action.DECLINE)
    page = journey.phone.get("/apply/")
    page.says("What do you need the money for?", journey.at("declined/"))  # a new one may begin
    page = journey.phone.get(journey.at("declined/"))
    page.says("We cannot lend to you now", "Ask a person to look")
    page = journey.phone.post(journey.at("declined/"), {"reason": "我有存款"})
    assert page.url == journey.at("in-review/")
    page.says("A loan officer reads your application")
    again = journey.phone.post(journey.at("declined/"), {"reason": "我有存款"})
    assert again.url == journey.at("in-review/")


def test_in_review_says_a_person_decides(journey: Journey) -> None:
    journey.decided(Action.REFER)
    page = journey.phone.get("/apply/")
    assert page.url == journey.at("in-review/")
    page.says("a loan officer decides")


def test_withdrawn_and_expired_end_kindly(journey: Journey) -> None:
    journey.filled_in()
    journey.phone.get(journey.at("withdraw/")).says("Do you want to stop?")
    page = journey.phone.post(journey.at("withdraw/"), {"reason": "customer"})
    page.says("You have withdrawn", "You owe nothing.")
    journey.start()
    row = journey.application
    row.expires_at = timezone.now() - timedelta(days=1)
    row.save(update_fields=["expires_at"])
    applications.expire_due(now=timezone.now())
    journey.phone.get(journey.at("")).says("The time ran out", "Apply again")


def test_settings_turn_marketing_on_and_off(phone: Phone) -> None:
    phone.get("/me/settings/").says("138****0001", "Settings")
    phone.post("/me/settings/", {"marketing": "on"}).says("Saved.", " checked")
    page = phone.post("/me/settings/", {})
    page.says("Saved.")
    assert " checked" not in page.text
