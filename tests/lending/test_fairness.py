"""Counting by group: once a closed day, again without counting twice, nothing kept of a person."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from lending.models import (
    Branch,
    BusinessDay,
    Customer,
    FairnessCell,
    FairnessDay,
    LegalEntity,
    LoanApplication,
)
from lending.selectors import fairness as selector
from lending.services import fairness
from lending.services.identity import id_index
from products import selectors as product_selectors
from risk import strategies
from risk.models import DecisionRecord, StrategyVersion
from tests.domain.test_protected_attributes import id_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(bank: None, now: dt.datetime) -> dt.date:
    """A closed day: the bank is at the day after it."""
    strategies.forget()
    BusinessDay.objects.update(current_date=now.date() + dt.timedelta(days=1))
    return now.date()


def person(serial: int, now: dt.datetime) -> LoanApplication:
    customer = Customer.objects.create(
        customer_no=f"T{serial:08d}", mobile="13800000001", mobile_index=f"{serial:064d}", created_at=now
    )
    version = product_selectors.current_version("shandai", now.date())
    return LoanApplication(
        pk=uuid4(), customer=customer, legal_entity=LegalEntity.objects.first(),
        branch=Branch.objects.order_by("pk").first(), product_code="shandai", product_version_id=version.pk,
        qr_code="universal", purpose="agriculture", id_number=id_number(serial),
        id_number_index=id_index(id_number(serial)), created_at=now, state_since=now,
        expires_at=now + dt.timedelta(days=1),
    )


def decided(count: int, day: dt.date, now: dt.datetime, *, approve: Any) -> None:
    """``count`` people, serials 1…: odd serials are men."""
    version = StrategyVersion.objects.get()
    people = LoanApplication.objects.bulk_create([person(n, now) for n in range(1, count + 1)])
    DecisionRecord.objects.bulk_create(
        [
            DecisionRecord(
                application_id=one.pk, round=1, product_code="shandai", strategy_version=version,
                strategy_sha256=version.sha256, engine_version="1.2", as_of=now, business_date=day,
                inputs={}, result={}, inputs_sha256="0" * 64, result_sha256="0" * 64,
                outcome="approve" if approve(n) else "decline", score=700, grade="B" if n % 4 else "E",
                limit_amount=Decimal(10000 if approve(n) else 0), took_ms=1,
            )
            for n, one in enumerate(people, start=1)
        ]
    )


def test_a_closed_day_is_counted_once_however_often_it_is_asked(
    day: dt.date, now: dt.datetime
) -> None:
    decided(60, day, now, approve=lambda n: n % 2 == 1 or n % 3 == 0)
    assert fairness.count_new_days(now=now) == 1
    first = list(FairnessCell.objects.order_by("dimension", "group", "outcome").values_list(
        "dimension", "group", "outcome", "n", "n_good"))
    fairness.count_day(day=day, now=now + dt.timedelta(hours=1))
    again = list(FairnessCell.objects.order_by("dimension", "group", "outcome").values_list(
        "dimension", "group", "outcome", "n", "n_good"))
    assert first == again
    assert FairnessDay.objects.get().decisions == 60
    sexes = {(g, o): n for d, g, o, n, _ in first if d == "sex"}
    assert sexes == {("male", "approve"): 30, ("female", "approve"): 10, ("female", "decline"): 20}
    assert fairness.count_new_days(now=now + dt.timedelta(hours=2)) == 0


def test_an_open_day_waits_until_it_has_closed(day: dt.date, now: dt.datetime) -> None:
    BusinessDay.objects.update(current_date=day)
    decided(3, day, now, approve=lambda n: True)
    assert fairness.count_new_days(now=now) == 0
    assert not FairnessCell.objects.exists()


def test_the_page_reads_the_cells_and_names_the_gap(day: dt.date, now: dt.datetime) -> None:
    decided(200, day, now, approve=lambda n: n % 2 == 1 or n % 10 == 0)
    fairness.count_new_days(now=now)
    found = {one.code: one.comparison for one in selector.dimensions(since=day, until=day)}
    rows = {row.group: row for row in found["sex"].rows}
    assert rows["male"].is_reference
    assert rows["female"].ratio == pytest.approx(0.2)
    assert rows["female"].is_proven
    assert rows["female"].opportunity is not None
    assert [row.group for row in found["age"].rows] == ["35-44"]
    assert found["place"].rows == ()  # nobody's village is known: unknown is not a group
    assert not selector.dimensions(since=day, until=day, product="nothing")[0].comparison.rows


def test_no_table_of_people_or_decisions_has_a_column_for_the_groups() -> None:
    for model in (LoanApplication, Customer, DecisionRecord):
        names = {field.name for field in model._meta.get_fields()}
        assert not names & {"sex", "gender", "age", "age_band", "ethnicity"}


def test_periods_are_made_sensible() -> None:
    today = dt.date(2026, 11, 24)
    assert selector.period("", "", today) == (dt.date(2026, 8, 27), today)
    assert selector.period("2026-11-30", "2026-11-20", today) == (dt.date(2026, 11, 20),) * 2
    assert selector.period("0001-01-01", "x\x00", today)[0] >= today - dt.timedelta(days=1_096)
