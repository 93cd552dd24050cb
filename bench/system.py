"""The whole system under load: its own copy on free ports, real workers, the sandbox without added delays."""

import gzip
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import psycopg2

from bench.applicant import Applicant, people
from bench.report import Row, percentile
from deploy.place import PROJECT, free_port

_GOOD = (
    "teacher",
    "civil_servant",
    "depositor",
    "mortgage_customer",
    "shop_owner",
    "rice_farmer",
    "pig_farmer",
)
_THREADS = 8
_START_SECONDS_MAX = 300


@dataclass
class Result:
    """What the load did; seconds throughout."""

    decisions_s: list[float] = field(default_factory=list)
    moneys_s: list[float] = field(default_factory=list)
    server_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    elapsed_s: float = 0.0


@contextmanager
def running_copy() -> Iterator[tuple[str, str, int, float]]:
    """(base URL, sandbox URL, process id, seconds to ready) of a fresh copy; stopped and deleted after."""
    with tempfile.TemporaryDirectory(prefix="shandai-bench-", dir="/tmp") as folder:  # noqa: S108
        Path(folder).chmod(0o755)
        port, sandbox_port = free_port(), free_port()
        environment = {
            **os.environ,
            "PORT": str(port),
            "SANDBOX_PORT": str(sandbox_port),
            "DATA_DIR": f"{folder}/data",
            "SANDBOX_LATENCY": "0",
            "DJANGO_ENV": "demo",
            # a short history: what it costs is the demo's, not the system's
            "DEMO_CUSTOMERS": "60",
            "DEMO_DAYS": "30",
        }
        for name in ("DATABASE_URL", "REDIS_URL", "SANDBOX_URL"):
            environment.pop(name, None)
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.run"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        base, sandbox = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}"
        try:
            _wait_until_ready(base, process)
            yield base, sandbox, process.pid, time.monotonic() - started
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait_until_ready(base: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the system did not start: exit {process.returncode}")
        try:
            if httpx.get(f"{base}/readyz", timeout=2).json().get("status") == "ok":
                return
        except (httpx.TransportError, ValueError):
            pass
        time.sleep(0.5)
    raise RuntimeError("the system did not become ready")


def rows(*, small: bool) -> list[Row]:
    seconds = 30 if small else 600
    first = 16 if small else 60  # people served one after another before the load
    with running_copy() as (base, sandbox, pid, ready_s):
        cast = [p for persona in _GOOD for p in people(sandbox, persona, 380)]
        started = datetime.now(UTC)
        alone = load(base, sandbox, cast[:first], threads=1, seconds=120)
        own_alone_ms = _own_times_ms(pid, started)
        started = datetime.now(UTC)
        busy = load(base, sandbox, cast[first:], threads=_THREADS, seconds=seconds)
        own_busy_ms = _own_times_ms(pid, started)
        memory_gb = _resident_gb(pid)
        weight_kb = _first_visit_kb(base)
    return [
        Row("ready from an empty data folder", "s", ready_s, 300, note="installing not included"),
        *_decision_rows(alone, busy, own_alone_ms, own_busy_ms),
        *_journey_rows(alone, busy),
        Row("resident memory of the whole system", "GB", memory_gb, 2.0),
        Row("first visit, all files, compressed", "kB", weight_kb, 50),
    ]


def _decision_rows(
    alone: Result, busy: Result, own_alone_ms: list[float], own_busy_ms: list[float]
) -> list[Row]:
    note = f"gathered, evaluated with trace, without waiting for sources; n={len(own_alone_ms)}"
    waited_ms = percentile(alone.decisions_s, 0.5) * 1e3
    pressed_ms = percentile(busy.decisions_s, 0.95) * 1e3
    return [
        Row("decision, submit to offer, alone, p50", "ms", waited_ms, 250),
        Row("decision, submit to offer, under load, p95", "ms", pressed_ms, 1_000),
        Row("decision, our own time, alone, p50", "ms", percentile(own_alone_ms, 0.5), 50, note=note),
        Row("decision, our own time, alone, p99", "ms", percentile(own_alone_ms, 0.99), 250),
        Row("decision, our own time, under load, p99", "ms", percentile(own_busy_ms, 0.99), 1_000),
    ]


def _journey_rows(alone: Result, busy: Result) -> list[Row]:
    journeys = len(busy.moneys_s) / busy.elapsed_s if busy.elapsed_s else 0.0
    money_ms = percentile(alone.moneys_s, 0.95) * 1e3
    return [
        Row("money, signature to disbursed, alone, p95", "ms", money_ms, 2_000),
        Row("server time of one journey, alone, p50", "s", percentile(alone.server_s, 0.5), 3.0),
        Row(
            "journeys to money",
            "per second",
            journeys,
            8.0,
            lower_is_better=False,
            note=f"{len(busy.moneys_s)} in {busy.elapsed_s:.0f} s, {_THREADS} at a time, same cores",
        ),
        Row("errors under load", "journeys", len(busy.errors), 0, note="; ".join(busy.errors[:1])),
    ]


def load(
    base: str, sandbox: str, cast: list[dict[str, str]], *, threads: int, seconds: float
) -> Result:
    """People one after another on ``threads`` threads until ``seconds`` are over or the cast is through."""
    result, lock, queue = Result(), threading.Lock(), iter(cast)
    started = time.monotonic()

    def work() -> None:
        while time.monotonic() - started < seconds:
            with lock:
                person = next(queue, None)
            if person is None:
                return
            applicant = Applicant(base, sandbox, person)
            try:
                state = applicant.to_money()
                problem = "" if state == "disbursed" else f"{person['persona']} ended {state}"
            except (AssertionError, httpx.HTTPError) as error:
                problem = str(error)[:200]
            finally:
                applicant.close()
            with lock:
                if problem:
                    result.errors.append(problem)
                    continue
                result.decisions_s.append(applicant.timings.decision_s)
                result.moneys_s.append(applicant.timings.money_s)
                result.server_s.append(
                    sum(t for path, t in applicant.timings.requests if "wait" not in path)
                )

    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(work) for _ in range(threads)]:
            future.result()
    result.elapsed_s = time.monotonic() - started
    return result


def _own_times_ms(pid: int, since: datetime) -> list[float]:
    """What the copy's own records say of decisions made since then."""
    web = next(
        child
        for child in psutil.Process(pid).children(recursive=True)
        if "gunicorn" in " ".join(child.cmdline())
    )
    with (
        closing(psycopg2.connect(web.environ()["DATABASE_URL"])) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT took_ms FROM risk_decisionrecord WHERE as_of >= %s", [since])
        return [float(row[0]) for row in cursor.fetchall()]


def _resident_gb(pid: int) -> float:
    """Proportional set size of everything the copy started: shared pages counted once."""
    root = psutil.Process(pid)
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1e9


def _first_visit_kb(base: str) -> float:
    """The landing page and every file it names, as they travel (compressed)."""
    with httpx.Client(
        base_url=base, follow_redirects=True, headers={"Accept-Encoding": "gzip"}
    ) as client:
        page = client.get("/q/universal/")
        total = _travelling(page)
        for address in sorted(set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))):
            total += _travelling(client.get(address))
    return total / 1_000


def _travelling(reply: httpx.Response) -> int:
    if reply.headers.get("content-encoding") == "gzip":
        return int(reply.headers.get("content-length") or len(gzip.compress(reply.content)))
    return len(reply.content)
