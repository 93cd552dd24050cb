"""A rule tightened, back-tested, approved by a second person, shadowed, promoted, explained and replayed."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys import strategy_change
from tests.system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(600)]


def decisions_of(system: RunningSystem, application: str) -> list[dict[str, Any]]:
    return system.query(
        "SELECT strategy_version_id AS version, outcome, reason_codes FROM risk_decisionrecord"
        " WHERE application_id = %s ORDER BY round",
        (application,),
    )


def test_a_tightened_rule_goes_live_in_the_browser(
    running_system: RunningSystem, chromium: Browser
) -> None:
    found = strategy_change.walk(running_system, chromium)
    print(f"from the first click to the replay: {found.seconds:.0f} s, {found.waited:.0f} s of it waiting")
    assert found.complaints == []

    assert "批准" in found.bench
    assert "转人工" in found.bench
    assert "近三个月贷款查询次数较多" in found.report
    assert found.refused_to_author
    assert found.status_of_forged_approval == 403
    assert strategy_change.WAS in found.review
    assert strategy_change.TIGHTENED in found.review

    assert [found.states[one] for one in found.past] == ["offered", "offered"]
    assert found.states[found.shadowed] == "offered", "the version in force decides, not its shadow"
    (shadowed,) = decisions_of(running_system, found.shadowed)
    assert (shadowed["version"], shadowed["outcome"]) == (found.version_before, "approve")
    (kept,) = running_system.query(
        "SELECT t.arm, t.outcome, t.reason_codes FROM risk_trialdecision t JOIN risk_decisionrecord d"
        " ON d.id = t.decision_id WHERE d.application_id = %s",
        (found.shadowed,),
    )
    assert (kept["arm"], kept["outcome"]) == ("shadow", "refer")
    assert strategy_change.RULE in kept["reason_codes"]
    assert strategy_change.RULE in found.trial
    assert "system" not in found.trial_after

    assert found.states[found.decided_by_new] == "in_review"
    (decided,) = decisions_of(running_system, found.decided_by_new)
    assert (decided["version"], decided["outcome"]) == (found.version, "refer")
    assert strategy_change.RULE in decided["reason_codes"]
    for word in (strategy_change.RULE, "近三个月贷款查询次数较多", "征信", "分"):
        assert word in found.decision
    assert {name: "一致" in said for name, said in found.replays.items()} == {"new": True, "old": True}
