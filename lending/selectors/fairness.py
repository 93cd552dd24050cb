"""The fairness page's figures from the counted cells: bounded by days × groups, whatever was decided."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Sum

from lending.domain.fairness_groups import DIMENSIONS, UNKNOWN
from lending.models import FairnessCell, FairnessDay
from risk.selectors.fairness import Comparison, Counts, compare

DAYS_DEFAULT, DAYS_MAX = 90, 1_096
#: No bank here decided anything before; days before it have no day that many days earlier.
FIRST_DAY = date(2000, 1, 1)
#: Villages named one by one; with more, those with most decisions.
GROUPS_MAX = 40


@dataclass(frozen=True)
class Dimension:
    """One way to divide people; ``more`` groups lie beyond ``GROUPS_MAX``."""

    code: str
    comparison: Comparison
    more: int


def dimensions(*, since: date, until: date, product: str = "") -> list[Dimension]:
    """Sex, age, county and place compared over the days from ``since`` to ``until`` (both included)."""
    rows = FairnessCell.objects.filter(day__gte=since, day__lte=until)
    if product:
        rows = rows.filter(product_code=product)
    sums = rows.values("dimension", "group", "outcome").annotate(
        n=Sum("n"), good=Sum("n_good"), priced=Sum("n_priced"),
        limits=Sum("sum_limit"), rates=Sum("sum_rate"),
    )
    found: dict[str, dict[str, Counts]] = {code: {} for code in DIMENSIONS}
    for row in sums:
        before = found[row["dimension"]].get(row["group"], Counts(0, 0))
        found[row["dimension"]][row["group"]] = _added(before, row)
    return [_dimension(code, groups) for code, groups in found.items()]


def _added(before: Counts, row: dict[str, object]) -> Counts:
    n, good = int(str(row["n"])), int(str(row["good"]))
    approved = row["outcome"] == "approve"
    return Counts(
        n=before.n + n,
        approved=before.approved + (n if approved else 0),
        good=before.good + good,
        good_approved=before.good_approved + (good if approved else 0),
        priced=before.priced + int(str(row["priced"])),
        sum_limit=before.sum_limit + Decimal(str(row["limits"])),
        sum_rate=before.sum_rate + Decimal(str(row["rates"])),
    )


def _dimension(code: str, groups: dict[str, Counts]) -> Dimension:
    """Unknown groups are left out: they are nobody's."""
    known = {name: counts for name, counts in groups.items() if name != UNKNOWN}
    largest = sorted(known, key=lambda name: (-known[name].n, name))[:GROUPS_MAX]
    return Dimension(
        code, compare({name: known[name] for name in sorted(largest)}), len(known) - len(largest)
    )


def counted_until() -> date | None:
    """The last business date that was counted."""
    day: date | None = FairnessDay.objects.aggregate(last=Max("day"))["last"]
    return day


def period(since: str, until: str, today: date) -> tuple[date, date]:
    """The days asked for, made sensible: at most ``DAYS_MAX``, not after today, the last 90 unasked."""
    end = min(_day(until) or today, today)
    start = _day(since) or end - timedelta(days=DAYS_DEFAULT - 1)
    start = min(start, end)
    return max(start, end - timedelta(days=DAYS_MAX)), end


def _day(text: str) -> date | None:
    try:
        return max(date.fromisoformat(text), FIRST_DAY)
    except ValueError:
        return None
