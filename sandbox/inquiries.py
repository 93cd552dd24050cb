"""The inquiry services: a question about a person, answered from the county."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox.answers import INQUIRIES
from sandbox.county import Person
from sandbox.misbehaviour import answer_with
from sandbox.world import World, answer, text_of, world_of

_NOTHING_FOUND = ("no_record", "not_found_then_found")


def routes() -> list[web.RouteDef]:
    return [web.post(f"/{service}/{operation}", _answer) for service, operation in INQUIRIES]


async def _answer(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    _, service, operation = request.path.split("/", 2)
    body, fault = await world.receive(request, service, operation)

    async def work() -> web.Response:
        await asyncio.sleep(world.latency_s(service, operation, body))
        person = world.county.by_id_number.get(text_of(body.get("id_number"), 18))
        if fault is not None and fault.mode == "other_person":
            return answer(_about_another(world, service, operation, person, request))
        result, data = INQUIRIES[service, operation](world.county, person, body)
        if fault is not None and fault.mode in _NOTHING_FOUND:
            result, data = "NO_RECORD", {}
        reply: dict[str, Any] = {
            "request_id": request.headers.get("X-Request-Id", ""), "result": result, "data": data,
        }
        return answer(reply)

    return await answer_with(fault, request, work)


def _about_another(
    world: World, service: str, operation: str, person: Person | None, request: web.Request
) -> dict[str, Any]:
    """A good answer to this very request, about somebody else, who is named in it."""
    other = next(one for one in world.county.by_id_number.values() if one is not person)
    named = {"name": other.name, "id_number": other.id_number, "mobile": other.mobile}
    asked = {**named, "card_number": other.card_number}
    result, data = INQUIRIES[service, operation](world.county, other, asked)
    reply_id = request.headers.get("X-Request-Id", "")
    return {"request_id": reply_id, "result": result, "data": {**data, **named}}
