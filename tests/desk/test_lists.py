"""Customer lists at the desk: from a file to force and back, by those whose duty it is."""

import csv
import io
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from config import middleware
from lending import tasks
from lending.models import AuditEntry, OutboxMessage
from lending.services import customer_lists
from lending.views.officer import list_uploads
from risk.models import CustomerList, ListEntry, ListImport
from risk.selectors import lists as selectors
from tests.desk.conftest import OWNER, browser_of
from tests.risk.listed import HEADING, csv_of, id_number_of, row

pytestmark = pytest.mark.django_db
LIST = "/desk/lists/teachers/"
NEW = {
    "code": "teachers", "name_zh": "教师名单", "name_en": "Teachers", "kind": "white",
    "source": "朝天区教育局", "legal_basis": "数据共享协议 2026-03",
    "valid_from": "2026-01-01", "valid_to": "2099-12-31",
}  # fmt: skip


@pytest.fixture
def keeper(bank: None) -> Client:
    client = browser_of("headoffice")
    assert client.post("/desk/lists/new/", NEW).status_code == 302
    return client


def upload(client: Client, content: bytes, **other: Any) -> Any:
    file = SimpleUploadedFile("教师 2026.csv", content, content_type="text/csv")
    return client.post(f"{LIST}upload/", {"file": file, "mode": "add", **other})


def work_off() -> list[OutboxMessage]:
    """Do what the outbox holds for lists, as the worker would."""
    done = list(OutboxMessage.objects.filter(task="lending.check_list_import").order_by("pk"))
    for message in done:
        tasks.check_list_import(**message.arguments)
    return done


def actions() -> list[str]:
    return list(
        AuditEntry.objects.filter(action__startswith="list.")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def is_listed(serial: int) -> bool:
    return bool(selectors.matches(id_number=id_number_of(serial), on=timezone.localdate()))


def test_a_file_goes_from_upload_to_force_and_back(keeper: Client) -> None:
    content = csv_of([row(1), row(2), row(1), row(3, id_number="5.10812E+17")], encoding="gb18030")
    answer = upload(keeper, content)
    address = answer["Location"]
    waiting = keeper.get(address)
    assert waiting["Refresh"] == "2"
    assert not is_listed(1)

    messages = work_off()
    assert [set(m.arguments) for m in messages] == [{"import_id"}], "ids only"
    page = keeper.get(address)
    assert "Refresh" not in page
    text = page.content.decode()
    for shown in ("gb18030", "陈**", "Put into force", "rounded this ID number", "First in row 2"):
        assert shown in text, shown
    assert id_number_of(1) not in text
    assert "陈桂英" not in text

    errors = list(csv.reader(io.StringIO(keeper.get(f"{address}errors.csv").content.decode())))
    assert [line[0] for line in errors[1:]] == ["4", "5"]
    assert keeper.post(f"{address}confirm/")["Location"] == address
    assert is_listed(1)
    again = keeper.post(f"{address}confirm/")
    assert again.status_code == 409
    assert keeper.post(f"{address}undo/", {"reason": ""}).status_code == 422
    assert is_listed(1)
    keeper.post(f"{address}undo/", {"reason": "wrong file"})
    assert not is_listed(1)
    assert actions() == ["list.create", "list.upload", "list.confirm", "list.undo"]
    audited = json.dumps(list(AuditEntry.objects.values_list("detail", "reason")))
    assert id_number_of(1) not in audited


def test_a_person_is_added_found_and_taken_off(keeper: Client) -> None:
    person = {"id_number": f" {id_number_of(1)} ", "name": "陈桂英", "tier": "doctor"}
    refused = keeper.post(f"{LIST}add/", {**person, "reason": ""})
    assert refused.status_code == 422
    wrong = keeper.post(f"{LIST}add/", {**person, "id_number": "12345", "reason": "letter"})
    assert (wrong.status_code, "18 characters" in wrong.content.decode()) == (422, True)
    late = keeper.post(f"{LIST}add/", {**person, "valid_to": "2020-01-01", "reason": "letter"})
    assert (late.status_code, "validity is over" in late.content.decode()) == (422, True)
    assert keeper.post(f"{LIST}add/", {**person, "reason": "letter"}).status_code == 302
    assert is_listed(1)
    assert "1 entry in force" in keeper.get(LIST).content.decode()

    nobody = keeper.post(f"{LIST}find/", {"id_number": id_number_of(2)})
    assert "not on the list" in nobody.content.decode()
    assert keeper.post(f"{LIST}find/", {"id_number": "陈桂英"}).status_code == 422
    found = keeper.post(f"{LIST}find/", {"id_number": id_number_of(1)}).content.decode()
    assert "Take off the list" in found
    assert id_number_of(1) not in found
    entry = ListEntry.objects.get()
    assert keeper.post(f"{LIST}remove/", {"entry": entry.pk, "reason": "x"}).status_code == 422
    assert keeper.post(f"{LIST}remove/", {"entry": "abc", "reason": "moved"}).status_code == 409
    assert keeper.post(f"{LIST}remove/", {"entry": entry.pk, "reason": "moved"}).status_code == 302
    assert not is_listed(1)
    entry.refresh_from_db()
    assert entry.removed_by == "headoffice"
    assert "0 entries in force" in keeper.get(LIST).content.decode()
    assert actions() == ["list.create", "list.add", "list.find", "list.find", "list.remove"]


@pytest.mark.parametrize("username", [OWNER, "manager.baolun"])
def test_whose_duty_it_is_not_sees_no_list(keeper: Client, username: str) -> None:
    made = upload(keeper, csv_of([row(1)]))["Location"]
    client = browser_of(username)
    for url in (
        "/desk/lists/",
        "/desk/lists/new/",
        LIST,
        f"{LIST}upload/",
        made,
        f"{made}errors.csv",
    ):
        assert client.get(url).status_code == 403, url
    posts = [f"{LIST}{act}/" for act in ("find", "add", "remove", "close", "upload")]
    posts += [f"{made}{act}/" for act in ("confirm", "undo", "cancel")] + ["/desk/lists/new/"]
    for url in posts:
        assert (
            client.post(url, {"id_number": id_number_of(1), "reason": "curious"}).status_code == 403
        )
    assert "/desk/lists/" not in client.get("/desk/").content.decode()
    assert ListImport.objects.get().state == "uploaded"
    assert actions() == ["list.create", "list.upload"]


@pytest.mark.parametrize("username", ["headoffice", "risk"])
def test_those_whose_duty_it_is_find_the_lists_in_the_menu(keeper: Client, username: str) -> None:
    client = browser_of(username)
    assert 'href="/desk/lists/"' in client.get("/desk/").content.decode()
    assert "教育局" in client.get("/desk/lists/").content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": ""}, "fill this in"),
        ({"legal_basis": " "}, "fill this in"),
        ({"code": "teachers"}, "with this code already"),
        ({"code": "new"}, "check this value"),
        ({"code": "../x"}, "check this value"),
        ({"valid_to": "2025-01-01"}, "before the first"),
        ({"valid_to": "9999-12-31"}, "too far away"),
        ({"name_zh": "a\x00"}, ""),
        ({"kind": "purple"}, "valid choice"),
    ],
)
def test_a_list_that_is_not_whole_is_not_opened(
    keeper: Client, change: dict[str, str], message: str
) -> None:
    answer = keeper.post("/desk/lists/new/", {**NEW, "code": "others", **change})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert CustomerList.objects.count() == 1


def test_what_is_no_list_is_refused_in_words(keeper: Client) -> None:
    for content, words in (
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 99, "old Excel"),
        (b"\x00\x01", "neither CSV nor XLSX"),
    ):
        answer = upload(keeper, content)
        assert (answer.status_code, words in answer.content.decode()) == (422, True), words
    assert keeper.post(f"{LIST}upload/", {"mode": "add"}).status_code == 422
    assert keeper.post(f"{LIST}upload/", b"garbage", content_type="text/plain").status_code == 422
    assert not ListImport.objects.exists()
    address = upload(keeper, f"{HEADING}\r\n陈".encode() + b"\xff\xff\r\n")["Location"]
    work_off()
    assert "Row 2: Byte" in keeper.get(address).content.decode()


def test_a_body_too_large_is_answered_in_words_and_elsewhere_not_read(
    keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_uploads, "BODY_BYTES_MAX", 1_000)
    answer = upload(keeper, b"x" * 5_000)
    assert (answer.status_code, "at most 256 MB" in answer.content.decode()) == (413, True)
    monkeypatch.setattr(middleware, "LIST_BODY_BYTES_MAX", 4_000)
    assert upload(keeper, b"x" * 5_000).content == b"too large\n"
    monkeypatch.setattr(middleware, "BODY_BYTES_MAX", 100)
    elsewhere = keeper.post(f"{LIST}find/", {"id_number": "1" * 200})
    assert elsewhere.status_code == 413


def test_a_large_file_is_taken_where_other_pages_refuse(
    keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "BODY_BYTES_MAX", 100)
    content = csv_of([row(i) for i in range(40)])
    assert len(content) > 2_000
    assert upload(keeper, content).status_code == 302


def test_an_upload_without_the_forms_secret_is_refused(keeper: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = keeper.cookies
    assert upload(strict, csv_of([row(1)])).status_code == 403
    assert not ListImport.objects.exists()


def test_a_cancelled_file_is_gone_and_the_minutes_job_erases_it(keeper: Client) -> None:
    address = upload(keeper, csv_of([row(1)]))["Location"]
    work_off()
    keeper.post(f"{address}cancel/")
    assert keeper.post(f"{address}confirm/").status_code == 409
    assert ListEntry.objects.count() == 1
    tasks.expire()
    assert ListEntry.objects.count() == 0


def test_a_lost_message_is_sent_again(keeper: Client) -> None:
    upload(keeper, csv_of([row(1)]))
    now = timezone.now()
    assert customer_lists.revive(now=now) == 0
    later = now + timedelta(minutes=2)
    assert [customer_lists.revive(now=later), customer_lists.revive(now=later)] == [1, 0]
    assert len(work_off()) == 2
    assert customer_lists.revive(now=later + timedelta(minutes=2)) == 0


def test_a_file_nobody_can_finish_fails_after_a_day(keeper: Client) -> None:
    address = upload(keeper, csv_of([row(1)]))["Location"]
    assert "Refresh" in keeper.get(address)
    customer_lists.forget_old(now=timezone.now() + timedelta(days=2))
    page = keeper.get(address)
    assert "Refresh" not in page
    assert "within a day" in page.content.decode()
    assert not ListImport.objects.get().parts.exists()


def test_pages_are_walked_by_key_and_odd_questions_get_plain_answers(keeper: Client) -> None:
    address = upload(keeper, csv_of([row(i) for i in range(120)]))["Location"]
    work_off()
    keeper.post(f"{address}confirm/")
    seen, url = 0, LIST
    while url:
        page = keeper.get(url)
        seen += len(page.context["people"].rows)
        query = page.context["people"].next_query
        url = f"{LIST}?{query}" if query else ""
    assert seen == 120
    for odd in (
        f"{LIST}?people=x_y", f"{LIST}?people=%00", f"{LIST}?after=x", f"{address}?after=-1",
        f"{address}?after=99999999999", f"{address}?after=²",
    ):  # fmt: skip
        assert keeper.get(odd).status_code == 200, odd
    other = address.replace("teachers", "others")
    assert keeper.get(other).status_code == 404
    assert keeper.post(f"{other}confirm/").status_code == 404
    assert keeper.get("/desk/lists/others/upload/").status_code == 404
    assert keeper.post("/desk/lists/others/add/", {"reason": "why not"}).status_code in (404, 422)


def test_a_closed_list_takes_nothing(keeper: Client) -> None:
    assert keeper.post(f"{LIST}close/", {"reason": ""}).status_code == 422
    assert keeper.post(f"{LIST}close/", {"reason": "contract ended"}).status_code == 302
    assert upload(keeper, csv_of([row(1)])).status_code == 409
    assert "Upload a file" not in keeper.get(LIST).content.decode()
    assert actions()[-1] == "list.close"


def test_nothing_of_a_person_is_logged(
    keeper: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        address = upload(keeper, csv_of([row(1), row(1)]))["Location"]
        work_off()
        keeper.post(f"{address}confirm/")
        keeper.post(f"{LIST}find/", {"id_number": id_number_of(1)})
        keeper.post(f"{LIST}add/", {"id_number": id_number_of(1) + "0", "reason": "letter"})
    written = caplog.text + "".join(capfd.readouterr())
    assert id_number_of(1) not in written
    assert "陈桂英" not in written
    stored = json.dumps(list(OutboxMessage.objects.values_list("arguments", flat=True)))
    assert id_number_of(1) not in stored
