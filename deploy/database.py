"""Is the database there, and is it prepared? Plain SQL: nothing of the platform is imported here."""

import contextlib
import time
from collections.abc import Callable
from urllib.parse import urlparse, urlunparse

import psycopg2
import redis

from deploy.errors import CannotStart

PATIENCE_SECONDS = 40


def wait_for_database(url: str, explain: Callable[[], str]) -> None:
    """Connects, and creates the database if only that is missing. Raises CannotStart.

    ``explain`` gives the server's own last words when it does not come up.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with contextlib.closing(psycopg2.connect(url, connect_timeout=3)):
                return
        except psycopg2.OperationalError as error:
            said = str(error).strip().splitlines()[-1]
            if "does not exist" in said and "database" in said:
                _create(url)
                return
            words = explain()
            if words or time.monotonic() > end:
                raise CannotStart(f"The database does not answer: {words or said}") from None
        time.sleep(0.1)


def wait_for_redis(url: str, explain: Callable[[], str]) -> None:
    """Pings. Raises CannotStart."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with contextlib.closing(redis.from_url(url)) as client:
                client.ping()
                return
        except redis.RedisError as error:
            words = explain()
            if words or time.monotonic() > end:
                raise CannotStart(f"Redis does not answer: {words or error}") from None
        time.sleep(0.1)


def _create(url: str) -> None:
    parsed = urlparse(url)
    name = parsed.path.lstrip("/").replace('"', '""')
    server = urlunparse(parsed._replace(path="/postgres"))
    try:
        with contextlib.closing(psycopg2.connect(server)) as connection:
            connection.autocommit = True
            connection.cursor().execute(f'CREATE DATABASE "{name}"')
    except psycopg2.Error as error:
        raise CannotStart(
            f"The database {name} is missing and cannot be created: {str(error).strip()}"
        ) from None
