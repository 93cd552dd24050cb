"""Income calendars at the desk: a change and its trail in one transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from lending.domain.staff_duties import Duty, may
from lending.errors import NotPermitted
from lending.models import Officer
from lending.services import audit
from lending.services.product_refusals import FORBIDDEN
from products.domain.income_calendar import IncomeCalendar
from products.services import income_calendars


def change(
    *,
    officer: Officer,
    words: Mapping[str, str],
    shares: Mapping[int, int],
    valid_from: date,
    today: date,
    now: datetime,
) -> IncomeCalendar:
    """New shares from a day on. ``words``: crop, county, kind, name_zh, name_en, source.

    Raises ``NotPermitted``, and what ``products.services.income_calendars.set_calendar`` raises.
    """
    if not may(officer.role, Duty.KEEP_CALENDARS):
        raise NotPermitted(FORBIDDEN)
    with transaction.atomic():
        calendar = income_calendars.set_calendar(
            **words, shares=shares, valid_from=valid_from, today=today, author=officer.staff_no
        )
        audit.record(
            actor=officer.staff_no,
            action="income_calendar.set",
            subject_type="income_calendar",
            subject_id=str(calendar.id),
            reason=calendar.source,
            now=now,
            detail=calendar.as_dict(),
        )
    return calendar
