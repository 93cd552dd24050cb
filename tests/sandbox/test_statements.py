"""The statement in both directions, and the ways a bank gets it wrong."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.sandbox.conftest import CARD, Process

TODAY = datetime.now(timezone(timedelta(hours=8))).date().isoformat()


def lines(process: Process, **more: Any) -> list[tuple[str, str]]:
    said = process.post("/corebank/statement", {"date": TODAY, **more}).json()
    return [(row["key"], row["amount"]) for row in said["transfers"]]


@pytest.fixture
def three(own_process: Process) -> Process:
    for name in ("a", "b", "c"):
        own_process.transfer(name, "100.00")
    return own_process


def test_money_in_has_a_statement_and_a_status_of_its_own(three: Process) -> None:
    order = {"key": "a", "amount": "7.00", "payer_card": CARD}
    collected = three.post("/corebank/collect", order).json()
    assert lines(three) == lines(three, kind="out") == [(k, "100.00") for k in "abc"]
    assert lines(three, kind="in") == [("a", "7.00")]
    said = three.post("/corebank/statement", {"date": TODAY, "kind": "in"}).json()["transfers"][0]
    assert said["payer_card"] == CARD
    assert three.post("/corebank/transfer-status", {"key": "a", "kind": "in"}).json() == collected
    assert three.status("a").json()["amount"] == "100.00"
    assert three.post("/corebank/transfer-status", {"key": "b", "kind": "in"}).status_code == 404


@pytest.mark.parametrize("kind", ["both", 1, None, ["in"]])
@pytest.mark.parametrize("operation", ["statement", "transfer-status"])
def test_another_direction_is_refused(process: Process, operation: str, kind: Any) -> None:
    body = {"date": TODAY, "key": "a", "kind": kind}
    assert process.post(f"/corebank/{operation}", body).status_code == 400


@pytest.mark.parametrize(
    ("mode", "line", "expected"),
    [
        ("drop_line", "", [("b", "100.00"), ("c", "100.00")]),
        ("drop_line", "b", [("a", "100.00"), ("c", "100.00")]),
        ("drop_line", "nobody's", [("a", "100.00"), ("b", "100.00"), ("c", "100.00")]),
        ("double_line", "c", [("a", "100.00"), ("b", "100.00"), ("c", "100.00"), ("c", "100.00")]),
        ("wrong_amount", "b", [("a", "100.00"), ("b", "200.00"), ("c", "100.00")]),
        ("wrong_amount", "", [("a", "200.00"), ("b", "200.00"), ("c", "200.00")]),
    ],
)
def test_a_statement_goes_wrong_once_and_is_right_again(
    three: Process, mode: str, line: str, expected: list[tuple[str, str]]
) -> None:
    three.fault(mode, "statement", line=line)
    assert lines(three) == expected
    assert lines(three) == [(k, "100.00") for k in "abc"]


def test_a_statements_fault_waits_for_a_statement(three: Process) -> None:
    three.fault("drop_line", "*")
    assert three.transfer("d", "100.00").json()["status"] == "succeeded"
    assert lines(three) == [(k, "100.00") for k in "bcd"]
