"""The SMS port. ``message_id`` is the key: the provider sends one message per id however often we ask."""

from dataclasses import dataclass

from risk.gateways.http_port import HttpPort

_TIMEOUT_S = 3.0


@dataclass(frozen=True)
class SmsReply:
    accepted: bool
    problem: str = ""


def send(*, message_id: str, mobile: str, template: str, text: str, otp: str = "") -> SmsReply:
    """Hand one message to the carrier. Never raises for the outside world's faults."""
    body = {"message_id": message_id, "mobile": mobile, "template": template, "text": text}
    if otp:
        body["otp"] = otp
    reply = HttpPort("sms").post("send", body, idempotency_key=message_id, timeout_s=_TIMEOUT_S)
    accepted = reply.kind == "ok" and reply.body.get("status") == "accepted"
    return SmsReply(accepted=accepted, problem="" if accepted else reply.kind)
