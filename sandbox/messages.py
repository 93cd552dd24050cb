"""SMS and WeChat: messages accepted once per id and kept for the inbox."""

from typing import Any

from aiohttp import web

from sandbox.misbehaviour import answer_with
from sandbox.world import answer, now_text, problem, text_of, world_of


def routes() -> list[web.RouteDef]:
    return [web.post("/sms/send", _send), web.post("/wechat/send", _send)]


async def _send(request: web.Request) -> web.StreamResponse:
    world = world_of(request)
    service = request.path.split("/")[1]
    receiver = "mobile" if service == "sms" else "openid"
    body, fault = await world.receive(
        request, service, "send", check=lambda body: _message(body, receiver)
    )
    message = _message(body, receiver)

    async def work() -> web.Response:
        world.store.keep_message(message=message, channel=service, at=now_text())
        return answer({"status": "accepted", "message_id": message["message_id"]})

    return await answer_with(fault, request, work)


def _message(body: dict[str, Any], receiver: str) -> dict[str, str]:
    message = {
        "message_id": text_of(body.get("message_id"), 80),
        "mobile": text_of(body.get(receiver), 64),
        "template": text_of(body.get("template"), 40),
        "text": text_of(body.get("text") or body.get("data"), 1_000),
        "otp": text_of(body.get("otp"), 10),
    }
    if not message["message_id"] or not message["mobile"]:
        raise problem(400, f"message_id and {receiver} are needed")
    return message
