"""The gate on PostgreSQL: what counts, what is on record, and two officers at once."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from lending.domain.contact_policy import Channel, Pause, Purpose, Whom
from lending.errors import IllegalState, InvalidInput
from lending.models import ContactAttempt, Loan
from lending.services import contact_gate, contact_pauses, contacts, demo_bank
from products.services import parameters
from tests.servicing.arrears import Arrears
from tests.servicing.book import Book

DAY = dt.timedelta(days=1)


def wanted(loan: Loan, channel: Channel = Channel.WECHAT, **more: object) -> contacts.Wanted:
    return contacts.Wanted(
        customer_id=loan.customer_id, loan_id=loan.pk, channel=channel, purpose=Purpose.COLLECTION,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.django_db
def test_planned_and_effective_contacts_count_and_the_fourth_is_refused(arrears: Arrears) -> None:
    loan, officer = arrears.late(5), arrears.officer()
    asked = [
        contacts.request(wanted=wanted(loan), now=arrears.now, officer=officer)[0] for _ in range(4)
    ]
    assert [a.state for a in asked] == ["planned"] * 3 + ["refused"]
    assert asked[3].result == "too_many_today"
    done = {"officer": officer, "now": arrears.now}
    contacts.record_result(attempt_id=asked[0].pk, result="reached", note="王老汉明天来", **done)
    contacts.record_result(attempt_id=asked[1].pk, result="not_reached", note="", **done)
    verdict, used = contact_gate.answer(
        customer_id=loan.customer_id, channel=Channel.SMS, purpose=Purpose.COLLECTION, now=arrears.now
    )
    assert (verdict.is_allowed, used) == (True, 2)  # nobody answered: that one is free again
    with pytest.raises(IllegalState):
        contacts.record_result(attempt_id=asked[0].pk, result="reached", note="", **done)
    with pytest.raises(InvalidInput):
        contacts.record_result(attempt_id=asked[2].pk, result="shouted", note="", **done)
    for wrong in ("\x00", "x" * 1_001):
        with pytest.raises(InvalidInput):
            contacts.record_result(attempt_id=asked[2].pk, result="reached", note=wrong, **done)
    with pytest.raises(DatabaseError), transaction.atomic():
        ContactAttempt.objects.filter(pk=asked[0].pk).update(effective=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM lending_contactattempt WHERE id = %s", [asked[0].pk])
        assert "王老汉".encode() not in bytes(cursor.fetchone()[0])
    assert contacts.expire_unrecorded(today=arrears.now.date() + DAY, now=arrears.now + DAY) == 1
    tomorrow, _ = contacts.request(wanted=wanted(loan), now=arrears.now + DAY, officer=officer)
    assert tomorrow.state == "planned"


@pytest.mark.django_db
def test_night_strangers_and_pauses_are_refused_and_written_down(arrears: Arrears) -> None:
    loan, now = arrears.late(5), arrears.now
    night = now.replace(hour=22)
    call = wanted(loan, Channel.CALL)
    assert contacts.request(wanted=call, now=night)[1].code == "quiet_hours"
    _, answer = contacts.request(wanted=wanted(loan, whom=Whom.CONTACT_PERSON), now=now)
    assert answer.code == "borrower_only"
    contact_pauses.begin(loan=loan, kind=Pause.COMPLAINT, now=now, officer=arrears.officer())
    assert contacts.request(wanted=call, now=now)[1].code == "paused_complaint"
    assert contact_pauses.end(loan=loan, kind=Pause.COMPLAINT, now=now)
    assert not contact_pauses.end(loan=loan, kind=Pause.COMPLAINT, now=now)
    contact_pauses.tell_hardship(loan=loan, reason="illness", now=now)
    assert contacts.request(wanted=call, now=now)[1].code == "paused_hardship"
    assert contacts.request(wanted=call, now=now + 8 * DAY)[1].is_allowed
    results = ContactAttempt.objects.exclude(result="").order_by("created_at", "result")
    assert {row.state for row in results} == {"refused"}
    with pytest.raises(InvalidInput):
        contact_pauses.tell_hardship(loan=loan, reason="bored", now=now)


@pytest.mark.django_db
def test_a_bank_may_be_quieter_than_the_standard(arrears: Arrears) -> None:
    loan, today = arrears.late(5), arrears.now.date()
    parameters.set_parameter(
        code="CONTACT_QUIET_FROM_HOUR", value=Decimal(20),
        basis="board", valid_from=today, today=today,
    )
    answer = contacts.request(wanted=wanted(loan), now=arrears.now.replace(hour=20))[1]
    assert answer.not_before == arrears.now.replace(hour=8) + DAY


@pytest.mark.django_db(transaction=True)
def test_officers_who_ask_at_the_same_moment_get_three_between_them(
    settings: object, now: dt.datetime
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    call_command("seed_products", verbosity=0)
    demo_bank.seed(today=now.date(), now=now)
    loan = Book(now).loan()
    gate, states = threading.Barrier(6), []

    def ask() -> None:
        try:
            gate.wait()
            states.append(contacts.request(wanted=wanted(loan), now=now)[0].state)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["planned"] * 3 + ["refused"] * 3
