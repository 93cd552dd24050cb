"""Schedules known from other systems, to the cent (``tests/golden/schedules.jsonl``)."""

import json
from pathlib import Path
from typing import Any

import pytest

from products.management.commands.quote import reply

GOLDEN = Path(__file__).parents[1] / "golden" / "schedules.jsonl"
CASES = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def quoted(request: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(reply(json.dumps(request).encode(), 1))
    return answer


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_equals_the_known_schedule(case: dict[str, Any]) -> None:
    rows = quoted(case["input"])["instalments"]
    assert len(rows) == case["input"]["periods"]
    # some cases list only the first rows
    assert [row["amount"] for row in rows[: len(case["amounts"])]] == case["amounts"]
    assert [row["interest"] for row in rows[: len(case["interest"])]] == case["interest"]


def test_month_end_comes_back_after_a_short_month() -> None:
    case = next(case for case in CASES if case["id"] == "C111047")
    dues = [row["due"] for row in quoted(case["input"])["instalments"]]
    assert dues == ["2025-02-28", "2025-03-31", "2025-04-30"]
    rolled = quoted({**case["input"], "month_end": "roll"})["instalments"]
    assert [row["due"] for row in rolled] == ["2025-03-01", "2025-03-31", "2025-05-01"]


def test_known_totals() -> None:
    totals = {case["id"]: quoted(case["input"])["total_interest"] for case in CASES}
    assert totals["C3152"] == "353.39"
    assert totals["RS02"] == "488.22"
    assert totals["RS04"] == "475.00"
