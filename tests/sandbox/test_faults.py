"""Each fault does on the wire what its name says, as often as asked, to whom it was meant for."""

import threading
import time
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import CARD, Process

ORDER = {"payee_card": CARD, "amount": "12000.00"}


@pytest.mark.parametrize("mode", ["error_500", "error_before"])
def test_errors_before_book_nothing(process: Process, mode: str) -> None:
    process.fault(mode)
    assert process.transfer(mode).status_code == 500
    assert process.booked(mode) == 0
    assert process.transfer(mode).json()["status"] == "succeeded"


def test_error_after_has_booked(process: Process) -> None:
    process.fault("error_after")
    assert process.transfer("error-after").status_code == 500
    assert process.booked("error-after") == 1
    assert process.status("error-after").json()["status"] == "succeeded"


@pytest.mark.parametrize(("mode", "booked"), [("drop_before", 0), ("drop_after", 1)])
def test_drops_cut_the_connection(process: Process, mode: str, booked: int) -> None:
    process.fault(mode)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        process.transfer(mode)
    assert process.booked(mode) == booked
    assert process.transfer(mode).json()["status"] == "succeeded"
    assert process.booked(mode) == 1


def test_hang_books_and_says_nothing(process: Process) -> None:
    process.fault("hang")
    with pytest.raises(httpx.ReadTimeout):
        process.post("/corebank/transfer", {"key": "hang", **ORDER}, timeout=0.7)
    assert process.booked("hang") == 1


def test_hanging_calls_are_let_go_when_faults_are_cleared(process: Process) -> None:
    process.fault("hang", "transfer-status")
    end = time.monotonic() + 20

    def clear() -> None:
        time.sleep(0.5)
        httpx.delete(f"{process.web.base_url}/faults", trust_env=False)

    threading.Thread(target=clear).start()
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        process.status("whatever")
    assert time.monotonic() < end


def test_delay_answers_late_and_books_even_when_nobody_waits(process: Process) -> None:
    process.fault("delay", delay_s=0.6)
    assert process.transfer("delay").elapsed.total_seconds() >= 0.6
    process.fault("delay", delay_s=0.8)
    with pytest.raises(httpx.ReadTimeout):
        process.post("/corebank/transfer", {"key": "late", **ORDER}, timeout=0.2)
    assert process.status("late").status_code == 404
    end = time.monotonic() + 5
    while process.booked("late") == 0 and time.monotonic() < end:
        time.sleep(0.1)
    assert process.booked("late") == 1


def test_garbage_is_not_json(process: Process) -> None:
    process.fault("garbage")
    answer = process.transfer("garbage")
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()
    assert process.booked("garbage") == 1


def test_wrong_amount_is_echoed_not_booked(process: Process) -> None:
    process.fault("wrong_amount")
    process.fault("wrong_amount", "transfer-status")
    assert process.transfer("wrong-amount").json()["amount"] == "12100.00"
    assert process.status("wrong-amount").json()["amount"] == "12100.00"
    assert process.get("/corebank/transfers/wrong-amount")["amount"] == "12000.00"


def test_not_found_then_found(process: Process) -> None:
    process.transfer("hidden")
    process.fault("not_found_then_found", "transfer-status", times=2)
    assert [process.status("hidden").status_code for _ in range(3)] == [404, 404, 200]


def test_not_found_then_found_on_the_transfer_itself(process: Process) -> None:
    """The booking is made, its answer lost, and the first question about it finds nothing."""
    process.fault("not_found_then_found")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        process.transfer("hidden-2")
    assert process.booked("hidden-2") == 1
    assert [process.status("hidden-2").status_code for _ in range(2)] == [404, 200]


def test_huge_is_streamed(process: Process) -> None:
    process.fault("huge")
    read = 0
    with process.web.stream(
        "POST", "/corebank/transfer", json={"key": "huge", **ORDER}
    ) as answer:
        assert "content-length" not in answer.headers
        for chunk in answer.iter_raw():
            read += len(chunk)
            if read > 8_000_000:
                break
    assert read > 8_000_000
    assert process.booked("huge") == 1
    assert process.get("/healthz") == {"status": "ok"}


def test_reject_names_a_code(process: Process) -> None:
    process.fault("reject", code="61")
    answer = process.transfer("reject").json()
    assert (answer["status"], answer["code"]) == ("rejected", "61")
    assert process.transfer("reject").json() == answer  # for good, also without a fault
    assert process.booked("reject") == 0
    assert process.get("/corebank/transfers/reject")["status"] == "rejected"


def test_no_record_for_any_inquiry(process: Process) -> None:
    person = process.get("/people", persona="teacher", limit=1)["people"][0]
    fault = {"service": "bureau", "mode": "no_record"}
    assert process.post("/faults", fault).status_code == 201
    for _ in range(3):  # no ``times``: until the faults are cleared
        assert process.post("/bureau/report", person).json()["result"] == "NO_RECORD"
    process.web.delete("/faults")
    assert process.post("/bureau/report", person).json()["result"] == "MATCH"


def test_match_picks_its_victim(process: Process) -> None:
    process.fault("error_500", match={"key": "victim"}, times=2)
    assert process.transfer("bystander").status_code == 200
    assert [process.transfer("victim").status_code for _ in range(3)] == [500, 500, 200]


@pytest.mark.parametrize(
    ("service", "operation"),
    [("corebank", "transfers"), ("core-bank", "pay"), ("core_bank", "*"), ("corebank", None),
     ("*", "transfer"), (None, None)],
)
def test_names_are_understood_in_many_spellings(
    process: Process, service: str | None, operation: str | None
) -> None:
    fault = {"service": service, "operation": operation, "mode": "error_before", "times": 1}
    written = {name: value for name, value in fault.items() if value is not None}
    assert process.post("/faults", written).status_code == 201
    assert process.transfer("spelling").status_code == 500
    assert process.transfer("spelling").status_code == 200


def test_a_fault_waits_for_a_call_it_can_touch(process: Process) -> None:
    """A wrong amount means nothing to the bureau: the fault is not used up there."""
    assert process.post("/faults", {"mode": "wrong_amount", "times": 1}).status_code == 201
    assert process.post("/bureau/report", {"id_number": "x"}).status_code == 200
    assert len(process.get("/faults")["faults"]) == 1
    assert process.transfer("patient").json()["amount"] == "12100.00"
    assert process.get("/faults")["faults"] == []


def test_a_refused_call_uses_up_no_fault(process: Process) -> None:
    process.fault("error_after")
    process.fault("error_after", "send", service="sms")
    assert process.transfer("refused", "-1.00").status_code == 400
    assert process.web.post("/corebank/transfer", content=b"{broken").status_code == 400
    assert process.post("/sms/send", {"message_id": "no-mobile"}).status_code == 400
    assert len(process.get("/faults")["faults"]) == 2
    assert process.transfer("refused").status_code == 500
    assert process.booked("refused") == 1


@pytest.mark.parametrize(
    "fault",
    [
        [], "x", {}, {"mode": "explode"}, {"mode": "delay", "delay_s": -1},
        {"mode": "delay", "delay_s": "soon"}, {"mode": "delay", "delay_s": 1e9},
        {"mode": "hang", "times": 0}, {"mode": "hang", "times": "often"},
        {"mode": "hang", "match": ["key"]}, {"mode": "reject", "code": "00"},
    ],
)
def test_bad_faults_are_refused_in_words(process: Process, fault: Any) -> None:
    answer = process.post("/faults", fault)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_infinite_numbers_are_refused(process: Process) -> None:
    for text in ('{"mode":"hang","times":1e999}', '{"mode":"delay","delay_s":NaN}'):
        assert process.web.post("/faults", content=text).status_code == 400
