"""Sources that flood, trickle, answer twice or answer for somebody else: a person decides."""

import http.server
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from risk import services
from risk.gateways.sources import SOURCES
from risk.models import SourceReport
from tests.gateways.test_risk_http_port import (
    Rogue,
    answers_twice,
    drips,
    drips_headers,
    floods,
    says,
)
from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def hostile(sandbox: Sandbox, settings: Any) -> Iterator[Rogue]:
    """Courts that misbehave; everybody else is the sandbox."""
    server = Rogue()
    settings.SERVICE_URLS = {**settings.SERVICE_URLS, "courts": server.url}
    yield server
    server.server.shutdown()
    server.server.server_close()


def report_of(request: Any) -> SourceReport:
    return SourceReport.objects.get(
        application_id=request.subject.application_id, source="courts"
    )


@pytest.mark.parametrize(
    ("script", "result", "problem"),
    [
        (floods, "ERROR", "too_large"),
        (drips, "TIMEOUT", "timeout"),
        (drips_headers, "TIMEOUT", "timeout"),
        (says(b"\x00\xff{{{"), "ERROR", "garbage"),
        (says(b"9" * 900_000), "ERROR", "garbage"),
        (says(b"[" * 900_000), "ERROR", "garbage"),
        (says({"result": "NO_RECORD", "request_id": "another"}), "ERROR", "request_id"),
        (says({"result": "NO_RECORD", "data": {"name": "别人"}}), "ERROR", "other_person"),
        (says({"result": "NO_RECORD", "id_number": 5}), "ERROR", "other_person"),
        (answers_twice, "ERROR", "field enforcement_cases"),
    ],
)
def test_it_never_approves(
    script: Any, result: str, problem: str, hostile: Rogue, sandbox: Sandbox, request_for: Any,
    strategy: Any,
) -> None:
    hostile.scripts = [script] * 2
    request = request_for(sandbox.person("rice_farmer"))
    started = time.monotonic()
    assert services.decide(request).outcome == "refer"
    assert time.monotonic() - started < SOURCES["courts"].timeout_s + 1.5
    report = report_of(request)
    assert (report.result, report.problem, report.facts) == (result, problem, {})


def test_a_clean_answer_sent_twice_does_not_clear_the_next_applicant(
    hostile: Rogue, sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    """The second copy waits in the connection when somebody else is asked about."""
    hostile.scripts = [clean_twice, says({"result": "NO_RECORD"})]
    first = request_for(sandbox.person("rice_farmer"))
    assert services.decide(first).outcome == "approve"
    debtor = request_for(sandbox.person("teacher"))
    assert services.decide(debtor).outcome == "refer"
    assert report_of(debtor).problem == "request_id"


def clean_twice(handler: http.server.BaseHTTPRequestHandler) -> None:
    echo = {"result": "NO_RECORD", "request_id": handler.headers["X-Request-Id"]}
    body = json.dumps(echo).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    handler.wfile.write((head % len(body) + body) * 2)
