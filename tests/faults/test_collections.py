"""Repayments over the card while the worker dies and callbacks come too early or twice: collected once."""

import os
import signal
import time
from collections import Counter
from typing import Any

import psutil
import pytest

from bench.applicant import Applicant
from tests.faults import chaos
from tests.system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def _healthy(running_system: RunningSystem):
    running_system.sandbox.clear_faults()
    running_system.wait_until_ready()
    yield
    running_system.sandbox.clear_faults()
    running_system.wait_until_ready()


@pytest.fixture
def borrower(running_system: RunningSystem) -> Applicant:
    person = chaos.cast(running_system, 1)[0]
    applicant = Applicant(
        running_system.url, running_system.sandbox.url, person, patience_s=60
    )
    assert applicant.to_money(seconds=120) == "disbursed"
    return applicant


def repay(applicant: Applicant, loan_id: str, amount: str) -> dict[str, Any]:
    path = f"loans/{loan_id}/repayments/"
    return dict(applicant.call("POST", path, {"amount": amount, "kind": "due"}))


def wait_until_booked(applicant: Applicant, repayment: dict[str, Any], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not repayment["transaction"] and time.monotonic() < end:
        time.sleep(0.5)
        repayment = dict(applicant.call("GET", f"repayments/{repayment['id']}/"))
    assert repayment["transaction"], repayment["state"]


def kill_worker(system: RunningSystem) -> int:
    pid = system.pid("worker-money")
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        os.kill(process.pid, signal.SIGKILL)
    return pid


def test_a_worker_killed_between_collecting_and_booking_and_callbacks_of_all_kinds(
    running_system: RunningSystem, borrower: Applicant
) -> None:
    loan_id = borrower.call("GET", "loans/")["results"][0]["id"]
    for mode, amount in (("callback_first", "10.01"), ("duplicate_callback", "10.02")):
        running_system.sandbox.fault("corebank", "collect", mode)
        wait_until_booked(borrower, repay(borrower, loan_id, amount))
    running_system.sandbox.fault("corebank", "collect", "hang")  # the bank has booked, and is silent
    struck = repay(borrower, loan_id, "10.03")
    assert struck["state"] == "sending"
    pid = kill_worker(running_system)
    running_system.wait_until_back("worker-money", pid)
    # nobody holds the lease any more: bring its end forward instead of waiting a minute and a half
    running_system.query(
        "UPDATE lending_cardtransfer SET lease_until = now() WHERE state = 'sending'"
    )
    wait_until_booked(borrower, struck)
    rows = running_system.query(
        "SELECT t.core_key, x.amount FROM lending_cardtransfer t"
        " JOIN lending_loantransaction x ON x.id = t.transaction_id WHERE t.loan_id = %s",
        (loan_id,),
    )
    booked = {row["core_key"]: str(row["amount"]) for row in rows}
    log = [row for row in running_system.sandbox.collections() if row["key"] in booked]
    assert Counter(row["key"] for row in log) == dict.fromkeys(booked, 1)
    assert {row["key"]: row["amount"] for row in log} == booked
    assert sorted(booked.values()) == ["10.01", "10.02", "10.03"]
    chaos.assert_invariants(running_system)
