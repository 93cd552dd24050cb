"""Sockets that keep the deadline of a whole exchange.

httpx's time-outs begin anew with every byte that arrives: a server that sends one byte of its headers
every second would hold a worker for days. Here each wait is cut at the deadline of the thread's
exchange.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

_exchange = threading.local()


@contextmanager
def kept(deadline: float) -> Iterator[None]:
    """Within, this thread's sockets wait no longer than ``deadline`` (of ``time.monotonic``)."""
    _exchange.deadline = deadline
    try:
        yield
    finally:
        del _exchange.deadline


def transport(limits: httpx.Limits) -> httpx.HTTPTransport:
    """httpx's own transport over these sockets; it offers no other door for them than its pool."""
    made = httpx.HTTPTransport(limits=limits, trust_env=False)
    made._pool._network_backend = _Backend()  # type: ignore[attr-defined]
    return made


def _left(timeout: float | None, late: type[Exception]) -> float | None:
    deadline: float | None = getattr(_exchange, "deadline", None)
    if deadline is None:
        return timeout
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the exchange is over")
    return left if timeout is None else min(timeout, left)


class Unsent(httpcore.ConnectError):
    """The pool handed out a connection closed a moment ago: nothing was sent, another may be tried."""


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._is_closed = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_closed:
            raise Unsent("the connection was closed before anything was sent")
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._is_closed = True
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left, local_address, socket_options))
