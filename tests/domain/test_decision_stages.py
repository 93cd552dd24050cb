"""What tables and formulas do to a decision, stage by stage, on a farmer worked by hand.

Without tables: score 740, grade B, capacity 17,400, rate 5.8 % (see ``test_risk_decide``).
"""

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from risk.domain.canonical import canonical, sha256_of
from risk.domain.case_offers import reprice
from risk.domain.decide import authority_for, evaluate
from risk.domain.factors import PRICE_FACTORS, PROTECTED, is_protected
from risk.domain.features import DERIVED, FEATURES
from risk.domain.strategy import InvalidStrategy, read_strategy
from risk.domain.table_checks import check_strategy
from tests.domain.engine_1_2 import FROZEN, variants
from tests.domain.test_risk_decide import MALFORMED, RANK, is_well_formed
from tests.risk.applicants import AT, inputs
from tests.risk.conftest import ROOT, base_terms, definition

SEEDS = sorted((ROOT / "risk" / "seeds").glob("*strategy*.json"))


def rule(stage: str, when: dict[str, str], then: dict[str, str], **changes: Any) -> dict[str, Any]:
    """A table of one row."""
    return {
        "code": f"{stage}_table", "zh": "表", "en": "Table", "group": "fraud", "stage": stage,
        "hit": "first", "inputs": list(when), "outputs": list(then),
        "rows": [{"id": "R1", "when": list(when.values()), "then": list(then.values()), "note": ""}],
        **changes,
    }  # fmt: skip


def decided(*tables: dict[str, Any], formulas: Any = (), **changes: Any) -> dict[str, Any]:
    return evaluate(strategy(*tables, formulas=formulas), inputs(**changes))


def strategy(*tables: dict[str, Any], formulas: Any = (), **changes: Any) -> Any:
    return read_strategy(
        {**definition(), "tables": list(tables), "formulas": list(formulas), **changes}
    )


def codes(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(reason["code"], reason["kind"]) for reason in result["reasons"]]


def missing(case: dict[str, Any], *names: str) -> dict[str, Any]:
    case = copy.deepcopy(case)
    for name in names:
        case["facts"][name] = {"value": None, "state": "missing", "source": "", "at": ""}
    return case


# ── admission ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("then", "outcome", "reasons"),
    [
        ({"outcome": "decline", "reason": "FRAUD_LISTED"}, "decline", [("FRAUD_LISTED", "decline")]),
        ({"outcome": "refer", "reason": "CARD_SHARED"}, "refer", [("CARD_SHARED", "refer")]),
        ({"outcome": "pass", "reason": ""}, "approve", []),
    ],
)
def test_an_admission_row_weighs_like_a_rule(
    then: dict[str, str], outcome: str, reasons: list[tuple[str, str]]
) -> None:
    result = decided(rule("admission", {"land_mu": ">= 10", "land_crop": "rice"}, then))
    assert (result["outcome"], codes(result)) == (outcome, reasons)
    fraud = next(one for one in result["assessments"] if one["name"] == "fraud")
    assert fraud["score"] == {"decline": 10, "refer": 40}.get(outcome, fraud["score"])
    assert result["trace"]["tables"][0] == {
        "table": "admission_table", "hit": "first", "rows": ["R1"], "unknown": [],
        "values": {"land_mu": "12.50", "land_crop": "rice"},
    }  # fmt: skip


def test_an_unknown_input_refers_and_never_approves() -> None:
    table = rule("admission", {"employer": "mine"}, {"outcome": "pass"})
    case = inputs()
    case["facts"]["employer"]["state"] = "unavailable"
    result = evaluate(strategy(table), case)
    assert (result["outcome"], codes(result)) == ("refer", [("DATA_INCOMPLETE", "refer")])
    assert result["trace"]["tables"][0]["unknown"] == ["R1"]


def test_a_certain_decline_outweighs_the_unknown_only_when_collected() -> None:
    rows = [
        {"id": "U", "when": ["mine", "-"], "then": ["refer", "CARD_SHARED"]},
        {"id": "D", "when": ["-", "rice"], "then": ["decline", "FRAUD_LISTED"]},
    ]
    table = rule("admission", {"employer": "", "land_crop": ""}, {"outcome": "", "reason": ""})
    case = inputs()
    case["facts"]["employer"]["state"] = "unavailable"
    collected = evaluate(strategy({**table, "hit": "collect", "rows": rows}), case)
    first = evaluate(strategy({**table, "hit": "first", "rows": rows}), case)
    assert (collected["outcome"], first["outcome"]) == ("decline", "refer")


def test_a_reason_given_by_rule_and_table_is_told_once() -> None:
    table = rule("admission", {"land_crop": "rice"}, {"outcome": "decline", "reason": "OVERDUE_NOW"},
                 group="willingness")  # fmt: skip
    result = decided(table, bureau_overdue_now="2000.00")
    assert codes(result) == [("OVERDUE_NOW", "decline")]


# ── limit ────────────────────────────────────────────────────────────────────
def test_limit_rows_multiply_and_cap_with_their_own_steps() -> None:
    rows = [
        {"id": "A", "when": ["rice"], "then": ["80", ""]},
        {"id": "B", "when": ["not tea"], "then": ["50", "9000"]},
        {"id": "C", "when": ["not tea"], "then": ["", "5000.00"]},
    ]
    table = rule("limit", {"land_crop": ""}, {"limit_percent": "", "limit_cap": ""},
                 hit="collect", rows=rows)  # fmt: skip
    result = decided(table, payroll_months_12=12, payroll_monthly="5000.00")
    steps = {step["step"]: step for step in result["trace"]["limit"]}
    assert steps["table limit_table A"]["percent"] == "80"
    assert steps["table limit_table C"]["value"] == "5000.00"
    assert result["limit"] == "5000.00"


def test_a_table_never_lifts_a_limit_above_what_can_be_carried() -> None:
    result = decided(rule("limit", {"land_crop": "rice"}, {"limit_percent": "900"}))
    assert result["limit"] == "17400.00"


def test_an_unknown_limit_table_refers_without_a_limit() -> None:
    table = rule("limit", {"employer": "mine"}, {"limit_percent": "50"})
    case = inputs()
    case["facts"]["employer"]["state"] = "unavailable"
    result = evaluate(strategy(table), case)
    assert (result["outcome"], result["limit"]) == ("refer", "0.00")
    assert codes(result) == [("DATA_INCOMPLETE", "refer")]


# ── price ────────────────────────────────────────────────────────────────────
def test_a_price_row_is_a_step_of_the_price_between_tier_and_floor() -> None:
    table = rule("price", {"grade": "A, B", "bank_past_loans": ">= 1"}, {"spread_bp": "-30"})
    result = decided(table, bank_past_loans=2)
    step = next(s for s in result["offers"][0]["provenance"] if s["step"] == "table price_table R1")
    assert (step["value"], step["rate"]) == ("-30 bp", "0.055000")
    assert (step["text_zh"], step["text_en"]) == ("表减 30 个基点", "Table: -30 basis points")
    assert {offer["annual_rate"] for offer in result["offers"]} == {"0.055000"}
    assert decided(table)["offers"][0]["annual_rate"] == "0.058000"


def test_floor_and_cap_hold_whatever_a_table_says() -> None:
    terms = base_terms()
    low = decided(rule("price", {"grade": "-"}, {"spread_bp": "-5000"}))
    high = decided(rule("price", {"grade": "-"}, {"spread_bp": "5000"}))
    assert Decimal(low["offers"][0]["annual_rate"]) == terms.rate_floor
    assert Decimal(high["offers"][0]["annual_rate"]) == terms.rate_cap


def test_an_unknown_price_refers_and_a_person_prices_it_dearly() -> None:
    rows = [{"id": "A", "when": [">= 1"], "then": ["-40"]}, {"id": "B", "when": ["0"], "then": ["25"]}]
    table = rule("price", {"subsidy_years": ""}, {"spread_bp": ""}, rows=rows)
    free = {"required": [name for name in definition()["required"] if name != "subsidy_years"]}
    case = missing(inputs(), "subsidy_years")
    scored = copy.deepcopy(definition()["scorecard"])
    scored["characteristics"] = [
        row for row in scored["characteristics"] if row["feature"] != "stability_years"
    ]
    odd = strategy(table, **free, scorecard=scored, grades=[{"grade": "B", "from": 0}],
                   limit={**definition()["limit"], "layers": []})  # fmt: skip
    result = evaluate(odd, case)
    assert (result["outcome"], codes(result)) == ("refer", [("DATA_INCOMPLETE", "refer")])
    assert result["trace"]["tables"][-1]["unknown"] == ["A", "B"]
    offers = reprice(odd, case, grade="B", limit=Decimal(8000))
    assert offers[0].annual_rate == Decimal("0.060500")
    rows.append({"id": "C", "when": [">= 5"], "then": ["15"]})
    both = strategy({**table, "hit": "collect"}, **free)
    offers = reprice(both, case, grade="B", limit=Decimal(8000))
    assert offers[0].annual_rate == Decimal("0.062000")


# ── review and authority ─────────────────────────────────────────────────────
def test_a_review_trigger_sends_a_good_case_to_a_person_with_its_limit() -> None:
    table = rule("review", {"limit_amount": "> 10000", "grade": "B"}, {"reason": "GREY_LISTED"})
    result = decided(table)
    assert (result["outcome"], codes(result)) == ("refer", [("GREY_LISTED", "refer")])
    assert (result["limit"], result["offers"]) == ("17400.00", [])
    assert decided({**table, "rows": [], "otherwise": None})["outcome"] == "approve"


def test_nobody_is_reviewed_who_is_refused_anyway() -> None:
    table = rule("review", {"limit_amount": "-"}, {"reason": "GREY_LISTED"})
    result = decided(table, bureau_obligation="1550.00")
    assert (result["outcome"], codes(result)) == ("decline", [("ABILITY_INSUFFICIENT", "decline")])


@pytest.mark.parametrize(
    ("wish", "outcome"), [(None, "approve"), ("30000.00", "approve"), ("90000.00", "refer"), ("NaN", "refer")]
)
def test_a_wish_is_read_as_an_amount_or_is_unknown(wish: Any, outcome: str) -> None:
    table = rule("review", {"requested_amount": ">= 50000"}, {"reason": "GREY_LISTED"})
    assert decided(table, requested_amount=wish)["outcome"] == outcome


def test_authority_is_told_for_the_machines_limit() -> None:
    rows = [{"id": "1", "when": ["<= 15000"], "then": ["officer"]},
            {"id": "2", "when": ["<= 20000"], "then": ["manager"]}]  # fmt: skip
    table = rule("authority", {"limit_amount": ""}, {"role": ""}, rows=rows, otherwise=["head_office"])
    result = decided(table)
    assert (result["limit"], result["authority"]) == ("17400.00", "manager")
    assert decided(table, identity_result="NO_RECORD")["authority"] == "manager"
    assert decided(table, fraud_listed=True)["authority"] is None
    ask = strategy(table)
    roles = [authority_for(ask, inputs(), Decimal(amount)) for amount in (100, 15_000, 20_000, 20_100)]
    assert roles == ["officer", "officer", "manager", "head_office"]
    assert authority_for(strategy(), inputs(), Decimal(10)) is None


def test_an_unknown_authority_refers_to_the_highest_that_may_be_asked_for() -> None:
    rows = [{"id": "1", "when": ["mine"], "then": ["head_office"]},
            {"id": "2", "when": ["-"], "then": ["officer"]}]  # fmt: skip
    table = rule("authority", {"employer": ""}, {"role": ""}, rows=rows)
    case = inputs()
    case["facts"]["employer"]["state"] = "unavailable"
    result = evaluate(strategy(table), case)
    assert (result["outcome"], result["offers"]) == ("refer", [])
    assert result["authority"] == authority_for(strategy(table), case, Decimal(10)) == "head_office"
    assert decided(table)["authority"] == "officer"


# ── formulas ─────────────────────────────────────────────────────────────────
LEFT = {"name": "left_over", "type": "money", "zh": "余", "en": "left",
        "expression": "monthly_income * 0.5 - bureau_obligation"}  # fmt: skip


def test_a_formula_is_used_by_tables_and_rules_and_kept_in_the_trace() -> None:
    table = rule("limit", {"left_over": "[1160..1161)"}, {"limit_percent": "10"})
    result = decided(table, formulas=[LEFT])
    assert result["trace"]["formulas"] == {"left_over": "1160.00"}
    assert result["trace"]["tables"][0]["values"] == {"left_over": "1160.00"}
    changed = definition()
    changed["formulas"].append(LEFT)
    changed["rules"].append({"code": "DEBT_TOO_HIGH", "group": "ability", "then": "refer",
                             "when": {"feature": "left_over", "op": "lt", "value": "1160.01"}})  # fmt: skip
    assert evaluate(read_strategy(changed), inputs())["outcome"] == "refer"


def test_an_unknown_formula_makes_its_table_unknown() -> None:
    formula = {**LEFT, "expression": "monthly_income / outstanding_principal"}
    table = rule("admission", {"left_over": "< 1"}, {"outcome": "decline", "reason": "DEBT_TOO_HIGH"})
    result = decided(table, formulas=[formula])
    assert (result["outcome"], result["trace"]["formulas"]) == ("refer", {"left_over": None})


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["formulas"].append({**LEFT, "expression": "left_over"}),
        lambda d: d["formulas"].append({**LEFT, "name": "score", "expression": "1"}),
        lambda d: d["formulas"].append({**LEFT, "name": "religion_points", "expression": "1"}),
        lambda d: d.update(formulas={"name": "x"}),
        lambda d: d.update(tables={"code": "x"}),
        lambda d: d.update(tables=["x"]),
        lambda d: d["tables"][0].update(inputs=["moon", "land_mu", "land_certificate"]),
        lambda d: d["tables"][0]["rows"][0]["when"].__setitem__(1, "ten"),
        lambda d: d["loss"].update(lgd_percent="160"),
        lambda d: d["loss"].update(lgd_percent=60),
        lambda d: d["loss"]["pd_percent_by_grade"].pop("A"),
        lambda d: d["loss"]["pd_percent_by_grade"].update(A="NaN"),
    ],
)
def test_a_strategy_with_an_unsound_table_or_formula_never_loads(change: Any) -> None:
    broken = definition()
    change(broken)
    with pytest.raises(InvalidStrategy):
        read_strategy(broken)


def test_an_editor_learns_the_place_of_what_is_wrong() -> None:
    broken = definition()
    broken["tables"][0]["rows"][0]["when"][1] = "ten"
    with pytest.raises(InvalidStrategy) as table:
        read_strategy(broken)
    assert [(p.table, p.row, p.column) for p in table.value.problems] == [
        ("land_and_herd", "L1", "land_mu")
    ]
    with pytest.raises(InvalidStrategy) as formula:
        read_strategy({**definition(), "formulas": [{**LEFT, "expression": "left_over * 2"}]})
    problem = formula.value.problems[0]
    assert (problem.table, problem.row, problem.code) == ("formulas", "left_over", "circle")


def test_the_losses_expected_are_read_as_percentages() -> None:
    loss = read_strategy(definition()).loss
    assert loss is not None
    assert (loss.pd_percent["A"], loss.lgd_percent) == (Decimal("0.80"), Decimal(60))


# ── old strategies, and every seeded one ─────────────────────────────────────
def test_what_engine_1_2_decided_comes_out_the_same() -> None:
    old = read_strategy(FROZEN["strategy"])
    results = [evaluate(old, case) for case in variants()]
    assert {result["outcome"] for result in results} == {"approve", "refer", "decline"}
    assert [sha256_of({**one, "engine": "1.2"})[:16] for one in results] == FROZEN["results"]


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_a_seeded_strategy_has_no_row_without_effect_and_no_gap(seed: Path) -> None:
    found = check_strategy(read_strategy(json.loads(seed.read_text(encoding="utf-8"))))
    assert {finding.level for finding in found} <= {"note"}


@pytest.mark.parametrize("name", sorted(FEATURES))
@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_no_malformed_value_ever_does_better(seed: Path, name: str) -> None:
    """Every feature × every malformed value: never approved when required, never a better outcome,
    amount or rate."""
    compiled = read_strategy(json.loads(seed.read_text(encoding="utf-8")))
    good = evaluate(compiled, inputs())
    for bad in (*MALFORMED, 10**400, -0.0, b"x".decode(), "9" * 500, "\x00", [None], {"value": 1}):
        if is_well_formed(name, bad):
            continue
        case = inputs()
        case["facts"][name] = {"value": bad, "state": "answered", "source": "x", "at": AT}
        result = evaluate(compiled, case)
        canonical(result)
        assert RANK[result["outcome"]] <= RANK[good["outcome"]]
        if result["outcome"] == "approve":
            assert name not in compiled.required, bad
            assert Decimal(result["limit"]) <= Decimal(good["limit"])
            assert result["offers"][0]["annual_rate"] >= good["offers"][0]["annual_rate"]
    for fact in (None, "junk", {}, {"value": 1, "state": "asking"}):
        case = inputs()
        case["facts"][name] = fact
        result = evaluate(compiled, case)
        assert RANK[result["outcome"]] <= RANK[good["outcome"]]
        if name in compiled.required and (fact is not None or name not in compiled.defaults):
            assert result["outcome"] != "approve"


def test_protected_words_name_nothing_that_decides() -> None:
    assert {"sex", "ethnicity", "health", "religion"} <= PROTECTED
    assert not [name for name in {*FEATURES, *DERIVED} if is_protected(name)]
    assert not PRICE_FACTORS & {"age", "birth_date", "id_county", "household_county", "employer"}
