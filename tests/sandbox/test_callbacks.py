"""Signed callbacks: who sends them can prove it, and the same event may come twice or too early."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Process

SECRET = "shared-secret"


class Listener:
    """What the platform would hear, with the moment of each."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, dict[str, Any], dict[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                headers = dict(self.headers.items())
                listener.heard.append((time.monotonic(), json.loads(raw), headers, raw))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/callbacks/core-bank/"

    def wait_for(self, count: int) -> None:
        end = time.monotonic() + 10
        while len(self.heard) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.heard) == count


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()


@pytest.fixture
def caller(tmp_path: Path, listener: Listener) -> Iterator[Process]:
    process = Process(tmp_path, SANDBOX_CALLBACK_URL=listener.url, SANDBOX_SECRET=SECRET)
    yield process
    process.stop()


def test_a_duplicate_callback_is_one_signed_event_twice(
    caller: Process, listener: Listener
) -> None:
    caller.fault("duplicate_callback")
    answer = caller.transfer("twice").json()
    listener.wait_for(2)
    first, second = (body for _, body, _, _ in listener.heard)
    assert first == second
    assert first["event_id"]
    assert {name: first[name] for name in answer} == answer
    for _, _, headers, raw in listener.heard:
        signed = headers["X-Timestamp"].encode() + b"." + raw
        right = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["X-Signature"] == right
        assert abs(int(headers["X-Timestamp"]) - time.time()) < 30
    assert caller.booked("twice") == 1


def test_callback_first_comes_before_the_answer(caller: Process, listener: Listener) -> None:
    caller.fault("callback_first")
    caller.transfer("early")
    answered = time.monotonic()
    assert len(listener.heard) == 1
    assert listener.heard[0][0] < answered


def test_no_callback_without_a_fault_or_an_address(
    caller: Process, listener: Listener, process: Process
) -> None:
    caller.transfer("quiet")
    process.fault("callback_first")
    assert process.transfer("no-address").json()["status"] == "succeeded"
    time.sleep(0.2)
    assert listener.heard == []
