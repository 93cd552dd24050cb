"""Conditions, scorecards and strategy definitions: three-valued logic, and refusal of what is
unsound.
"""

import copy
from typing import Any

import pytest

from risk.domain.conditions import InvalidCondition, compile_condition
from risk.domain.scorecard import InvalidScorecard, read_scorecard
from risk.domain.strategy import InvalidStrategy, read_strategy
from tests.risk.conftest import definition

TYPES = {"age": "count", "income": "money", "listed": "flag", "crop": "text", "kinds": "texts"}
OLD = {"feature": "age", "op": "gt", "value": 60}
LISTED = {"feature": "listed", "op": "is", "value": True}


def truth(
    condition: Any, known: dict[str, Any], terms: dict[str, Any] | None = None
) -> bool | None:
    return compile_condition(condition, TYPES)(known, terms or {})


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, False, False, False),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_unknown_follows_kleene(left: Any, right: Any, both: Any, either: Any) -> None:
    known = {"listed": right}
    if left is not None:
        known["age"] = 61 if left else 20
    assert truth({"all": [OLD, LISTED]}, known) is both
    assert truth({"any": [OLD, LISTED]}, known) is either
    assert truth({"not": OLD}, known) is (None if left is None else not left)


def test_a_missing_value_is_unknown_not_false() -> None:
    assert truth(OLD, {}) is None
    assert truth({"feature": "crop", "op": "not_in", "value": ["rice"]}, {}) is None
    assert truth({"feature": "age", "op": "gt", "terms": "age_max"}, {"age": 70}) is None


def test_terms_tighten() -> None:
    above = {"feature": "age", "op": "gt", "terms": "age_max"}
    assert truth(above, {"age": 61}, {"age_max": 60}) is True
    assert truth(above, {"age": 61}, {"age_max": "60"}) is None
    county = {"feature": "crop", "op": "not_in", "terms": "counties"}
    assert truth(county, {"crop": "tea"}, {"counties": ("rice",)}) is True


@pytest.mark.parametrize(
    "condition",
    [
        {},
        [],
        "age > 3",
        {"feature": "nobody", "op": "gt", "value": 1},
        {"xor": [OLD]},
        {"all": []},
        {"feature": "age", "op": "gt", "value": "60"},
        {"feature": "age", "op": "is", "value": True},
        {"feature": "listed", "op": "gt", "value": True},
        {"feature": "age", "op": "__import__", "value": 1},
        {"feature": "crop", "op": "in", "value": "rice"},
        {"feature": "income", "op": "gt", "value": "NaN"},
        {"all": [OLD], "any": [OLD]},
        {"feature": "age", "op": "gt", "terms": 5},
    ],
)
def test_an_unsound_condition_never_loads(condition: Any) -> None:
    with pytest.raises(InvalidCondition):
        compile_condition(condition, TYPES)


def test_a_condition_cannot_be_endlessly_deep() -> None:
    deep: Any = OLD
    for _ in range(50):
        deep = {"not": deep}
    with pytest.raises(InvalidCondition):
        compile_condition(deep, TYPES)


def card(*rows: dict[str, Any]) -> Any:
    words = {"zh": "甲", "en": "a", "group": "ability"}
    return read_scorecard(
        {"base": 100, "characteristics": [{**words, **row} for row in rows]}, TYPES
    )


def test_an_edge_opens_the_bin_above_it() -> None:
    known = {"thin_file": False}
    scorecard = card({"feature": "age", "edges": [18, 30], "points": [0, 10, 20]})
    assert [scorecard.score({**known, "age": age})[0] for age in (17, 18, 29, 30)] == [
        100,
        110,
        110,
        120,
    ]
    assert scorecard.score(known) is None
    assert scorecard.score({"age": 20}) is None


def test_a_thin_file_has_its_own_points() -> None:
    scorecard = card({"feature": "age", "edges": [18], "points": [0, 10], "when_thin": 7})
    assert scorecard.score({"age": 50, "thin_file": True})[0] == 107


@pytest.mark.parametrize(
    "row",
    [
        {"feature": "age", "edges": [30, 18], "points": [0, 1, 2]},
        {"feature": "age", "edges": [18], "points": [0]},
        {"feature": "nobody", "edges": [18], "points": [0, 1]},
        {"feature": "age", "edges": ["18"], "points": [0, 1]},
    ],
)
def test_an_unsound_scorecard_never_loads(row: dict[str, Any]) -> None:
    with pytest.raises(InvalidScorecard):
        card(row)


def broken(change: Any) -> dict[str, Any]:
    changed = copy.deepcopy(definition())
    change(changed)
    return changed


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("rules"),
        lambda d: d["reasons"].pop("SOURCE_UNAVAILABLE"),
        lambda d: d["reasons"]["OVERDUE_NOW"].pop("zh"),
        lambda d: d["rules"][0].update(then="approve"),
        lambda d: d["rules"][0].update(code="NO_SENTENCE"),
        lambda d: d["rules"][0].update(when={"feature": "moon", "op": "eq", "value": 1}),
        lambda d: d["grades"].reverse(),
        lambda d: d["limit"]["caps"].pop("general"),
        lambda d: d["limit"]["caps"]["general"].pop("C"),
        lambda d: d["limit"]["months"].pop("A"),
        lambda d: d["limit"].update(debt_percent=150),
        lambda d: d["offers"]["plans"].update(general=[{"method": "pyramid", "term_months": 12}]),
        lambda d: d["offers"]["plans"].pop("general"),
        lambda d: d["offers"]["seasons"].update(rice=[13]),
        lambda d: d["required"].append("moon_phase"),
        lambda d: d["defaults"].update(loans_overdue="none"),
        lambda d: d["income"].update(declared_percent="60"),
        lambda d: d["scorecard"]["characteristics"].append(d["scorecard"]["characteristics"][0]),
    ],
)
def test_a_strategy_with_a_hole_never_loads(change: Any) -> None:
    with pytest.raises(InvalidStrategy):
        read_strategy(broken(change))


def test_the_seeded_strategy_loads_and_its_hash_sees_every_change() -> None:
    first = read_strategy(definition())
    other = read_strategy(broken(lambda d: d["limit"].update(debt_percent=49)))
    assert first.sha256 == read_strategy(definition()).sha256 != other.sha256
