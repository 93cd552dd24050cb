"""Carrying out a fault at the level it happens on the wire."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from aiohttp import web

from sandbox.faults import Fault

Answer = Callable[[], Awaitable[web.StreamResponse]]
_HANG_S = 120.0
_HUGE_CHUNKS = 400
_CHUNK = b"x" * 65_536
#: These happen before the work is done, these after it.
_BEFORE = frozenset({"error_500", "error_before", "drop_before"})


async def answer_with(fault: Fault | None, request: web.Request, work: Answer) -> web.StreamResponse:
    """Do the work (or not) and answer (or not) as the fault says; faults about content are the caller's."""
    if fault is None:
        return await work()
    if fault.mode == "delay":
        await asyncio.sleep(fault.delay_s)
        return await work()
    if fault.mode in _BEFORE:
        if fault.mode == "drop_before":
            return _cut(request)
        return _failed()
    response = await work()
    if fault.mode == "hang":
        await asyncio.sleep(max(fault.delay_s, _HANG_S))
    elif fault.mode == "error_after":
        return _failed()
    elif fault.mode == "drop_after":
        return _cut(request)
    elif fault.mode == "garbage":
        return web.Response(text="<html><body>502 Bad Gateway … \x00\x01{{{", content_type="text/html")
    elif fault.mode == "huge":
        return await _huge(request)
    return response


def _failed() -> web.Response:
    return web.json_response({"error": "internal error"}, status=500)


def _cut(request: web.Request) -> web.StreamResponse:
    """The connection is gone without a byte of answer."""
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError


async def _huge(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(_HUGE_CHUNKS):
        await response.write(_CHUNK)
    return response


def with_wrong_amount(answer: dict[str, Any]) -> dict[str, Any]:
    """The echo of another amount than was asked for."""
    changed: dict[str, Any] = json.loads(json.dumps(answer))
    if "amount" in changed:
        changed["amount"] = str(Decimal(changed["amount"]) + 100)
    return changed
