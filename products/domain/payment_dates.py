"""When something is paid: which due dates carry a payment, and the interest factor up to each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from products.domain.calendar import add_months
from products.domain.day_count import period_fraction
from products.domain.schedule_check import InvalidSchedule

if TYPE_CHECKING:
    from products.domain.schedule import ScheduleRequest


def payments(
    request: "ScheduleRequest", method: str, dues: Sequence[date]
) -> tuple[list[date], list[Decimal]]:
    """Dates on which something is paid, each with the rate factor since the one before."""
    paying = set(_paying(request, method, dues))
    if not paying:
        raise InvalidSchedule("seasonal_months", "none of these months falls within the term")
    rate, day_count = request.annual_rate, request.day_count
    every, frequency = request.every, request.frequency
    paid_on: list[date] = []
    factors: list[Decimal] = []
    years, start = Decimal(0), request.start
    for due in dues:
        years += period_fraction(start, due, day_count, every, frequency)
        start = due
        if due in paying:
            paid_on.append(due)
            factors.append(rate * years)
            years = Decimal(0)
    return paid_on, factors


def paying_months(shares: Mapping[int, int]) -> tuple[int, ...]:
    """The calendar months with a weight, in order."""
    return tuple(month for month in sorted(shares) if shares[month] > 0)


def _paying(request: "ScheduleRequest", method: str, dues: Sequence[date]) -> Sequence[date]:
    if method == "bullet":
        return dues[-1:]
    if method == "seasonal":
        months = request.seasonal_months or paying_months(request.seasonal_shares or {})
        return [due for due in dues if due.month in months]
    if method == "quarterly_interest":
        return list(_quarter_ends(request.start, dues))
    return dues


def _quarter_ends(start: date, dues: Sequence[date]) -> Iterator[date]:
    """The first due date at or after each third month from the start, and the last one."""
    quarters = 1
    for due in dues[:-1]:
        elapsed = (due.year - start.year) * 12 + due.month - start.month
        if due < add_months(start, elapsed):  # the last month of them is not whole yet
            elapsed -= 1
        if elapsed >= 3 * quarters:
            quarters = elapsed // 3 + 1
            yield due
    yield dues[-1]
