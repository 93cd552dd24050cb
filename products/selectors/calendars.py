"""Reading income calendars: the one in force for a crop in a county, all of a day, and what was."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from products import models
from products.domain.income_calendar import IncomeCalendar, PlanMonth, plan_months, plan_shares
from products.domain.pricing import rate_band
from products.domain.schedule import Schedule, for_terms
from products.selectors import MissingParameter, parameter, published_products

SAMPLE_PRINCIPAL = Decimal("20000.00")
SAMPLE_MONTHS = 12
_LIST_MAX = 1_000
_HISTORY_MAX = 200


@dataclass(frozen=True)
class SamplePlan:
    """What a calendar means for a loan: ``principal`` yuan at ``annual_rate`` over twelve months."""

    principal: Decimal
    annual_rate: Decimal
    schedule: Schedule
    months: tuple[PlanMonth, ...]


def income_calendar(*, crop: str, county: str, on: date) -> IncomeCalendar | None:
    """The calendar that holds on ``on``: the county's own first, then the general one, else None."""
    row = (
        _holding(on)
        .filter(crop=crop, county__in={county, ""})
        .order_by("-county")  # "" comes last
        .first()
    )
    return as_calendar(row) if row else None


def calendars_on(on: date) -> list[IncomeCalendar]:
    """Every calendar in force on ``on``: crops before herds, then by crop, the general one first."""
    rows = _holding(on).order_by("kind", "crop", "county")
    return [as_calendar(row) for row in rows[:_LIST_MAX]]


def history(crop: str, county: str) -> list[IncomeCalendar]:
    """All versions of exactly this crop and county (``""``: the general one), the newest first."""
    rows = models.IncomeCalendar.objects.filter(crop=crop, county=county).order_by("-number")
    return [as_calendar(row) for row in rows[:_HISTORY_MAX]]


def sample_plan(calendar: IncomeCalendar, on: date) -> SamplePlan | None:
    """A loan begun on ``on`` that follows the calendar, at the highest rate of the first product that
    repays by season; None where none is on sale or the day has no LPR.
    """
    terms = next(
        (found.terms for _, found in published_products(on) if "seasonal" in found.terms.methods),
        None,
    )
    if terms is None:
        return None
    try:
        _, annual_rate = rate_band(terms, parameter(f"LPR_{terms.lpr_tenor}", on))
    except MissingParameter:
        return None
    principal = min(SAMPLE_PRINCIPAL, terms.amount_max)
    schedule = for_terms(
        terms, principal=principal, annual_rate=annual_rate, term_months=SAMPLE_MONTHS,
        method="seasonal", start=on,
        seasonal_shares=plan_shares(calendar, start=on, term_months=SAMPLE_MONTHS),
    )  # fmt: skip
    return SamplePlan(principal, annual_rate, schedule, plan_months(calendar.shares, schedule))


def as_calendar(row: models.IncomeCalendar) -> IncomeCalendar:
    """The stored row as the value the arithmetic takes."""
    return IncomeCalendar(
        id=row.pk,
        crop=row.crop,
        county=row.county,
        name_zh=row.name_zh,
        name_en=row.name_en,
        kind=row.kind,
        shares={int(month): percent for month, percent in row.shares.items()},
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        number=row.number,
        author=row.author,
        source=row.source,
    )


def _holding(on: date) -> "QuerySet[models.IncomeCalendar]":
    return models.IncomeCalendar.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on
    )
