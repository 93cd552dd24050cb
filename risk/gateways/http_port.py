"""One way to talk to an outside service: JSON over HTTP, bounded in time, size and attempts.

``HttpPort(service).post(operation, body)`` never raises for what the other side does: whatever
comes back, or does not, is a ``PortReply`` with a ``kind``. It decides nothing about meaning; the
caller's adapter does. Redirects are off, so a credential never travels to an address that is not
configured.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import httpx
from django.conf import settings

from risk.gateways import deadline as deadlines
from risk.gateways.breaker import breaker_for

CONNECT_TIMEOUT_S = 2.0
DEFAULT_TIMEOUT_S = 5.0
BODY_BYTES_MAX = 1_000_000
RETRY_PAUSE_S = 0.05
RETRYABLE_STATUSES = frozenset({502, 503})
#: Pooled connections are dropped before common servers drop them, so a reused one is rarely a dead
#: one.
_KEEPALIVE_S = 3.0

_client_lock = threading.Lock()
_clients: dict[int, httpx.Client] = {}


@dataclass(frozen=True)
class PortReply:
    """``kind``: ok | http_error | timeout | unreachable | garbage | too_large | breaker_open.

    ``ok`` means a 2xx with a JSON object; ``unreachable`` covers a connection that broke before a
    whole answer, so the request MAY have been carried out. ``body`` is ``{}`` unless a JSON object
    came. ``request_id`` is the X-Request-Id sent, for adapters whose service echoes it.
    """

    kind: str
    status: int | None = None
    body: dict[str, Any] = field(default_factory=dict)
    latency_ms: int = 0
    request_id: str = ""


class HttpPort:
    """A named outside service; address and key come from ``SERVICE_URLS`` / ``SERVICE_SECRETS``."""

    def __init__(self, service: str) -> None:
        self.service = service

    def post(
        self,
        operation: str,
        body: Mapping[str, Any],
        idempotency_key: str | None = None,
        timeout_s: float | None = None,
        retries: int = 0,
    ) -> PortReply:
        """Send once, plus at most ``retries`` repeats for a refused or broken connection, 502 or
        503.

        Repeats are for inquiries only: money callers leave ``retries`` at 0 and ask by key instead.
        ``timeout_s`` caps the whole exchange, repeats included.
        """
        started = time.monotonic()
        deadline = started + (timeout_s or DEFAULT_TIMEOUT_S)
        reply = PortReply("unreachable")
        for attempt in range(retries + 1):
            if attempt and time.monotonic() + RETRY_PAUSE_S * attempt >= deadline:
                break
            time.sleep(RETRY_PAUSE_S * attempt)
            reply = self._guarded(operation, body, idempotency_key, deadline)
            if reply.kind != "unreachable" and reply.status not in RETRYABLE_STATUSES:
                break
        elapsed_ms = int((time.monotonic() - started) * 1000)
        return replace(reply, latency_ms=elapsed_ms)

    def _guarded(
        self, operation: str, body: Mapping[str, Any], idempotency_key: str | None, deadline: float
    ) -> PortReply:
        breaker = breaker_for(f"{self.service}/{operation}")
        if not breaker.allows():
            return PortReply("breaker_open")
        reply = self._send(operation, body, idempotency_key, deadline)
        broken = reply.kind in {"timeout", "unreachable"} or (reply.status or 0) >= 500
        breaker.record(failed=broken)
        return reply

    def _send(
        self, operation: str, body: Mapping[str, Any], idempotency_key: str | None, deadline: float
    ) -> PortReply:
        url = settings.SERVICE_URLS.get(self.service, "")
        if not url:
            return PortReply("unreachable")
        left_s = max(deadline - time.monotonic(), 0.01)
        headers = _headers(self.service, idempotency_key)
        timeout = httpx.Timeout(left_s, connect=min(CONNECT_TIMEOUT_S, left_s))
        try:
            with (
                deadlines.kept(deadline),
                _client().stream(
                    "POST",
                    f"{url.rstrip('/')}/{operation}",
                    content=json.dumps(dict(body), ensure_ascii=False).encode(),
                    headers=headers,
                    timeout=timeout,
                ) as response,
            ):
                reply = replace(_read(response, deadline), request_id=headers["X-Request-Id"])
                if reply.body.get("request_id") != reply.request_id:
                    # who answers twice would answer the next question with this one's answer
                    response.extensions["network_stream"].close()
                return reply
        except httpx.TimeoutException as error:
            connecting = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
            return PortReply("unreachable" if connecting else "timeout")
        except (httpx.TransportError, httpx.InvalidURL) as error:
            if isinstance(error.__cause__, deadlines.Unsent) and time.monotonic() < deadline:
                return self._send(operation, body, idempotency_key, deadline)
            return PortReply("unreachable")


def _headers(service: str, idempotency_key: str | None) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",  # a compressed answer could unpack past the size cap
        "X-Request-Id": str(uuid4()),
        "X-Api-Key": settings.SERVICE_SECRETS.get(service, ""),
    }
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    return headers


def _read(response: httpx.Response, deadline: float) -> PortReply:
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > BODY_BYTES_MAX:
        return PortReply("too_large", response.status_code)
    received = bytearray()
    # not iter_raw: it gives the connection back to the pool before we have judged the answer
    assert isinstance(response.stream, httpx.SyncByteStream)
    for chunk in response.stream:
        received += chunk
        if len(received) > BODY_BYTES_MAX:
            return PortReply("too_large", response.status_code)
        if time.monotonic() > deadline:
            return PortReply("timeout", None)
    body = _json_object(response, bytes(received))
    if not response.is_success:
        return PortReply("http_error", response.status_code, body or {})
    if body is None:
        return PortReply("garbage", response.status_code)
    return PortReply("ok", response.status_code, body)


def _json_object(response: httpx.Response, content: bytes) -> dict[str, Any] | None:
    media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        return None
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        return None
    try:
        parsed = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _client() -> httpx.Client:
    """One pooled, thread-safe client per process; a forked child makes its own."""
    pid = os.getpid()
    client = _clients.get(pid)
    if client is None:
        with _client_lock:
            client = _clients.get(pid)
            if client is None:
                limits = httpx.Limits(
                    max_connections=100, max_keepalive_connections=40, keepalive_expiry=_KEEPALIVE_S
                )
                client = httpx.Client(
                    transport=deadlines.transport(limits), follow_redirects=False, trust_env=False
                )
                _clients.clear()  # a parent's sockets are not ours to use
                _clients[pid] = client
    return client
