"""Nothing a client can send ends in a 500, a stack trace or an HTML page."""

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lending.models import LoanApplication
from tests.api.conftest import started
from tests.api.phone import Phone

pytestmark = pytest.mark.django_db
START = {"qr_code": "universal", "purpose": "agriculture"}


BODIES_THAT_ARE_NO_REQUEST: list[Any] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'"text"',
    b"\xff\xfe{}",
    b'{"qr_code": "\\u0000", "purpose": "x"}',
    b'{"qr_code": "\\ud800", "purpose": "x"}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"qr_code": NaN, "purpose": "x"}',
    b'{"qr_code": "x", "purpose": "x", "requested_amount": Infinity}',
    b'{"requested_amount": ' + b"9" * 10_000 + b"}",
    b'{"requested_amount": 1e999999999}',
    b'{"qr_code": "a", "qr_code": "b", "purpose": "x"}',
    b'{"qr_code": {"a": []}, "purpose": ["x"]}',
    b'{"\\u0000": 1}',
    b'\xef\xbb\xbf{"qr_code": "universal"}',
]


def test_bodies_that_are_no_request(phone: Phone, subtests: pytest.Subtests) -> None:
    for raw in BODIES_THAT_ARE_NO_REQUEST:
        with subtests.test(case=str(raw)[:60]):
            for key in (None, str(uuid.uuid4())):
                answer = phone.send("POST", "applications/", raw, key=key)
                assert answer.status in (400, 422), (raw[:60], answer.raw[:300])
                assert answer.code
            assert not LoanApplication.objects.exists()


def test_more_than_a_megabyte(phone: Phone) -> None:
    body = json.dumps({**START, "x": "y" * 1_100_000})
    assert phone.send("POST", "applications/", body).code == "body_too_large"


def test_unknown_members_are_named(phone: Phone) -> None:
    i = started(phone)
    answer = phone.post(
        f"applications/{i}/bank-card/", {"card_number": "1", "mobile": "1", "state": "disbursed"}
    )
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert list(answer.body["errors"]) == ["state"]


MEMBERS_ONE_MAY_NOT_SET: list[Any] = [
    "state",
    "limit",
    "rate",
    "branch",
    "is_staff",
    "decided_by",
    "score",
    "customer",
]


def test_members_one_may_not_set(phone: Phone, subtests: pytest.Subtests) -> None:
    for member in MEMBERS_ONE_MAY_NOT_SET:
        with subtests.test(case=str(member)[:60]):
            assert phone.post("applications/", {**START, member: "x"}).body["errors"] == {
                member: ["Unknown field."]
            }


WRONG_VALUES_NAME_THEIR_FIELDS: list[Any] = [
    ("identity", {"name": 1, "id_number": []}),
    ("identity", {"name": "陈" * 1000, "id_number": "1" * 18}),
    ("identity", {"name": "=HYPERLINK(1)", "id_number": "510812199001010020"}),
    ("consents", {"accept": "privacy"}),
    ("consents", {"accept": [["privacy"]], "refuse": [None]}),
    ("consents", {"accept": ["unknown"], "refuse": []}),
    ("consents", {"accept": ["privacy"] * 1000, "refuse": []}),
    ("profile", {"monthly_income": 5200.5}),
    ("profile", {"household_size": "many"}),
    ("profile", {"household_size": True}),
    ("profile", {"occupation": {"a": 1}}),
    ("bank-card", {"card_number": "1234", "mobile": "13800000001"}),
    ("accept", {"offer_id": "x", "amount": "1", "term_months": "12", "method": 1}),
    ("sign", {"otp": 123456, "document_sha256": "x", "cost_sheet_seconds": 1e9}),
    ("submit", {"force": True}),
    ("review-request", {"reason": "x" * 501}),
    ("withdraw", {"reason": ["x"]}),
]


def test_wrong_values_name_their_fields(phone: Phone, subtests: pytest.Subtests) -> None:
    for path, body in WRONG_VALUES_NAME_THEIR_FIELDS:
        with subtests.test(case=str((path, body))[:60]):
            answer = phone.post(f"applications/{started(phone)}/{path}/", body)
            assert answer.status in (400, 409, 422), answer.raw
            assert answer.code
            assert answer.status == 409 or answer.body["errors"]


def test_addresses_methods_and_types_that_do_not_exist(phone: Phone) -> None:
    i = started(phone)
    assert phone.get("nothing/").code == "not_found"
    assert phone.get("otp").code == "not_found"
    assert phone.get("applications/not-a-uuid/").code == "not_found"
    assert phone.get(f"applications/{uuid.uuid4()}/").code == "not_found"
    for later in ("repayments", "payoff-quote", "statement", "settlement-letter"):
        assert phone.get(f"loans/{uuid.uuid4()}/{later}/").code == "not_found"
    for method in ("PUT", "PATCH", "DELETE"):
        assert phone.send(method, f"applications/{i}/", {}).code == "method_not_allowed"
    assert phone.get("otp/").status == 405
    assert (
        phone.send(
            "POST", "applications/", "a=b", content_type="application/x-www-form-urlencoded"
        ).status
        == 415
    )
    assert (
        phone.send("POST", "applications/", json.dumps(START), content_type="text/plain").status
        == 415
    )
    assert phone.send("GET", "me/", extra={"Accept": "application/xml"}).code == "not_acceptable"
    assert phone.send("GET", "me/", extra={"Accept": "text/html,*/*;q=0.1"}).status == 200


ODD_WAITS: list[Any] = ["abc", "-1", "NaN", "1e9", "１", "", "inf", "99999999999"]


def test_odd_waits(phone: Phone, subtests: pytest.Subtests) -> None:
    for wait in ODD_WAITS:
        with subtests.test(case=str(wait)[:60]):
            answer = phone.get(f"applications/{started(phone)}/?wait={wait}")
            assert answer.status == 400
            assert answer.body["errors"]["wait"]


ODD_PAGES: list[Any] = [
    "page=0",
    "page=x",
    "page_size=0",
    "page_size=-1",
    "page_size=x",
    "page=%00",
    "page=" + "9" * 5000,
]


def test_odd_pages(phone: Phone, subtests: pytest.Subtests) -> None:
    for query in ODD_PAGES:
        with subtests.test(case=str(query)[:60]):
            assert phone.get(f"applications/?{query}").status in (200, 404)


def test_get_changes_nothing(phone: Phone) -> None:
    i = started(phone)
    before = LoanApplication.objects.values().get(pk=i)
    for path in (
        "identity",
        "consents",
        "profile",
        "bank-card",
        "submit",
        "accept",
        "sign",
        "withdraw",
        "reopen",
    ):
        phone.get(f"applications/{i}/{path}/")
    assert LoanApplication.objects.values().get(pk=i) == before


HOSTILE_UPLOADS: list[Any] = [
    (b"<html><script>alert(1)</script></html>", "a.jpg"),
    (b"", "a.jpg"),
    (b"\xff\xd8\xff" + b"0" * 100, "a.jpg"),
    (b"<?php system('id');", "../../x.php"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
    (b"x" * 5_000_001, "big.jpg"),
]


def test_hostile_uploads(phone: Phone, subtests: pytest.Subtests) -> None:
    for content, name in HOSTILE_UPLOADS:
        with subtests.test(case=str((content, name))[:60]):
            i = started(phone)
            answer = phone.upload(
                f"applications/{i}/identity/", {"front": SimpleUploadedFile(name, content)}
            )
            assert answer.status in (400, 422), answer.raw
            assert answer.code
            assert "front" in answer.body["errors"]


def test_upload_of_many_megabytes_is_refused_unread(phone: Phone) -> None:
    i = started(phone)
    big = SimpleUploadedFile("a.jpg", b"x" * 11_000_000)
    assert phone.upload(f"applications/{i}/identity/", {"front": big}).code == "body_too_large"


def test_broken_form(phone: Phone) -> None:
    i = started(phone)
    for content_type in (
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=" + "x" * 300,
    ):
        answer = phone.send(
            "POST", f"applications/{i}/identity/", b"--x\r\nnonsense", content_type=content_type
        )
        assert answer.status in (400, 415, 422), answer.raw
        assert answer.code


def test_answers_are_not_kept_by_caches(phone: Phone) -> None:
    for path in ("me/", "nothing/", "applications/"):
        assert phone.get(path).headers["Cache-Control"].startswith("no-store")
