"""Day counts: how much of a year lies between two dates, as an exact pair or a factor.

``30/360``  every month has 30 days, every year 360
``act/360`` actual days, year of 360 (the usual basis of a Chinese bank's daily rate)
``act/365`` actual days, year of 365
``act/act`` actual days, each over the length of its own year; a stretch over several years is
            split at 31 December (12 Dec 2023 to 12 Jan 2024 = 19/365 + 12/366)
"""

from datetime import date
from decimal import Decimal

from products.domain.calendar import is_leap_year

DAY_COUNTS = ("30/360", "act/360", "act/365", "act/act")
_360, _365, _366 = Decimal(360), Decimal(365), Decimal(366)


def year_fraction(start: date, end: date, day_count: str) -> Decimal:
    """Years from ``start`` to ``end`` (not before it), at the precision of the current context.

    Under ``30/360`` the 31st counts as the 30th at both ends (the European form).
    """
    days = (end - start).days
    if day_count == "act/360":
        return days / _360
    if day_count == "act/365":
        return days / _365
    if day_count == "act/act":
        return _actual_years(start, end, days)
    months = (end.year - start.year) * 12 + end.month - start.month
    return (months * 30 + min(end.day, 30) - min(start.day, 30)) / _360


def period_fraction(start: date, end: date, day_count: str, every: int, frequency: str) -> Decimal:
    """Years in one whole instalment period of ``every`` × ``frequency`` from ``start`` to ``end``.

    Only ``30/360`` differs from ``year_fraction``: its whole months are 30 days each whatever the
    dates, and its weeks and days are actual days over 360.
    """
    if day_count == "30/360":
        days = 30 * every if frequency == "month" else (end - start).days
        return days / _360
    return year_fraction(start, end, day_count)


def _actual_years(start: date, end: date, days: int) -> Decimal:
    if start.year == end.year:
        return days / (_366 if is_leap_year(start.year) else _365)
    head = (date(start.year, 12, 31) - start).days
    tail = (end - date(end.year - 1, 12, 31)).days
    return (
        head / (_366 if is_leap_year(start.year) else _365)
        + (end.year - start.year - 1)
        + tail / (_366 if is_leap_year(end.year) else _365)
    )
