"""The whole system as real processes, started as ``make run`` starts it, on ports and data of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import psycopg2.extras
import pytest
import redis
from supervisor.xmlrpc import SupervisorTransport

from deploy import postgres
from deploy.parent import stop_with_parent
from deploy.place import PROJECT, free_port, sockets_folder
from deploy.secrets_file import read as read_env_file
from tests.sandbox_client import Sandbox

START_SECONDS = 120
WORKERS = ("worker-money", "worker-default", "worker-closing", "worker-documents")


class RunningSystem:
    """One copy under ``deploy.run``: its addresses, and ways to hurt it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port, self.sandbox_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox = Sandbox(f"http://127.0.0.1:{self.sandbox_port}")
        self.log = folder / "run.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = START_SECONDS) -> None:
        """Starts and waits for the last line of the welcome."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.run"],
                cwd=PROJECT,
                env=self._environment(),
                preexec_fn=stop_with_parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + timeout
        while "Ready in" not in self.log.read_text(errors="replace"):
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"did not start: {self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)

    def stop(self) -> int | None:
        """As Ctrl-C does; the exit code."""
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(100)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._process.returncode

    def kill_starter(self) -> None:
        """kill -9 of ``make run`` itself."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    # ── programs ──
    def pid(self, program: str) -> int:
        """Pid of a program (``web``, ``worker-money``, ``postgres``, …); 0 while it is down."""
        group = "servers" if program in {"postgres", "redis", "sandbox"} else "application"
        return int(self._manager().getProcessInfo(f"{group}:{program}")["pid"])

    def kill(self, program: str, number: int = signal.SIGKILL) -> int:
        """Signals a program's main process; returns the pid it had."""
        pid = self.pid(program)
        os.kill(pid, number)
        return pid

    def wait_until_back(self, program: str, old_pid: int, seconds: float = 60) -> None:
        """Until the program runs under another pid."""
        self._wait(lambda: self.pid(program) not in (0, old_pid), f"{program} stays down", seconds)

    def restart_postgres(self, *, immediate: bool = False) -> None:
        """Fast (sessions cut) or immediate (crash recovery) restart; returns when it answers again."""
        pid = self.kill("postgres", signal.SIGQUIT if immediate else signal.SIGINT)
        self.wait_until_back("postgres", pid)
        self._wait(self._database_answers, "PostgreSQL does not answer", 60)

    def flush_redis(self) -> None:
        self.redis().flushall()

    def wait_until_ready(self, seconds: float = 90) -> None:
        self._wait(lambda: self.readiness().get("status") == "ok", "not ready", seconds)

    def readiness(self) -> dict[str, Any]:
        try:
            return dict(httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).json())
        except (httpx.HTTPError, ValueError):
            return {}

    # ── data ──
    @property
    def addresses(self) -> dict[str, str]:
        return read_env_file(self.data / "run" / "addresses.env")

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.addresses["REDIS_URL"])

    def query(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Rows of a statement, as dictionaries; committed."""
        with (
            contextlib.closing(psycopg2.connect(self.addresses["DATABASE_URL"])) as connection,
            connection,
            connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor,
        ):
            cursor.execute(sql, parameters)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []

    def manage(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """``manage.py`` as a person beside the running system would call it."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self._environment(),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def _environment(self) -> dict[str, str]:
        ours = {
            name: value
            for name, value in os.environ.items()
            if name
            not in {
                "DATABASE_URL",
                "REDIS_URL",
                "SANDBOX_URL",
                "MAKELEVEL",
                "SECRET_KEY",
                "FIELD_KEYS",
                "DJANGO_SETTINGS_MODULE",
                "TEST_DATABASE_NAME",
            }
        }
        return ours | {
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "SANDBOX_PORT": str(self.sandbox_port),
            "DJANGO_ENV": "demo",
            "DEMO_CUSTOMERS": "0",
            "SANDBOX_LATENCY": os.environ.get("SANDBOX_LATENCY", "0"),
            # the tests ask for far more codes from one address than a person would
            "OTP_CODES_PER_ADDRESS_DAY": "100000",
            "OTP_CODES_PER_MOBILE_DAY": "1000",
        }

    def _manager(self) -> Any:
        address = f"unix://{sockets_folder(self.data.resolve())}/manager.sock"
        transport = SupervisorTransport(None, None, address)
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def _database_answers(self) -> bool:
        try:
            return self.query("SELECT 1 AS one") == [{"one": 1}]
        except psycopg2.Error:
            return False

    @staticmethod
    def _wait(done: Any, complaint: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise AssertionError(f"{complaint} after {seconds} s")
            time.sleep(0.1)


@contextlib.contextmanager
def system_folder() -> Iterator[Path]:
    """A short folder of its own; its PostgreSQL is deleted wherever it stands."""
    folder = Path(tempfile.mkdtemp(prefix="shandai-system-", dir="/tmp"))
    folder.chmod(0o755)  # noqa: S103  (the embedded PostgreSQL may run as another user)
    try:
        yield folder
    finally:
        postgres.remove(folder / "data" / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def running_system() -> Iterator[RunningSystem]:
    """Started once for all tests that need it; each test leaves it healthy."""
    with system_folder() as folder:
        system = RunningSystem(folder)
        system.start()
        try:
            yield system
        finally:
            system.stop()
