"""What every handler shares: the county, the durable store, the faults in force, the settings."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from aiohttp import web

from sandbox.callbacks import Callbacks
from sandbox.county import County
from sandbox.faults import Fault, Faults
from sandbox.store import Store

BODY_BYTES_MAX = 1_000_000
#: The bank's clock: its days are days in China, wherever the machine stands.
CHINA = timezone(timedelta(hours=8))
_LATENCY_S = (0.05, 0.3)
_log = logging.getLogger("sandbox")


#: Looks at a body and raises ``HTTPBadRequest`` when it cannot be served.
Check = Callable[[dict[str, Any]], object]


def accept_all(body: dict[str, Any]) -> None:
    """For calls that answer something to every body."""


@dataclass
class World:
    county: County
    store: Store
    callbacks: Callbacks
    with_latency: bool
    faults: Faults = field(default_factory=Faults)
    #: Cards are drawn by one thread, beside the event loop.
    painter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "painter"))

    async def receive(
        self, request: web.Request, service: str, operation: str, check: Check = accept_all
    ) -> tuple[dict[str, Any], Fault | None]:
        """The body of a call and the fault it meets; the call is logged whatever it is.

        ``check`` raises for a body that cannot be served: such a call uses up no fault, so that a
        test's fault meets the call it was meant for.
        """
        raw = await raw_body(request)
        body, refusal = _parsed(raw), None
        if body is None:
            refusal = problem(400, "the body must be a JSON object")
        else:
            try:
                check(body)
            except web.HTTPException as error:
                refusal = error
        known = body or {}
        fault = None if refusal else self.faults.take(service, operation, known)
        key = (
            request.headers.get("Idempotency-Key") or known.get("key") or known.get("message_id")
            or request.headers.get("X-Request-Id") or ""
        )
        self.store.note_call(
            service=service, operation=operation, key=text_of(key, 80), at=now_text(),
            sha=hashlib.sha256(raw).hexdigest(), fault=fault.mode if fault else "",
        )
        if refusal is not None:
            raise refusal
        return known, fault

    def latency_s(self, service: str, operation: str, body: dict[str, Any]) -> float:
        """50–300 ms, the same for the same question."""
        if not self.with_latency or CLOCK.is_set:  # a history told in haste waits for nobody
            return 0.0
        chance = self.county.chance("latency", service, operation, body.get("id_number"))
        return chance.uniform(*_LATENCY_S)


async def raw_body(request: web.Request) -> bytes:
    """Every byte of the body; raises 413 beyond the cap."""
    raw = bytearray()
    async for chunk in request.content.iter_chunked(65_536):
        raw += chunk
        if len(raw) > BODY_BYTES_MAX:
            raise problem(413, f"the body is larger than {BODY_BYTES_MAX} bytes")
    return bytes(raw)


async def json_body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a control call; raises 400 with a sentence."""
    body = _parsed(await raw_body(request))
    if body is None:
        raise problem(400, "the body must be a JSON object")
    return body


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def text_of(value: object, length: int) -> str:
    """Any JSON value as a bounded text that a database can hold (no lone surrogates)."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    return text[:length].encode("utf-8", "replace").decode()


def answer(content: dict[str, Any], status: int = 200) -> web.Response:
    """JSON with Chinese as Chinese, for the person who looks at it with curl."""
    text = json.dumps(content, ensure_ascii=False)
    raw = text.encode("utf-8", "replace")
    return web.Response(body=raw, status=status, content_type="application/json", charset="utf-8")


_CLASSES: dict[int, Any] = {400: web.HTTPBadRequest, 404: web.HTTPNotFound, 409: web.HTTPConflict}


def problem(status: int, text: str) -> web.HTTPException:
    body = json.dumps({"error": text}, ensure_ascii=False)
    if status == 413:
        return web.HTTPRequestEntityTooLarge(
            max_size=BODY_BYTES_MAX, text=body, content_type="application/json"
        )
    error: web.HTTPException = _CLASSES[status](text=body, content_type="application/json")
    return error


@web.middleware
async def always_json(request: web.Request, handler: Any) -> web.StreamResponse:
    """Unknown paths, wrong methods and our own mistakes are answered in JSON too."""
    try:
        response: web.StreamResponse = await handler(request)
        return response
    except web.HTTPException as error:
        if error.content_type == "application/json":
            raise
        return answer({"error": error.reason}, status=error.status)
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception:
        _log.exception("mistake in the sandbox")
        return answer({"error": "mistake in the sandbox, see its log"}, status=500)


class Clock:
    """The outside world's time: the machine's, or, for a history told in haste, another one."""

    def __init__(self) -> None:
        self._shift = timedelta(0)

    def set_to(self, at: datetime | None) -> None:
        """From now on it is ``at`` (aware) and time goes on from there; None: the machine's time again."""
        self._shift = timedelta(0) if at is None else at - datetime.now(CHINA)

    @property
    def is_set(self) -> bool:
        return bool(self._shift)

    def now(self) -> datetime:
        return datetime.now(CHINA) + self._shift


CLOCK = Clock()


def now_text() -> str:
    return CLOCK.now().isoformat()


WORLD: web.AppKey[World] = web.AppKey("world", World)


def world_of(request: web.Request) -> World:
    return request.app[WORLD]
