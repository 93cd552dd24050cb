"""When the money of a crop or herd comes in, and which payments of a loan follow it. Pure.

A calendar spreads one year's income over its months in whole percent. A loan asks it for the weights
of its own payment months (``plan_shares``); ``products.domain.schedule`` lets the principal follow them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from products.domain.calendar import add_months, last_day_of_month
from products.money import ZERO

if TYPE_CHECKING:
    from products.domain.schedule import Schedule

MONTHS = range(1, 13)
WHOLE = 100
CROP, HERD = "crop", "herd"
KINDS = (CROP, HERD)
TERM_MONTHS_MAX = 120
LAG_DAYS_MAX = 180
_COMMON_YEAR = 2025  # the lag is counted in it, so that every year gives the same months


class InvalidShares(ValueError):
    """Shares no calendar can have. ``problems``: month as written → ``month`` (not 1 to 12) or
    ``percent`` (not a whole number 0 to 100); ``total`` is their sum where all are sound, else None.
    """

    def __init__(self, problems: Mapping[str, str], total: int | None) -> None:
        super().__init__(f"shares: {dict(problems) or f'sum to {total}, not {WHOLE}'}")
        self.problems = dict(problems)
        self.total = total


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeCalendar:
    """One version of a calendar. ``county`` "" means every county without one of its own;
    ``shares`` maps months (1–12) with income to whole percents that sum to 100; ``valid_to`` is the
    first day it no longer holds.
    """

    id: int
    crop: str
    county: str
    name_zh: str
    name_en: str
    kind: str
    shares: Mapping[int, int]
    valid_from: date
    valid_to: date | None = None
    number: int
    author: str
    source: str

    @property
    def months(self) -> tuple[int, ...]:
        """The months that bring income, in order."""
        return tuple(month for month in MONTHS if self.shares.get(month))

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe: months as text, dates ISO."""
        return {
            "id": self.id,
            "crop": self.crop,
            "county": self.county,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "kind": self.kind,
            "shares": {str(month): self.shares[month] for month in self.months},
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "number": self.number,
            "author": self.author,
            "source": self.source,
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "IncomeCalendar":
        """The calendar ``as_dict`` wrote. Raises ``InvalidShares``."""
        ends = written.get("valid_to")
        same = ("id", "crop", "county", "name_zh", "name_en", "kind", "number", "author", "source")
        return cls(
            **{name: written[name] for name in same},
            shares=read_shares(written["shares"]),
            valid_from=date.fromisoformat(written["valid_from"]),
            valid_to=date.fromisoformat(ends) if ends else None,
        )


def read_shares(raw: Mapping[Any, Any]) -> dict[int, int]:
    """Month → percent as a person or a file wrote them: whole 0 to 100, in sum 100.

    A month left out or empty brings nothing; the answer holds the months with income only, in order.
    Raises ``InvalidShares`` naming every wrong month.
    """
    shares: dict[int, int] = {}
    problems: dict[str, str] = {}
    for key, value in raw.items():
        month = _whole(key)
        percent = 0 if value is None or value == "" else _whole(value)
        if month is None or month not in MONTHS or month in shares:
            problems[str(key)[:10]] = "month"
        elif percent is None or percent > WHOLE:
            problems[str(month)] = "percent"
        else:
            shares[month] = percent
    total = None if problems else sum(shares.values())
    if total != WHOLE:
        raise InvalidShares(problems, total)
    return {month: shares[month] for month in MONTHS if shares.get(month)}


def _whole(written: Any) -> int | None:
    """A whole number of at most three ASCII digits, as number or text; else None."""
    if type(written) is int:
        return written if 0 <= written <= 999 else None
    if isinstance(written, str) and written.isascii() and written.isdigit() and len(written) <= 3:
        return int(written)
    return None


def plan_shares(
    calendar: IncomeCalendar, *, start: date, term_months: int, lag_days: int = 0
) -> dict[int, int]:
    """Calendar month → percent of the payments of a loan that begins on ``start`` and pays monthly.

    A month's income is there ``lag_days`` after the month's first day, and is paid from on the first
    due day from then on: with no lag in the same month. What would fall outside the term is left out
    and the rest made whole again, every month at least 1, in sum 100. Empty when no income falls
    within the term. In terms above a year the same weights hold each year. Raises ``ValueError``
    for a term or lag out of bounds.
    """
    if not 1 <= term_months <= TERM_MONTHS_MAX or not 0 <= lag_days <= LAG_DAYS_MAX:
        raise ValueError("the term or the lag is out of bounds")
    within = {add_months(start, n).month for n in range(1, min(term_months, 12) + 1)}
    weights: dict[int, int] = {}
    for month in calendar.months:
        paid = _paid_in(month, start.day, lag_days)
        if paid in within:
            weights[paid] = weights.get(paid, 0) + calendar.shares[month]
    return _whole_again(dict(sorted(weights.items())))


def _paid_in(month: int, due_day: int, lag_days: int) -> int:
    """The month of the first due day at which the income of ``month`` is there."""
    there = date(_COMMON_YEAR, month, 1) + timedelta(days=lag_days)
    due = min(due_day, last_day_of_month(there.year, there.month))
    return there.month if due >= there.day else there.month % 12 + 1


def _whole_again(weights: dict[int, int]) -> dict[int, int]:
    """The same proportions in whole percent: largest remainder, the earlier month first.

    The weights sum to 100 at most, so a month of 1 stays at 1 or above.
    """
    whole = sum(weights.values())
    if whole in (0, WHOLE):
        return weights
    shares = {month: weight * WHOLE // whole for month, weight in weights.items()}
    by_rest = sorted(weights, key=lambda month: (-(weights[month] * WHOLE % whole), month))
    for month in by_rest[: WHOLE - sum(shares.values())]:
        shares[month] += 1
    return shares


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """One month of a loan: the income of the year that comes in it (percent) and what is paid (yuan)."""

    first_day: date
    share: int
    amount: Decimal


def plan_months(shares: Mapping[int, int], schedule: "Schedule") -> tuple[PlanMonth, ...]:
    """Income beside payments, from the month after the start to the month of the last payment."""
    paid: dict[date, Decimal] = {}
    for row in schedule.instalments:
        month = row.due.replace(day=1)
        paid[month] = paid.get(month, ZERO) + row.amount
    months, first = [], schedule.start.replace(day=1)
    last = schedule.maturity.replace(day=1)
    while first < last:
        first = add_months(first, 1)
        months.append(PlanMonth(first, shares.get(first.month, 0), paid.get(first, ZERO)))
    return tuple(months)
