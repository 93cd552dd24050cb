"""The HTTP port against a server that misbehaves in every way a server can."""

import gzip
import http.server
import json
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from risk.gateways import answers, breaker
from risk.gateways.http_port import BODY_BYTES_MAX, HttpPort, PortReply
from risk.gateways.sources import SOURCES, Source

Script = Callable[[http.server.BaseHTTPRequestHandler], None]


class Rogue:
    """A server whose next answers are scripted; it keeps the headers and bodies it received."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []
        self.received: list[tuple[dict[str, str], bytes]] = []
        rogue = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                rogue.received.append((dict(self.headers), self.rfile.read(length)))
                script = rogue.scripts.pop(0) if rogue.scripts else says({"result": "MATCH"})
                script(self)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


ABOUT = {"name": "王小明", "id_number": "510812198503041234", "mobile": "13800000001"}


def read_answer(source: Source, reply: PortReply) -> answers.Answer:
    return answers.read_answer(source, reply, ABOUT)


def says(
    body: Any, status: int = 200, content_type: str = "application/json", **headers: str
) -> Script:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        try:
            handler.wfile.write(content)
        except OSError:
            handler.close_connection = True

    return answer


def cuts(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.connection.close()
    handler.close_connection = True


def drips(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.close_connection = True
    try:
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


def drips_headers(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.close_connection = True
    try:
        for _ in range(100):
            handler.wfile.write(b"X-Slow: yes\r\n")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


def floods(handler: http.server.BaseHTTPRequestHandler) -> None:
    """200 MB of well-formed JSON, in chunks, without saying how much it will be."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.close_connection = True
    piece = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    try:
        for _ in range(3_200):
            handler.wfile.write(piece)
        handler.wfile.write(b"2\r\n{}\r\n0\r\n\r\n")
    except OSError:
        return


def answers_twice(handler: http.server.BaseHTTPRequestHandler, **echo: str) -> None:
    """The whole answer, and then a second one that nobody asked for."""
    body = json.dumps({"result": "MATCH", "data": {"household_county": "1"}, **echo}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    handler.wfile.write((head % len(body) + body) * 2)


def answers_twice_by_name(handler: http.server.BaseHTTPRequestHandler) -> None:
    answers_twice(handler, request_id=handler.headers["X-Request-Id"])


@pytest.fixture
def rogue(settings: Any) -> Iterator[Rogue]:
    breaker.reset_breakers()
    server = Rogue()
    settings.SERVICE_URLS = {"identity": server.url, "nowhere": "http://127.0.0.1:9", "unset": ""}
    settings.SERVICE_SECRETS = {"identity": "secret-1"}
    yield server
    server.server.shutdown()
    server.server.server_close()
    breaker.reset_breakers()


def post(**more: Any) -> PortReply:
    return HttpPort("identity").post("verify", {"name": "王"}, **more)


def test_sends_json_with_a_request_id_and_the_services_key(rogue: Rogue) -> None:
    reply = post(idempotency_key="k-1")
    headers, body = rogue.received[0]
    assert (reply.kind, reply.status, reply.body) == ("ok", 200, {"result": "MATCH"})
    assert json.loads(body) == {"name": "王"}
    assert headers["X-Api-Key"] == "secret-1"
    assert headers["Idempotency-Key"] == "k-1"
    assert headers["X-Request-Id"] == reply.request_id != ""


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (says(b"<html>", content_type="text/html"), "garbage"),
        (says(b"{not json"), "garbage"),
        (says(b'{"limit": NaN}'), "garbage"),
        (says(b'{"limit": 1e999}'), "ok"),
        (says(b"[" * 50_000), "garbage"),
        (says(b"9" * 9_000), "garbage"),
        (says([1, 2]), "garbage"),
        (says(b""), "garbage"),
        (says(b"\xff\xfe\x00"), "garbage"),
        (says(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"), "garbage"),
        (says(b'{"a":"' + b"x" * BODY_BYTES_MAX + b'"}'), "too_large"),
        (says({"error": "no"}, status=500), "http_error"),
        (says({"error": "no"}, status=404), "http_error"),
        (says(b"gone", status=500, content_type="text/plain"), "http_error"),
        (says({}, status=302, Location="http://127.0.0.1:9/steal"), "http_error"),
        (cuts, "unreachable"),
    ],
)
def test_whatever_comes_back_is_a_reply(script: Script, kind: str, rogue: Rogue) -> None:
    rogue.scripts = [script]
    reply = post()
    assert reply.kind == kind
    assert isinstance(reply.body, dict)
    assert len(rogue.received) == 1


def test_an_infinite_number_is_not_an_amount(rogue: Rogue) -> None:
    rogue.scripts = [says(b'{"result": "MATCH", "data": {"mu": 1e999, "crop": "rice"}}')]
    reply = HttpPort("identity").post("verify", {})
    assert read_answer(SOURCES["land"], reply).result == "ERROR"


def test_an_error_keeps_its_json_body(rogue: Rogue) -> None:
    rogue.scripts = [says({"status": "not_found"}, status=404)]
    assert post().body == {"status": "not_found"}


def test_a_slow_drip_is_cut_at_the_cap(rogue: Rogue) -> None:
    rogue.scripts = [drips]
    started = time.monotonic()
    reply = post(timeout_s=0.4)
    assert reply.kind == "timeout"
    assert time.monotonic() - started < 1.0
    assert reply.latency_ms >= 400


def test_headers_that_never_end_are_cut_at_the_cap(rogue: Rogue) -> None:
    rogue.scripts = [drips_headers]
    started = time.monotonic()
    reply = post(timeout_s=0.4)
    assert reply.kind == "timeout"
    assert time.monotonic() - started < 0.8


def test_two_hundred_megabytes_are_cut_at_one(rogue: Rogue) -> None:
    rogue.scripts = [floods]
    tracemalloc.start()
    try:
        reply = post(timeout_s=10.0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reply.kind == "too_large"
    assert reply.body == {}
    assert peak < 8_000_000
    assert reply.latency_ms < 2_000


def test_an_answer_nobody_asked_for_is_not_taken_for_the_next(rogue: Rogue) -> None:
    rogue.scripts = [answers_twice, says({"result": "NO_RECORD"})]
    assert post().body["result"] == "MATCH"
    assert post().body["result"] == "NO_RECORD"
    assert len(rogue.received) == 2


def test_an_answer_to_an_earlier_question_is_known_by_its_number(rogue: Rogue) -> None:
    rogue.scripts = [answers_twice_by_name]
    first, second, third = post(), post(), post()
    assert first.body["request_id"] == first.request_id
    assert read_answer(IDENTITY, second).problem == "request_id"
    assert third.body == {"result": "MATCH"}


def test_closing_a_doubtful_connection_never_cuts_anothers_question(rogue: Rogue) -> None:
    """A connection goes back to the pool only when it is known to be in order, or closed already."""

    def echoes_sometimes(handler: http.server.BaseHTTPRequestHandler) -> None:
        number = handler.headers["X-Request-Id"]
        says({"request_id": number} if int(number[0], 16) % 2 else {})(handler)

    asked = 1_500
    rogue.scripts = [echoes_sometimes] * asked
    with ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda _: post(), range(asked)))
    assert {reply.kind for reply in replies} == {"ok"}


def test_only_inquiries_repeat_and_only_what_may_pass(rogue: Rogue) -> None:
    rogue.scripts = [says({}, status=503), says({"result": "MATCH"})]
    assert post(retries=1).kind == "ok"
    rogue.scripts = [cuts, says({"result": "MATCH"})]
    assert post(retries=1).kind == "ok"
    rogue.scripts = [says({}, status=503), says({"result": "MATCH"})]
    assert post().kind == "http_error"
    rogue.scripts = [says({}, status=500), says({"result": "MATCH"})]
    asked = len(rogue.received)
    assert post(retries=3).status == 500
    assert len(rogue.received) == asked + 1


@pytest.mark.parametrize("service", ["nowhere", "unset", "unknown"])
def test_nobody_there(service: str, rogue: Rogue) -> None:
    assert HttpPort(service).post("verify", {}).kind == "unreachable"


def test_the_breaker_opens_after_failures_in_a_row_and_tries_again(
    rogue: Rogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    rogue.scripts = [says({}, status=500) for _ in range(breaker.FAILURES_TO_OPEN)]
    for _ in range(breaker.FAILURES_TO_OPEN):
        assert post().kind == "http_error"
    asked = len(rogue.received)
    assert post().kind == "breaker_open"
    assert len(rogue.received) == asked
    assert breaker.open_breakers() == ["identity/verify"]
    assert HttpPort("identity").post("other", {}).kind == "ok"
    later = time.monotonic() + breaker.OPEN_S + 1
    monkeypatch.setattr(breaker.time, "monotonic", lambda: later)
    assert post().kind == "ok"
    assert breaker.open_breakers() == []


# ── reading answers ──────────────────────────────────────────────────────────
IDENTITY, BUREAU, COURTS = SOURCES["identity"], SOURCES["bureau"], SOURCES["courts"]


def answered(body: dict[str, Any], kind: str = "ok") -> PortReply:
    return PortReply(kind, 200, body, 5, "r-1")


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ({"result": "MATCH", "data": {"household_county": "510812"}}, "MATCH"),
        ({"result": "MISMATCH", "data": {}}, "MISMATCH"),
        ({"result": "NO_RECORD"}, "NO_RECORD"),
        ({"result": "MATCH", "data": {"household_county": 510812}}, "ERROR"),
        ({"result": "MATCH", "data": {}}, "ERROR"),
        ({"result": "MATCH", "data": []}, "ERROR"),
        ({"result": "MATCH"}, "ERROR"),
        ({"result": "match"}, "ERROR"),
        ({"result": ["MATCH"]}, "ERROR"),
        ({"result": None}, "ERROR"),
        ({}, "ERROR"),
        ({"request_id": "r-2", "result": "MISMATCH"}, "ERROR"),
        ({"request_id": "r-1", "result": "MISMATCH"}, "MISMATCH"),
        ({"result": "NO_RECORD", "id_number": ABOUT["id_number"]}, "NO_RECORD"),
        ({"result": "NO_RECORD", "id_number": "510812199001010021"}, "ERROR"),
        ({"result": "NO_RECORD", "data": {"name": "李某"}}, "ERROR"),
        ({"result": "NO_RECORD", "data": {"name": ["王小明"]}}, "ERROR"),
        ({"result": "MISMATCH", "data": {"name": "王晓明"}}, "MISMATCH"),
        ({"result": "MISMATCH", "data": {"id_number": "510812199001010021"}}, "ERROR"),
    ],
)
def test_only_an_exact_answer_counts(body: dict[str, Any], result: str) -> None:
    assert read_answer(IDENTITY, answered(body)).result == result


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("timeout", "TIMEOUT"),
        ("unreachable", "ERROR"),
        ("garbage", "ERROR"),
        ("too_large", "ERROR"),
        ("http_error", "ERROR"),
        ("breaker_open", "ERROR"),
    ],
)
def test_what_the_port_could_not_get(kind: str, result: str) -> None:
    answer = read_answer(IDENTITY, answered({"result": "MATCH"}, kind))
    assert (answer.result, answer.facts, answer.problem) == (result, {}, kind)


def test_an_empty_bureau_file_is_no_record() -> None:
    assert (
        read_answer(BUREAU, answered({"result": "MATCH", "data": {"has_file": False}})).result
        == "NO_RECORD"
    )
    assert read_answer(BUREAU, answered({"result": "MISMATCH"})).result == "ERROR"


def test_closed_court_cases_do_not_count_and_unknown_states_do() -> None:
    cases = [
        {"case_no": "1", "amount": "100.00", "status": "closed"},
        {"case_no": "2", "amount": "250.50", "status": "open"},
        {"case_no": "3", "amount": 30, "status": "suspended"},
    ]
    answer = read_answer(
        COURTS,
        answered({"result": "MATCH", "data": {"enforcement_cases": cases, "dishonest": False}}),
    )
    assert answer.facts == {
        "court_open_cases": 2,
        "court_open_amount": "280.50",
        "court_dishonest": False,
    }
    for broken in ({"amount": "x", "status": "open"}, "case", {"amount": "1.00"}):
        data = {"enforcement_cases": [broken], "dishonest": False}
        assert read_answer(COURTS, answered({"result": "MATCH", "data": data})).result == "ERROR"
