"""The core on columns says of everybody what the scalar core says."""

import copy
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain.columns.batch import batch_of, batch_of_inputs
from risk.domain.columns.conditions import NotInColumns
from risk.domain.columns.evaluate import evaluate_columns
from risk.domain.columns.strategy import ColumnStrategy, read_column_strategy
from risk.domain.columns.vector import HEAD, Layout, encode_row, here, terms_from
from risk.domain.core import core
from risk.domain.decide import evaluate
from risk.domain.features import FEATURES, types
from risk.domain.strategy import InvalidStrategy
from tests.risk.applicants import inputs
from tests.risk.conftest import definition
from tests.risk.crowds import crowd, person


def assert_equal(strategy: ColumnStrategy, people: list[dict[str, Any]]) -> Counter[str]:
    """Every person's core, both ways; returns the outcomes."""
    found = evaluate_columns(
        strategy, batch_of_inputs(people), lambda places: [people[at] for at in places]
    )
    outcomes: Counter[str] = Counter()
    for at, one in enumerate(people):
        expected = core(strategy.scalar, one)
        assert found.core(at) == expected, (at, strategy.scalar.sha256)
        outcomes[expected.outcome] += 1
    outcomes["one by one"] = int(found.one_by_one.sum())
    return outcomes


def test_eight_thousand_people_get_the_same_from_both_cores() -> None:
    outcomes = assert_equal(read_column_strategy(definition()), crowd(8_000, seed=4))
    assert min(outcomes["approve"], outcomes["refer"], outcomes["decline"]) > 200
    assert outcomes["one by one"] < 160


def test_the_core_is_what_the_decision_says_before_plans() -> None:
    strategy = read_column_strategy(definition()).scalar
    lowered = 0
    for one in crowd(1_500, seed=5):
        said, result = core(strategy, one), evaluate(strategy, one)
        assert (said.score, said.grade) == (result["score"], result["grade"])
        if said.outcome != "approve":
            assert (said.outcome, str(said.limit)) == (result["outcome"], result["limit"])
            told = [r["code"] for r in result["reasons"] if r["kind"] != "info"]
            assert list(said.reasons) == sorted(set(told))
        elif result["outcome"] == "approve":
            assert said.limit >= max(float(o["amount_max"]) for o in result["offers"])
            lowered += str(said.limit) != result["limit"]
            before = [offer["rate_before"] or offer["annual_rate"] for offer in result["offers"]]
            assert str(said.rate) in before
        else:
            assert [r["code"] for r in result["reasons"]][:1] == ["ABILITY_INSUFFICIENT"]
    assert lowered


def mutated(chance: random.Random) -> dict[str, Any]:
    """The seed strategy with other thresholds, rules and layers taken out and put in."""
    made = copy.deepcopy(definition())
    chance.shuffle(made["segments"])
    rules = [row for row in made["rules"] if chance.random() < chance.choice((0.2, 0.7))]
    for row in rules:
        _shift(row["when"], chance)
        row["then"] = chance.choice(("refer", row["then"]))
        row["precheck"] = chance.random() < 0.1
    codes = [row["code"] for row in made["rules"]]
    taken = {row["code"] for row in rules}
    for code in codes:
        if code not in taken and chance.random() < 0.1:
            rules.append(
                {"code": code, "group": "ability", "then": "refer", "when": _condition(chance)}
            )
    made["rules"] = rules
    made["required"] = [name for name in made["required"] if chance.random() < 0.9]
    for row in made["scorecard"]["characteristics"]:
        row["points"] = [chance.randrange(-20, 150) for _ in row.get("points", ())]
    layers = [row for row in made["limit"]["layers"] if chance.random() < 0.7]
    for at in range(chance.randrange(3)):
        percent = chance.choice((0, 33, 105, 250))
        layers.append({"code": f"EXTRA_{at}", "percent": percent, "when": _condition(chance)})
    made["limit"] |= {
        "layers": layers,
        "debt_percent": chance.randrange(101),
        "carry_months": chance.choice((1, 7, 36)),
    }
    made["formulas"] = chance.sample(FORMULAS, chance.randrange(len(FORMULAS)))
    made["tables"] = [_table(chance, at, made) for at in range(chance.randrange(6))]
    made["grades"] = [{**row, "from": row["from"] - chance.randrange(60)} for row in made["grades"]]
    return made


FORMULAS = [
    {"name": f"f{at}", "type": kind, "expression": text, "zh": "式", "en": "formula"}
    for at, (kind, text) in enumerate((
        ("money", "monthly_income * 0.5 - bureau_obligation - outstanding_principal / 36"),
        ("money", "max(declared_income, verified_income, 0) / 3 + 0.005"),
        ("count", "if(land_crop = \"rice\", land_mu * 2.5, subsidy_annual / bank_past_loans)"),
        ("count", "if(bureau_obligation > monthly_income / 2, 1, 0) + stability_years / 3"),
        ("money", "if(land_certificate, min(bank_deposit, 12345.67), -payroll_monthly / 7)"),
        ("count", "(declared_income - bureau_obligation) / (declared_income - bureau_obligation)"),
    ))
]  # fmt: skip
OUTPUTS = {
    "admission": (
        ["outcome", "reason"],
        [["pass", ""], ["refer", "GREY_LISTED"], ["decline", "DEBT_TOO_HIGH"]],
    ),
    "review": (["reason"], [["GUARANTEES_HIGH"], ["MANY_ENQUIRIES"]]),
    "limit": (["limit_percent", "limit_cap"], [["110", ""], ["85%", "30000"], ["", "9999.99"], ["0", ""]]),
    "price": (["spread_bp"], [["+20"], ["-35"], [""]]),
}  # fmt: skip
CELLS = {
    "count": ("", ">= 2", "< 12", "[3..20)", "!= 0", "5"),
    "money": ("", "> 1000.50", "<= 20000", "[0.01..5000]", "!= 0.00"),
    "flag": ("", "yes", "no"),
    "text": ("", "rice, maize", "not rice", "MATCH"),
    "day": ("", ">= 2005-01-01", "< 1999-12-31"),
}


def _table(chance: random.Random, at: int, made: dict[str, Any]) -> dict[str, Any]:
    stage = chance.choice(("admission", "review", "limit", "limit", "price", "price"))
    outputs, thens = OUTPUTS[stage]
    kinds = types({row["name"]: row["type"] for row in made["formulas"]})
    closed = {name for name, feature in FEATURES.items() if feature.allowed} | {"segment", "purpose"}
    names = [name for name, kind in kinds.items() if kind in CELLS and name not in closed]
    if stage == "price":
        names = ["thin_file", "bank_past_loans", "bank_deposit", "land_certificate", "subsidy_years"]
    inputs_ = chance.sample(names, chance.randrange(1, 4))
    rows = [
        {"id": f"r{row}", "then": chance.choice(thens), "note": "",
         "when": [chance.choice(CELLS[kinds[name]]) for name in inputs_]}
        for row in range(chance.choice((1, 3, 7, 70)))
    ]  # fmt: skip
    if stage in {"limit", "review"} and chance.random() < 0.5:
        inputs_ = [*inputs_, "score", "requested_amount"]
        for row in rows:
            row["when"] += [chance.choice(("", ">= 600")), chance.choice(("", "", "> 0"))]
    if stage in {"price", "review"}:
        inputs_ = [*inputs_, "limit_amount", "grade"]
        for row in rows:
            row["when"] += [chance.choice(("", ">= 20000")), chance.choice(("", "A, B", "not E"))]
    table = {
        "code": f"t{at}", "zh": "表", "en": "table", "group": "ability", "stage": stage,
        "hit": chance.choice(("first", "collect")), "inputs": inputs_, "outputs": outputs, "rows": rows,
    }  # fmt: skip
    return table | ({"otherwise": chance.choice(thens)} if chance.random() < 0.3 else {})


def _shift(condition: Any, chance: random.Random) -> None:
    for inner in condition.get("all", []) + condition.get("any", []):
        _shift(inner, chance)
    if isinstance(condition.get("value"), int) and not isinstance(condition["value"], bool):
        condition["value"] = max(condition["value"] + chance.randrange(-2, 3), 0)


def _condition(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    if depth < 2 and chance.random() < 0.4:
        word = chance.choice(("all", "any", "not"))
        if word == "not":
            return {"not": _condition(chance, depth + 1)}
        return {word: [_condition(chance, depth + 1) for _ in range(chance.randrange(1, 4))]}
    name, kind = chance.choice([pair for pair in types().items() if pair[1] != "texts"])
    if kind in {"text", "county"}:
        words = ["rice", "MATCH", "debit", "salaried", "510812"][: 4 if kind == "text" else None]
        words = ["510812"] if kind == "county" else words
        if chance.random() < 0.2:
            term = chance.choice(("purposes", "counties", "segments", "age_min"))
            return {"feature": name, "op": chance.choice(("in", "not_in", "eq", "ne")), "terms": term}
        return {"feature": name, "op": chance.choice(("in", "not_in")), "value": words}
    if kind == "flag":
        return {"feature": name, "op": "is", "value": chance.random() < 0.5}
    op = chance.choice(("lt", "le", "gt", "ge", "eq", "ne"))
    if kind == "count" and chance.random() < 0.2:
        return {"feature": name, "op": op, "terms": chance.choice(("age_min", "age_max", "purposes"))}
    value: Any = {"count": chance.randrange(30), "money": f"{chance.randrange(9000)}.50"}.get(kind)
    return {"feature": name, "op": op, "value": "2001-02-03" if kind == "day" else value}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_any_strategy_gives_everybody_the_same_from_both_cores(seed: int) -> None:
    chance = random.Random(seed)
    try:
        strategy = read_column_strategy(mutated(chance))
    except InvalidStrategy:  # grades out of order
        return
    assert not strategy.problem
    assert_equal(strategy, [person(chance, odd=chance.choice((0, 0.01, 0.2))) for _ in range(25)])


@pytest.mark.parametrize("name", list(FEATURES))
def test_each_fact_missing_unavailable_or_malformed_is_seen_alike(name: str) -> None:
    people = []
    for state in ("answered", "no_record", "mismatch", "unavailable", "missing", "odd"):
        for value in (None, "", "x", float("nan"), float("inf"), 10**20, -1, True, [], 3, "12.34"):
            one = inputs()
            one["facts"][name] = {"value": value, "state": state, "source": "x", "at": "x"}
            people.append(one)
    gone = inputs()
    del gone["facts"][name]
    assert_equal(read_column_strategy(definition()), [*people, gone])


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("rules", {"code": "MANY_LENDERS", "group": "ability", "then": "refer",
                   "when": {"feature": "subsidy_kinds", "op": "has", "value": "grain"}}),
        ("something_new", []),
    ],
)  # fmt: skip
def test_what_has_no_form_on_columns_is_decided_one_by_one(part: str, value: Any) -> None:
    made = definition()
    if part == "rules":
        made["rules"] = [row for row in made["rules"] if row["code"] != "MANY_LENDERS"]
        made["rules"].append(value)
    else:
        made[part] = value
    strategy = read_column_strategy(made)
    people = crowd(40, seed=1)
    assert strategy.problem
    assert assert_equal(strategy, people)["one by one"] == 40
    with pytest.raises(NotInColumns):
        evaluate_columns(strategy, batch_of_inputs(people))


def test_amounts_beyond_63_bits_are_decided_one_by_one() -> None:
    rich = inputs(tax_income="999999999999.99", outstanding_principal="999999999999.99")
    made = definition()
    made["limit"]["carry_months"] = 1_000_000
    made["limit"]["caps"] = {
        segment: dict.fromkeys("ABCDE", "999999999999.99") for segment in made["limit"]["caps"]
    }
    strategy = read_column_strategy(made)
    assert assert_equal(strategy, [rich, inputs()])["one by one"] >= 1


def test_a_row_written_before_a_feature_existed_reads_as_never_asked() -> None:
    kept = tuple(c for c in here().columns if c[0] not in {"ring_size", "tax_grade"})
    people = [one for one in crowd(60, seed=9) if "lists" in one]
    for one in people:
        one["facts"].pop("ring_size", None)
        one["facts"].pop("tax_grade", None)
    places = [at for at, column in enumerate(here().columns) if column in kept]
    rows = []
    for one in people:
        row = np.frombuffer(encode_row(one), dtype="<i8")
        flags = row[len(HEAD) + len(here().columns) :].view(np.uint8)[places]
        numbers = np.concatenate([row[: len(HEAD)], row[len(HEAD) :][places]])
        rows.append(numbers.tobytes() + flags.tobytes().ljust(-(-len(kept) // 8) * 8, b"\0"))
    layout = Layout.from_json(Layout(kept).as_json())
    assert layout is not None
    terms = [terms_from(one["terms"]) for one in people]
    batch = batch_of(rows, terms, range(len(people)), layout)
    strategy = read_column_strategy(definition())
    found = evaluate_columns(strategy, batch, lambda places: [people[at] for at in places])
    assert [found.core(at) for at in range(len(people))] == [
        core(strategy.scalar, one) for one in people
    ]


def test_a_layout_this_release_reads_otherwise_is_refused() -> None:
    written = here().as_json()
    assert Layout.from_json(written) == here()
    written[1][1] = "count 0000"
    assert Layout.from_json(written) is None
    assert Layout.from_json([["other"], *written[1:]]) is None
