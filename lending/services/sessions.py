"""Customers log in with an SMS code; the first login opens the customer file."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from lending import events
from lending.models import Customer, CustomerSession
from lending.services import otp as otp_service

SESSION_LIVES = timedelta(days=7)


@dataclass(frozen=True)
class OpenedSession:
    customer: Customer
    token: str
    expires_at: datetime


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    *, mobile: str, otp: str, client_ip: str, now: datetime, source_token: str = ""
) -> OpenedSession:
    """Check the code, find or make the customer, hand out a new token. Raises ``WrongCode``."""
    mobile = otp_service.clean_mobile(mobile)
    otp_service.verify_code(mobile=mobile, purpose="login", code=otp, now=now)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        customer = _customer_of(mobile, now)
        session = CustomerSession.objects.create(
            token_sha256=token_sha256(token),
            customer=customer,
            created_at=now,
            expires_at=now + SESSION_LIVES,
        )
        events.record("session.opened", at=now, customer_id=customer.pk, source_token=source_token)
    return OpenedSession(customer=customer, token=token, expires_at=session.expires_at)


def close_session(*, token: str, now: datetime) -> None:
    """Log out: the token is worthless from now on."""
    CustomerSession.objects.filter(token_sha256=token_sha256(token), closed_at__isnull=True).update(
        closed_at=now
    )


def _customer_of(mobile: str, now: datetime) -> Customer:
    index = otp_service.mobile_index(mobile)
    customer = Customer.objects.filter(mobile_index=index).first()
    if customer is not None:
        return customer
    try:
        with transaction.atomic():
            return Customer.objects.create(
                customer_no=f"C{secrets.randbelow(10**11):011d}",
                mobile=mobile,
                mobile_index=index,
                language=get_language() or "zh-hans",
                created_at=now,
            )
    except IntegrityError:  # two first logins at once: the other one made it
        return Customer.objects.get(mobile_index=index)
