"""How loans turned out by the month of their decision and of their payout, from counts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from risk.domain import monitoring as figures
from risk.models import DecisionDay
from risk.selectors.monitoring import Span

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class Cohort:
    """Decisions of one month whose loans were paid out. KS and AUC only from ``BADS_MIN`` bad ones."""

    month: str
    loans: int
    bads: int
    auc: float | None
    ks: float | None

    @property
    def is_enough(self) -> bool:
        return self.auc is not None


def cohorts(span: Span) -> list[Cohort]:
    """One row a month of decision, then (month ``""``) all of them together."""
    found: dict[str, tuple[dict[int, int], dict[int, int]]] = defaultdict(lambda: ({}, {}))
    rows = DecisionDay.objects.filter(
        kind__in=("good", "bad"), day__range=(span.since, span.until)
    )
    if span.product:
        rows = rows.filter(product_code=span.product)
    for kind, day, key, n in rows.values_list("kind", "day", "key", "n"):
        side = found[f"{day:%Y-%m}"][kind == "bad"]
        side[int(key)] = side.get(int(key), 0) + n
    months = [_cohort(month, *sides) for month, sides in sorted(found.items())]
    if len(months) > 1:
        whole = [figures.merged(sides[i] for sides in found.values()) for i in (0, 1)]
        months.append(_cohort("", whole[0], whole[1]))
    return months


def vintages(*, today: date, product: str = "") -> list[figures.Vintage]:
    """Curves of the last ``MONTHS_SHOWN`` months of payout, oldest first."""
    rows = DecisionDay.objects.filter(kind__in=("loans", "bad_at"))
    if product:
        rows = rows.filter(product_code=product)
    loans: dict[date, int] = defaultdict(int)
    bad: dict[date, dict[int, int]] = defaultdict(dict)
    for kind, day, key, n in rows.values_list("kind", "day", "key", "n"):
        if kind == "loans":
            loans[day] += n
        else:
            bad[day][int(key)] = bad[day].get(int(key), 0) + n
    return [
        figures.vintage(f"{month:%Y-%m}", loans[month], bad.get(month, {}), _observed(month, today))
        for month in sorted(loans)[-MONTHS_SHOWN:]
    ]


def _cohort(month: str, goods: dict[int, int], bads: dict[int, int]) -> Cohort:
    n_bad = sum(bads.values())
    is_enough = n_bad >= figures.BADS_MIN
    return Cohort(
        month,
        sum(goods.values()) + n_bad,
        n_bad,
        figures.auc(goods, bads) if is_enough else None,
        figures.ks(goods, bads) if is_enough else None,
    )


def _observed(month: date, today: date) -> int:
    """Full months that even a loan of the month's last day has been on book; −1: none yet."""
    return (today.year - month.year) * 12 + today.month - month.month - 1
