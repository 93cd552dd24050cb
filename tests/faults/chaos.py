"""Journeys under fire: many applicants at once, faults at the bank, processes killed; then the reckoning."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.applicant import Applicant, people
from tests.system import RunningSystem

GOOD_PERSONAS = ("teacher", "civil_servant", "depositor", "shop_owner", "rice_farmer", "pig_farmer")
#: Everything that can leave a payout in doubt without a person being needed to settle it.
BANK_FAULTS = (
    "error_after",
    "drop_after",
    "drop_before",
    "error_before",
    "garbage",
    "delay",
    "callback_first",
    "duplicate_callback",
)
#: Three status queries (5 + 15 + 60 s), the resend, the sweeper's beat — and all of it again for the unlucky.
SETTLE_SECONDS = 400
_taken: Counter[str] = Counter()


@dataclass
class Outcome:
    states: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def cast(system: RunningSystem, count: int) -> list[dict[str, Any]]:
    """``count`` good applicants nobody has used yet in this test run."""
    chosen = []
    for number in range(count):
        persona = GOOD_PERSONAS[number % len(GOOD_PERSONAS)]
        offset = _taken[persona]
        _taken[persona] += 1
        chosen += people(system.sandbox.url, persona, 1, offset)
    return chosen


def walk_all(system: RunningSystem, persons: list[dict[str, Any]], *, threads: int = 8) -> Outcome:
    """Everybody to money, with the patience of a person on a bad line."""
    outcome, lock = Outcome(), threading.Lock()

    def walk(person: dict[str, Any]) -> None:
        applicant = Applicant(system.url, system.sandbox.url, person, patience_s=90)
        try:
            state, problem = applicant.to_money(seconds=SETTLE_SECONDS), ""
        except (AssertionError, httpx.HTTPError, KeyError) as error:
            state, problem = "failed", f"{person['persona']}: {str(error)[:300]}"
        finally:
            applicant.close()
        with lock:
            outcome.states[state] += 1
            if problem:
                outcome.problems.append(problem)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(walk, persons))
    return outcome


@contextmanager
def meanwhile(
    act: Callable[[], None], *, every_s: tuple[float, float], seed: int
) -> Iterator[None]:
    """Repeat ``act`` at random moments in the background until the block ends."""
    stopped, chance = threading.Event(), random.Random(seed)  # noqa: S311

    def repeat() -> None:
        while not stopped.wait(chance.uniform(*every_s)):
            act()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(60)


def assert_one_transfer_per_loan(system: RunningSystem) -> None:
    """By the core bank's own log: each key once, each booked payout one transfer, nothing more."""
    keys = Counter(transfer["key"] for transfer in system.sandbox.transfers())
    assert not [key for key, count in keys.items() if count > 1]
    paid = {
        row["core_key"]
        for row in system.query(
            "SELECT d.core_key FROM lending_disbursement d JOIN lending_loan l USING (application_id)"
            " WHERE d.state = 'succeeded'"
        )
    }
    assert set(keys) == paid
    per_application = system.query(
        "SELECT application_id, count(*) AS n FROM lending_disbursement WHERE core_key = ANY(%s)"
        " GROUP BY application_id HAVING count(*) > 1",
        (list(keys),),
    )
    assert per_application == []


def assert_invariants(system: RunningSystem, *, within_s: float = 120) -> None:
    """``check_invariants`` is clean, at the latest when the outbox has had its time."""
    deadline = time.monotonic() + within_s
    while True:
        result = system.manage("check_invariants", "--json")
        if result.returncode == 0 or time.monotonic() > deadline:
            break
        time.sleep(2)
    assert result.returncode == 0, result.stdout + result.stderr
