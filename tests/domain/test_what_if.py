"""Outcomes side by side: what counts as better, and sums that survive being put aside."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.what_if import (
    Difference,
    Outcome,
    Tally,
    compare,
    read_outcome,
    summary,
)


def approved(amount: str = "20000.00", rate: str = "0.048000", **other: Any) -> Outcome:
    offer = {
        "amount_max": amount,
        "annual_rate": rate,
        "apr": "0.049100",
        "term_months": other.get("term", 12),
        "method": other.get("method", "equal_instalment"),
    }
    return read_outcome({"outcome": "approve", "grade": "A", "reasons": [], "offers": [offer]})


REFERRED, DECLINED = Outcome("refer"), Outcome("decline")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (approved(), approved(), "same"),
        (approved(), approved("21000.00"), "better"),
        (approved(), approved(rate="0.045000"), "better"),
        (approved(), approved("21000.00", "0.045000"), "better"),
        (approved(), approved("19000.00"), "worse"),
        (approved(), approved(rate="0.050000"), "worse"),
        (approved(), approved("21000.00", "0.050000"), "mixed"),
        (approved(), approved("19000.00", "0.045000"), "mixed"),
        (approved(), approved(term=24), "other_plans"),
        (approved(), approved(method="seasonal"), "other_plans"),
        (approved(), DECLINED, "newly_declined"),
        (approved(), REFERRED, "newly_referred"),
        (REFERRED, approved(), "newly_approved"),
        (DECLINED, REFERRED, "newly_referred"),
        (REFERRED, REFERRED, "same"),
        (DECLINED, Outcome("decline", grade="E"), "same"),
        (None, approved(), "new"),
    ],
)
def test_a_change_has_one_name(before: Outcome | None, after: Outcome, kind: str) -> None:
    assert compare(before, after).kind == kind


def test_amounts_and_rates_are_compared_between_two_approvals_only() -> None:
    both = compare(approved(), approved("18000.00", "0.042000"))
    assert (both.amount_delta, both.rate_delta) == (Decimal("-2000.00"), Decimal("-0.006000"))
    against_nothing = compare(DECLINED, approved())
    assert (against_nothing.amount_delta, against_nothing.rate_delta) == (None, None)


def test_the_largest_offer_is_the_amount_and_the_first_one_the_rate() -> None:
    first = {"amount_max": "100.00", "annual_rate": "0.05", "apr": "0.051", "term_months": 12}
    second = {**first, "amount_max": "300.00", "term_months": 24, "method": "bullet"}
    outcome = read_outcome(
        {
            "outcome": "approve",
            "grade": "B",
            "reasons": [],
            "offers": [{**first, "method": "seasonal"}, second],
        }
    )
    assert outcome.amount_max == Decimal("300.00")
    assert (outcome.method, outcome.term_months) == ("seasonal", 12)


def hand_made() -> list[Difference]:
    return [
        compare(approved(), approved()),
        compare(approved(), approved("21000.00", "0.045000")),
        compare(approved(), approved("24000.00", "0.045000")),
        compare(approved(), approved("18000.00")),
        compare(approved(), DECLINED),
        compare(DECLINED, approved("5000.00")),
        compare(REFERRED, REFERRED),
        compare(DECLINED, DECLINED),
    ]


def test_the_sum_is_what_one_counts_by_hand() -> None:
    assert summary(hand_made()) == {
        "count": 8,
        "changed": 5,
        "kinds": {"same": 3, "better": 2, "worse": 1, "newly_approved": 1, "newly_declined": 1},
        "moves": [
            ["approve", "approve", 4],
            ["approve", "decline", 1],
            ["decline", "approve", 1],
            ["decline", "decline", 1],
            ["refer", "refer", 1],
        ],
        "amount": {
            "count": 3,
            "mean": "1000.00",
            "median": "1000.00",
            "min": "-2000.00",
            "max": "4000.00",
        },
        "rate": {
            "count": 2,
            "mean": "-0.003000",
            "median": "-0.003000",
            "min": "-0.003000",
            "max": "-0.003000",
        },
        "approved_before": 5,
        "approved_after": 5,
        "approval_rate_before": "0.6250",
        "approval_rate_after": "0.6250",
        "offered_before": "100000.00",
        "offered_after": "88000.00",
    }


def test_nobody_is_a_sum_too() -> None:
    nothing = summary([])
    assert (nothing["count"], nothing["changed"], nothing["amount"]) == (0, 0, None)
    assert nothing["approval_rate_before"] is None


outcomes = st.one_of(
    st.just(REFERRED),
    st.just(DECLINED),
    st.builds(
        approved,
        st.integers(10, 900).map(lambda n: f"{n * 100}.00"),
        st.integers(36, 150).map(lambda n: f"0.{n:03}000"),
    ),
)


@given(st.lists(st.builds(compare, outcomes, outcomes), max_size=12), st.integers(0, 12))
def test_a_tally_put_aside_anywhere_ends_the_same(found: list[Difference], cut: int) -> None:
    first = Tally()
    for one in found[:cut]:
        first.add(one)
    second = Tally.from_dict(first.as_dict())
    for one in found[cut:]:
        second.add(one)
    assert second.summary() == summary(found)
    assert sum(second.summary()["kinds"].values()) == len(found)


@given(outcomes, outcomes)
def test_the_way_back_undoes_the_way_there(one: Outcome, other: Outcome) -> None:
    there, back = compare(one, other), compare(other, one)
    opposite = {"better": "worse", "worse": "better", "same": "same", "mixed": "mixed"}
    if there.kind in opposite:
        assert back.kind == opposite[there.kind]
        if there.amount_delta is not None:
            assert back.amount_delta == -there.amount_delta
