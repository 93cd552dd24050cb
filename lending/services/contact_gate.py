"""The contact gate on the database: who was contacted when, and what stops a contact right now.

Everybody who plans or sends a contact about a debt passes here, one after the other for one person.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from lending.domain.contact_policy import (
    INTERVALS,
    Answer,
    Channel,
    Outcome,
    Person,
    Purpose,
    Rules,
    Whom,
    earliest,
    judge,
)
from lending.models import ContactAttempt, ContactOptOut, ContactPause, SmsMessage
from lending.selectors import arrears
from products import selectors as product_selectors

_PERSON_LOCK = 7_105
_COUNTS = Q(state="planned") | Q(state="made", effective=True)


@dataclass(frozen=True)
class Sending:
    """Whether a gated text goes now. ``amount``: what is owed by now, None when it does not go."""

    goes: bool
    wait_until: datetime | None = None
    amount: str | None = None


def take_turns(customer_ids: Iterable[UUID]) -> None:
    """Contacts with one person are judged one at a time, until the transaction ends; sorted, so that
    two batches never wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, key) FROM ("
            "SELECT DISTINCT hashtext(id) AS key FROM unnest(%s::text[]) AS id ORDER BY 1) AS keys",
            [_PERSON_LOCK, [str(one) for one in customer_ids]],
        )


def rules_on(day: date) -> Rules:
    """The numbers in force; the standard's own where the bank has entered none."""
    found = {}
    for name, code in (
        ("quiet_from_hour", "CONTACT_QUIET_FROM_HOUR"),
        ("quiet_until_hour", "CONTACT_QUIET_UNTIL_HOUR"),
        ("per_day_max", "CONTACTS_PER_DAY_MAX"),
    ):
        try:
            found[name] = int(product_selectors.parameter(code, day))
        except product_selectors.MissingParameter:
            continue
    return Rules(**found)


def people(
    customer_ids: Collection[UUID], *, day: date, now: datetime, leave_out: UUID | None = None
) -> dict[UUID, Person]:
    """What counts about each of them on ``day``, in four questions however many they are."""
    attempts = ContactAttempt.objects.filter(customer__in=customer_ids)
    if leave_out is not None:
        attempts = attempts.exclude(pk=leave_out)
    counted = dict(
        attempts.filter(_COUNTS, day=day).values_list("customer").annotate(Count("pk")).order_by()
    )
    last: dict[UUID, dict[str, datetime]] = {}
    oldest = timezone.localdate(now - max(INTERVALS.values())) - timedelta(days=1)
    for who, channel, at in (
        attempts.filter(effective=True, day__gte=oldest, channel__in=INTERVALS)
        .values_list("customer", "channel")
        .annotate(Max("at"))
        .order_by()
    ):
        last.setdefault(who, {})[channel] = timezone.localtime(at)
    opted: dict[UUID, set[str]] = {}
    for who, channel in ContactOptOut.objects.filter(customer__in=customer_ids).values_list(
        "customer", "channel"
    ):
        opted.setdefault(who, set()).add(channel)
    pauses: dict[UUID, set[str]] = {}
    for who, kind in running_pauses(now).filter(customer__in=customer_ids).values_list(
        "customer", "kind"
    ):
        pauses.setdefault(who, set()).add(kind)
    return {
        who: Person(
            counted=counted.get(who, 0),
            opted_out=frozenset(opted.get(who, ())),
            pauses=frozenset(pauses.get(who, ())),
            last_by_channel=last.get(who, {}),
        )
        for who in customer_ids
    }


def running_pauses(now: datetime):  # type: ignore[no-untyped-def]
    """Pauses that hold at ``now``."""
    return ContactPause.objects.filter(Q(until__isnull=True) | Q(until__gt=now), ended_at__isnull=True)


def answer(
    *, customer_id: UUID, channel: Channel, purpose: Purpose, now: datetime
) -> tuple[Answer, int]:
    """What the gate would say now, and how many of the day's contacts are used. Reserves nothing."""
    local, rules = timezone.localtime(now), rules_on(timezone.localdate(now))
    day = earliest(local, channel, rules).date()
    person = people([customer_id], day=day, now=now)[customer_id]
    verdict = judge(
        local, whom=Whom.BORROWER, channel=channel, purpose=purpose, person=person, rules=rules
    )
    return verdict, person.counted


def before_sending(*, message: SmsMessage, now: datetime) -> Sending:
    """The gate again, as a text is about to go: it may wait for morning, or be dropped for good."""
    with transaction.atomic():
        attempt = ContactAttempt.objects.select_related("loan").filter(sms=message).first()
        if attempt is None or attempt.state != ContactAttempt.State.PLANNED:
            return Sending(goes=False)
        take_turns([attempt.customer_id])
        amount = arrears.still_owed(attempt)
        if amount is None:
            _end(attempt, ContactAttempt.State.EXPIRED, "reason_gone", now)
            return Sending(goes=False)
        local, rules = timezone.localtime(now), rules_on(timezone.localdate(now))
        channel = Channel(attempt.channel)
        day = earliest(local, channel, rules).date()
        person = people([attempt.customer_id], day=day, now=now, leave_out=attempt.pk)
        verdict = judge(
            local,
            whom=Whom.BORROWER,
            channel=channel,
            purpose=Purpose(attempt.purpose),
            person=person[attempt.customer_id],
            rules=rules,
        )
        if verdict.outcome is Outcome.REFUSED:
            _end(attempt, ContactAttempt.State.REFUSED, verdict.code, now)
            return Sending(goes=False)
        attempt.day, attempt.at = day, verdict.not_before or now
        attempt.save(update_fields=["day", "at"])
        if verdict.outcome is Outcome.LATER:
            return Sending(goes=False, wait_until=verdict.not_before)
        return Sending(goes=True, amount=f"{amount:.2f}")


def text_sent(*, message: SmsMessage, now: datetime) -> None:
    """The carrier has it: an effective contact of today."""
    ContactAttempt.objects.filter(sms=message, state="planned").update(
        state="made", effective=True, result="sent", at=now, day=timezone.localdate(now)
    )


def text_failed(*, message: SmsMessage, now: datetime) -> None:
    """The carrier would not take it for good: it counts for nothing."""
    ContactAttempt.objects.filter(sms=message, state="planned").update(
        state="expired", result="not_sent", at=now
    )


def _end(attempt: ContactAttempt, state: str, result: str, now: datetime) -> None:
    attempt.state, attempt.result, attempt.at = state, result, now
    attempt.save(update_fields=["state", "result", "at"])
