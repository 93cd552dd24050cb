"""Sources at the desk: a switch or budget changed with a reason, and its trail, in one transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.staff_duties import Duty, may
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import Officer
from lending.services import audit
from lending.services.product_refusals import FORBIDDEN
from risk.selectors.sources import Setting, UnknownSource
from risk.services import sources


def change(
    *,
    officer: Officer,
    source: str,
    is_enabled: bool,
    daily_budget_fen: int | None,
    daily_calls_max: int | None,
    seen: int,
    reason: str,
    now: datetime,
) -> Setting:
    """A source's switch and limits from now on; ``seen`` numbers the setting that stood on the page.

    Raises ``NotPermitted``, ``NotFound``, ``InvalidInput`` and, if somebody was faster,
    ``IllegalState``.
    """
    if not may(officer.role, Duty.KEEP_SOURCES):
        raise NotPermitted(FORBIDDEN)
    reason = reason.strip()
    if len(reason) < audit.REASON_MIN or "\x00" in reason:
        raise InvalidInput.field("reason", _("Please say why, for those who come after you."))
    try:
        with transaction.atomic():
            before, after = sources.change_setting(
                source=source,
                is_enabled=is_enabled,
                daily_budget_fen=daily_budget_fen,
                daily_calls_max=daily_calls_max,
                seen=seen,
                author=officer.staff_no,
                now=now,
            )
            audit.record(
                actor=officer.staff_no,
                action="source.change",
                subject_type="source",
                subject_id=source,
                reason=reason,
                now=now,
                detail={"before": _said(before), "after": _said(after)},
            )
    except UnknownSource:
        raise NotFound from None
    except sources.WrongLimit as wrong:
        raise InvalidInput.field(wrong.field, _("This number is too large or too small.")) from None
    except sources.SettingChanged:
        raise IllegalState(
            _("Somebody changed this source a moment ago. Look at it again, please.")
        ) from None
    return after


def _said(setting: Setting) -> dict[str, Any]:
    return {
        "is_enabled": setting.is_enabled,
        "daily_budget_fen": setting.daily_budget_fen,
        "daily_calls_max": setting.daily_calls_max,
    }
