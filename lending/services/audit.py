"""Who saw or did what: rows sealed one to the next, so that an edit or a gap shows."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from lending.errors import InvalidInput, NotFound
from lending.models import AuditEntry
from lending.selectors import worklists

FIRST_HASH = "0" * 64
_CHAIN_LOCK = 7_001
REASON_MIN = 4


def record(
    *,
    actor: str,
    action: str,
    subject_type: str,
    subject_id: str,
    now: datetime,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one sealed entry; writers take turns so that the chain has no fork."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        last = AuditEntry.objects.order_by("-id").values_list("entry_hash", flat=True).first()
        entry = AuditEntry(
            actor=actor,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            reason=reason[:300],
            detail=detail or {},
            at=now,
            previous_hash=last or FIRST_HASH,
        )
        entry.entry_hash = seal(entry)
        entry.save()
    return entry


def seal(entry: AuditEntry) -> str:
    """SHA-256 over the entry's content and the hash before it."""
    content = json.dumps(
        [
            entry.previous_hash,
            entry.actor,
            entry.action,
            entry.subject_type,
            entry.subject_id,
            entry.reason,
            entry.detail,
            entry.at.astimezone(UTC).isoformat(),
        ],
        ensure_ascii=False,
        sort_keys=True,
    )
    return hashlib.sha256(content.encode()).hexdigest()


def reveal(*, application_id: UUID, viewer: User, reason: str, now: datetime) -> dict[str, str]:
    """Full personal data of an application the viewer may see; the look itself is on record."""
    if len(reason.strip()) < REASON_MIN or "\x00" in reason:
        raise InvalidInput.field("reason", _("Please say why you need to see this."))
    application = (
        worklists.visible_applications(viewer)
        .select_related("customer", "bank_card")
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise NotFound
    record(
        actor=viewer.get_username(),
        action="personal_data.reveal",
        subject_type="application",
        subject_id=str(application_id),
        reason=reason.strip(),
        now=now,
    )
    return {
        "name": application.name or "",
        "id_number": application.id_number or "",
        "mobile": application.customer.mobile,
        "address": application.address or "",
        "card_number": application.bank_card.card_number if application.bank_card else "",
    }
