"""SMS and WeChat: messages accepted once per id and kept for the inbox."""

from typing import Any

from aiohttp import web

from sandbox.misbehaviour import answer_with
from sandbox.world import now_text, problem, world_of


def routes() -> list[web.RouteDef]:
    return [web.post("/sms/send", _send), web.post("/wechat/send", _send)]


async def _send(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    service = request.path.split("/")[1]
    body = await world.body_of(request)
    fault = world.faults.take(service, "send", body)
    world.note(service, "send", body, request, fault)
    message = _message(body)

    async def work() -> web.Response:
        world.store.keep_message(message=message, channel=service, at=now_text())
        return web.json_response({"status": "accepted", "message_id": message["message_id"]})

    return await answer_with(fault, request, work)


def _message(body: dict[str, Any]) -> dict[str, str]:
    message = {
        "message_id": str(body.get("message_id", ""))[:80],
        "mobile": str(body.get("mobile") or body.get("openid") or "")[:64],
        "template": str(body.get("template", ""))[:40],
        "text": str(body.get("text") or body.get("data") or "")[:1_000],
        "otp": str(body.get("otp") or "")[:10],
    }
    if not message["message_id"] or not message["mobile"]:
        raise problem(400, "message_id and mobile (or openid) are needed")
    return message
