"""What must hold for every schedule, whatever the terms."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from products.domain.apr import apr
from products.domain.schedule import METHODS, InvalidSchedule, Schedule, ScheduleRequest, build
from products.management.commands.quote import reply

CENTS = st.integers(1, 99_999_999_999).map(lambda cents: Decimal(cents) / 100)
RATES = st.integers(0, 10_000_000).map(lambda millionths: Decimal(millionths) / 1_000_000)
REQUESTS = st.builds(
    ScheduleRequest,
    principal=CENTS,
    annual_rate=RATES,
    periods=st.integers(1, 60),
    start=st.dates(date(1990, 1, 1), date(2090, 12, 31)),
    method=st.sampled_from(METHODS),
    every=st.integers(1, 6),
    frequency=st.sampled_from(["month", "week", "day"]),
    day_count=st.sampled_from(["30/360", "act/360", "act/365", "act/act"]),
    rounding=st.sampled_from(["half_up", "half_even"]),
    month_end=st.sampled_from(["clamp", "roll"]),
    smoothing=st.booleans(),
    instalment_multiple=st.sampled_from([Decimal("0.01"), Decimal("0.1"), Decimal(1), Decimal(50)]),
    seasonal_months=st.sets(st.integers(1, 12), min_size=1).map(lambda m: tuple(sorted(m))),
)


def built(request: ScheduleRequest) -> Schedule:
    try:
        return build(request)
    except InvalidSchedule as wrong:  # no income month in the term; a multiple too coarse
        if wrong.field in {"seasonal_months", "instalment_multiple"}:
            reject()
        raise


@settings(max_examples=150, deadline=None)
@given(REQUESTS)
def test_sound(request: ScheduleRequest) -> None:
    schedule = built(request)
    rows = schedule.instalments
    assert sum(row.principal for row in rows) == request.principal
    assert sum(row.interest for row in rows) == schedule.total_interest
    assert rows[-1].balance == 0
    assert [row.n for row in rows] == list(range(1, len(rows) + 1))
    balance, due = request.principal, request.start
    for row in rows:
        assert row.due > due
        assert row.principal >= 0
        assert row.interest >= 0
        assert row.amount == row.principal + row.interest
        assert row.balance == balance - row.principal
        for amount in (row.principal, row.interest, row.amount, row.balance):
            assert amount.as_tuple().exponent == -2
        balance, due = row.balance, row.due


@settings(max_examples=60, deadline=None)
@given(REQUESTS)
def test_same_request_same_bytes(request: ScheduleRequest) -> None:
    once, again = built(request), built(request)
    assert json.dumps(once.as_dict()) == json.dumps(again.as_dict())


@settings(max_examples=100, deadline=None)
@given(REQUESTS)
def test_apr_discounts_the_payments_to_the_principal(request: ScheduleRequest) -> None:
    assume(request.principal >= 1000)
    schedule = built(request)
    rate = float(apr(schedule.principal, schedule.start, schedule.flows(), places=12))
    worth = sum(
        float(amount) * (1 + rate) ** (-(due - schedule.start).days / 365)
        for due, amount in schedule.flows()
    )
    assert abs(worth / float(schedule.principal) - 1) < 1e-6


@settings(max_examples=60, deadline=None)
@given(
    st.integers(100_000, 100_000_000).map(lambda cents: Decimal(cents) / 100),
    st.integers(100, 36_000).map(lambda millionths: Decimal(millionths * 10) / 1_000_000),
    st.integers(1, 60),
    st.sampled_from(["equal_instalment", "equal_principal", "interest_only"]),
    st.dates(date(2000, 1, 1), date(2060, 1, 1)),
)
def test_monthly_payments_cost_at_least_the_nominal_rate(
    principal: Decimal, rate: Decimal, periods: int, method: str, start: date
) -> None:
    schedule = build(
        ScheduleRequest(
            principal=principal, annual_rate=rate, periods=periods, start=start, method=method
        )
    )
    found = apr(schedule.principal, schedule.start, schedule.flows())
    assert found >= rate - Decimal("0.0002")  # cents of rounding on small loans


@settings(max_examples=80, deadline=None)
@given(REQUESTS, st.integers(100_000, 99_999_999_999), st.integers(0, 400_000))
def test_equal_instalments_are_equal_up_to_the_last(
    request: ScheduleRequest, cents: int, millionths: int
) -> None:
    rows = built(
        replace(
            request,
            method="equal_instalment",
            principal=Decimal(cents) / 100,
            annual_rate=Decimal(millionths) / 1_000_000,
        )
    ).instalments
    level = rows[0].amount
    for row in rows[:-1]:  # lower only where the debt ran out, higher only where interest exceeds
        assert row.amount == level or row.balance == 0 or row.principal == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=4,
)
SOUND: dict[str, Any] = {
    "principal": "10000",
    "annual_rate": "0.12",
    "periods": 6,
    "start": "2023-12-12",
    "every": 1,
    "frequency": "month",
    "method": "equal_instalment",
    "day_count": "30/360",
    "rounding": "half_up",
    "month_end": "clamp",
    "smoothing": False,
    "instalment_multiple": "0.01",
    "seasonal_months": [1],
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(SOUND)), JSON)
def test_any_value_in_any_field_is_answered(field: str, value: Any) -> None:
    answer = json.loads(reply(json.dumps({**SOUND, field: value}).encode(), 7))
    assert "instalments" in answer or (answer["line"] == 7 and answer["error"])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_answered(line: bytes) -> None:
    assert json.loads(reply(line, 3))["line"] == 3
