"""Processes die at the worst moments; no money twice, none lost, every journey ends."""

import os
import random
import signal
import time

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


def signed_applicant(system: RunningSystem) -> Applicant:
    """One person, ready to sign."""
    applicant = Applicant(system.url, system.sandbox.url, chaos.cast(system, 1)[0], patience_s=60)
    applicant.log_in()
    applicant.start()
    applicant.fill_in()
    assert applicant.submit() == "offered"
    applicant.accept()
    return applicant


def payout_of(system: RunningSystem, applicant: Applicant) -> dict:
    return system.query(
        "SELECT state, core_key, attempt FROM lending_disbursement WHERE application_id = %s",
        (applicant.application_id,),
    )[0]


def test_worker_killed_before_the_bank_call(running_system: RunningSystem) -> None:
    """The request is committed, nobody is there to carry it out."""
    applicant = signed_applicant(running_system)
    pid = running_system.kill("worker-money")
    applicant.sign()
    assert applicant.wait_for(frozenset({"disbursed"}), seconds=120) == "disbursed"
    running_system.wait_until_back("worker-money", pid)
    chaos.assert_one_transfer_per_loan(running_system)
    chaos.assert_invariants(running_system)


@pytest.mark.parametrize("moment", ["before_booking", "after_booking"])
def test_worker_killed_during_the_bank_call(running_system: RunningSystem, moment: str) -> None:
    """The whole worker with its children dies while the bank is at work, or has just booked."""
    applicant = signed_applicant(running_system)
    mode = "delay" if moment == "before_booking" else "hang"
    running_system.sandbox.fault("corebank", "transfer", mode, delay_s=6)
    applicant.sign()
    deadline = time.monotonic() + 20
    while (
        payout_of(running_system, applicant)["state"] != "sending" and time.monotonic() < deadline
    ):
        time.sleep(0.05)
    time.sleep(0.5)
    pid = running_system.pid("worker-money")
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        os.kill(process.pid, signal.SIGKILL)
    running_system.wait_until_back("worker-money", pid)
    # nobody holds the lease any more: bring its end forward instead of waiting a minute and a half
    running_system.query(
        "UPDATE lending_disbursement SET lease_until = now() WHERE application_id = %s",
        (applicant.application_id,),
    )
    assert applicant.wait_for(frozenset({"disbursed"}), seconds=chaos.SETTLE_SECONDS) == "disbursed"
    chaos.assert_one_transfer_per_loan(running_system)
    chaos.assert_invariants(running_system)


def test_redis_flushed_with_journeys_in_flight(running_system: RunningSystem) -> None:
    with chaos.meanwhile(running_system.flush_redis, every_s=(0.5, 1.5), seed=1):
        outcome = chaos.walk_all(running_system, chaos.cast(running_system, 16))
    assert outcome.states == {"disbursed": 16}, outcome.problems
    chaos.assert_one_transfer_per_loan(running_system)
    chaos.assert_invariants(running_system)


def test_redis_killed_with_journeys_in_flight(running_system: RunningSystem) -> None:
    with chaos.meanwhile(lambda: running_system.kill("redis"), every_s=(3, 4), seed=2):
        outcome = chaos.walk_all(running_system, chaos.cast(running_system, 12))
    assert outcome.states == {"disbursed": 12}, outcome.problems
    chaos.assert_one_transfer_per_loan(running_system)
    chaos.assert_invariants(running_system)


@pytest.mark.parametrize("immediate", [False, True], ids=["fast", "immediate"])
def test_postgres_restarted_with_journeys_in_flight(
    running_system: RunningSystem, immediate: bool
) -> None:
    with chaos.meanwhile(
        lambda: running_system.restart_postgres(immediate=immediate), every_s=(6, 9), seed=3
    ):
        outcome = chaos.walk_all(running_system, chaos.cast(running_system, 12))
    assert outcome.states == {"disbursed": 12}, outcome.problems
    chaos.assert_one_transfer_per_loan(running_system)
    chaos.assert_invariants(running_system)


def test_200_journeys_with_random_faults_and_kills(running_system: RunningSystem) -> None:
    """The promise of the whole house in one test; the seed makes the misfortune repeatable."""
    chance = random.Random(20261124)  # noqa: S311
    victims = ("worker-money", "worker-default", "drain", "web")

    def strike() -> None:
        running_system.sandbox.clear_faults()  # what nobody met does not pile up for the last ones
        if chance.random() < 0.7:
            mode = chance.choice(chaos.BANK_FAULTS)
            running_system.sandbox.fault(
                "corebank", "transfer", mode, times=chance.randint(1, 3), delay_s=1
            )
        else:
            victim = chance.choice(victims)
            if running_system.pid(victim):
                running_system.kill(victim)

    # most of a struck journey is waiting (leases, status queries): many at once keep the machine busy
    with chaos.meanwhile(strike, every_s=(1, 4), seed=4):
        outcome = chaos.walk_all(running_system, chaos.cast(running_system, 200), threads=40)
    assert outcome.states == {"disbursed": 200}, outcome.problems
    chaos.assert_one_transfer_per_loan(running_system)
    chaos.assert_invariants(running_system)
