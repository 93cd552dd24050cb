"""The inquiry services: identity, bureau, carrier, card, government, courts, multi-lender, own bank's file."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox.answers import INQUIRIES
from sandbox.misbehaviour import answer_with
from sandbox.world import world_of


def routes() -> list[web.RouteDef]:
    return [web.post(f"/{service}/{operation}", _answer) for service, operation in INQUIRIES]


async def _answer(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    _, service, operation = request.path.split("/", 2)
    body = await world.body_of(request)
    fault = world.faults.take(service, operation, body)
    world.note(service, operation, body, request, fault)

    async def work() -> web.Response:
        await asyncio.sleep(world.latency_s(service, operation, body))
        person = world.county.by_id_number.get(str(body.get("id_number", "")))
        result, data = INQUIRIES[service, operation](world.county, person, body)
        if fault is not None and fault.mode == "no_record":
            result, data = "NO_RECORD", {}
        reply: dict[str, Any] = {
            "request_id": request.headers.get("X-Request-Id", ""), "result": result, "data": data,
        }
        return web.json_response(reply)

    return await answer_with(fault, request, work)
