"""What a refusal suggests: true under the strategy, within anybody's reach, and never a promise."""

import time
from decimal import Decimal
from typing import Any

import pytest

from risk.domain.canonical import canonical
from risk.domain.case import Case
from risk.domain.changeable import CHANGES, EFFECTS
from risk.domain.counterfactuals import EVALUATIONS_MAX, HELPS_MAX, Help, _changed, helps
from risk.domain.decide import evaluate
from risk.domain.features import FEATURES
from risk.domain.rule_truths import rule_truths, try_again_on
from tests.risk.applicants import inputs, strategy
from tests.risk.conftest import definition
from tests.risk.crowds import crowd

RANK = {"decline": 0, "refer": 1, "approve": 2}
CASES: tuple[dict[str, Any], ...] = (
    {},
    {"land_certificate": False},
    {"bureau_overdue_now": "5000.00"},
    {"bureau_overdue_now": "500.00"},
    {"bureau_obligation": "2500.00"},
    {"multi_lenders_3m": 7, "multi_applications_30d": 9, "bureau_hard_enquiries_3m": 9},
    {"bureau_obligation": "2500.00", "bureau_overdue_now": "5000.00"},
    {"bureau_guarantees": "800000.00"},
    {"loans_overdue": 1},
    {"card_type": "credit"},
    {"carrier_tenure_months": 1, "multi_applications_30d": 9, "bureau_hard_enquiries_3m": 7,
     "bureau_overdue_months_24": 5, "bureau_obligation": "1800.00"},
)


def found(**changes: Any) -> tuple[Help, ...]:
    return helps(strategy(), inputs(**changes)).rows


def codes(**changes: Any) -> list[str]:
    return [row.code for row in found(**changes)]


def test_an_overdue_loan_is_paid_before_anything_else_helps() -> None:
    first = found(bureau_overdue_now="5000.00")[0]
    assert (first.code, first.effect, first.months) == ("PAY_OVERDUE", "approve", 1)
    assert first.text_zh == "还清当前逾期，可能可以获得贷款。"
    assert (first.moved[0].before, first.moved[0].after) == ("5000.00", "0.00")


def test_a_land_certificate_raises_the_limit_only_of_somebody_with_land() -> None:
    land = {"land_certificate": False, "land_mu": "80.00", "declared_income": "9000.00"}
    certificate = next(row for row in found(**land) if "LAND_CERTIFICATE" in row.code)
    assert certificate.effect == "limit"
    assert "提供土地确权证明" in certificate.text_zh
    assert certificate.limit_after > certificate.limit_before
    assert not any("LAND" in code for code in codes(**{**land, "land_mu": "0.00"}))


def test_too_much_debt_is_answered_by_repaying_the_least_that_helps() -> None:
    rows = found(bureau_obligation="2500.00")
    debt = next(row for row in rows if "LESS_DEBT" in row.code)
    assert debt.effect in {"approve", "refer"}
    smaller = evaluate(strategy(), inputs(bureau_obligation="1875.00"))
    assert (debt.moved[0].after == "1875.00") is (RANK[smaller["outcome"]] > 0)


def test_two_things_in_the_way_need_two_changes_together() -> None:
    rows = found(bureau_obligation="2500.00", bureau_overdue_now="5000.00")
    assert rows[0].code == "PAY_OVERDUE+LESS_DEBT"
    assert rows[0].text_zh.startswith("还清当前逾期，并先还掉一部分其他贷款")


@pytest.mark.parametrize(
    "changes",
    [
        {"fraud_listed": True},
        {"identity_result": "MISMATCH"},
        {"same_card_other_customers": 5},
        {"birth_date": "2015-01-01"},
        {"birth_date": "1940-01-01"},
        {"purpose": "stocks"},
        {"court_dishonest": True},
        {"court_open_cases": 2},
        {"household_county": "110101"},
        {"bureau_overdue_run_max": 4},
    ],
)
def test_nothing_is_suggested_against_law_fraud_age_or_the_past(changes: dict[str, Any]) -> None:
    assert found(**changes) == ()


def test_nothing_is_suggested_while_a_source_is_silent() -> None:
    silent = inputs()
    silent["facts"]["bureau_overdue_now"] = {
        "value": None, "state": "unavailable", "source": "bureau", "at": "",
    }
    assert helps(strategy(), silent).rows == ()


@pytest.mark.parametrize("changes", CASES)
def test_every_suggestion_really_improves_the_decision(changes: dict[str, Any]) -> None:
    base = evaluate(strategy(), inputs(**changes))
    for row in found(**changes):
        better = evaluate(strategy(), _changed(inputs(**changes), row.moved))
        gained = Decimal(better["limit"]) >= Decimal(base["limit"]) * Decimal("1.1")
        cheaper = row.rate_after is not None and row.rate_after < (row.rate_before or 1)
        assert RANK[better["outcome"]] > RANK[base["outcome"]] or gained or cheaper
        assert better["outcome"] == row.outcome


@pytest.mark.parametrize("changes", CASES)
def test_the_search_is_bounded_short_and_the_same_every_time(changes: dict[str, Any]) -> None:
    started = time.perf_counter()
    first = helps(strategy(), inputs(**changes))
    took = time.perf_counter() - started
    assert first == helps(strategy(), inputs(**changes))
    assert first.evaluations <= EVALUATIONS_MAX
    assert len(first.rows) <= HELPS_MAX
    assert took < 0.6  # 150 ms on a quiet machine; this one is shared


def test_the_search_leaves_its_inputs_as_they_were() -> None:
    given = inputs(bureau_overdue_now="5000.00")
    before = canonical(given)
    helps(strategy(), given)
    assert canonical(given) == before


def test_only_what_a_person_can_change_and_others_vouch_for_is_ever_suggested() -> None:
    never = {
        "birth_date", "id_county", "household_county", "declared_income", "occupation", "industry",
        "purpose", "identity_result", "carrier_result", "card_result", "employer_kind", "employer",
        "court_dishonest", "court_open_cases", "fraud_listed", "bureau_worst_class",
        "bureau_overdue_months_24", "bureau_overdue_run_max", "bank_past_overdue",
    }
    named = {target.feature for change in CHANGES for target in change.targets}
    assert not named & never
    assert named <= set(FEATURES) | {"requested_amount"}
    assert len({change.code for change in CHANGES}) == len(CHANGES)


def test_no_sentence_promises() -> None:
    for zh, en in EFFECTS.values():
        assert "可能" in zh
        assert "may" in en


# ── when to try again ────────────────────────────────────────────────────────
def again(**changes: Any) -> str:
    case = Case(strategy(), inputs(**changes))
    return str(try_again_on(rule_truths(definition(), case), case))


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, "None"),
        ({"birth_date": "2010-06-01"}, "2028-06-01"),
        ({"multi_lenders_3m": 9}, "2027-02-24"),
        ({"bureau_overdue_run_max": 4}, "2028-11-24"),
        ({"fraud_listed": True}, "None"),
        ({"fraud_listed": True, "multi_lenders_3m": 9}, "None"),
        ({"birth_date": "1940-01-01"}, "None"),
    ],
)
def test_waiting_is_named_only_where_waiting_helps(changes: dict[str, Any], day: str) -> None:
    assert again(**changes) == day


def test_every_rule_shows_its_truth_and_what_it_compared() -> None:
    case = Case(strategy(), inputs(bureau_overdue_now="5000.00"))
    rows = {row.code: row for row in rule_truths(definition(), case)}
    assert len(rows) == len(strategy().rules)
    assert rows["OVERDUE_NOW"].truth is True
    compared = rows["OVERDUE_NOW"].comparisons[0]
    assert (compared.feature, compared.op, compared.wanted, compared.value) == (
        "bureau_overdue_now", "ge", "1000.00", "5000.00",
    )
    assert rows["OVERDUE_NOW_SMALL"].truth is False
    assert rows["AGE_ABOVE_MAXIMUM"].comparisons[0].term == "age_max"
    assert rows["AGE_ABOVE_MAXIMUM"].comparisons[0].wanted == inputs()["terms"]["age_max"]
    assert rows["BLACK_LISTED"].truth is False


def test_inputs_that_cannot_be_read_break_no_explanation() -> None:
    for one in crowd(60, seed=31, odd=0.05):
        helps(strategy(), one)
    assert helps(strategy(), {**inputs(), "requested_amount": "x"}).rows is not None
