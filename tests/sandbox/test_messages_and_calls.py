"""The inbox, the log of calls, and how bad input ends."""

import hashlib
import json
from typing import Any

import pytest

from tests.sandbox.conftest import Process

MOBILE = "13812345678"


def _send(process: Process, message_id: str, **changes: Any) -> Any:
    message = {
        "message_id": message_id, "mobile": MOBILE, "template": "otp_login",
        "text": "您的验证码是 123456", "otp": "123456", **changes,
    }
    return process.post("/sms/send", message).json()


def test_newest_first_and_one_message_per_id(own_process: Process) -> None:
    for message_id in ("m1", "m2", "m1"):
        assert _send(own_process, message_id)["status"] == "accepted"
    _send(own_process, "m3", mobile="13900000000", otp=None, text="hello")
    messages = own_process.get("/sms", mobile=MOBILE)["messages"]
    assert [message["message_id"] for message in messages] == ["m2", "m1"]
    assert messages[0]["otp"] == "123456"
    assert messages[0]["template"] == "otp_login"
    assert "+08:00" in messages[0]["at"]
    assert own_process.get("/sms", mobile="13900000000")["messages"][0]["otp"] is None
    assert own_process.get("/sms", mobile="13700000000")["messages"] == []


def test_the_inbox_survives_a_kill(own_process: Process) -> None:
    _send(own_process, "kept")
    own_process.kill()
    own_process.start()
    assert own_process.get("/sms", mobile=MOBILE)["messages"][0]["message_id"] == "kept"


def test_wechat_has_its_own_inbox(process: Process) -> None:
    message = {"message_id": "w1", "openid": "o-1", "template": "t", "data": {"amount": "1.00"}}
    assert process.post("/wechat/send", message).json()["status"] == "accepted"
    assert process.get("/wechat", openid="o-1")["messages"][0]["message_id"] == "w1"
    assert process.get("/sms", mobile="o-1")["messages"] == []


def test_sms_meets_faults_too(process: Process) -> None:
    fault = {"service": "sms", "operation": "send", "mode": "error_after", "times": 1}
    process.post("/faults", fault)
    message = {"message_id": "f1", "mobile": "13611111111", "text": "x"}
    assert process.post("/sms/send", message).status_code == 500
    assert process.post("/sms/send", message).status_code == 200
    assert len(process.get("/sms", mobile="13611111111")["messages"]) == 1


def test_every_call_is_logged_with_key_time_and_hash(own_process: Process) -> None:
    raw = json.dumps({"key": "logged", "amount": "1.00", "payee_card": "6230520000000000"}).encode()
    own_process.fault("error_before")
    for _ in range(2):
        own_process.web.post("/corebank/transfer", content=raw)
    own_process.web.post("/bureau/report", content=b"{broken", headers={"X-Request-Id": "r-9"})
    calls = own_process.get("/calls", service="corebank")["calls"]
    assert [call["key"] for call in calls] == ["logged", "logged"]
    assert [call["fault"] for call in calls] == ["error_before", ""]
    assert {call["body_sha256"] for call in calls} == {hashlib.sha256(raw).hexdigest()}
    assert all("+08:00" in call["time"] for call in calls)
    assert own_process.get("/calls", service="bureau")["calls"][0]["key"] == "r-9"
    assert own_process.get("/calls")["count"] == 3
    assert own_process.get("/calls", limit=1)["calls"][0]["service"] == "bureau"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"id_number": ["\\ud800"]}',
     b'{"id_number": 1e400, "name": null}', b'{"key": "\\u0000"}'],
)
@pytest.mark.parametrize(
    "path", ["/identity/verify", "/card/four-element", "/corebank/transfer-status", "/sms/send"]
)
def test_bad_bodies_never_break_it(process: Process, path: str, body: bytes) -> None:
    answer = process.web.post(path, content=body)
    assert answer.status_code in (200, 400, 404)
    assert isinstance(answer.json(), dict)


def test_big_bodies_unknown_paths_and_wrong_methods(process: Process) -> None:
    assert process.web.post("/identity/verify", content=b"x" * 2_000_000).status_code == 413
    for answer, status in (
        (process.web.get("/nothing/here"), 404),
        (process.web.get("/identity/verify"), 405),
        (process.web.delete("/people"), 405),
        (process.web.get("/corebank/transfers/none"), 404),
    ):
        assert answer.status_code == status
        assert answer.json()["error"]


@pytest.mark.parametrize("look", ["", "tilt=4&blur=1", "tilt=-40&glare=1", "upside_down=1"])
@pytest.mark.parametrize("side", ["front", "back"])
def test_specimen_cards_are_pictures(process: Process, side: str, look: str) -> None:
    person = process.get("/people", persona="thin_file", limit=1)["people"][0]
    answer = process.web.get(f"/id-card/{person['id_number']}.jpg?side={side}&{look}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_cards_that_cannot_be_drawn(process: Process) -> None:
    person = process.get("/people", persona="thin_file", limit=1)["people"][0]["id_number"]
    assert process.web.get("/id-card/11010519491231002X.jpg").status_code == 404
    for query in ("side=left", "tilt=nan", "tilt=90", "blur=x", "blur=1e9"):
        assert process.web.get(f"/id-card/{person}.jpg?{query}").status_code == 400


def test_the_outside_worlds_clock_can_be_set_for_a_history(process: Process) -> None:
    at = "2025-05-20T09:00:00+08:00"
    assert process.post("/clock", {"at": at}).json()["at"].startswith("2025-05-20T09:00:0")
    booked = process.transfer("clock-1").json()["booked_at"]
    assert booked.startswith("2025-05-20T09:00:")
    day = process.post("/corebank/statement", {"date": "2025-05-20"}).json()
    assert [row["key"] for row in day["transfers"]] == ["clock-1"]
    assert process.post("/clock", {"at": "yesterday"}).status_code == 400
    process.web.delete("/clock")
    assert not process.transfer("clock-2").json()["booked_at"].startswith("2025")
