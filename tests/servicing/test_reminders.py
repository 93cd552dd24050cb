"""Reminders: who is reminded when, once a step, in the morning, and never for a reason that has gone."""

import datetime as dt
from decimal import Decimal

import pytest

from lending.models import CardTransfer, ContactAttempt, OutboxMessage, SmsMessage
from lending.selectors.contact_invariants import broken_contacts
from lending.services import contact_pauses, preferences, promises, sms
from tests.sandbox_client import Sandbox
from tests.servicing.arrears import Arrears

pytestmark = pytest.mark.django_db


def texts() -> list[tuple[str, str]]:
    rows = ContactAttempt.objects.order_by("created_at", "event_key")
    return [(row.template, row.event_key.split(":")[-1]) for row in rows]


def test_a_payment_is_reminded_three_days_one_day_and_no_day_before(arrears: Arrears) -> None:
    loan = arrears.book.loan()
    due = loan.instalments.get(number=1).payable_on
    sent = []
    for before in range(5, -1, -1):
        arrears.morning(due - dt.timedelta(days=before))
        sent.append((before, arrears.remind(), arrears.remind()))
    assert sent == [(5, 0, 0), (4, 0, 0), (3, 1, 0), (2, 0, 0), (1, 1, 0), (0, 1, 0)]
    assert texts() == [("due_soon", "D-3"), ("due_soon", "D-1"), ("due_today", "D-0")]
    first = SmsMessage.objects.filter(template="due_soon").order_by("created_at")[0]
    row = loan.instalments.get(number=1)
    card = loan.application.bank_card
    assert first.parameters == {
        "amount": str(row.amount), "due": due.isoformat(), "last_four": card.last_four,
        "phone": loan.officer.work_mobile,
    }


def test_the_ladder_has_one_text_a_step_however_often_it_runs(arrears: Arrears) -> None:
    loan = arrears.late(1)
    due = loan.instalments.get(number=1).payable_on
    # Two instalments more fall late on the way: the oldest one's ladder goes on.
    for days in (1, 2, 3, 4, 7, 16, 35, 36, 61):
        arrears.morning(due + dt.timedelta(days=days))
        arrears.remind()
        arrears.remind()
    late = [step for template, step in texts() if template == "overdue"]
    assert late == ["D+1", "D+3", "D+7", "D+15", "D+30", "D+60"]
    assert OutboxMessage.objects.filter(task="lending.send_sms").count() == len(texts())
    assert all(set(m.arguments) == {"sms_id"} for m in OutboxMessage.objects.all())


def test_a_text_says_what_is_owed_when_it_goes_and_the_carrier_gets_it(
    arrears: Arrears, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    loan = arrears.late(1)
    assert arrears.remind() == 1
    attempt = ContactAttempt.objects.get(template="overdue")
    arrears.book.pay(loan, "100.00")
    assert arrears.deliver(attempt)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.effective, attempt.result) == ("made", True, "sent")
    assert list(broken_contacts(arrears.now)) == []
    SmsMessage.objects.create(
        template="overdue", event_key="forged", mobile="1", parameters={}, asks_gate=True,
        state="sent", next_try_at=arrears.now, created_at=arrears.now,
    )
    assert [row["detail"] for row in broken_contacts(arrears.now)] == [
        "a text about a debt was sent past the gate"
    ]
    SmsMessage.objects.filter(event_key="forged").delete()
    account = arrears.book.account(loan)
    owed = account.late_principal + account.late_interest + account.late_charges_open
    assert SmsMessage.objects.get(pk=attempt.sms_id).parameters["amount"] == f"{owed:.2f}"
    customer = loan.customer
    assert customer.mobile not in caplog.text
    assert customer.name not in caplog.text


def test_a_text_of_the_night_waits_for_the_morning(arrears: Arrears, sandbox: Sandbox) -> None:
    arrears.late(1)
    arrears.at(22)
    assert arrears.remind() == 1
    attempt = ContactAttempt.objects.get()
    message = SmsMessage.objects.get()
    assert not OutboxMessage.objects.filter(task="lending.send_sms").exists()
    eight = (arrears.now + dt.timedelta(days=1)).replace(hour=8)
    assert message.next_try_at == eight
    assert attempt.day == eight.date()
    assert not arrears.deliver(attempt)  # somebody rings the bell too early
    message.refresh_from_db()
    assert (message.state, message.next_try_at, message.attempts) == ("queued", eight, 0)
    assert sms.revive(now=arrears.now + dt.timedelta(hours=9, minutes=59)) == 0
    arrears.now = eight + dt.timedelta(seconds=11)
    assert sms.revive(now=arrears.now) == 1
    assert arrears.deliver(attempt)


def test_what_was_paid_meanwhile_is_not_asked_for(arrears: Arrears) -> None:
    loan = arrears.late(1)
    arrears.at(23)
    arrears.remind()
    attempt = ContactAttempt.objects.get()
    arrears.book.pay(loan, str(loan.instalments.get(number=1).amount + 5))
    arrears.now += dt.timedelta(hours=10)
    assert not arrears.deliver(attempt)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.result, attempt.effective) == ("expired", "reason_gone", False)
    assert SmsMessage.objects.get().state == "dropped"
    arrears.book.pay(loan, "13000.00", kind="payoff")
    arrears.morning(arrears.book.business_date + dt.timedelta(days=29))
    assert arrears.remind() == 0  # a settled loan falls due no more


def test_who_promised_pays_or_talks_is_left_alone(arrears: Arrears) -> None:
    promised, settling, hardship, talker = (arrears.book.loan(grace_days=0) for _ in range(4))
    arrears.morning(promised.instalments.get(number=1).payable_on + dt.timedelta(days=1))
    arrears.allocate()
    officer = arrears.officer()
    day = arrears.book.business_date
    promises.record(
        case=arrears.case(promised), amount=Decimal("500"), promised_on=day + dt.timedelta(days=2),
        said_by="borrower", officer=officer, now=arrears.now,
    )
    card = settling.application.bank_card
    CardTransfer.objects.create(
        loan=settling, bank_card=card, direction="in", kind="payoff", channel="applicant",
        core_key="R1", amount=Decimal("12000"), business_date=day, state="unknown",
        created_at=arrears.now,
    )
    contact_pauses.tell_hardship(loan=hardship, reason="harvest_lost", now=arrears.now)
    contact_pauses.begin(
        loan=talker, kind=contact_pauses.Pause.TALKS, now=arrears.now, officer=officer
    )
    assert arrears.remind() == 0
    arrears.morning(day + dt.timedelta(days=3))
    arrears.allocate()
    assert arrears.remind() == 1  # the promise was broken: back on the ladder
    assert ContactAttempt.objects.get().loan_id == promised.pk
    CardTransfer.objects.update(state="rejected")
    contact_pauses.end(loan=talker, kind=contact_pauses.Pause.TALKS, now=arrears.now)
    assert arrears.remind() == 2
    arrears.morning(day + dt.timedelta(days=8))
    arrears.allocate()  # the hardship's week is over
    arrears.remind()
    assert ContactAttempt.objects.filter(loan=hardship).exists()


def test_who_switched_texts_off_gets_none_and_it_is_on_record(arrears: Arrears) -> None:
    loan = arrears.late(1)
    preferences.set_contact(customer=loan.customer, wishes={"sms": False}, now=arrears.now)
    assert arrears.remind() == 0
    row = ContactAttempt.objects.get()
    assert (row.state, row.result, row.sms_id) == ("refused", "opted_out", None)
    preferences.set_contact(customer=loan.customer, wishes={"sms": True}, now=arrears.now)
    arrears.morning(arrears.book.business_date + dt.timedelta(days=2))
    assert arrears.remind() == 1
