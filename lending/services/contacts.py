"""The only way to a borrower in debt: plan a contact at the gate, record how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending.domain.collection_rules import RESULTS
from lending.domain.contact_policy import (
    Answer,
    Channel,
    Outcome,
    Person,
    Purpose,
    Whom,
    earliest,
    judge,
)
from lending.errors import IllegalState, InvalidInput
from lending.models import CollectionCase, ContactAttempt, Customer, Officer, SmsMessage
from lending.services import audit, contact_gate, sms

NOTE_MAX = 1_000
_State = ContactAttempt.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A contact somebody would like to make. ``text``: parameters of the SMS template."""

    customer_id: UUID
    channel: Channel
    purpose: Purpose
    loan_id: UUID | None = None
    case_id: UUID | None = None
    instalment: int | None = None
    template: str = ""
    event_key: str = ""
    whom: Whom = Whom.BORROWER
    text: dict[str, str] = field(default_factory=dict)


def request(
    *, wanted: Wanted, now: datetime, officer: Officer | None = None
) -> tuple[ContactAttempt, Answer]:
    """Ask for one contact now; allowed, it is planned and counts until its end is recorded.

    A refusal is a row too. Texts are sent by ``send_texts``.
    """
    with transaction.atomic():
        attempt, verdict = _judged([wanted], now=now, officer=officer)[0]
        attempt.save(force_insert=True)
    return attempt, verdict


def request_by_person(
    *, case: CollectionCase, channel: Channel, officer: Officer, now: datetime
) -> tuple[ContactAttempt, Answer]:
    """A call, visit or message somebody is about to make about a case. A call shows the number: audited."""
    with transaction.atomic():
        attempt, verdict = request(
            wanted=Wanted(
                customer_id=case.customer_id,
                loan_id=case.loan_id,
                case_id=case.pk,
                channel=channel,
                purpose=Purpose.COLLECTION,
            ),
            now=now,
            officer=officer,
        )
        if verdict.is_allowed and channel is Channel.CALL:
            audit.record(
                actor=officer.user.get_username(),
                action="personal_data.reveal",
                subject_type="collection_case",
                subject_id=str(case.pk),
                reason="mobile number for a call about arrears",
                now=now,
            )
    return attempt, verdict


def send_texts(*, wanted: Sequence[Wanted], now: datetime) -> int:
    """Plan one text for each that the gate lets through, now or in the morning; returns how many."""
    people = Customer.objects.in_bulk({one.customer_id for one in wanted})
    with transaction.atomic():
        judged = _judged(wanted, now=now, officer=None)
        messages = []
        for one, (attempt, verdict) in zip(wanted, judged, strict=True):
            if attempt.state != _State.PLANNED:
                continue
            customer = people[one.customer_id]
            attempt.sms = SmsMessage(
                template=one.template,
                event_key=one.event_key,
                mobile=customer.mobile,
                parameters=one.text,
                language=customer.language,
                asks_gate=True,
                next_try_at=verdict.not_before or now,
                created_at=now,
            )
            messages.append(attempt.sms)
        sms.queue_many(messages=messages, now=now)
        ContactAttempt.objects.bulk_create([attempt for attempt, _ in judged])
    return len(messages)


def record_result(
    *, attempt_id: UUID, result: str, note: str, officer: Officer, now: datetime
) -> ContactAttempt:
    """How a planned call, visit or message by a person ended. Raises ``InvalidInput``, ``IllegalState``."""
    if result not in RESULTS:
        raise InvalidInput.field("result", _("Please say how it ended."))
    note = checked_note(note)
    with transaction.atomic():
        attempt = (
            ContactAttempt.objects.select_for_update(of=("self",))
            .filter(pk=attempt_id, sms__isnull=True)
            .first()
        )
        if attempt is None or attempt.state != _State.PLANNED:
            raise IllegalState(_("This contact is on record already."))
        attempt.state, attempt.result = _State.MADE, result
        attempt.effective = RESULTS[result]
        attempt.note = note or None
        attempt.officer, attempt.at = officer, now
        attempt.save()
    return attempt


def expire_unrecorded(*, today: date, now: datetime) -> int:
    """Calls and visits of earlier days nobody told the end of; returns how many."""
    return ContactAttempt.objects.filter(state="planned", sms__isnull=True, day__lt=today).update(
        state="expired", result="no_record", at=now
    )


def checked_note(note: str) -> str:
    """Free words of staff, bounded and printable. Raises ``InvalidInput``."""
    if len(note) > NOTE_MAX or "\x00" in note:
        raise InvalidInput.field("note", _("Please write at most 1,000 characters."))
    return note.strip()


def _judged(
    wanted: Sequence[Wanted], *, now: datetime, officer: Officer | None
) -> list[tuple[ContactAttempt, Answer]]:
    """Unsaved rows with the gate's answers; the caller's transaction holds the turns of everybody."""
    contact_gate.take_turns({one.customer_id for one in wanted})
    local, rules = timezone.localtime(now), contact_gate.rules_on(timezone.localdate(now))
    people: dict[tuple[UUID, date], Person] = {}
    for days_ahead in (0, 1):
        day = local.date() + timedelta(days=days_ahead)
        who = {w.customer_id for w in wanted if earliest(local, w.channel, rules).date() == day}
        found = contact_gate.people(who, day=day, now=now) if who else {}
        people |= {(one, day): person for one, person in found.items()}
    planned: dict[tuple[UUID, date], int] = {}
    rows = []
    for one in wanted:
        key = (one.customer_id, earliest(local, one.channel, rules).date())
        person = people[key]
        verdict = judge(
            local,
            whom=one.whom,
            channel=one.channel,
            purpose=one.purpose,
            person=_with_more(person, planned.get(key, 0)),
            rules=rules,
        )
        waits = verdict.code == "quiet_hours" and one.channel is Channel.SMS
        goes = verdict.outcome is Outcome.ALLOWED or waits
        if goes:
            planned[key] = planned.get(key, 0) + 1
        rows.append((_row(one, verdict, goes, key[1], now, officer), verdict))
    return rows


def _with_more(person: Person, more: int) -> Person:
    if not more:
        return person
    return Person(
        counted=person.counted + more,
        opted_out=person.opted_out,
        pauses=person.pauses,
        last_by_channel=person.last_by_channel,
    )


def _row(
    one: Wanted, verdict: Answer, goes: bool, day: date, now: datetime, officer: Officer | None
) -> ContactAttempt:
    return ContactAttempt(
        customer_id=one.customer_id,
        loan_id=one.loan_id,
        case_id=one.case_id,
        instalment=one.instalment,
        channel=one.channel,
        purpose=one.purpose,
        template=one.template,
        event_key=one.event_key,
        state=_State.PLANNED if goes else _State.REFUSED,
        result="" if goes else verdict.code,
        officer=officer,
        day=day,
        at=(verdict.not_before or now) if goes else now,
        created_at=now,
    )
