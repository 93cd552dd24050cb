"""The control plane: people, cards, inbox, the bank's log, faults, calls received."""

import asyncio
from decimal import Decimal
from typing import Any

from aiohttp import web

from sandbox import id_card
from sandbox.county import PERSONAS
from sandbox.faults import BadFault
from sandbox.world import problem, world_of

LIMIT_MAX = 1_000
CALLS_MAX = 100_000


def routes() -> list[web.RouteDef]:
    return [
        web.get("/healthz", healthz),
        web.get("/people", people),
        web.get("/id-card/{id_number}.jpg", card_picture),
        web.get("/sms", sms),
        web.get("/corebank/transfers", transfers),
        web.get("/corebank/transfers/{key}", one_transfer),
        web.get("/corebank/accounts/{card}", account),
        web.get("/faults", list_faults),
        web.post("/faults", add_fault),
        web.delete("/faults", clear_faults),
        web.get("/calls", calls),
    ]


def _number(request: web.Request, name: str, default: int, most: int) -> int:
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        raise problem(400, f"{name} is a number from 0 to {most}")
    return int(text)


def _fraction(request: web.Request, name: str, most: float) -> float:
    try:
        value = float(request.query.get(name, "0"))
    except ValueError:
        value = most + 1
    if not -most <= value <= most:
        raise problem(400, f"{name} is a number from -{most:g} to {most:g}")
    return value


async def healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def people(request: web.Request) -> web.Response:
    """``{"people": […]}`` of one persona, or a few of each when none is named."""
    county = world_of(request).county
    persona = request.query.get("persona", "")
    if persona and persona not in PERSONAS:
        raise problem(400, f"persona must be one of {', '.join(PERSONAS)}")
    limit, offset = _number(request, "limit", 20, LIMIT_MAX), _number(request, "offset", 0, 100_000)
    chosen = county.people[persona] if persona else [
        person for row in zip(*county.people.values(), strict=True) for person in row
    ]
    return web.json_response({"people": [person.public() for person in chosen[offset : offset + limit]]})


async def card_picture(request: web.Request) -> web.Response:
    person = world_of(request).county.by_id_number.get(request.match_info["id_number"])
    if person is None:
        raise problem(404, "nobody has this ID number")
    side = request.query.get("side", "front")
    if side not in ("front", "back"):
        raise problem(400, "side is front or back")
    look = id_card.Look(
        tilt=_fraction(request, "tilt", 45), blur=abs(_fraction(request, "blur", 30)),
        glare=request.query.get("glare", "0") not in ("0", ""),
        upside_down=request.query.get("upside_down", "0") not in ("0", ""),
    )
    jpeg = await asyncio.get_running_loop().run_in_executor(None, id_card.draw, person, side, look)
    return web.Response(body=jpeg, content_type="image/jpeg")


async def sms(request: web.Request) -> web.Response:
    messages = world_of(request).store.messages(
        request.query.get("mobile", ""), _number(request, "limit", 50, LIMIT_MAX)
    )
    return web.json_response({"messages": messages})


def _transfer(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"], "amount": row["amount"], "payee_card": row["card"], "payee_name": row["name"],
        "status": row["status"], "core_txn_id": row["core_txn_id"], "booked_at": row["booked_at"],
    }


async def transfers(request: web.Request) -> web.Response:
    rows = world_of(request).store.transfers(
        day=request.query.get("date", ""), card=request.query.get("card", "")
    )
    return web.json_response({"transfers": [_transfer(row) for row in rows], "count": len(rows)})


async def one_transfer(request: web.Request) -> web.Response:
    row = world_of(request).store.transfer(request.match_info["key"])
    if row is None:
        raise problem(404, "no transfer has this key")
    return web.json_response(_transfer(row))


async def account(request: web.Request) -> web.Response:
    world = world_of(request)
    card = request.match_info["card"]
    person = world.county.by_card.get(card)
    received = sum((Decimal(row["amount"]) for row in world.store.transfers(card=card)), Decimal("0.00"))
    paid = sum((Decimal(row["amount"]) for row in world.store.transfers(kind="in", card=card)), Decimal("0.00"))
    if person is None and not received:
        raise problem(404, "no account has this card")
    return web.json_response(
        {"card": card, "holder": person.name if person else "", "balance": str(received - paid),
         "received": str(received), "paid": str(paid)}
    )


async def list_faults(request: web.Request) -> web.Response:
    return web.json_response({"faults": [fault.public() for fault in world_of(request).faults.waiting]})


async def add_fault(request: web.Request) -> web.Response:
    world = world_of(request)
    try:
        fault = world.faults.add(await world.body_of(request))
    except BadFault as error:
        raise problem(400, str(error)) from None
    return web.json_response(fault.public(), status=201)


async def clear_faults(request: web.Request) -> web.Response:
    world_of(request).faults.clear()
    return web.json_response({"faults": []})


async def calls(request: web.Request) -> web.Response:
    rows = world_of(request).store.calls(
        request.query.get("service", ""), _number(request, "limit", 10_000, CALLS_MAX)
    )
    return web.json_response({"calls": rows, "count": len(rows)})
