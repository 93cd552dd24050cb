"""Counting decisions by group, a closed business date at a time.

Idempotent: a day's cells are replaced whole, so running twice, or after a crash, counts nothing twice.
ID numbers are decrypted here and nowhere else for this; only sums leave the function.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice

import structlog
from django.db import transaction
from django.db.models import Min

from lending.domain.fairness_groups import UNKNOWN, age_band, sex_of
from lending.models import FairnessCell, FairnessDay, LoanApplication, Offer
from lending.selectors import business_day
from risk.selectors.fairness import Made, days, made_on

log = structlog.get_logger(__name__)
#: Closed days of one run: an installation of years catches up in nights, not in one transaction.
DAYS_A_RUN = 31
#: Days counted again after they closed, for decisions that were on their way at midnight.
AGAIN = timedelta(days=1)
#: Once everything that closed is counted, the next look is a night away.
NIGHTLY = timedelta(hours=20)
_CHUNK = 500
_GOOD_GRADES = frozenset({"A", "B", "C"})
Key = tuple[str, str, str, str]  # product, dimension, group, outcome


@dataclass
class _Sum:
    n: int = 0
    n_good: int = 0
    n_priced: int = 0
    sum_limit: Decimal = Decimal(0)
    sum_rate: Decimal = Decimal(0)


def count_new_days(*, now: datetime) -> int:
    """Count business dates that closed since the last run (and the last one again). Returns how many."""
    try:
        today = business_day.of_bank()
    except IndexError:  # the bank has not opened its first day
        return 0
    last = FairnessDay.objects.order_by("-day").first()
    if last and last.day >= today - AGAIN and last.counted_at > now - NIGHTLY:
        return 0
    after = last.day - AGAIN if last else None
    found = days(after=after, before=today, limit=DAYS_A_RUN)
    for day in found:
        count_day(day=day, now=now)
    return len(found)


def count_day(*, day: date, now: datetime) -> int:
    """Replace the cells of one day by a new count; returns the number of decisions."""
    sums: dict[Key, _Sum] = {}
    total = 0
    for chunk in _chunks(made_on(day)):
        total += len(chunk)
        _add(sums, chunk, day)
    with transaction.atomic():
        FairnessDay.objects.update_or_create(
            day=day, defaults={"decisions": total, "counted_at": now}
        )
        FairnessCell.objects.filter(day=day).delete()
        FairnessCell.objects.bulk_create(
            [
                FairnessCell(
                    day=day, product_code=product, dimension=dimension, group=group,
                    outcome=outcome, **vars(one),
                )
                for (product, dimension, group, outcome), one in sorted(sums.items())
            ],
            batch_size=_CHUNK,
        )
    log.info("fairness.day_counted", day=day.isoformat(), decisions=total, cells=len(sums))
    return total


def _chunks(rows: Iterator[Made]) -> Iterator[list[Made]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _add(sums: dict[Key, _Sum], chunk: list[Made], day: date) -> None:
    people = {
        row.pk: row
        for row in LoanApplication.objects.filter(pk__in=[made.application_id for made in chunk])
        .select_related("branch", "customer__village")
        .only("id_number", "branch__county", "customer__village__name")
    }
    rates = dict(
        Offer.objects.filter(application_id__in=list(people), round=1)
        .values_list("application_id")
        .annotate(rate=Min("annual_rate"))
    )
    for made in chunk:
        person = people.get(made.application_id)
        if person is None:
            continue  # decided outside lending (a bench): belongs to nobody here
        rate = rates.get(made.application_id)
        for dimension, group in _groups(person, day):
            key = (made.product_code, dimension, group, made.outcome)
            one = sums.setdefault(key, _Sum())
            one.n += 1
            one.n_good += made.grade in _GOOD_GRADES
            if made.outcome == "approve" and rate is not None:
                one.n_priced += 1
                one.sum_limit += made.limit
                one.sum_rate += rate


def _groups(application: LoanApplication, day: date) -> Iterable[tuple[str, str]]:
    id_number, village = application.id_number or "", application.customer.village
    yield "sex", sex_of(id_number)
    yield "age", age_band(id_number, day)
    yield "county", application.branch.county or UNKNOWN
    yield "place", village.name[:60] if village else UNKNOWN
