"""Real PostgreSQL and Redis for the tests: those of the environment, else embedded ones for this run.

Called by conftest as it is imported: the addresses must stand before Django reads its settings.
"""

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import redis

from deploy import postgres as embedded_postgres
from deploy import redis as embedded_redis
from deploy.parent import stop_with_parent

_stack = contextlib.ExitStack()


def start() -> None:
    """Sets the environment that Django's settings read. Parallel test processes share the servers."""
    os.environ["DJANGO_ENV"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for name in ("SANDBOX_URL", "PORT", "SANDBOX_PORT", "DATA_DIR"):
        os.environ.pop(name, None)  # tests choose their own
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _own_servers()
    _own_redis_database(worker)


def stop() -> None:
    _stack.close()


def _own_servers() -> None:
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    folder = Path(
        _stack.enter_context(tempfile.TemporaryDirectory(prefix="shandai-test-", dir="/tmp"))
    )
    folder.chmod(0o755)  # noqa: S103  (the embedded PostgreSQL may run as another user)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = _stack.enter_context(_postgres(folder))
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = _stack.enter_context(_redis(folder))


def _own_redis_database(worker: str | None) -> None:
    """Each parallel test process has its own Redis database: one's flush is not another's."""
    address = os.environ["REDIS_URL"]
    if worker is not None and address.startswith("unix://"):
        number = 1 + int("".join(filter(str.isdecimal, worker)) or 0)
        os.environ["REDIS_URL"] = f"{address.partition('?')[0]}?db={number}"


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    server = embedded_postgres.prepare(
        folder / "postgres",
        folder / "pg",
        {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    )
    with _running(server.command, user=server.run_as):
        _wait(lambda: psycopg2.connect(server.url("postgres")).close(), psycopg2.Error)
        yield server.url()


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[str]:
    server = embedded_redis.prepare(folder / "redis", folder / "redis.sock")
    with _running(server.command):
        _wait(lambda: redis.from_url(server.url()).ping(), redis.RedisError)
        yield server.url()


@contextlib.contextmanager
def _running(command: list[str], user: str | None = None) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        cwd="/",
        user=user,
        extra_groups=[] if user else None,
        start_new_session=True,
        preexec_fn=stop_with_parent,  # a killed test run leaves no server behind
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(2)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(attempt: Callable[[], object], error: type[Exception], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            attempt()
            return
        except error:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
