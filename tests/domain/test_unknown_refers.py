"""What a strategy reads is required or told, so that what nobody knows is never passed over."""

import json
from pathlib import Path
from typing import Any

import pytest

from risk.domain.columns.batch import batch_of_inputs
from risk.domain.columns.evaluate import evaluate_columns
from risk.domain.columns.strategy import read_column_strategy
from risk.domain.core import core
from risk.domain.decide import evaluate
from risk.domain.features import FEATURES
from risk.domain.strategy import InvalidStrategy, read_strategy
from tests.risk.applicants import AT, inputs
from tests.risk.conftest import ROOT, definition
from tests.risk.crowds import crowd

SEEDS = sorted((ROOT / "risk" / "seeds").glob("*strategy*.json"))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_nothing_a_seeded_strategy_reads_is_passed_over_when_it_cannot_be_read(seed: Path) -> None:
    written = json.loads(seed.read_text(encoding="utf-8"))
    compiled = read_strategy(written)
    read = [name for name in FEATURES if f'"{name}"' in json.dumps(_reading(written))]
    assert len(read) > 50
    assert "ring_size" in read
    for name in read:
        for value in ([None], float("nan"), 10**20, None):
            case = inputs()
            case["facts"][name] = {"value": value, "state": "answered", "source": "x", "at": AT}
            assert evaluate(compiled, case)["outcome"] != "approve", (name, value)


def _reading(written: dict[str, Any]) -> dict[str, Any]:
    """The parts that read features by name."""
    parts = ("required", "segments", "rules", "scorecard", "limit", "tables")
    return {part: written[part] for part in parts}


def test_a_layer_that_may_lower_the_limit_is_told_or_a_person_looks() -> None:
    tight, loose = definition(), definition()
    when = {"feature": "industry", "op": "eq", "value": "mining"}  # nobody must tell their trade
    for one, percent in ((tight, 50), (loose, 150)):
        one["limit"]["layers"].append({"code": "TRADE", "percent": percent, "when": when})
        assert "industry" not in one["required"]
    silent = inputs()
    silent["facts"]["industry"] = {"value": None, "state": "missing", "source": "x", "at": AT}
    result = evaluate(read_strategy(tight), silent)
    assert result["outcome"] == "refer"
    assert [reason["code"] for reason in result["reasons"]] == ["DATA_INCOMPLETE"]
    plain, lifted = (evaluate(read_strategy(one), silent) for one in (definition(), loose))
    assert (lifted["outcome"], lifted["limit"]) == (plain["outcome"], plain["limit"])
    people = [*crowd(120, seed=77, odd=0.05), silent]
    compiled = read_column_strategy(tight)
    found = evaluate_columns(compiled, batch_of_inputs(people), lambda at: [people[i] for i in at])
    assert [found.core(at) for at in range(len(people))] == [
        core(compiled.scalar, one) for one in people
    ]


def test_a_characteristic_of_one_bin_gives_its_points_to_everybody() -> None:
    written = definition()
    plain = evaluate(read_strategy(written), inputs())["score"]
    row = {"feature": "land_mu", "group": "ability", "zh": "土地", "en": "land"}
    written["scorecard"]["characteristics"].append({**row, "edges": [], "points": [25]})
    compiled = read_column_strategy(written)
    result = evaluate(compiled.scalar, inputs())
    assert result["score"] == plain + 25
    assert ["land_mu", "", 25] in result["trace"]["points"]
    found = evaluate_columns(compiled, batch_of_inputs([inputs()]), lambda _: [inputs()])
    assert found.core(0).score == plain + 25


@pytest.mark.parametrize("name", ["court_open_cases", "identity_result", "bureau_balance"])
def test_what_a_source_was_not_asked_has_no_default(name: str) -> None:
    written = definition()
    written["defaults"][name] = "MATCH" if name == "identity_result" else 0
    with pytest.raises(InvalidStrategy, match="cannot have a default"):
        read_strategy(written)
