"""Demand letters: what they say, at what gate they are asked for, printed once; hardship over the API."""

import datetime as dt
import hashlib
import re

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from lending import tasks
from lending.documents.demand_letter import compose, from_dict
from lending.errors import IllegalState
from lending.models import (
    ContactAttempt,
    ContactPause,
    CustomerSession,
    DemandLetter,
    OutboxMessage,
)
from lending.services import demand_letters
from tests.api.conftest import log_in
from tests.servicing.arrears import Arrears

pytestmark = pytest.mark.django_db


def words_of(letter: DemandLetter) -> str:
    written = compose(from_dict(letter.facts))
    pairs = [written.opening, written.closing]
    pairs += [p for section in written.sections for p in (section.title, *section.paragraphs)]
    return "\n".join("\n".join(pair) for pair in pairs)


def test_a_letter_states_what_is_owed_offers_help_and_is_printed_once(arrears: Arrears) -> None:
    loan = arrears.late(40)
    arrears.allocate()
    case = arrears.case(loan)
    letter, answer = demand_letters.write(case=case, officer=arrears.officer(), now=arrears.now)
    assert answer.is_allowed
    assert letter is not None
    account = arrears.book.account(loan)
    text = words_of(letter)
    total = account.late_principal + account.late_interest + account.late_charges_open
    for words in (
        f"逾期本金：{account.late_principal:,.2f} 元", f"合计：{total:,.2f} 元", f"CNY {total:,.2f}",
        "已逾期 40 天", loan.note_no, loan.application.bank_card.last_four, case.owner.work_mobile,
        "停止催收七天", "展期", "12378", "不超过三次", "never between 22:00 and 8:00",
    ):
        assert words in text, words
    assert not re.search("起诉|失信|黑名单|后果|家属|单位|lawsuit|court|consequences", text)
    asked = OutboxMessage.objects.get(task="lending.render_demand_letter")
    assert asked.arguments == {"letter_id": str(letter.pk)}
    tasks.render_demand_letter(letter_id=str(letter.pk))
    tasks.render_demand_letter(letter_id=str(letter.pk))
    letter.refresh_from_db()
    assert letter.pdf.startswith(b"%PDF")
    assert hashlib.sha256(letter.pdf).hexdigest() == letter.pdf_sha256
    assert compose(from_dict(letter.facts)).sha256 == letter.content_sha256
    for change in ({"letter_no": "CS1"}, {"pdf_sha256": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DemandLetter.objects.filter(pk=letter.pk).update(**change)
    none, answer = demand_letters.write(case=case, officer=arrears.officer(), now=arrears.now)
    assert (none, answer.code) == (None, "too_soon")
    assert ContactAttempt.objects.get(state="refused").channel == "letter"
    arrears.book.pay(loan, "14000.00", kind="payoff")
    with pytest.raises(IllegalState):
        demand_letters.write(case=case, officer=arrears.officer(), now=arrears.now)


def test_a_borrower_tells_of_a_hardship_and_chooses_channels(arrears: Arrears) -> None:
    loan = arrears.late(3)
    phone, stranger = log_in(loan.customer.mobile, arrears.now), log_in("13900000999", arrears.now)
    # sessions live by the machine's clock, the book by its own
    CustomerSession.objects.update(expires_at=timezone.now() + dt.timedelta(hours=1))
    told = phone.post(f"loans/{loan.pk}/hardship/", {"reason": "harvest_lost"})
    assert (told.status, told.body["reason"]) == (202, "harvest_lost")
    again = phone.post(f"loans/{loan.pk}/hardship/", {"reason": "illness"})
    assert again.body == told.body
    assert ContactPause.objects.get().kind == "hardship"
    assert arrears.case(loan).state == "in_hardship"
    assert phone.post(f"loans/{loan.pk}/hardship/", {"reason": "bored"}).code == "invalid_request"
    assert phone.post(f"loans/{loan.pk}/hardship/", {}).code == "invalid_request"
    assert stranger.post(f"loans/{loan.pk}/hardship/", {"reason": "illness"}).code == "not_found"
    wishes = {"marketing": False, "contact": {"sms": False, "visit": True}}
    body = phone.send("PUT", "me/preferences/", wishes).body
    assert body["contact"] == {"sms": False, "call": True, "visit": True, "wechat": True}
    letter = {"marketing": False, "contact": {"letter": False}}
    assert phone.send("PUT", "me/preferences/", letter).code == "invalid_request"
