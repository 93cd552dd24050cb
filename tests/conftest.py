"""What every test may ask for. Databases and outside services are real processes, never doubles."""

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django
import pytest

from tests import servers
from tests.sandbox_client import Sandbox, sandbox_process

servers.start()
django.setup()

from django.core.cache import cache  # noqa: E402  (after the settings know the servers)

pytest_plugins = ["tests.system"]

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def pytest_unconfigure() -> None:
    servers.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the whole system is marked so: these tests run one after the other."""
    for item in items:
        if "running_system" in getattr(item, "fixturenames", ()):
            item.add_marker("system")


@pytest.fixture(autouse=True)
def _no_other_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails at once, and says so."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to connect to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Counters of limits and stored terms must not leak from test to test."""
    cache.clear()


@pytest.fixture
def now() -> dt.datetime:
    """The test's moment: a working Tuesday morning at the bank."""
    return dt.datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def today(now: dt.datetime) -> dt.date:
    return now.date()


@pytest.fixture(scope="session")
def _sandbox_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    with sandbox_process(folder) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox_session: Sandbox, settings: Any) -> Iterator[Sandbox]:
    """The outside world as a process of its own; every service address points at it."""
    settings.SANDBOX_URL = _sandbox_session.url
    settings.SERVICE_URLS = {
        name: f"{_sandbox_session.url}/{name}" for name in settings.SERVICE_NAMES
    }
    yield _sandbox_session
    _sandbox_session.clear_faults()
