"""The decision as worked examples and as properties that hold for every applicant."""

import copy
import json
import time
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.domain.schedule import ScheduleRequest, build, for_terms
from risk.domain.canonical import canonical
from risk.domain.case_offers import reprice
from risk.domain.decide import evaluate
from risk.domain.features import FEATURES
from risk.domain.offers import _term_in_use
from tests.risk.applicants import AT, FARMER, inputs, strategy
from tests.risk.conftest import base_terms

MALFORMED: tuple[Any, ...] = (
    None,
    "text",
    float("nan"),
    float("inf"),
    10**20,
    -1,
    [],
    {},
    "",
    "1e3",
    "12.345",
    True,
    "NaN",
)
RANK = {"decline": 0, "refer": 1, "approve": 2}


def decided(**changes: Any) -> dict[str, Any]:
    return evaluate(strategy(), inputs(**changes))


def codes(result: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in result["reasons"]]


# ── worked examples ──────────────────────────────────────────────────────────
def test_a_rice_farmer_by_hand() -> None:
    """Income 60 % of 5,200 = 3,120 (land brings less: 12.5 mu × 900 + 1,800 = 1,087.50 a month).

    Half of it less 400 owed leaves 1,160 a month; grade B carries 15 months: 17,400.
    """
    result = decided()
    assert result["outcome"] == "approve"
    assert (result["score"], result["grade"]) == (740, "B")
    assert result["trace"]["derived"]["monthly_income"] == "3120.00"
    assert result["trace"]["limit"][0] == {"step": "capacity", "value": "17400.00"}
    assert result["limit"] == "17400.00"
    assert [offer["annual_rate"] for offer in result["offers"]] == ["0.058000"] * 3
    assert result["offers"][0]["seasonal_months"] == [10]


def test_every_level_offer_fits_the_month_and_every_balloon_the_year() -> None:
    result, free = decided(), Decimal("1160.00")
    for offer in result["offers"]:
        schedule = for_terms(
            base_terms(),
            principal=Decimal(offer["amount_max"]),
            annual_rate=Decimal(offer["annual_rate"]),
            term_months=offer["term_months"],
            method=offer["method"],
            start=date(2026, 11, 24),
            seasonal_months=tuple(offer["seasonal_months"]) or None,
        )
        if offer["method"] == "equal_instalment":
            assert max(row.amount for row in schedule.instalments) <= free
        else:
            assert schedule.total_amount <= free * offer["term_months"]


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ({"birth_date": "2009-01-01"}, "decline", "AGE_BELOW_MINIMUM"),
        ({"birth_date": "1955-01-01"}, "decline", "AGE_ABOVE_MAXIMUM"),
        ({"purpose": "gambling"}, "decline", "PURPOSE_FORBIDDEN"),
        ({"purpose": "yacht"}, "refer", "PURPOSE_NOT_COVERED"),
        ({"household_county": "440306"}, "decline", "OUTSIDE_AREA"),
        ({"identity_result": "MISMATCH"}, "decline", "IDENTITY_MISMATCH"),
        ({"identity_result": "NO_RECORD"}, "refer", "IDENTITY_NO_RECORD"),
        ({"carrier_result": "MISMATCH"}, "refer", "PHONE_NOT_YOURS"),
        ({"card_result": "MISMATCH"}, "refer", "CARD_NOT_YOURS"),
        ({"card_type": "credit"}, "refer", "CARD_NOT_DEBIT"),
        ({"fraud_listed": True}, "decline", "FRAUD_LISTED"),
        ({"same_card_other_customers": 1}, "refer", "CARD_SHARED"),
        ({"same_card_other_customers": 5}, "decline", "CARD_SHARED_BY_MANY"),
        ({"court_dishonest": True}, "decline", "COURT_DISHONEST"),
        ({"court_open_cases": 1}, "decline", "COURT_ENFORCEMENT"),
        ({"bureau_overdue_now": "1000.00"}, "decline", "OVERDUE_NOW"),
        ({"bureau_overdue_now": "999.99"}, "refer", "OVERDUE_NOW_SMALL"),
        ({"bureau_overdue_run_max": 3}, "decline", "OVERDUE_3_6"),
        ({"bureau_overdue_months_24": 6}, "decline", "OVERDUE_3_6"),
        ({"bureau_worst_class": "LOSS"}, "decline", "OVERDUE_CLASSIFIED"),
        ({"loans_overdue": 1}, "decline", "OVERDUE_HERE"),
        ({"multi_lenders_3m": 6}, "decline", "MANY_LENDERS"),
        ({"bureau_hard_enquiries_3m": 8}, "refer", "MANY_ENQUIRIES"),
        ({"bureau_obligation": "2500.00"}, "decline", "DEBT_TOO_HIGH"),
        ({"bureau_obligation": "1550.00"}, "decline", "ABILITY_INSUFFICIENT"),
    ],
)
def test_each_rule_fires_on_its_edge(changes: dict[str, Any], outcome: str, code: str) -> None:
    result = decided(**changes)
    assert result["outcome"] == outcome
    assert code in codes(result)
    assert result["offers"] == []


def test_a_thin_file_is_a_starter_not_a_refusal() -> None:
    thin = {name: value for name, value in FARMER.items() if not name.startswith("bureau_")}
    result = evaluate(strategy(), inputs(thin))
    assert result["outcome"] == "approve"
    assert Decimal(result["limit"]) <= Decimal("5000.00")
    assert "STARTER_LIMIT" in codes(result)


def test_what_is_owed_here_lowers_the_limit() -> None:
    assert Decimal(decided(outstanding_principal="18000.00")["limit"]) < Decimal("17400.00")


def test_the_law_caps_consumption_and_a_product_may_only_tighten() -> None:
    rich = {"declared_income": "90000.00", "payroll_months_12": 12, "payroll_monthly": "40000.00"}
    assert Decimal(decided(**rich, regulatory_cap="5000.00")["limit"]) == Decimal("5000.00")
    tight = base_terms(limit_cap="3000.00", age_max=40)
    assert decided(terms=tight)["outcome"] == "decline"
    assert Decimal(decided(terms=base_terms(limit_cap="3000.00"))["limit"]) == Decimal("3000.00")


def test_a_product_for_others_is_looked_at_by_a_person() -> None:
    result = decided(terms=base_terms(segments=["public_servant"]))
    assert (result["outcome"], codes(result)) == ("refer", ["PRODUCT_FOR_OTHERS"])


def test_a_failed_source_refers_and_says_so() -> None:
    case = inputs()
    for name, feature in FEATURES.items():
        if feature.source == "courts":
            case["facts"][name] = {
                "value": None,
                "state": "unavailable",
                "source": "courts",
                "at": AT,
            }
    result = evaluate(strategy(), case)
    assert (result["outcome"], codes(result)) == ("refer", ["SOURCE_UNAVAILABLE"])


def test_a_persons_limit_gives_offers_even_without_known_income() -> None:
    case = inputs()
    case["facts"]["declared_income"] = {"value": None, "state": "missing", "source": "", "at": ""}
    offers = reprice(strategy(), case, grade=None, limit=Decimal(8000))
    assert offers
    assert all(offer.amount_max == Decimal(8000) for offer in offers)
    tiny = reprice(strategy(), inputs(bureau_obligation="1550.00"), grade="B", limit=Decimal(8000))
    assert [offer.amount_max for offer in tiny] == [Decimal(8000)]


def is_well_formed(name: str, value: Any) -> bool:
    """Some junk is a fine value of an open feature: any word may be a crop, ``True`` is a flag."""
    feature = FEATURES[name]
    is_word = feature.type == "text" and not feature.allowed and isinstance(value, str)
    return (is_word and bool(value)) or (feature.type == "flag" and value is True)


# ── properties ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", sorted(strategy().required))
def test_a_malformed_or_missing_input_never_approves(name: str) -> None:
    for bad in MALFORMED:
        if is_well_formed(name, bad):
            continue
        case = inputs()
        case["facts"][name]["value"] = bad
        case["facts"][name]["state"] = "answered"
        assert evaluate(strategy(), case)["outcome"] != "approve", (name, bad)
    for fact in ("junk", 7, [], {}, {"value": 1, "state": "asking"}, {"value": 1, "state": ["x"]}):
        case = inputs()
        case["facts"][name] = fact  # a default stands in for nothing said, never for nonsense
        assert evaluate(strategy(), case)["outcome"] != "approve", (name, fact)
    case = inputs()
    case["facts"][name] = None
    if name not in strategy().defaults:
        assert evaluate(strategy(), case)["outcome"] != "approve", name


@settings(max_examples=60, deadline=None)
@given(names=st.sets(st.sampled_from(sorted(FEATURES)), min_size=1), bad=st.sampled_from(MALFORMED))
def test_any_set_of_bad_inputs_never_raises_the_outcome(names: set[str], bad: Any) -> None:
    case = inputs()
    for name in names:
        case["facts"][name] = {"value": bad, "state": "answered", "source": "x", "at": AT}
    result = evaluate(strategy(), case)
    assert RANK[result["outcome"]] <= RANK["approve"]
    if any(not is_well_formed(name, bad) for name in names & strategy().required):
        assert result["outcome"] != "approve"


counts = st.integers(min_value=0, max_value=30)


@settings(max_examples=150, deadline=None)
@given(
    months=counts,
    more=counts,
    run=counts,
    now=st.integers(0, 9000),
    enquiries=counts,
    worse=st.sampled_from(["months", "run", "now", "enquiries", "lenders", "obligation"]),
)
def test_worse_conduct_never_raises_the_limit(
    months: int, more: int, run: int, now: int, enquiries: int, worse: str
) -> None:
    before = {
        "bureau_overdue_months_24": months,
        "bureau_overdue_run_max": run,
        "bureau_overdue_now": f"{now}.00",
        "bureau_hard_enquiries_3m": enquiries,
        "multi_lenders_3m": 0,
        "bureau_obligation": "100.00",
    }
    name = {
        "months": "bureau_overdue_months_24",
        "run": "bureau_overdue_run_max",
        "now": "bureau_overdue_now",
        "enquiries": "bureau_hard_enquiries_3m",
        "lenders": "multi_lenders_3m",
        "obligation": "bureau_obligation",
    }[worse]
    raised = before[name]
    raised = f"{Decimal(raised) + more * 100:.2f}" if isinstance(raised, str) else raised + more
    first, second = decided(**before), decided(**{**before, name: raised})
    assert RANK[second["outcome"]] <= RANK[first["outcome"]]
    if first["outcome"] == second["outcome"]:
        assert Decimal(second["limit"]) <= Decimal(first["limit"])


def test_a_replay_from_stored_json_is_the_same_bytes() -> None:
    case = inputs()
    first = canonical(evaluate(strategy(), case))
    again = canonical(evaluate(strategy(), json.loads(canonical(case))))
    assert again == first
    assert canonical(json.loads(first)) == first


def test_evaluation_leaves_its_inputs_alone() -> None:
    case = inputs()
    before = copy.deepcopy(case)
    evaluate(strategy(), case)
    assert case == before


def test_own_compute_stays_far_below_five_milliseconds() -> None:
    case, compiled = inputs(), strategy()
    took = []
    for _ in range(30):
        started = time.perf_counter()
        evaluate(compiled, case)
        took.append(time.perf_counter() - started)
    assert sorted(took)[len(took) // 2] < 0.005


def test_no_protected_attribute_is_a_feature() -> None:
    assert not {"sex", "gender", "nation", "ethnicity", "religion", "health"} & set(FEATURES)


def test_a_harvest_plan_is_named_by_the_months_it_runs() -> None:
    """Mushrooms in December and April: over in five months, so nobody reads "12 months"."""

    def plan(months: tuple[int, ...]) -> int:
        schedule = build(
            ScheduleRequest(
                principal=Decimal("5000"),
                annual_rate=Decimal("0.084"),
                periods=12,
                start=date(2026, 11, 24),
                every=1,
                frequency="month",
                method="seasonal",
                day_count="30/360",
                rounding="half_up",
                month_end="clamp",
                smoothing=False,
                instalment_multiple=Decimal("0.01"),
                seasonal_months=months,
            )
        )
        return _term_in_use(schedule, SimpleNamespace(term_months=(3, 6, 12, 24)), 12)

    assert plan((12, 4)) == 6
    assert plan((10,)) == 12
