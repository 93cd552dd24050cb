"""Schedules worked out by hand, one per method and day count."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from products.domain.apr import apr
from products.domain.calendar import add_months, due_dates
from products.domain.day_count import year_fraction
from products.domain.interest import accrued, accrued_in_period, accrued_over
from products.domain.schedule import InvalidSchedule, Schedule, ScheduleRequest, build, for_terms

BASE = ScheduleRequest(
    principal=Decimal("10000"),
    annual_rate=Decimal("0.072"),
    periods=6,
    start=date(2026, 3, 31),
    method="equal_instalment",
    day_count="act/360",
)


def rows(**changed: Any) -> list[tuple[str, str, str]]:
    return [
        (row.due.isoformat(), str(row.principal), str(row.interest))
        for row in build(replace(BASE, **changed)).instalments
    ]


def test_interest_only_pays_daily_interest_each_month() -> None:
    # 7.2 % ÷ 360 = 2 yuan a day on 10,000
    assert rows(method="interest_only", periods=3) == [
        ("2026-04-30", "0.00", "60.00"),
        ("2026-05-31", "0.00", "62.00"),
        ("2026-06-30", "10000.00", "60.00"),
    ]


def test_flexible_is_previewed_like_interest_only() -> None:
    assert rows(method="flexible") == rows(method="interest_only")


def test_bullet_is_one_payment_of_simple_interest() -> None:
    assert rows(method="bullet") == [("2026-09-30", "10000.00", "366.00")]  # 183 days


def test_quarterly_interest_pays_each_third_month_and_at_the_end() -> None:
    assert rows(method="quarterly_interest", periods=8) == [
        ("2026-06-30", "0.00", "182.00"),  # 91 days
        ("2026-09-30", "0.00", "184.00"),  # 92 days
        ("2026-11-30", "10000.00", "122.00"),  # 61 days
    ]


def test_quarterly_interest_counts_quarters_by_date_for_weeks() -> None:
    dues = [due for due, _, _ in rows(method="quarterly_interest", periods=26, frequency="week")]
    assert dues == ["2026-06-30", "2026-09-29"]  # 13 weeks; at the end
    dues = [due for due, _, _ in rows(method="quarterly_interest", periods=30, frequency="week")]
    assert dues == ["2026-06-30", "2026-10-06", "2026-10-27"]  # no week ends on 30 September


def test_seasonal_pays_only_in_the_months_of_income() -> None:
    assert rows(method="seasonal", periods=12, seasonal_months=(6, 10)) == [
        ("2026-06-30", "5000.00", "182.00"),  # 91 days on 10,000
        ("2026-10-31", "5000.00", "123.00"),  # 123 days on 5,000
    ]


def test_equal_principal_leaves_the_residue_to_the_last() -> None:
    principals = [principal for _, principal, _ in rows(method="equal_principal")]
    assert principals == ["1666.67"] * 5 + ["1666.65"]


@pytest.mark.parametrize(
    ("day_count", "interest"),
    # 12 December 2023 to 12 January 2024: 31 days
    [("30/360", "100.00"), ("act/360", "103.33"), ("act/365", "101.92"), ("act/act", "101.81")],
)
def test_day_counts(day_count: str, interest: str) -> None:
    only = build(
        replace(
            BASE,
            annual_rate=Decimal("0.12"),
            periods=1,
            start=date(2023, 12, 12),
            day_count=day_count,
        )
    )
    assert str(only.total_interest) == interest


def test_actual_years_are_split_at_each_31_december() -> None:
    years = year_fraction(date(2022, 7, 1), date(2025, 3, 1), "act/act")
    assert years == Decimal(183) / 365 + 2 + Decimal(60) / 365


def test_rounding_half_up_and_half_even_differ_on_the_half_cent() -> None:
    # 36.50 yuan for 45 days at 1 % is exactly 0.045, though 45/365 has no last digit
    half = replace(
        BASE,
        principal=Decimal("36.50"),
        annual_rate=Decimal("0.01"),
        periods=1,
        every=45,
        frequency="day",
        day_count="act/365",
    )
    assert build(half).total_interest == Decimal("0.05")
    assert build(replace(half, rounding="half_even")).total_interest == Decimal("0.04")


def test_smoothing_brings_the_last_instalment_nearer() -> None:
    rough = replace(
        BASE,
        principal=Decimal(5200),
        annual_rate=Decimal("0.06"),
        start=date(2026, 1, 15),
        day_count="act/act",
    )
    plain = [str(row.amount) for row in build(rough).instalments]
    smooth = [str(row.amount) for row in build(replace(rough, smoothing=True)).instalments]
    assert plain == ["881.73"] * 5 + ["881.77"]
    assert smooth == ["881.74"] * 5 + ["881.72"]


def test_instalments_in_whole_tens() -> None:
    amounts = [
        row.amount for row in build(replace(BASE, instalment_multiple=Decimal(10))).instalments
    ]
    assert set(amounts[:-1]) == {Decimal("1700.00")}


def test_a_multiple_larger_than_the_instalment_is_refused() -> None:
    with pytest.raises(InvalidSchedule, match="instalment_multiple"):
        build(replace(BASE, instalment_multiple=Decimal(100_000)))


def test_for_terms_uses_the_product_and_pays_a_season_at_maturity_by_default() -> None:
    terms: Any = SimpleNamespace(day_count="act/360", rounding="half_up", month_end="clamp")
    schedule = for_terms(
        terms,
        principal=Decimal("10000.00"),
        annual_rate=Decimal("0.072"),
        term_months=12,
        method="seasonal",
        start=date(2026, 3, 31),
    )
    assert [row.due for row in schedule.instalments] == [date(2027, 3, 31)]
    assert schedule.total_interest == Decimal("730.00")


def test_the_frozen_copy_reads_back_equal() -> None:
    schedule = build(BASE)
    assert Schedule.from_dict(schedule.as_dict()) == schedule


def test_due_dates() -> None:
    leap = date(2024, 1, 31)
    assert add_months(leap, 1) == date(2024, 2, 29)
    assert add_months(leap, 1, "roll") == date(2024, 3, 1)
    assert add_months(leap, -2) == date(2023, 11, 30)
    assert due_dates(leap, 2, 2, "week") == [date(2024, 2, 14), date(2024, 2, 28)]
    with pytest.raises(OverflowError):
        due_dates(date(9999, 12, 1), 1)


def test_apr_of_one_percent_a_month() -> None:
    # twelve per cent in one payment after 365 days is twelve per cent
    assert apr(Decimal(100), date(2025, 1, 1), [(date(2026, 1, 1), Decimal(112))]) == Decimal(
        "0.12"
    )
    assert apr(Decimal(100), date(2025, 1, 1), [(date(2026, 1, 1), Decimal(100))]) == 0
    with pytest.raises(ValueError, match="less is paid back"):
        apr(Decimal(100), date(2025, 1, 1), [(date(2026, 1, 1), Decimal(99))])


def test_apr_survives_an_absurd_price() -> None:
    found = apr(Decimal("0.01"), date(2025, 1, 1), [(date(2025, 1, 2), Decimal("0.02"))])
    assert found > Decimal(10) ** 100  # doubling in a day, for a year


class TestInterestBetweenDates:
    def test_accrues_by_day(self) -> None:
        found = accrued(
            Decimal(10000), Decimal("0.072"), date(2026, 3, 31), date(2026, 4, 10), "act/360"
        )
        assert found == Decimal("20.00")

    def test_nothing_before_the_start(self) -> None:
        found = accrued(
            Decimal(10000), Decimal("0.072"), date(2026, 4, 10), date(2026, 3, 31), "30/360"
        )
        assert found == 0

    def test_stretches_are_rounded_once(self) -> None:
        # 0.4 cent a day: three days apart are 0.00 each, together 0.012 → 0.01
        days = [(date(2026, 1, n), date(2026, 1, n + 1), Decimal("14.60")) for n in (1, 2, 3)]
        assert accrued_over(days, Decimal("0.1"), "act/365") == Decimal("0.01")

    @pytest.mark.parametrize("day_count", ["30/360", "act/360", "act/365", "act/act"])
    def test_a_whole_period_equals_its_instalment(self, day_count: str) -> None:
        schedule = build(replace(BASE, method="interest_only", day_count=day_count))
        start = schedule.start
        for row in schedule.instalments:
            period = (start, row.due)
            found = accrued_in_period(Decimal(10000), BASE.annual_rate, period, row.due, day_count)
            assert found == row.interest
            start = row.due
