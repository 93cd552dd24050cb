"""The witness: one key, one booking, on disk before it is answered."""

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import CARD, Process


def test_a_transfer_is_booked_and_found_by_its_key(process: Process) -> None:
    answer = process.transfer("plain-1", "300.10").json()
    assert answer["status"] == "succeeded"
    assert (answer["key"], answer["amount"], answer["payee_card"]) == ("plain-1", "300.10", CARD)
    assert process.status("plain-1").json() == answer
    logged = process.get("/corebank/transfers/plain-1")
    assert logged["core_txn_id"] == answer["core_txn_id"]
    assert logged["payee_name"] == "王建国"
    missing = process.status("never-sent")
    assert (missing.status_code, missing.json()["status"]) == (404, "not_found")


def test_the_same_key_again_gets_the_first_answer(process: Process) -> None:
    first = process.transfer("again-1")
    assert process.transfer("again-1").json() == first.json()
    assert process.booked("again-1") == 1


@pytest.mark.parametrize("changes", [{"amount": "12000.01"}, {"payee_card": CARD[:-1] + "1"}])
def test_the_same_key_for_something_else_is_refused(
    process: Process, changes: dict[str, str]
) -> None:
    process.transfer("other-1")
    assert process.transfer("other-1", **changes).status_code == 409
    assert process.booked("other-1") == 1
    assert process.get("/corebank/transfers/other-1")["amount"] == "12000.00"


def test_fifty_at_once_with_one_key_book_once(process: Process) -> None:
    barrier = threading.Barrier(50)

    def send(_: int) -> Any:
        barrier.wait(20)
        return process.transfer("parallel-1").json()

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    assert len({answer["core_txn_id"] for answer in answers}) == 1
    assert process.booked("parallel-1") == 1


def test_two_keys_for_one_payee_are_two_transfers(process: Process) -> None:
    """The witness must not hide a double payment made under two keys."""
    for key in ("twin-a", "twin-b"):
        assert process.transfer(key).json()["status"] == "succeeded"
    assert process.booked("twin-a") + process.booked("twin-b") == 2


def test_the_account_shows_exact_sums(own_process: Process) -> None:
    for number in range(30):
        own_process.transfer(f"sum-{number}", "0.10")
    collect = {"key": "back-1", "amount": "1.01", "payer_card": CARD}
    assert own_process.post("/corebank/collect", collect).json()["payer_card"] == CARD
    account = own_process.get(f"/corebank/accounts/{CARD}")
    assert (account["received"], account["paid"], account["balance"]) == ("3.00", "1.01", "1.99")
    assert own_process.web.get("/corebank/accounts/6200000000000000").status_code == 404
    assert len(own_process.get("/corebank/transfers")["transfers"]) == 30


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 12000}, {"amount": "12000"}, {"amount": "1e3"}, {"amount": "NaN"},
        {"amount": "-5.00"}, {"amount": "0.00"}, {"amount": "１２.００"}, {"amount": "012.00"},
        {"amount": "9999999999999.00"}, {"amount": None}, {"key": ""}, {"key": "k" * 65},
        {"key": 7}, {"key": "a b"}, {"key": "\ud800"}, {"payee_card": "62305"},
        {"payee_card": None}, {"payee_card": "6230５20000000000000"}, {"currency": "USD"},
    ],
)
def test_bad_orders_are_refused_and_not_booked(process: Process, changes: dict[str, Any]) -> None:
    before = process.get("/corebank/transfers")["count"]
    order = {"key": "bad-order", "amount": "12000.00", "payee_card": CARD, **changes}
    answer = process.web.post("/corebank/transfer", content=json.dumps(order))
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert process.get("/corebank/transfers")["count"] == before


def test_the_statement_is_the_china_day_whole_or_by_pages(own_process: Process) -> None:
    today = datetime.now(timezone(timedelta(hours=8))).date().isoformat()
    for number in range(7):
        own_process.transfer(f"page-{number}")
    whole = own_process.post("/corebank/statement", {"date": today}).json()
    assert [row["key"] for row in whole["transfers"]] == [f"page-{n}" for n in range(7)]
    assert whole["next_after"] is None
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        question = {"date": today, "limit": 3, "after": after}
        page = own_process.post("/corebank/statement", question).json()
        seen += [row["key"] for row in page["transfers"]]
        after = page["next_after"]
    assert seen == [row["key"] for row in whole["transfers"]]
    assert own_process.post("/corebank/statement", {"date": "2020-01-01"}).json()["transfers"] == []
    assert own_process.post("/corebank/statement", {"date": "soon"}).status_code == 400
    assert own_process.post("/corebank/statement", {"date": today, "limit": -1}).status_code == 400


@pytest.mark.parametrize("round_number", range(3))
def test_whatever_was_answered_survives_a_kill(own_process: Process, round_number: int) -> None:
    """kill −9 at a random moment under load: answers stand, sending again books nothing new."""
    answered: dict[str, str] = {}
    tried: list[str] = []

    def send_until_dead(worker: int) -> None:
        number = 0
        while True:
            key = f"w{worker}-{number}"
            tried.append(key)
            try:
                answered[key] = own_process.transfer(key).json()["core_txn_id"]
            except httpx.HTTPError:
                return
            number += 1

    workers = [threading.Thread(target=send_until_dead, args=(n,)) for n in range(4)]
    for worker in workers:
        worker.start()
    time.sleep(random.Random(round_number).uniform(0.1, 0.6))
    own_process.kill()
    for worker in workers:
        worker.join(20)
    own_process.start()

    log = {row["key"]: row for row in own_process.get("/corebank/transfers")["transfers"]}
    assert answered
    assert {key: log[key]["core_txn_id"] for key in answered} == answered
    for key in tried:
        again = own_process.transfer(key).json()
        assert again["core_txn_id"] == answered.get(key, again["core_txn_id"])
    rows = own_process.get("/corebank/transfers")["transfers"]
    assert sorted(row["key"] for row in rows) == sorted(tried)
    received = Decimal(own_process.get(f"/corebank/accounts/{CARD}")["received"])
    assert received == 12_000 * len(tried)
