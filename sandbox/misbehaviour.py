"""Carrying out a fault at the level it happens on the wire."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from aiohttp import web

from sandbox.faults import Fault
from sandbox.world import answer, world_of

Work = Callable[[], Awaitable[web.StreamResponse]]
_HANG_MAX_S = 600.0
_HUGE_CHUNKS = 1_000
_CHUNK = b"x" * 65_536
_GARBAGE = b"<html><body>502 Bad Gateway \x00\xff\xfe{{{"


async def answer_with(fault: Fault | None, request: web.Request, work: Work) -> web.StreamResponse:
    """Do the work (or not) and answer (or not) as the fault says.

    Faults about content (wrong_amount, no_record, …) are the caller's: it knows what it answers.
    """
    mode = fault.mode if fault else ""
    if mode in ("error_500", "error_before"):
        return _failed()
    if mode == "drop_before":
        _cut(request)
    if fault is not None and mode == "delay":
        await asyncio.sleep(fault.delay_s)
    response = await work()
    if mode == "error_after":
        return _failed()
    if mode == "drop_after":
        _cut(request)
    if mode == "hang":
        await _hang(request)
    if mode == "garbage":
        return web.Response(body=_GARBAGE, content_type="text/html")
    if mode == "huge":
        return await _huge(request)
    return response


def cut_after_booking(request: web.Request) -> None:
    """For faults that lose the answer of a booking that was made."""
    _cut(request)


def _failed() -> web.Response:
    return answer({"error": "internal error"}, status=500)


def _cut(request: web.Request) -> None:
    """The TCP connection is reset without a byte of answer."""
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError


async def _hang(request: web.Request) -> None:
    """Silence until the caller gives up or the faults are cleared; then the line is dead."""
    faults, end = world_of(request).faults, time.monotonic() + _HANG_MAX_S
    generation = faults.generation
    while generation == faults.generation and time.monotonic() < end:
        if request.transport is None or request.transport.is_closing():
            break
        await asyncio.sleep(0.2)
    _cut(request)


async def _huge(request: web.Request) -> web.StreamResponse:
    """Well-formed JSON of 65 MB, streamed: only a reader with a cap stays well."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"status": "succeeded", "result": "MATCH", "padding": "')
    for _ in range(_HUGE_CHUNKS):
        await response.write(_CHUNK)
    await response.write(b'"}')
    return response


def with_wrong_amount(written: dict[str, Any], line: str = "") -> dict[str, Any]:
    """The echo of another amount than was asked for; of a statement, ``line`` alone where one is named."""
    changed: dict[str, Any] = json.loads(json.dumps(written))
    for row in [changed, *changed.get("transfers", [])]:
        if "amount" in row and line in ("", row["key"]):
            row["amount"] = str(Decimal(row["amount"]) + 100)
    return changed


def misread(written: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
    """A statement with a wrong amount, without one of its lines, or with one of them twice."""
    if fault is None or fault.mode not in ("wrong_amount", "drop_line", "double_line"):
        return written
    if fault.mode == "wrong_amount":
        return with_wrong_amount(written, fault.line)
    rows = list(written["transfers"])
    found = [n for n, row in enumerate(rows) if fault.line in ("", row["key"])]
    if found:
        rows[found[0] : found[0] + 1] = [rows[found[0]]] * (2 if fault.mode == "double_line" else 0)
    return {**written, "transfers": rows}
