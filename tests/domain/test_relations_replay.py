"""Decisions made before relations were measured: the same bytes under their own strategy, and no gap
under a new one.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from risk.domain.canonical import canonical
from risk.domain.decide import evaluate
from risk.domain.features import FEATURES
from risk.domain.profile import read_facts
from risk.domain.strategy import read_strategy
from tests.risk.applicants import inputs, strategy

OLD = json.loads(
    (Path(__file__).resolve().parents[1] / "golden/decisions_before_relations.json").read_text(
        encoding="utf-8"
    )
)
ADDED = {name for name, feature in FEATURES.items() if feature.added}


@pytest.mark.parametrize("number", range(len(OLD["cases"])))
def test_an_old_decision_replays_to_the_same_bytes(number: int) -> None:
    case = OLD["cases"][number]
    result = evaluate(read_strategy(OLD["strategy"]), case["inputs"])
    for version in (result, case["result"]):
        version.pop("engine", None)  # whoever changes the engine says so there
    assert canonical(result) == canonical(case["result"])


def test_an_old_input_under_the_new_strategy_has_defaults_and_no_gaps() -> None:
    case = OLD["cases"][0]["inputs"]
    known, gaps = read_facts(case["facts"], strategy().defaults)
    assert set(known) >= ADDED
    assert not ADDED & {gap.feature for gap in gaps}
    assert known["ring_size"] == 1
    assert evaluate(strategy(), case)["outcome"] == "approve"


def decided(**changes: Any) -> tuple[str, list[str]]:
    result = evaluate(strategy(), inputs(**changes))
    return result["outcome"], [row["code"] for row in result["reasons"] if row["kind"] != "info"]


def test_an_assisted_device_is_judged_by_its_own_bound() -> None:
    assert decided(applications_by_device_7d=10) == ("refer", ["DEVICE_SHARED_BY_MANY"])
    assert decided(applications_by_device_7d=59, device_assisted=True)[0] == "approve"
    many = {"applications_by_device_7d": 60, "applications_by_assisted_device_1d": 60}
    assert decided(**many, device_assisted=True) == ("refer", ["ASSISTED_MANY"])


def test_assisted_mode_lifts_no_other_rule() -> None:
    ring = {"ring_size": 8, "ring_applications_30d": 8, "ring_applications_7d": 8}
    assert decided(**ring, device_assisted=True) == ("refer", ["RING_OF_APPLICANTS"])
    proven = {**ring, "ring_strong_links": 3}
    assert decided(**proven, device_assisted=True) == ("decline", ["RING_PROVEN"])


def test_a_family_is_not_a_ring() -> None:
    family = {
        "ring_size": 4,
        "ring_strong_links": 3,
        "ring_applications_7d": 4,
        "ring_applications_30d": 4,
        "same_address_other_customers": 3,
        "same_device_other_customers_30d": 3,
        "applications_by_device_7d": 4,
    }
    assert decided(**family)[0] == "approve"
    assert decided(**family, ring_overdue=2) == ("refer", ["RING_WITH_BAD_LOANS"])


@pytest.mark.parametrize(
    ("signal", "calm", "alarm", "code"),
    [
        ("scan_distance_km", 299, 300, "FAR_AWAY_SCAN"),
        ("identity_anomalies", 0, 1, "IDENTITY_ANOMALY"),
        ("same_text_other_customers_30d", 2, 3, "SAME_TEXT"),
        ("applications_by_mobile_30d", 19, 20, "NUMBER_VELOCITY"),
    ],
)
def test_each_rule_has_its_bound(signal: str, calm: int, alarm: int, code: str) -> None:
    assert decided(**{signal: calm})[0] == "approve"
    assert decided(**{signal: alarm}) == ("refer", [code])
