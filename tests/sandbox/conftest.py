"""The real sandbox process, with calls at the level of its own wire."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.place import PROJECT, free_port

CARD = "6230520000000000000"


class Process:
    """A sandbox that can be killed and started again on the same folder."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.environment, self.port = folder, environment, free_port()
        self.web = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=15, trust_env=False
        )
        self.start()

    def start(self) -> None:
        self.program = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--port", str(self.port),
             "--data-dir", str(self.folder)],
            cwd=PROJECT, env={**os.environ, "SANDBOX_LATENCY": "0", **self.environment},
        )
        end = time.monotonic() + 30
        while True:
            try:
                self.web.get("/healthz").raise_for_status()
                return
            except httpx.HTTPError:
                assert self.program.poll() is None, "the sandbox did not start"
                assert time.monotonic() < end
                time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut would: no clean-up, no last words."""
        self.program.send_signal(signal.SIGKILL)
        self.program.wait(10)

    def stop(self) -> None:
        self.program.terminate()
        try:
            self.program.wait(10)
        except subprocess.TimeoutExpired:
            self.program.kill()
        self.web.close()

    # ── calls ────────────────────────────────────────────────────────────────
    def get(self, path: str, **query: Any) -> Any:
        answer = self.web.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.web.post(path, json=body, **more)

    def fault(self, mode: str, operation: str = "transfer", **more: Any) -> None:
        fault = {"service": "corebank", "operation": operation, "mode": mode, "times": 1, **more}
        assert self.post("/faults", fault).status_code == 201

    def transfer(self, key: str, amount: str = "12000.00", **changes: Any) -> httpx.Response:
        order = {
            "key": key, "amount": amount, "payee_card": CARD, "payee_name": "王建国",
            "currency": "CNY", "memo": "loan payout", **changes,
        }
        return self.post("/corebank/transfer", order)

    def status(self, key: str) -> httpx.Response:
        return self.post("/corebank/transfer-status", {"key": key})

    def booked(self, key: str) -> int:
        """How often the bank's own log says this key moved money."""
        return sum(row["key"] == key for row in self.get("/corebank/transfers")["transfers"])


@pytest.fixture(scope="package")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = Process(tmp_path_factory.mktemp("sandbox"))
    yield process
    process.stop()


@pytest.fixture
def process(_process: Process) -> Iterator[Process]:
    """One process for all tests that do not kill it; faults are cleared after each."""
    yield _process
    _process.web.delete("/faults").raise_for_status()


@pytest.fixture
def own_process(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path)
    yield process
    process.stop()
