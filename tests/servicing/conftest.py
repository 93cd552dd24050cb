"""A seeded bank and a book of loans in it."""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_django
from django.core.management import call_command
from django.db import connection

from lending.services import demo_bank, end_of_day_steps
from risk.gateways import breaker
from tests.sandbox_client import Sandbox, sandbox_process
from tests.servicing.arrears import Arrears
from tests.servicing.book import Book
from tests.servicing.cards import Cards
from tests.servicing.reconciling import Desk


@pytest.fixture(autouse=True)
def _rooms_around(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A close of these books has no core bank beside it, but for tests that ask for the ``whole_day``."""
    if "whole_day" not in request.fixturenames:
        for rooms in ("BEFORE_LOANS", "AFTER_LOANS", "GATES"):
            monkeypatch.setattr(end_of_day_steps, rooms, ())


@pytest.fixture(autouse=True)
def _days_of_its_own(
    request: pytest.FixtureRequest, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """Django leaves the partitioned table of days alone when it empties the database after a test."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE lending_loanday")


@pytest.fixture
def bank(db: None, settings: Any, now: dt.datetime) -> None:
    """The demo bank in an empty database; staff passwords hashed cheaply, they are not the subject here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("seed_products", verbosity=0)
    demo_bank.seed(today=now.date(), now=now)


@pytest.fixture
def book(bank: None, now: dt.datetime) -> Book:
    return Book(now)


@pytest.fixture
def cards(book: Book, sandbox: Sandbox) -> Cards:
    """Card transfers of the book's loans, at the sandbox's core bank."""
    breaker.reset_breakers()
    return Cards(book, sandbox)


@pytest.fixture(scope="module")
def _own_core_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    folder = tmp_path_factory.mktemp("core_bank")
    with sandbox_process(folder) as sandbox:
        yield sandbox, folder / "sandbox.sqlite3"


@pytest.fixture
def desk(bank: None, _own_core_bank: tuple[Sandbox, Path], settings: Any) -> Iterator[Desk]:
    """The bank beside a core bank that nobody else uses: its statement holds this test's money only."""
    sandbox, log = _own_core_bank
    with contextlib.closing(sqlite3.connect(log)) as rows, rows:
        rows.execute("DELETE FROM transfer")
    settings.SANDBOX_URL = sandbox.url
    settings.SERVICE_URLS = {n: f"{sandbox.url}/{n}" for n in settings.SERVICE_NAMES}
    breaker.reset_breakers()
    yield Desk(Book(dt.datetime.now(ZoneInfo("Asia/Shanghai"))), sandbox, log)
    sandbox.clear_faults()
    breaker.reset_breakers()


@pytest.fixture
def arrears(book: Book, now: dt.datetime) -> Arrears:
    return Arrears(book, now)
