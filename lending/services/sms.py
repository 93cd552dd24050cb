"""Service messages: a row first, then the carrier, at most one message per template and event."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q

from lending import jobs
from lending.domain.sms_texts import render
from lending.gateways import sms as carrier
from lending.models import DeadLetter, SmsMessage
from lending.services import contact_gate

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=20)
_RETRY_DELAYS_S = (2, 5, 15, 60, 300, 900)
ATTEMPTS_MAX = 8
#: A code that comes later than it lives only confuses.
CODE_USEFUL_FOR = timedelta(minutes=5)


def queue(
    *,
    template: str,
    event_key: str,
    mobile: str,
    parameters: dict[str, str],
    language: str,
    now: datetime,
) -> SmsMessage:
    """Write the message and its outbox row; a second call for the same template and event does nothing."""
    with transaction.atomic():
        message, created = SmsMessage.objects.get_or_create(
            template=template,
            event_key=event_key,
            defaults={
                "mobile": mobile,
                "parameters": parameters,
                "language": language,
                "next_try_at": now,
                "created_at": now,
            },
        )
        if created:
            jobs.send_sms(message.pk, now)
    return message


def queue_many(*, messages: list[SmsMessage], now: datetime) -> None:
    """Write new messages at once. Those for later are started by the sweeper when their time comes."""
    with transaction.atomic():
        SmsMessage.objects.bulk_create(messages)
        jobs.send_many_sms([one.pk for one in messages if one.next_try_at <= now], now)


def deliver(*, sms_id: UUID, now: datetime) -> bool:
    """Claim with a lease, send, settle. Safe to run twice: the carrier's key is the row's id.

    Returns whether the message is with the carrier. A failure is tried again later by the sweeper.
    """
    claimed = (
        SmsMessage.objects.filter(pk=sms_id)
        .filter(Q(state="queued") | Q(state="sending", lease_until__lt=now))
        .update(state="sending", lease_until=now + _LEASE, attempts=F("attempts") + 1)
    )
    if not claimed:
        return False
    message = SmsMessage.objects.get(pk=sms_id)
    is_code = message.template.startswith("otp_")
    if is_code and now - message.created_at > CODE_USEFUL_FOR:
        SmsMessage.objects.filter(pk=sms_id).update(state="failed", lease_until=None)
        return False
    if message.asks_gate and not _let_through(message, now):
        return False
    reply = carrier.send(
        message_id=str(message.pk),
        mobile=message.mobile,
        template=message.template,
        text=render(message.template, message.language, message.parameters),
        otp=message.parameters.get("code", "") if is_code else "",
    )
    if reply.accepted:
        _settle_sent(message, is_code, now)
        return True
    _settle_refused(message, is_code, reply.problem, now)
    return False


def _settle_sent(message: SmsMessage, is_code: bool, now: datetime) -> None:
    message.state, message.lease_until, message.sent_at = "sent", None, now
    if is_code:
        message.parameters = {}  # the code has done its work; do not keep it
    with transaction.atomic():
        message.save(update_fields=["state", "lease_until", "sent_at", "parameters"])
        if message.asks_gate:
            contact_gate.text_sent(message=message, now=now)


def _settle_refused(message: SmsMessage, is_code: bool, problem: str, now: datetime) -> None:
    """Try again later, or give up: then a person should know that the customer was not told."""
    gave_up = message.attempts >= ATTEMPTS_MAX
    delay_s = _RETRY_DELAYS_S[min(message.attempts - 1, len(_RETRY_DELAYS_S) - 1)]
    SmsMessage.objects.filter(pk=message.pk).update(
        state="failed" if gave_up else "queued",
        lease_until=None,
        next_try_at=now + timedelta(seconds=delay_s),
    )
    if gave_up and message.asks_gate:
        contact_gate.text_failed(message=message, now=now)
    if gave_up and not is_code:
        DeadLetter.objects.create(
            task="lending.send_sms",
            arguments={"sms_id": str(message.pk)},
            error=problem,
            attempts=message.attempts,
            at=now,
        )
    log.warning("sms.not_accepted", sms_id=str(message.pk), problem=problem, gave_up=gave_up)


def _let_through(message: SmsMessage, now: datetime) -> bool:
    """Whether a text about a debt may go now; its amount is brought up to date, or it waits, or ends."""
    verdict = contact_gate.before_sending(message=message, now=now)
    if verdict.goes:
        message.parameters = {**message.parameters, "amount": verdict.amount or ""}
        return True
    if verdict.wait_until is not None:
        changes = {"state": "queued", "next_try_at": verdict.wait_until, "attempts": F("attempts") - 1}
    else:
        changes = {"state": "dropped"}
    SmsMessage.objects.filter(pk=message.pk).update(lease_until=None, **changes)
    return False


def revive(*, now: datetime, limit: int = 500) -> int:
    """Give stuck messages a new outbox row; returns how many."""
    with transaction.atomic():
        stuck = list(
            SmsMessage.objects.select_for_update(skip_locked=True)
            .filter(
                Q(state="queued", next_try_at__lt=now - timedelta(seconds=10))
                | Q(state="sending", lease_until__lt=now)
            )
            .order_by("next_try_at")[:limit]
        )
        for message in stuck:
            jobs.send_sms(message.pk, now)
        SmsMessage.objects.filter(pk__in=[m.pk for m in stuck]).update(
            next_try_at=now + timedelta(seconds=30)
        )
    return len(stuck)
