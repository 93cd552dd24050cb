"""The core bank's port against the real sandbox: orders, questions, statements in pages."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from lending.gateways import core_bank
from lending.gateways.core_bank import TransferOrder, interpret_body
from risk.gateways import breaker
from tests.sandbox_client import Sandbox


@pytest.fixture(autouse=True)
def _closed_breakers() -> None:
    breaker.reset_breakers()


def order(sandbox: Sandbox, n: int = 0, amount: str = "1200.00") -> TransferOrder:
    person = sandbox.person("teacher", n)
    return TransferOrder(
        key=f"D{uuid.uuid4().hex}",
        amount=Decimal(amount),
        payee_card=person["card_number"],
        payee_name=person["name"],
    )


def test_a_statement_longer_than_a_page_is_read_to_its_end(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_bank, "STATEMENT_PAGE_LINES", 3)
    orders = [order(sandbox, n) for n in range(8)]
    for one in orders:
        assert core_bank.pay(one).outcome == "succeeded"
    booked = {t["key"]: t["booked_at"] for t in sandbox.transfers()}
    days = {booked[one.key][:10] for one in orders}
    lines = [line for day in sorted(days) for line in core_bank.statement(_day(day))]
    keys = [line.key for line in lines]
    assert len(keys) == len(set(keys))
    assert {one.key for one in orders} <= set(keys)


def test_a_statement_that_never_ends_is_not_a_clean_day(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_bank, "STATEMENT_PAGE_LINES", 1)
    monkeypatch.setattr(core_bank, "STATEMENT_PAGES_MAX", 2)
    for n in range(3):
        core_bank.pay(order(sandbox, n))
    day = _day(sandbox.transfers()[-1]["booked_at"][:10])
    with pytest.raises(core_bank.StatementUnavailable):
        core_bank.statement(day)


@pytest.mark.parametrize("mode", ["error_500", "garbage", "drop_before", "huge"])
def test_an_unreadable_statement_is_said_so(sandbox: Sandbox, mode: str) -> None:
    sandbox.fault("corebank", "statement", mode)
    with pytest.raises(core_bank.StatementUnavailable):
        core_bank.statement(_day("2026-11-24"))


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "succeeded"),
        ({"amount": "1200.01"}, "mismatch"),
        ({"amount": "1200"}, "succeeded"),
        ({"amount": None}, "mismatch"),
        ({"payee_card": "6230520000000000000"}, "mismatch"),
        ({"key": "another"}, "mismatch"),
        ({"core_txn_id": ""}, "unknown"),
        ({"core_txn_id": 7}, "unknown"),
        ({"status": "accepted"}, "unknown"),
        ({"status": "rejected", "code": "60"}, "rejected"),
        ({"status": "rejected", "code": "03"}, "unknown"),
    ],
)
def test_only_a_definite_echo_is_success(change: dict, outcome: str) -> None:
    asked = TransferOrder("D1", Decimal("1200.00"), "6230521000000000007", "徐德")
    body = {
        "status": "succeeded",
        "key": "D1",
        "amount": "1200.00",
        "payee_card": "6230521000000000007",
        "core_txn_id": "CB1",
        **change,
    }
    assert interpret_body(body, asked).outcome == outcome


def _day(text: str) -> date:

    return date.fromisoformat(text)
