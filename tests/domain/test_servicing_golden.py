"""Every golden schedule lived through: paid on each due date, a loan bears what its schedule says."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.domain.servicing import plan
from lending.domain.servicing.facts import LoanFacts, Transaction, TransactionKind
from lending.domain.servicing.replay import replay
from lending.domain.servicing.state import LoanState
from products.domain.schedule import Schedule, ScheduleRequest, build

GOLDEN = Path(__file__).parents[1] / "golden" / "schedules.jsonl"
CASES = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def paid_in_time(request: ScheduleRequest) -> tuple[Schedule, LoanState]:
    """The schedule, and the loan after every instalment was paid on its due date."""
    schedule = build(request)
    facts = LoanFacts(
        start=request.start,
        principal=schedule.principal,
        annual_rate=request.annual_rate,
        penalty_uplift=Decimal("0.5"),
        day_count=request.day_count,
        rounding=request.rounding,
        month_end=request.month_end,
        method=request.method,
    )
    paid = [
        Transaction(number=row.n, kind=TransactionKind.REPAYMENT, value_date=row.due, amount=row.amount)
        for row in schedule.instalments
        if row.amount
    ]
    rows = plan.from_schedule(facts, schedule, request.frequency)
    return schedule, replay(facts, rows, paid, schedule.maturity + dt.timedelta(days=40)).state


def lives_as_planned(request: ScheduleRequest) -> LoanState:
    schedule, state = paid_in_time(request)
    assert [(r.due, r.principal, r.interest) for r in state.rows] == [
        (row.due, row.principal, row.interest) for row in schedule.instalments
    ]
    assert all(row.cleared_on == row.due for row in state.rows)
    assert (state.is_settled, state.credit, state.penalty_accrued, state.worst_days_past_due) == (
        True, 0, 0, 0,
    )
    return state


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_golden_schedule_lives_to_the_cent(case: dict[str, Any]) -> None:
    given_ = dict(case["input"])
    for name in ("principal", "annual_rate", "instalment_multiple"):
        given_[name] = Decimal(given_[name])
    given_["start"] = dt.date.fromisoformat(given_["start"])
    state = lives_as_planned(ScheduleRequest(**given_))
    paid = [(str(r.principal + r.interest), str(r.interest)) for r in state.rows]
    assert [amount for amount, _ in paid[: len(case["amounts"])]] == case["amounts"]
    assert [interest for _, interest in paid[: len(case["interest"])]] == case["interest"]


@settings(max_examples=150, deadline=None)
@given(
    request=st.builds(
        ScheduleRequest,
        principal=st.integers(10_000, 90_000_000).map(lambda cents: Decimal(cents).scaleb(-2)),
        annual_rate=st.integers(0, 240_000).map(lambda millionths: Decimal(millionths).scaleb(-6)),
        periods=st.integers(1, 24),
        start=st.dates(dt.date(2023, 1, 1), dt.date(2028, 12, 31)),
        method=st.sampled_from(
            ["equal_instalment", "equal_principal", "interest_only", "bullet", "quarterly_interest"]
        ),
        every=st.integers(1, 3),
        frequency=st.sampled_from(["month", "month", "week", "day"]),
        day_count=st.sampled_from(["30/360", "act/360", "act/365", "act/act"]),
        rounding=st.sampled_from(["half_up", "half_even"]),
        month_end=st.sampled_from(["clamp", "roll"]),
        smoothing=st.booleans(),
    )
)
def test_any_schedule_lives_to_the_cent_in_months_weeks_and_days(request: ScheduleRequest) -> None:
    lives_as_planned(request)
