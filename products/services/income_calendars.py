"""New income calendars for crops and herds, each with the source it stands on."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from products import models
from products.domain.income_calendar import KINDS, IncomeCalendar, read_shares
from products.selectors.calendars import as_calendar
from products.services.parameters import WrongDay

_CROP = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)
_COUNTY = re.compile(r"([1-9][0-9]{5})?", re.ASCII)
#: A calendar set for a day too far off could not be put right before it.
AHEAD_MAX = timedelta(days=731)
_LENGTHS = {"name_zh": 40, "name_en": 60, "source": 300, "author": 60}


class InvalidCalendar(ValueError):
    """A word of the calendar is missing, too long or unknown; ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def set_calendar(
    *,
    crop: str,
    county: str,
    shares: Mapping[Any, Any],
    name_zh: str,
    name_en: str,
    kind: str,
    source: str,
    valid_from: date,
    today: date,
    author: str,
    checker: str = "",
) -> IncomeCalendar:
    """``shares`` (month → percent) hold from ``valid_from``; the calendar before ends that day.

    ``county`` "" is every county without a calendar of its own. Raises ``InvalidShares``,
    ``InvalidCalendar`` or ``WrongDay`` (in the past, more than two years off, or not after the first
    day of the last one).
    """
    words = {"name_zh": name_zh, "name_en": name_en, "source": source, "author": author}
    words = {field: text.strip() for field, text in words.items()}
    _check(crop, county, kind, words)
    sound = read_shares(shares)
    if not today <= valid_from <= today + AHEAD_MAX:
        raise WrongDay("past" if valid_from < today else "far", valid_from)
    with transaction.atomic():
        number = _end_the_last(crop, county, valid_from) + 1
        row = models.IncomeCalendar.objects.create(
            crop=crop,
            county=county,
            number=number,
            kind=kind,
            shares={str(month): percent for month, percent in sound.items()},
            valid_from=valid_from,
            checker=checker,
            **words,
        )
    return as_calendar(row)


def _end_the_last(crop: str, county: str, on: date) -> int:
    """End the newest version on ``on``; returns its number, 0 where there was none."""
    with connection.cursor() as cursor:  # also two first calendars of one crop take turns
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"calendar {crop}/{county}"]
        )
    last = models.IncomeCalendar.objects.filter(crop=crop, county=county).order_by("-number").first()
    if last is None:
        return 0
    if last.valid_from >= on:
        raise WrongDay("taken", last.valid_from)
    if last.valid_to is None or last.valid_to > on:
        last.valid_to = on
        last.save(update_fields=["valid_to"])
    return int(last.number)


def _check(crop: str, county: str, kind: str, words: Mapping[str, str]) -> None:
    if not _CROP.fullmatch(crop):
        raise InvalidCalendar("crop")
    if not _COUNTY.fullmatch(county):
        raise InvalidCalendar("county")
    if kind not in KINDS:
        raise InvalidCalendar("kind")
    for field, text in words.items():
        if not text or len(text) > _LENGTHS[field] or not text.isprintable():
            raise InvalidCalendar(field)


def seed(rows: Mapping[str, Any]) -> int:
    """The seeded calendars that are missing; what stands is left alone. Returns how many were new."""
    valid_from = date.fromisoformat(rows["valid_from"])
    known = set(models.IncomeCalendar.objects.values_list("crop", "county"))
    new = [row for row in rows["calendars"] if (row["crop"], row["county"]) not in known]
    for row in new:
        set_calendar(
            **row,
            valid_from=valid_from,
            today=valid_from,
            author=rows["author"],
            checker=rows["checker"],
        )
    return len(new)
