"""Collections: asked about and listed as such; payouts answer as they always did."""

from datetime import datetime, timedelta, timezone

import httpx
import pytest

from tests.sandbox.conftest import CARD, Process


def collect(process: Process, key: str, **changes: str) -> dict:
    order = {"key": key, "amount": "15.00", "payer_card": CARD, "payer_name": "王建国", **changes}
    return process.post("/corebank/collect", order).json()


def test_a_collection_is_found_by_its_key_and_kind(process: Process) -> None:
    said = collect(process, "C-plain")
    assert (said["status"], said["payer_card"]) == ("succeeded", CARD)
    asked = {"key": "C-plain", "kind": "in"}
    assert process.post("/corebank/transfer-status", asked).json() == said
    assert process.status("C-plain").status_code == 404, "it is no payout"
    assert process.get("/corebank/transfers/C-plain")["payee_name"] == "王建国"
    wrong = {"key": "C-plain", "kind": ["in"]}
    assert process.post("/corebank/transfer-status", wrong).status_code == 400


def test_the_statement_lists_collections_only_when_asked(process: Process) -> None:
    today = datetime.now(timezone(timedelta(hours=8))).date().isoformat()
    collect(process, "C-statement")
    process.transfer("D-statement")
    asked = {"date": today, "kind": "in"}
    collected = process.post("/corebank/statement", asked).json()["transfers"]
    paid = process.post("/corebank/statement", {"date": today}).json()["transfers"]
    assert "C-statement" in {row["key"] for row in collected}
    assert all("payer_card" in row for row in collected)
    assert "D-statement" in {row["key"] for row in paid}
    assert all("payee_card" in row for row in paid)


def test_a_card_without_money_refuses_and_others_do_not(process: Process) -> None:
    empty = CARD[:-3] + "777"
    process.fault("reject", "collect", code="51", match={"payer_card": empty}, times=None)
    assert collect(process, "C-full")["status"] == "succeeded"
    for _ in range(2):
        said = collect(process, "C-empty", payer_card=empty)
        assert (said["status"], said["code"]) == ("rejected", "51")


def test_a_collection_may_be_found_late(process: Process) -> None:
    process.fault("not_found_then_found", "collect")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        collect(process, "C-late")
    asked = {"key": "C-late", "kind": "in"}
    assert process.post("/corebank/transfer-status", asked).status_code == 404
    assert process.post("/corebank/transfer-status", asked).json()["status"] == "succeeded"
