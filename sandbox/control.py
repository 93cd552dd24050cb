"""The control plane: people, cards, inbox, the bank's log, faults, calls received."""

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from sandbox import id_card
from sandbox.county import PERSONAS
from sandbox.faults import BadFault
from sandbox.store import CALLS_KEPT
from sandbox.world import CHINA, CLOCK, answer, json_body, problem, world_of

LIMIT_MAX = 1_000


def routes() -> list[web.RouteDef]:
    return [
        web.get("/healthz", healthz),
        web.get("/people", people),
        web.get("/id-card/{id_number}.jpg", card_picture),
        web.get("/sms", sms),
        web.get("/wechat", wechat),
        web.get("/corebank/transfers", transfers),
        web.get("/corebank/transfers/{key}", one_transfer),
        web.get("/corebank/accounts/{card}", account),
        web.get("/faults", list_faults),
        web.post("/faults", add_fault),
        web.delete("/faults", clear_faults),
        web.get("/calls", calls),
        web.post("/clock", set_clock),
        web.delete("/clock", reset_clock),
    ]


def _number(request: web.Request, name: str, default: int, most: int) -> int:
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > most:
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


def _flag(request: web.Request, name: str) -> bool:
    return request.query.get(name, "").lower() not in ("", "0", "false", "no")


async def healthz(request: web.Request) -> web.Response:
    return answer({"status": "ok"})


async def people(request: web.Request) -> web.Response:
    """``{"people": […]}`` of one persona, or of all in turn when none is named."""
    county = world_of(request).county
    persona = request.query.get("persona", "")
    if persona and persona not in PERSONAS:
        raise problem(400, f"persona must be one of {', '.join(PERSONAS)}")
    limit = _number(request, "limit", 20, LIMIT_MAX)
    offset = _number(request, "offset", 0, 1_000_000)
    if persona:
        chosen, count = county.people[persona][offset : offset + limit], len(county.people[persona])
    else:
        chosen, count = county.in_turn(offset, limit), len(county.by_id_number)
    return answer({"people": [person.public() for person in chosen], "count": count})


async def card_picture(request: web.Request) -> web.Response:
    world = world_of(request)
    person = world.county.by_id_number.get(request.match_info["id_number"].upper())
    if person is None:
        raise problem(404, "nobody has this ID number")
    side = request.query.get("side", "front")
    if side not in ("front", "back"):
        raise problem(400, "side is front or back")
    look = id_card.Look(
        tilt=_fraction(request, "tilt", 45), blur=abs(_fraction(request, "blur", 30)),
        glare=_flag(request, "glare"), upside_down=_flag(request, "upside_down"),
        expired=_flag(request, "expired"),
    )
    loop = asyncio.get_running_loop()
    jpeg = await loop.run_in_executor(world.painter, id_card.draw, person, side, look)
    return web.Response(body=jpeg, content_type="image/jpeg")


async def sms(request: web.Request) -> web.Response:
    return _inbox(request, "sms", "mobile")


async def wechat(request: web.Request) -> web.Response:
    return _inbox(request, "wechat", "openid")


def _inbox(request: web.Request, channel: str, receiver: str) -> web.Response:
    limit = _number(request, "limit", 50, LIMIT_MAX)
    messages = world_of(request).store.messages(request.query.get(receiver, ""), channel, limit)
    return answer({"messages": messages})


def _transfer(row: dict[str, Any]) -> dict[str, Any]:
    shown = {
        "key": row["key"], "amount": row["amount"], "payee_card": row["card"],
        "payee_name": row["name"], "status": row["status"], "core_txn_id": row["core_txn_id"],
        "booked_at": row["booked_at"],
    }
    return {**shown, "code": row["code"]} if row["code"] else shown


async def transfers(request: web.Request) -> web.Response:
    """Every booking; ``kind=in`` shows collections instead of payouts."""
    query = request.query
    rows = world_of(request).store.transfers(
        kind=query.get("kind", "out"), day=query.get("date", ""), card=query.get("card", "")
    )
    return answer({"transfers": [_transfer(row) for row in rows], "count": len(rows)})


async def one_transfer(request: web.Request) -> web.Response:
    """One request by its key, also a rejected one; a payout first, else a collection."""
    store, key = world_of(request).store, request.match_info["key"]
    row = store.transfer(key) or store.transfer(key, "in")
    if row is None:
        raise problem(404, "no transfer has this key")
    return answer(_transfer(row))


async def account(request: web.Request) -> web.Response:
    """What came and went since the sandbox began; the balance is the difference."""
    world, card = world_of(request), request.match_info["card"]
    person = world.county.by_card.get(card)
    came = [Decimal(row["amount"]) for row in world.store.transfers(card=card)]
    went = [Decimal(row["amount"]) for row in world.store.transfers(kind="in", card=card)]
    if person is None and not came and not went:
        raise problem(404, "no account has this card")
    received, paid = sum(came, Decimal("0.00")), sum(went, Decimal("0.00"))
    return answer({
        "card": card, "holder": person.name if person else "", "balance": str(received - paid),
        "received": str(received), "paid": str(paid), "transfers": len(came),
    })


async def list_faults(request: web.Request) -> web.Response:
    return answer({"faults": [fault.public() for fault in world_of(request).faults.waiting]})


async def add_fault(request: web.Request) -> web.Response:
    try:
        fault = world_of(request).faults.add(await json_body(request))
    except BadFault as error:
        raise problem(400, str(error)) from None
    return answer(fault.public(), status=201)


async def clear_faults(request: web.Request) -> web.Response:
    world_of(request).faults.clear()
    return answer({"faults": []})


async def calls(request: web.Request) -> web.Response:
    limit = _number(request, "limit", CALLS_KEPT, CALLS_KEPT)
    rows = world_of(request).store.calls(request.query.get("service", ""), limit)
    return answer({"calls": rows, "count": len(rows)})


async def set_clock(request: web.Request) -> web.Response:
    """``{"at": "2025-05-20T09:00:00+08:00"}``: bookings and messages are dated from there on."""
    body = await json_body(request)
    try:
        at = datetime.fromisoformat(str(body.get("at", "")))
    except ValueError:
        raise problem(400, "at is an ISO 8601 time") from None
    CLOCK.set_to(at if at.tzinfo else at.replace(tzinfo=CHINA))
    return answer({"at": CLOCK.now().isoformat()})


async def reset_clock(request: web.Request) -> web.Response:
    CLOCK.set_to(None)
    return answer({"at": CLOCK.now().isoformat()})
