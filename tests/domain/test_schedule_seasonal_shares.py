"""A seasonal plan whose principal follows the weights of an income calendar."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from products.domain.schedule import InvalidSchedule, ScheduleRequest, build, for_terms
from products.management.commands.quote import reply

PIGS = {1: 60, 7: 40}
HENS = {1: 9, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8, 7: 8, 8: 8, 9: 9, 10: 9, 11: 8, 12: 9}
LOAN = ScheduleRequest(
    principal=Decimal("20000"),
    annual_rate=Decimal("0.072"),
    periods=12,
    start=date(2026, 11, 24),
    method="seasonal",
    day_count="act/360",
)


def rows(**changed: Any) -> list[tuple[str, str, str, str]]:
    return [
        (row.due.isoformat(), str(row.principal), str(row.interest), str(row.balance))
        for row in build(replace(LOAN, **changed)).instalments
    ]


def test_pigs_repay_sixty_and_forty() -> None:
    # 7.2 % ÷ 360 is 4 yuan a day on 20,000 and 1.60 on 8,000; 61 days, then 181
    assert rows(seasonal_shares=PIGS) == [
        ("2027-01-24", "12000.00", "244.00", "8000.00"),
        ("2027-07-24", "8000.00", "289.60", "0.00"),
    ]


def test_hens_repay_every_month_by_what_they_lay() -> None:
    found = build(replace(LOAN, seasonal_shares=HENS)).instalments
    # from December: 9 % of 20,000, January 9 %, then 8 % … to November 8 %
    assert [str(row.principal) for row in found] == [
        "1800.00", "1800.00", *["1600.00"] * 7, "1800.00", "1800.00", "1600.00",
    ]
    assert found[0].interest == Decimal("120.00")  # 30 days of 4 yuan
    assert found[1].interest == Decimal("112.84")  # 31 days of 3.64 on 18,200


def test_two_years_weigh_each_harvest_the_same() -> None:
    principals = [principal for _, principal, _, _ in rows(periods=24, seasonal_shares=PIGS)]
    assert principals == ["6000.00", "4000.00", "6000.00", "4000.00"]


def test_the_last_payment_takes_the_residue() -> None:
    found = rows(principal=Decimal("100.00"), seasonal_shares={1: 1, 5: 1, 9: 1})
    assert [principal for _, principal, _, _ in found] == ["33.33", "33.33", "33.34"]


def test_parts_keep_to_the_multiple() -> None:
    found = rows(
        principal=Decimal("20010"), seasonal_shares=PIGS, instalment_multiple=Decimal(100)
    )
    assert [principal for _, principal, _, _ in found] == ["12000.00", "8010.00"]


def test_a_month_may_round_to_nothing_but_not_all_of_them() -> None:
    coarse = {"principal": Decimal(1000), "instalment_multiple": Decimal(100)}
    found = rows(seasonal_shares={1: 2, 5: 58, 9: 40}, **coarse)
    assert [principal for _, principal, _, _ in found] == ["0.00", "600.00", "400.00"]
    with pytest.raises(InvalidSchedule, match="instalment_multiple"):
        rows(seasonal_shares=PIGS, principal=Decimal(10), instalment_multiple=Decimal(100))


def test_named_months_choose_among_the_weights() -> None:
    assert [r[0] for r in rows(seasonal_shares=PIGS, seasonal_months=(7,))] == ["2027-07-24"]
    with pytest.raises(InvalidSchedule, match="no weight") as refused:
        rows(seasonal_shares=PIGS, seasonal_months=(7, 10))
    assert refused.value.field == "seasonal_shares"


def test_income_outside_the_term_is_refused() -> None:
    with pytest.raises(InvalidSchedule, match="none of these months"):
        rows(periods=6, seasonal_shares={10: 100})


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {1: 0}, {0: 100}, {13: 100}, {True: 100}, {"1": 100}, {1: True}, {1: -1},
        {1: Decimal(60)}, {1: 1_000_001}, [(1, 100)], 5,
    ],
)
def test_unsound_weights_are_refused(wrong: Any) -> None:
    with pytest.raises(InvalidSchedule, match="seasonal_shares"):
        build(replace(LOAN, seasonal_shares=wrong))


def test_other_methods_take_no_notice() -> None:
    other = replace(LOAN, method="equal_principal")
    assert build(other) == build(replace(other, seasonal_shares=PIGS))


def test_for_terms_hands_the_weights_on_and_falls_back_without_income() -> None:
    terms: Any = SimpleNamespace(day_count="act/360", rounding="half_up", month_end="clamp")
    given_terms: dict[str, Any] = {
        "principal": LOAN.principal, "annual_rate": LOAN.annual_rate, "term_months": 12,
        "method": "seasonal", "start": LOAN.start,
    }
    assert for_terms(terms, **given_terms, seasonal_shares=PIGS) == build(
        replace(LOAN, seasonal_shares=PIGS)
    )
    at_maturity = for_terms(terms, **given_terms, seasonal_shares={})
    assert [row.due for row in at_maturity.instalments] == [date(2027, 11, 24)]
    assert at_maturity == for_terms(terms, **given_terms)


def quoted(**more: Any) -> dict[str, Any]:
    line = {
        "principal": "20000", "annual_rate": "0.072", "periods": 12, "start": "2026-11-24",
        "method": "seasonal", "day_count": "act/360", **more,
    }
    answer: dict[str, Any] = json.loads(reply(json.dumps(line).encode(), 1))
    return answer


def test_quote_takes_weights() -> None:
    found = quoted(seasonal_shares={"1": 60, "7": 40})["instalments"]
    assert [row["principal"] for row in found] == ["12000.00", "8000.00"]


@pytest.mark.parametrize(
    "wrong", [[], {}, {"13": 1}, {"01": 1}, {"1": "60"}, {"1": 1.5}, {"1": None}, "x", {"": 1}]
)
def test_quote_answers_unsound_weights(wrong: Any) -> None:
    assert "seasonal_shares" in quoted(seasonal_shares=wrong)["error"]


WEIGHTS = st.dictionaries(st.integers(1, 12), st.integers(0, 1000), min_size=1).filter(
    lambda shares: any(shares.values())
)
REQUESTS = st.builds(
    ScheduleRequest,
    principal=st.integers(1, 99_999_999_999).map(lambda cents: Decimal(cents) / 100),
    annual_rate=st.integers(0, 1_000_000).map(lambda millionths: Decimal(millionths) / 1_000_000),
    periods=st.integers(1, 60),
    start=st.dates(date(1990, 1, 1), date(2090, 12, 31)),
    method=st.just("seasonal"),
    every=st.integers(1, 3),
    frequency=st.sampled_from(["month", "week", "day"]),
    day_count=st.sampled_from(["30/360", "act/360", "act/365", "act/act"]),
    rounding=st.sampled_from(["half_up", "half_even"]),
    month_end=st.sampled_from(["clamp", "roll"]),
    instalment_multiple=st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(50)]),
    seasonal_shares=WEIGHTS,
)


def built(request: ScheduleRequest) -> Any:
    try:
        return build(request)
    except InvalidSchedule as wrong:  # no income month in the term; a multiple too coarse
        if wrong.field in {"seasonal_months", "instalment_multiple"}:
            reject()
        raise


@settings(max_examples=200, deadline=None)
@given(REQUESTS)
def test_sound(request: ScheduleRequest) -> None:
    schedule = built(request)
    found = schedule.instalments
    assert sum(row.principal for row in found) == request.principal
    assert found[-1].balance == 0
    assert all(row.principal >= 0 and row.interest >= 0 for row in found)
    shares = request.seasonal_shares or {}
    assert all(shares[row.due.month] > 0 for row in found)
    whole = sum(shares[row.due.month] for row in found)
    for row in found[:-1]:  # what its month weighs, rounded; less only where the debt ran out
        part = request.principal * shares[row.due.month] / whole
        near = request.instalment_multiple / 2 + Decimal("0.005")
        assert row.principal <= part + near
        assert row.principal >= part - near or row.balance == 0


@settings(max_examples=150, deadline=None)
@given(REQUESTS, st.sets(st.integers(1, 12), min_size=1), st.integers(1, 1000))
def test_equal_weights_are_equal_parts(
    request: ScheduleRequest, months: set[int], weight: int
) -> None:
    plain = replace(request, seasonal_shares=None, seasonal_months=tuple(sorted(months)))
    weighted = replace(request, seasonal_shares=dict.fromkeys(months, weight))
    assert built(weighted) == built(plain)
