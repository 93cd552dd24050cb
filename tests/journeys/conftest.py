"""A browser for the journeys, and people nobody else in the test run plays."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.chromium import chromium as running_chromium
from tests.journeys.phone import PhoneBrowser
from tests.system import RunningSystem, system_folder

#: The first people of each persona belong to the fault tests, those from 200 on to the demo's history.
FIRST_PERSON = 100
#: Eighteen months are told day by day: a quarter of an hour where other work keeps the cores busy.
HISTORY_SECONDS = 1800
_taken: Counter[str] = Counter()


class SystemWithHistory(RunningSystem):
    """As ``make run`` starts it: the demo bank has customers, loans and closed days."""

    def _environment(self) -> dict[str, str]:
        environment = super()._environment()
        del environment["DEMO_CUSTOMERS"]
        return environment


@pytest.fixture(scope="session")
def system_with_history() -> Iterator[RunningSystem]:
    """Started once for all pictures."""
    with system_folder() as folder:
        system = SystemWithHistory(folder)
        system.start(timeout=HISTORY_SECONDS)
        try:
            yield system
        finally:
            system.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def phone_of(
    running_system: RunningSystem, chromium: Browser
) -> Iterator[Callable[..., PhoneBrowser]]:
    """``phone_of("teacher", javascript=False)``: the phone of a person who never applied before."""
    phones: list[PhoneBrowser] = []

    def make(persona: str, **how: Any) -> PhoneBrowser:
        number = FIRST_PERSON + _taken[persona]
        _taken[persona] += 1
        person = running_system.sandbox.person(persona, number)
        phones.append(
            PhoneBrowser(chromium, running_system.url, running_system.sandbox, person, **how)
        )
        return phones[-1]

    yield make
    for phone in phones:
        phone.close()
