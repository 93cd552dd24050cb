"""The applicant's steps as the contract draws them; the machine's part is written directly."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lending.domain.application_flow import Action
from lending.gateways.core_bank import TransferReply
from lending.models import Disbursement, IdCardReading, LoanApplication
from lending.services import disbursements, identity, settlements
from tests.api.conftest import (
    OFFER,
    PROFILE,
    Inbox,
    accept_body,
    decided,
    filled_in,
    id_number,
    log_in,
    started,
)
from tests.api.phone import Phone
from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


def test_every_step_answers_state_and_next(phone: Phone) -> None:
    answer = phone.post(
        "applications/",
        {"qr_code": "universal", "purpose": "agriculture", "requested_amount": "20000.00"},
    )
    assert answer.status == 201
    assert answer.body["state"] == "draft"
    assert answer.body["next"][0] == "identity"
    assert answer.body["product"]["code"] == "shandai"
    assert answer.body["requested_amount"] == "20000.00"
    assert answer.body["created_at"].endswith("+08:00")
    i = answer.body["id"]
    answer = phone.post(f"applications/{i}/identity/", {"name": "陈桂英", "id_number": id_number()})
    assert (answer.status, answer.body["state"], answer.body["next"][0]) == (
        200,
        "identified",
        "consents",
    )
    assert answer.body["identity"]["name_masked"] == "陈**"
    assert id_number() not in answer.raw.decode()
    texts = phone.get(f"applications/{i}/consents/").body["results"]
    assert {t["kind"] for t in texts if t["required"]} == {"privacy", "bureau", "data_sharing"}
    assert all(t["version"] and t["title"] and t["body"] for t in texts)
    answer = phone.post(
        f"applications/{i}/consents/",
        {"accept": ["privacy", "bureau", "data_sharing"], "refuse": ["marketing"]},
    )
    assert (answer.status, answer.body["state"]) == (200, "consented")
    assert answer.body["consents"]["marketing"] is False
    assert phone.post(f"applications/{i}/profile/", PROFILE).body["next"] == ["bank-card"]
    assert phone.post(f"applications/{i}/submit/").code == "incomplete"


def test_from_submission_to_money(phone: Phone, inbox: Inbox, clock: datetime) -> None:
    i = filled_in(phone)
    assert phone.get(f"applications/{i}/").body["next"] == ["submit"]
    decided(i, Action.APPROVE, clock, (OFFER,))
    answer = phone.get(f"applications/{i}/?wait=10")  # a person's turn: answered at once
    assert (answer.body["state"], answer.body["next"]) == ("offered", ["offers"])
    assert answer.body["offers_expire_at"]
    offer = phone.get(f"applications/{i}/offers/").body[0]
    assert set(offer) >= {
        "id",
        "amount_max",
        "annual_rate",
        "apr",
        "term_months",
        "method",
        "provenance",
        "expires_at",
    }
    accepted = phone.post(f"applications/{i}/accept/", accept_body(phone, i))
    assert (accepted.status, accepted.body["state"]) == (200, "accepted")
    assert len(accepted.body["schedule"]["instalments"]) == 12
    assert accepted.body["cost_sheet"]
    contract = phone.get(f"applications/{i}/contract/").body
    assert len(contract["sha256"]) == 64
    assert phone.post("otp/", {"purpose": "sign", "application": i}).status == 204
    signed = phone.post(
        f"applications/{i}/sign/",
        {
            "otp": inbox.code("13800000001"),
            "document_sha256": contract["sha256"],
            "cost_sheet_seconds": 30,
        },
    )
    assert (signed.status, signed.body["state"], signed.body["next"]) == (
        202,
        "disbursing",
        ["wait"],
    )
    loan_id = _settled(i, clock, phone)
    loans = phone.get("loans/").body
    assert set(loans) == {"results", "next", "previous"}
    assert [row["id"] for row in loans["results"]] == [loan_id]
    assert phone.get(f"loans/{loan_id}/").body["principal"] == "20000.00"
    rows = phone.get(f"loans/{loan_id}/schedule/").body["results"]
    assert sum(float(row["principal"]) for row in rows) == pytest.approx(20000)


def _settled(application_id: str, now: datetime, phone: Phone) -> str:
    disbursement = Disbursement.objects.get(application_id=application_id)
    disbursements._claim(disbursement.pk, from_state="created", kind="send", now=now)
    reply = TransferReply(outcome="succeeded", core_txn_id="T1")
    settlements.settle(disbursement_id=disbursement.pk, reply=reply, call=None, now=now)
    answer = phone.get(f"applications/{application_id}/")
    assert (answer.body["state"], answer.body["next"]) == ("disbursed", ["done"])
    return str(answer.body["loan_id"])


def test_steps_cannot_be_skipped(phone: Phone, offered: str) -> None:
    sign = {"otp": "123456", "document_sha256": "0" * 64, "cost_sheet_seconds": 30}
    for path, body in (
        ("submit", {}),
        ("sign", sign),
        ("reopen", {}),
        ("payout", {}),
        ("identity", {"name": "陈桂英", "id_number": id_number()}),
    ):
        answer = phone.post(f"applications/{offered}/{path}/", body)
        assert answer.status == 409, (path, answer.raw)
        assert answer.code == "illegal_state"
    assert phone.get(f"applications/{offered}/contract/").code == "not_found"
    assert LoanApplication.objects.get(pk=offered).state == "offered"


AMOUNTS_THAT_CANNOT_BE: list[Any] = [
    "0",
    "-1",
    "20000.01",
    "20100.00",
    "1e18",
    "NaN",
    "Infinity",
    "１００",
    "12,000",
    "",
    None,
    1.5,
    True,
    [],
    {},
    "9" * 400,
]


def test_amounts_that_cannot_be(phone: Phone, offered: str, subtests: pytest.Subtests) -> None:
    for amount in AMOUNTS_THAT_CANNOT_BE:
        with subtests.test(case=str(amount)[:60]):
            answer = phone.post(
                f"applications/{offered}/accept/", accept_body(phone, offered, amount=amount)
            )
            assert answer.status in (400, 422), answer.raw
            assert answer.code
            assert answer.body["errors"]["amount"]
            assert LoanApplication.objects.get(pk=offered).state == "offered"


def test_whole_numbers_are_tolerated_as_amounts(phone: Phone, offered: str) -> None:
    assert (
        phone.post(
            f"applications/{offered}/accept/", accept_body(phone, offered, amount=5000)
        ).status
        == 200
    )


def test_choose_again(phone: Phone, accepted: str) -> None:
    assert phone.post(f"applications/{accepted}/reopen/").body["state"] == "offered"
    assert phone.get(f"applications/{accepted}/contract/").status == 404
    assert (
        phone.post(f"applications/{accepted}/accept/", accept_body(phone, accepted)).status == 200
    )


def test_signing_refusals_leave_everything_as_it_was(
    phone: Phone, inbox: Inbox, accepted: str
) -> None:
    sha256 = phone.get(f"applications/{accepted}/contract/").body["sha256"]
    phone.post("otp/", {"purpose": "sign", "application": accepted, "mobile": "13800000001"})
    code = inbox.code("13800000001")
    good = {"otp": code, "document_sha256": sha256, "cost_sheet_seconds": 30}
    for change, expected in (
        ({"document_sha256": "0" * 64}, "document_changed"),
        ({"cost_sheet_seconds": 1}, "cost_sheet_unread"),
        ({"otp": f"{(int(code) + 1) % 1_000_000:06d}"}, "wrong_code"),
    ):
        assert phone.post(f"applications/{accepted}/sign/", {**good, **change}).code == expected
    assert LoanApplication.objects.get(pk=accepted).state == "accepted"
    assert phone.post(f"applications/{accepted}/sign/", good).status == 202


def test_contract_as_paper(phone: Phone, accepted: str) -> None:
    contract = phone.get(f"applications/{accepted}/contract/").body
    html = phone.get(f"applications/{accepted}/contract/html/")
    assert html.headers["Content-Type"].startswith("text/html")
    assert html.raw.decode() == contract["html"]
    assert "attachment" in html.headers["Content-Disposition"]
    pdf = phone.get(f"applications/{accepted}/contract/pdf/")
    assert (pdf.status, pdf.headers["Content-Type"], pdf.raw[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )


def test_declined_is_explained_and_a_person_may_be_asked_once(
    phone: Phone, clock: datetime
) -> None:
    i = filled_in(phone)
    decided(i, Action.DECLINE, clock)
    answer = phone.get(f"applications/{i}/explanation/").body
    assert answer["state"] == "declined"
    assert isinstance(answer["reasons"], list)
    answer = phone.post(f"applications/{i}/review-request/", {"reason": "我上个月还清了"})
    assert (answer.status, answer.body["state"]) == (202, "in_review")
    assert phone.post(f"applications/{i}/review-request/").status == 409


def test_withdraw(phone: Phone) -> None:
    i = started(phone)
    assert (
        phone.post(f"applications/{i}/withdraw/", {"reason": "later"}).body["state"] == "withdrawn"
    )
    assert phone.post(f"applications/{i}/withdraw/").status == 409


def test_unknown_code_and_purpose(phone: Phone) -> None:
    answer = phone.post("applications/", {"qr_code": "nobody", "purpose": "agriculture"})
    assert (answer.status, answer.code) == (422, "unusable_qr_code")
    answer = phone.post("applications/", {"qr_code": "universal", "purpose": "gambling"})
    assert (answer.status, "purpose" in answer.body["errors"]) == (422, True)


def test_me_and_preferences(phone: Phone) -> None:
    i = started(phone)
    me = phone.get("me/").body
    assert me["mobile_masked"] == "138****0001"
    assert me["open_application"]["id"] == i
    contact = {"sms": True, "call": True, "visit": True, "wechat": True}
    wished = phone.send("PUT", "me/preferences/", {"marketing": True})
    assert wished.body == {"marketing": True, "contact": contact}
    assert phone.get("me/").body["preferences"] == wished.body
    assert phone.send("PUT", "me/preferences/", {"marketing": "yes"}).code == "invalid_request"


def test_another_persons_rows_do_not_exist(phone: Phone, stranger: Phone, accepted: str) -> None:
    before = LoanApplication.objects.get(pk=accepted).version
    bodies = {
        "identity": {"name": "陈桂英", "id_number": id_number()},
        "consents": {"accept": ["privacy"]},
        "profile": PROFILE,
        "bank-card": {"card_number": "6222021001112223336", "mobile": "13800000002"},
        "accept": {
            "offer_id": accepted,
            "amount": "1000.00",
            "term_months": 12,
            "method": "bullet",
        },
        "sign": {"otp": "123456", "document_sha256": "0" * 64, "cost_sheet_seconds": 30},
    }
    for path in (
        "",
        "consents/",
        "offers/",
        "explanation/",
        "contract/",
        "contract/html/",
        "contract/pdf/",
    ):
        assert stranger.get(f"applications/{accepted}/{path}").code == "not_found"
    for path in (
        "identity",
        "consents",
        "profile",
        "bank-card",
        "submit",
        "accept",
        "reopen",
        "sign",
        "payout",
        "withdraw",
        "review-request",
    ):
        answer = stranger.post(f"applications/{accepted}/{path}/", bodies.get(path, {}))
        assert (answer.status, path) in ((404, path), (422, path)), answer.raw
        assert answer.status == 404 or path == "bank-card"
    assert stranger.post("otp/", {"purpose": "sign", "application": accepted}).code == "not_found"
    assert LoanApplication.objects.get(pk=accepted).version == before
    assert stranger.get("applications/").body["results"] == []


def test_nobody_reaches_anything(phone: Phone, accepted: str) -> None:
    nobody = Phone()
    for path in (
        "applications/",
        f"applications/{accepted}/",
        f"applications/{accepted}/contract/",
        "loans/",
        "me/",
    ):
        assert nobody.get(path).code == "not_authenticated"


def test_messages_speak_the_persons_language(phone: Phone) -> None:
    phone.language = "zh-CN"
    name = phone.get(f"applications/{started(phone)}/").body["product"]["name"]
    assert name == "闪贷"


def test_own_applications_only_and_paged(phone: Phone, clock: datetime) -> None:
    for _ in range(3):
        started(phone)
    started(log_in("13800000009", clock))
    page = phone.get("applications/?page_size=2").body
    assert len(page["results"]) == 2
    assert page["next"]
    rest = phone.get("applications/?page_size=1000000000&page=1").body
    assert len(rest["results"]) == 3
    assert phone.get("applications/?page=99").code == "not_found"


def test_card_by_camera(phone: Phone, sandbox: Sandbox, clock: datetime) -> None:
    person = sandbox.person("teacher")
    i = started(phone)
    pictures = {
        side: SimpleUploadedFile(f"{side}.jpg", sandbox.id_card(person["id_number"], side))
        for side in ("front", "back")
    }
    answer = phone.upload(f"applications/{i}/identity/", pictures)
    assert (answer.status, answer.body["identity"]["state"]) == (202, "queued")
    identity.read_pictures(
        reading_id=IdCardReading.objects.get().pk, now=clock
    )  # the worker's part
    read = phone.get(f"applications/{i}/").body["identity"]
    assert read["state"] == "read"
    assert read["read_fields"]["id_number"] == person["id_number"]
    fields = {
        name: read["read_fields"][name] for name in ("name", "id_number", "address", "valid_until")
    }
    confirmed = phone.post(f"applications/{i}/identity/", {**fields, "name": person["name"]})
    assert (confirmed.status, confirmed.body["state"]) == (200, "identified")
    assert confirmed.body["identity"]["read_fields"] is None
    assert person["id_number"] not in confirmed.raw.decode()
