"""Due dates: pure calendar arithmetic. No holidays, no clock.

Every date is counted from the anchor, never from the date before it, so that day 31 comes back
after a short month (31 January → 28 February → 31 March).
"""

from datetime import date, timedelta

FREQUENCIES = ("month", "week", "day")
MONTH_ENDS = ("clamp", "roll")
_LONG_MONTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def last_day_of_month(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap_year(year) else _LONG_MONTHS[month]


def add_months(anchor: date, months: int, month_end: str = "clamp") -> date:
    """The same day of the month ``months`` later (or earlier, when negative).

    Where that month has no such day: ``clamp`` takes its last day, ``roll`` the first of the next.
    Raises ``OverflowError`` outside the years 1 to 9999.
    """
    index = anchor.year * 12 + anchor.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError("date out of range")
    day = anchor.day
    if day > 28:
        last = last_day_of_month(year, month)
        if day > last:
            if month_end == "roll":
                return date(year, month + 1, 1)  # December is never short, so month + 1 ≤ 12
            day = last
    return date(year, month, day)


def due_dates(
    start: date, periods: int, every: int = 1, frequency: str = "month", month_end: str = "clamp"
) -> list[date]:
    """``periods`` strictly rising dates, the first one ``every`` × ``frequency`` after ``start``.

    Raises ``OverflowError`` when one would fall after the year 9999.
    """
    if frequency == "month":
        return [add_months(start, every * n, month_end) for n in range(1, periods + 1)]
    step = every * 7 if frequency == "week" else every
    return [start + timedelta(days=step * n) for n in range(1, periods + 1)]
