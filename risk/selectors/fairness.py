"""Figures for the fairness page: decisions of a day without their contents, and the comparison."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from risk.domain.fairness import CELL_MIN, Comparison, Counts, GroupRow, compare
from risk.models import DecisionRecord

__all__ = ["CELL_MIN", "Comparison", "Counts", "GroupRow", "Made", "compare", "days", "made_on"]
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Made:
    """One first answer of the machine, from its plain columns."""

    application_id: UUID
    product_code: str
    outcome: str
    grade: str
    limit: Decimal


def made_on(day: date) -> Iterator[Made]:
    """First decisions (round 1) of a business date, in chunks; nothing is decrypted."""
    rows = DecisionRecord.objects.filter(business_date=day, round=1).values_list(
        "application_id", "product_code", "outcome", "grade", "limit_amount"
    )
    for row in rows.order_by("pk").iterator(chunk_size=_CHUNK):
        yield Made(*row)


def days(*, after: date | None, before: date, limit: int) -> list[date]:
    """Business dates with decisions, oldest first, later than ``after`` and earlier than ``before``."""
    rows = DecisionRecord.objects.filter(business_date__lt=before, round=1)
    if after is not None:
        rows = rows.filter(business_date__gt=after)
    return list(rows.order_by("business_date").values_list("business_date", flat=True).distinct()[:limit])
