"""The core bank: transfers with keys, status by key, the day's statement, collections. Every booking is durable."""

import re
from typing import Any

from aiohttp import web

from sandbox.misbehaviour import answer_with, with_wrong_amount
from sandbox.store import KeyReused
from sandbox.world import now_text, problem, world_of

_AMOUNT = re.compile(r"(?!0+\.00$)\d{1,12}\.\d{2}", re.ASCII)
_CARD = re.compile(r"\d{16,19}", re.ASCII)
_REJECTIONS = {"60": "account closed", "61": "account frozen"}


def routes() -> list[web.RouteDef]:
    return [
        web.post("/corebank/transfer", transfer),
        web.post("/corebank/transfer-status", transfer_status),
        web.post("/corebank/statement", statement),
        web.post("/corebank/collect", collect),
    ]


async def transfer(request: web.Request) -> web.StreamResponse:
    return await _move(request, kind="out", operation="transfer", card_field="payee_card")


async def collect(request: web.Request) -> web.StreamResponse:
    return await _move(request, kind="in", operation="collect", card_field="payer_card")


async def _move(request: web.Request, *, kind: str, operation: str, card_field: str) -> web.StreamResponse:
    world = world_of(request)
    body = await world.body_of(request)
    fault = world.faults.take("corebank", operation, body)
    world.note("corebank", operation, body, request, fault)
    order = _order(body, card_field)

    async def work() -> web.Response:
        code = "60" if fault is not None and fault.mode == "reject" else ""
        try:
            row = world.store.book(
                **order, kind=kind, booked_at=now_text(), code=code, status="rejected" if code else "succeeded"
            )
        except KeyReused:
            raise problem(409, "this key was used for another transfer") from None
        answer = _answer_of(row, card_field)
        if fault is not None and fault.mode == "wrong_amount":
            answer = with_wrong_amount(answer)
        if fault is not None and fault.mode == "callback_first":
            await world._post_callback(answer, 1)
        if fault is not None and fault.mode == "duplicate_callback":
            world.call_back(answer, times=2)
        return web.json_response(answer)

    return await answer_with(fault, request, work)


async def transfer_status(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    body = await world.body_of(request)
    fault = world.faults.take("corebank", "transfer-status", body)
    world.note("corebank", "transfer-status", body, request, fault)

    async def work() -> web.Response:
        row = world.store.transfer(str(body.get("key", "")))
        hidden = fault is not None and fault.mode in ("not_found_then_found", "no_record")
        if row is None or hidden:
            return web.json_response({"status": "not_found", "key": body.get("key")}, status=404)
        answer = _answer_of(row, "payee_card")
        if fault is not None and fault.mode == "wrong_amount":
            answer = with_wrong_amount(answer)
        return web.json_response(answer)

    return await answer_with(fault, request, work)


async def statement(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    body = await world.body_of(request)
    fault = world.faults.take("corebank", "statement", body)
    world.note("corebank", "statement", body, request, fault)

    async def work() -> web.Response:
        rows = world.store.transfers(day=str(body.get("date", "-")))
        return web.json_response({"transfers": [_answer_of(row, "payee_card") for row in rows]})

    return await answer_with(fault, request, work)


def _order(body: dict[str, Any], card_field: str) -> dict[str, str]:
    key, amount, card = (str(body.get(name, "")) for name in ("key", "amount", card_field))
    if not 0 < len(key) <= 64:
        raise problem(400, "key is missing or longer than 64 characters")
    if not _AMOUNT.fullmatch(amount):
        raise problem(400, "amount is a text in yuan with two decimals, above zero")
    if not _CARD.fullmatch(card):
        raise problem(400, f"{card_field} is 16 to 19 digits")
    return {"key": key, "amount": amount, "card": card, "name": str(body.get("payee_name", ""))[:80]}


def _answer_of(row: dict[str, Any], card_field: str) -> dict[str, Any]:
    answer = {"status": row["status"], "key": row["key"], "amount": row["amount"], card_field: row["card"]}
    if row["status"] == "rejected":
        return {**answer, "code": row["code"], "message": _REJECTIONS.get(row["code"], "refused")}
    return {**answer, "core_txn_id": row["core_txn_id"], "booked_at": row["booked_at"]}
