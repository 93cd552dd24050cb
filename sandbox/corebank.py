"""The core bank: transfers with keys, status by key, the day's statement, collections.

Every booking is on disk before it is answered, and a key books at most once, whatever happens.
"""

import re
from typing import Any

from aiohttp import web

from sandbox.faults import Fault
from sandbox.misbehaviour import answer_with, cut_after_booking, misread, with_wrong_amount
from sandbox.store import KeyReused
from sandbox.world import World, answer, now_text, problem, text_of, world_of

_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_AMOUNT = re.compile(r"(?!0\d)\d{1,12}\.\d{2}", re.ASCII)
_CARD = re.compile(r"\d{16,19}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_REJECTIONS = {
    "38": "stopped by risk control", "51": "insufficient funds", "60": "account closed",
    "61": "account frozen",
    "63": "account name differs", "66": "account type not supported", "93": "account limit reached",
}
#: kind → the field that names the customer's card.
_CARD_FIELDS = {"out": "payee_card", "in": "payer_card"}
STATEMENT_ROWS_MAX = 1_000


def routes() -> list[web.RouteDef]:
    return [
        web.post("/corebank/transfer", transfer),
        web.post("/corebank/transfer-status", transfer_status),
        web.post("/corebank/statement", statement),
        web.post("/corebank/collect", collect),
    ]


async def transfer(request: web.Request) -> web.StreamResponse:
    return await _move(request, kind="out", operation="transfer")


async def collect(request: web.Request) -> web.StreamResponse:
    return await _move(request, kind="in", operation="collect")


async def _move(request: web.Request, *, kind: str, operation: str) -> web.StreamResponse:
    world, card_field = world_of(request), _CARD_FIELDS[kind]
    body, fault = await world.receive(
        request, "corebank", operation, check=lambda body: _order(body, card_field)
    )
    order, mode = _order(body, card_field), fault.mode if fault else ""

    async def work() -> web.Response:
        code = fault.code if fault and mode == "reject" else ""
        try:
            row = world.store.book(**order, kind=kind, code=code, booked_at=now_text())
        except KeyReused:
            raise problem(409, "this key was used with another amount or card") from None
        said = _answer_of(row)
        await _tell(world, fault, {**said, "kind": kind} if kind == "in" else said)
        if mode == "not_found_then_found":
            world.faults.hidden[row["key"]] = 1
            cut_after_booking(request)
        return answer(with_wrong_amount(said) if mode == "wrong_amount" else said)

    return await answer_with(fault, request, work)


async def _tell(world: World, fault: Fault | None, said: dict[str, Any]) -> None:
    if fault is not None and fault.mode == "callback_first":
        await world.callbacks.send(said)
    if fault is not None and fault.mode == "duplicate_callback":
        world.callbacks.send_later(said, times=2)


async def transfer_status(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    body, fault = await world.receive(request, "corebank", "transfer-status", check=_kind)
    mode, key = fault.mode if fault else "", text_of(body.get("key"), 64)

    async def work() -> web.Response:
        row = world.store.transfer(key, _kind(body))
        hidden = mode in ("not_found_then_found", "no_record") or world.faults.hides(key)
        if row is None or hidden:
            return answer({"status": "not_found", "key": key}, status=404)
        said = _answer_of(row)
        return answer(with_wrong_amount(said) if mode == "wrong_amount" else said)

    return await answer_with(fault, request, work)


async def statement(request: web.Request) -> web.StreamResponse:
    """The transfers booked on a day: all, or pages of ``limit`` with ``after`` = ``next_after``.

    ``kind``: "out" (default) or "in", the collections.
    """
    world = world_of(request)
    body, fault = await world.receive(request, "corebank", "statement", check=_page)
    day, after, limit = _page(body)

    async def work() -> web.Response:
        rows = world.store.transfers(kind=_kind(body), day=day, after=after, limit=limit)
        said: dict[str, Any] = {
            "transfers": [_answer_of(row) for row in rows],
            "next_after": rows[-1]["n"] if len(rows) == limit else None,
        }
        return answer(misread(said, fault))

    return await answer_with(fault, request, work)


def _kind(body: dict[str, Any]) -> str:
    """Which way the money goes: "out" when nothing is said, or 400."""
    kind = body.get("kind", "out")
    if not isinstance(kind, str) or kind not in _CARD_FIELDS:
        raise problem(400, "kind is out or in")
    return kind


def _page(body: dict[str, Any]) -> tuple[str, int, int]:
    """Day, the row to go on after, and how many rows (−1: all), or 400."""
    _kind(body)
    day = text_of(body.get("date"), 10)
    if not _DATE.fullmatch(day):
        raise problem(400, "date is YYYY-MM-DD")
    _kind(body)
    after, limit = (_count(body, name) for name in ("after", "limit"))
    return day, after, min(limit, STATEMENT_ROWS_MAX) if limit else -1


def _kind(body: dict[str, Any]) -> str:
    """``out`` (paid, also when nothing is said) or ``in`` (collected), or 400."""
    kind = body.get("kind", "out")
    if kind not in ("out", "in"):
        raise problem(400, "kind is out or in")
    return str(kind)


def _count(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise problem(400, f"{name} is a whole number")
    return value


def _order(body: dict[str, Any], card_field: str) -> dict[str, str]:
    """The facts of a transfer, or 400. Amounts are texts: a JSON number may have lost a cent."""
    key, amount, card = (body.get(name) for name in ("key", "amount", card_field))
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise problem(400, "key is a text of 1 to 64 printable ASCII characters")
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount) or not amount.strip("0."):
        raise problem(400, "amount is a text in yuan with two decimals, above zero")
    if not isinstance(card, str) or not _CARD.fullmatch(card):
        raise problem(400, f"{card_field} is 16 to 19 digits")
    if body.get("currency", "CNY") != "CNY":
        raise problem(400, "currency is CNY")
    name = text_of(body.get(card_field.replace("card", "name")), 80)
    return {"key": key, "amount": amount, "card": card, "name": name}


def _answer_of(row: dict[str, Any]) -> dict[str, Any]:
    said = {
        "status": row["status"], "key": row["key"], "amount": row["amount"],
        _CARD_FIELDS[row["kind"]]: row["card"],
    }
    if row["status"] == "rejected":
        return {**said, "code": row["code"], "message": _REJECTIONS.get(row["code"], "refused")}
    return {**said, "core_txn_id": row["core_txn_id"], "booked_at": row["booked_at"]}
