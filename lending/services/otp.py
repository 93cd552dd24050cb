"""One-time codes by SMS: hashed, bound to mobile + purpose + application, five tries, five minutes, once.

The answer to a request for a code is always the same, so nobody learns which numbers are customers.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.application_flow import State
from lending.domain.contact_numbers import normalised_mobile
from lending.errors import IllegalState, InvalidInput, NotFound, TooMany, WrongCode
from lending.models import Customer, LoanApplication, OtpChallenge, SmsMessage
from lending.services import sms
from products.encryption import blind_index

log = structlog.get_logger(__name__)

CODE_LIVES = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)
TRIES_MAX = 5


def mobile_index(mobile: str) -> str:
    return blind_index(mobile, purpose="mobile")


def ip_index(client_ip: str) -> str:
    return blind_index(client_ip, purpose="ip") if client_ip else ""


def clean_mobile(text: Any) -> str:
    """Eleven digits of a mainland mobile, or ``InvalidInput`` on the field ``mobile``."""
    mobile = normalised_mobile(text)
    if mobile is None:
        raise InvalidInput.field(
            "mobile",
            _("Please enter an 11-digit mobile number, for example 138 1234 5678."),
            "invalid_mobile",
        )
    return mobile


def send_code(
    *,
    mobile: str,
    purpose: str,
    client_ip: str,
    now: datetime,
    application_id: UUID | None = None,
    customer: Customer | None = None,
    source_token: str = "",
) -> None:
    """Send a code for ``login`` or, to the logged-in customer's own number, for ``sign``.

    Within 60 seconds of an unused code nothing new is sent (that code still works). Raises ``TooMany``
    after the day's share of codes for this number or address.
    """
    mobile = clean_mobile(mobile)
    application = None
    if purpose == OtpChallenge.Purpose.SIGN:
        application = _application_to_sign(application_id, customer, mobile)
    elif purpose != OtpChallenge.Purpose.LOGIN:
        raise InvalidInput.field("purpose", _("Choose login or sign."))
    index, ip = mobile_index(mobile), ip_index(client_ip)
    with transaction.atomic():
        _serialise(index)
        recent = OtpChallenge.objects.filter(
            mobile_index=index, purpose=purpose, application=application
        )
        if recent.filter(
            created_at__gt=now - RESEND_AFTER, used_at__isnull=True, attempts__lt=TRIES_MAX
        ).exists():
            return
        _refuse_too_many(index, ip, now)
        recent.filter(used_at__isnull=True).update(expires_at=now)  # only the newest code counts
        message = _new_code(mobile, purpose, application, index, ip, now)
        events.record(
            "otp.sent",
            at=now,
            application=application,
            source_token=source_token,
            data={"purpose": purpose},
        )
    sms.deliver(
        sms_id=message.pk, now=now
    )  # at once: the person is waiting; the sweeper is the net


def verify_code(
    *, mobile: str, purpose: str, code: str, now: datetime, application_id: UUID | None = None
) -> None:
    """Use up the newest code; raises ``WrongCode``. At most five guesses are ever compared.

    Runs outside the caller's transaction on purpose: a counted guess stays counted when the caller fails.
    """
    challenge = (
        OtpChallenge.objects.filter(
            mobile_index=mobile_index(mobile), purpose=purpose, application_id=application_id
        )
        .order_by("-created_at")
        .first()
    )
    if challenge is None or challenge.used_at is not None or challenge.expires_at <= now:
        raise WrongCode(
            _("This code is no longer valid. Please request a new one."), code="code_expired"
        )
    counted = OtpChallenge.objects.filter(
        pk=challenge.pk, attempts__lt=TRIES_MAX, used_at__isnull=True, expires_at__gt=now
    ).update(attempts=F("attempts") + 1)
    if not counted:
        raise WrongCode(_("Too many wrong codes. Please request a new one."), code="code_locked")
    if not hmac.compare_digest(challenge.code_hash, _hash(challenge.pk, str(code))):
        raise WrongCode(_("The code is not right. Please check the newest text message."))
    used = OtpChallenge.objects.filter(pk=challenge.pk, used_at__isnull=True).update(used_at=now)
    if not used:
        raise WrongCode(
            _("This code is no longer valid. Please request a new one."), code="code_expired"
        )


def _application_to_sign(
    application_id: UUID | None, customer: Customer | None, mobile: str
) -> LoanApplication:
    if application_id is None or customer is None:
        raise NotFound
    application = LoanApplication.objects.filter(pk=application_id, customer=customer).first()
    if application is None:
        raise NotFound
    if application.state != State.ACCEPTED:
        raise IllegalState(_("Please choose an offer before signing."))
    if customer.mobile != mobile:
        raise InvalidInput.field("mobile", _("The code goes to the number you logged in with."))
    return application


def _serialise(index: str) -> None:
    """Two requests for one number wait for each other (advisory lock until the transaction ends)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(index[:15], 16)])


def _refuse_too_many(index: str, ip: str, now: datetime) -> None:
    day_ago = now - timedelta(days=1)
    by_mobile = OtpChallenge.objects.filter(mobile_index=index, created_at__gt=day_ago).count()
    by_ip = (
        OtpChallenge.objects.filter(client_ip_index=ip, created_at__gt=day_ago).count() if ip else 0
    )
    if (
        by_mobile >= settings.OTP_CODES_PER_MOBILE_DAY
        or by_ip >= settings.OTP_CODES_PER_ADDRESS_DAY
    ):
        raise TooMany(
            _(
                "Too many codes were requested today. Please try again tomorrow or call your loan officer."
            ),
            retry_after_s=3600,
        )


def _new_code(
    mobile: str,
    purpose: str,
    application: LoanApplication | None,
    index: str,
    ip: str,
    now: datetime,
) -> SmsMessage:
    code = f"{secrets.randbelow(1_000_000):06d}"
    challenge = OtpChallenge(
        mobile_index=index,
        purpose=purpose,
        application=application,
        client_ip_index=ip,
        created_at=now,
        expires_at=now + CODE_LIVES,
    )
    challenge.code_hash = _hash(challenge.pk, code)
    challenge.save()
    return sms.queue(
        template=f"otp_{purpose}",
        event_key=str(challenge.pk),
        mobile=mobile,
        parameters={"code": code},
        language=get_language() or "zh-hans",
        now=now,
    )


def _hash(challenge_id: UUID, code: str) -> str:
    return hmac.new(
        settings.SECRET_KEY.encode(), f"otp|{challenge_id}|{code}".encode(), hashlib.sha256
    ).hexdigest()
