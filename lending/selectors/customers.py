"""Finding customers: by session token, by exact number through the blind index."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from lending.domain.contact_numbers import normalised_id_number, normalised_mobile
from lending.models import Customer, CustomerSession
from lending.services.identity import id_index
from lending.services.otp import mobile_index
from lending.services.sessions import token_sha256


def by_token(token: str, now: datetime) -> Customer | None:
    """The customer of a live session; None for anything else."""
    session = (
        CustomerSession.objects.select_related("customer")
        .filter(token_sha256=token_sha256(token), closed_at__isnull=True, expires_at__gt=now)
        .first()
    )
    return session.customer if session else None


def matching(rows: "QuerySet[Customer]", text: Any) -> "QuerySet[Customer]":
    """Rows whose customer number, mobile or ID number is exactly ``text`` (personal data is encrypted)."""
    condition = Q(customer_no=str(text).strip().upper())
    mobile, id_number = normalised_mobile(text), normalised_id_number(text)
    if mobile:
        condition |= Q(mobile_index=mobile_index(mobile))
    if id_number:
        condition |= Q(id_number_index=id_index(id_number))
    return rows.filter(condition)
