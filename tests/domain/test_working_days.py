"""The clock of a human review counts days on which somebody is at work."""

from datetime import date

import pytest

from lending.domain.working_days import is_working_day, working_days_after


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),  # a Tuesday
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day
        (date(2031, 1, 6), True),  # holidays of that year are not announced: Monday
        (date(2031, 1, 5), False),
    ],
)
def test_holidays_and_weekends_are_no_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("asked", "count", "due"),
    [
        (date(2026, 11, 24), 5, date(2026, 12, 1)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
    ],
)
def test_the_day_of_asking_does_not_count(asked: date, count: int, due: date) -> None:
    assert working_days_after(asked, count) == due


def test_a_holiday_week_moves_the_day_on() -> None:
    assert working_days_after(date(2026, 9, 30), 5) > date(2026, 10, 10)
