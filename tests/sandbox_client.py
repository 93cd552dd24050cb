"""The sandbox process for tests, and its control plane (CONTRACT §4) as methods."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from deploy.parent import stop_with_parent
from deploy.place import PROJECT, free_port


class Sandbox:
    """Control plane of one sandbox. Answers are the sandbox's own JSON, untouched."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def people(self, persona: str, limit: int = 10) -> list[dict[str, Any]]:
        answer = self._get("/people", persona=persona, limit=limit)
        return answer["people"] if isinstance(answer, dict) else answer

    def person(self, persona: str, n: int = 0) -> dict[str, Any]:
        """The ``n``-th person (from 0) of a persona."""
        return self.people(persona, limit=n + 1)[n]

    def id_card(self, id_number: str, side: str = "front", **look: Any) -> bytes:
        answer = self._client.get(f"/id-card/{id_number}.jpg", params={"side": side, **look})
        answer.raise_for_status()
        return answer.content

    def fault(self, service: str, operation: str, mode: str, times: int = 1, **more: Any) -> None:
        fault = {"service": service, "operation": operation, "mode": mode, "times": times, **more}
        self._client.post("/faults", json=fault).raise_for_status()

    def clear_faults(self) -> None:
        self._client.delete("/faults").raise_for_status()

    def sms(self, mobile: str) -> list[dict[str, Any]]:
        """Messages to one phone, newest first."""
        answer = self._get("/sms", mobile=mobile)
        return answer["messages"] if isinstance(answer, dict) else answer

    def transfers(self) -> list[dict[str, Any]]:
        """Every transfer in the core bank's own durable log."""
        answer = self._get("/corebank/transfers")
        return answer["transfers"] if isinstance(answer, dict) else answer

    def collections(self) -> list[dict[str, Any]]:
        """Every collection in the core bank's own durable log."""
        answer = self._get("/corebank/transfers", kind="in")
        return list(answer["transfers"])

    def calls(self, service: str) -> list[dict[str, Any]]:
        answer = self._get("/calls", service=service)
        return answer["calls"] if isinstance(answer, dict) else answer

    def _get(self, path: str, **params: Any) -> Any:
        answer = self._client.get(path, params=params)
        answer.raise_for_status()
        return answer.json()


@contextlib.contextmanager
def sandbox_process(folder: Path, **environment: str) -> Iterator[Sandbox]:
    """Starts ``python -m sandbox`` without simulated delays on a free port; stops it at the end."""
    port = free_port()
    log = (folder / "sandbox.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(port), "--data-dir", str(folder)],
        cwd=PROJECT,
        env={**os.environ, "SANDBOX_LATENCY": "0", **environment},
        preexec_fn=stop_with_parent,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        sandbox = Sandbox(f"http://127.0.0.1:{port}")
        _wait_until_up(sandbox, process, folder / "sandbox.log")
        yield sandbox
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _wait_until_up(sandbox: Sandbox, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            sandbox.person("teacher")
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"the sandbox did not start: {log.read_text(errors='replace')[-2000:]}")
