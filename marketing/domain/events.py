"""What one event of lending's feed means for a journey attempt. Pure.

Steps keep the first time, endings and reviews the last: taking the smaller or the larger of two times
gives the same row in whatever order, and however often, the events arrive.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from marketing.domain.funnel import ENDINGS

#: event name → columns that get its time
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "session.opened": ("logged_in_at",),
    "application.started": ("started_at",),
    "application.identified": ("identified_at",),
    "application.consented": ("consented_at",),
    "application.profiled": ("profiled_at",),
    "application.card_bound": ("card_bound_at",),
    "application.submitted": ("submitted_at",),
    "application.offered": ("offered_at", "decided_at"),
    "application.in_review": ("in_review_at", "decided_at"),
    "application.declined": ("declined_at", "decided_at"),
    "application.accepted": ("accepted_at",),
    "application.signed": ("signed_at",),
    "application.disbursed": ("disbursed_at",),
    "application.withdrawn": ("withdrawn_at",),
    "application.expired": ("expired_at",),
}
#: Columns that keep the last time: endings, and the review that may follow a refusal.
LATEST_COLUMNS = frozenset({*(f"{ending}_at" for ending in ENDINGS), "in_review_at"})
_UNSCANNED = UUID("6a1e6d0e-6f0b-4c39-9d0d-0b6c2f1f7a52")
_REASON = re.compile(r"[a-z][a-z0-9_ .\-]{0,59}")


@dataclass(frozen=True)
class Event:
    """One row of the feed, as far as marketing may know it."""

    id: int
    name: str
    at: datetime
    application_id: UUID | None = None
    source_token: str = ""
    officer_id: int | None = None
    product_code: str = ""
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Delta:
    """What a batch of events adds to one attempt."""

    times: dict[str, datetime] = field(default_factory=dict)
    officer_id: int | None = None
    product_code: str = ""
    code: str = ""
    drop_reason: str = ""
    drop_reason_at: datetime | None = None

    def absorb(self, event: Event) -> None:
        for column in columns(event):
            before = self.times.get(column)
            keep = max if column in LATEST_COLUMNS else min
            self.times[column] = event.at if before is None else keep(before, event.at)
        self.officer_id = self.officer_id or event.officer_id
        self.product_code = self.product_code or event.product_code
        self.code = self.code or event.code
        reason = obstacle(event)
        if reason and (self.drop_reason_at is None or event.at >= self.drop_reason_at):
            self.drop_reason, self.drop_reason_at = reason, event.at


def columns(event: Event) -> tuple[str, ...]:
    """The attempt's columns that this event gives a time to; empty when it is none of our business."""
    if event.name == "otp.sent":
        return ("otp_sent_at",) if event.data.get("purpose", "login") == "login" else ()
    return _COLUMNS.get(event.name, ())


def obstacle(event: Event) -> str:
    """The reported obstacle as a short code word; free text of a person never comes through."""
    if event.name != "application.step_failed":
        return ""
    reason = str(event.data.get("reason", ""))
    return reason if _REASON.fullmatch(reason) else "other"


def token_of(event: Event) -> UUID | None:
    """The attempt id in the event's source token, None when there is none that could be one."""
    try:
        return UUID(event.source_token) if event.source_token else None
    except ValueError:
        return None


def unscanned_id(application_id: UUID) -> UUID:
    """The attempt id of an application that came without a scan of its own: always the same one."""
    return uuid5(_UNSCANNED, str(application_id))
