"""A seeded bank and a book of loans in it."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command

from lending.services import demo_bank
from tests.servicing.arrears import Arrears
from tests.servicing.book import Book


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
def arrears(book: Book, now: dt.datetime) -> Arrears:
    return Arrears(book, now)
