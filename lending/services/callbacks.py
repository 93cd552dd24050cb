"""Signed callbacks of the core bank: each event once, settled like any other answer."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.errors import InvalidInput, NotPermitted
from lending.gateways.core_bank import interpret_body
from lending.models import Disbursement, InboundEvent
from lending.selectors import card_transfers as found_transfers
from lending.services import card_transfer_settlement, card_transfers, disbursements, settlements

FRESH_FOR_S = 300
PROVIDER = "corebank"


def receive_core_bank(*, raw_body: bytes, timestamp: str, signature: str, now: datetime) -> str:
    """Check signature and freshness, take the event once, settle. Returns ``settled`` or ``repeated``.

    Raises ``NotPermitted`` for a bad or old signature, ``InvalidInput`` for an unreadable body.
    """
    _authenticate(raw_body, timestamp, signature, now)
    body = _read(raw_body)
    with transaction.atomic():  # the event counts as taken only together with its effect
        _event, is_new = InboundEvent.objects.get_or_create(
            provider=PROVIDER,
            event_id=str(body["event_id"])[:80],
            defaults={"body_sha256": hashlib.sha256(raw_body).hexdigest(), "received_at": now},
        )
        return _settle(body, now) if is_new else "repeated"


_DEFINITE = ("succeeded", "rejected", "mismatch")


def _settle(body: dict[str, Any], now: datetime) -> str:
    key = str(body.get("key"))[:40]
    disbursement = (
        Disbursement.objects.select_related("application", "bank_card").filter(core_key=key).first()
    )
    if disbursement is None:
        return _settle_card_transfer(key, body, now)
    reply = interpret_body(body, disbursements.order_of(disbursement))
    if reply.outcome in _DEFINITE:
        settlements.settle(disbursement_id=disbursement.pk, reply=reply, call=None, now=now)
    return "settled"


def _settle_card_transfer(key: str, body: dict[str, Any], now: datetime) -> str:
    transfer = found_transfers.by_key(key)
    if transfer is None:
        return "unknown_key"  # kept as an event; reconciliation will name it if money moved
    reply = interpret_body(body, card_transfers.order_of(transfer))
    if reply.outcome in _DEFINITE:
        card_transfer_settlement.settle(transfer_id=transfer.pk, reply=reply, now=now)
    return "settled"


def _authenticate(raw_body: bytes, timestamp: str, signature: str, now: datetime) -> None:
    secret = settings.SERVICE_SECRETS["corebank"].encode()
    expected = hmac.new(secret, timestamp.encode() + b"." + raw_body, hashlib.sha256).hexdigest()
    fresh = timestamp.isdigit() and abs(now.timestamp() - int(timestamp[:12])) <= FRESH_FOR_S
    if not fresh or not hmac.compare_digest(expected, signature):
        raise NotPermitted(_("The signature is not valid."))


def _read(raw_body: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw_body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not body.get("event_id"):
        raise InvalidInput(_("The message cannot be read."))
    return body
