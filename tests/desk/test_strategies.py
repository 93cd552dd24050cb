"""Strategies at the desk: written by one person, approved by another, promoted from a day on."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lending.models import AuditEntry
from lending.selectors import business_day
from risk import strategies as cache
from risk.models import StrategyVersion
from tests.desk.conftest import Browsers
from tests.risk.test_what_if import store

pytestmark = pytest.mark.django_db
URL = "/desk/risk/strategies/"


@pytest.fixture
def seeded(bank: None) -> StrategyVersion:
    cache.forget()  # row ids repeat from test to test
    call_command("seed_strategies", verbosity=0)
    return StrategyVersion.objects.get()


@pytest.fixture
def maker(browser: Browsers, seeded: StrategyVersion) -> Client:
    return browser("risk")


@pytest.fixture
def checker(browser: Browsers, seeded: StrategyVersion) -> Client:
    return browser("risk.second")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def drafted(maker: Client, seeded: StrategyVersion) -> StrategyVersion:
    answer = maker.post(f"{URL}{seeded.pk}/draft/")
    assert answer.status_code == 302
    return StrategyVersion.objects.get(state="draft")


def fields(client: Client, version: StrategyVersion, part: str, query: str = "") -> dict[str, Any]:
    """Everything the page's form would send, as a browser has it."""
    page = client.get(f"{URL}{version.pk}/edit/?part={part}{query}")
    assert page.status_code == 200, text(page)
    data: dict[str, Any] = {"part": part, "revision": page.context["revision"], "note": "tighter"}
    for sheet in page.context["sheets"]:
        data[f"{sheet.key}.window"] = sheet.shown.window
        data[f"{sheet.key}.mark"] = list(sheet.shown.marks)
        for index, column in enumerate(sheet.shown.sheet.columns):
            if column.kind != "fixed":
                data[f"{sheet.key}.{column.name}"] = [row[index] for row in sheet.shown.rows]
    return data


def send(client: Client, version: StrategyVersion, data: dict[str, Any], do: str, **more: Any) -> Any:
    return client.post(f"{URL}{version.pk}/edit/", {**data, "do": do, **more})


def row_of(data: dict[str, Any], column: str, word: str) -> int:
    return int(data[column].index(word))


def test_a_rule_is_tightened_approved_by_a_second_person_and_promoted(
    maker: Client, checker: Client, seeded: StrategyVersion
) -> None:
    draft = drafted(maker, seeded)
    data = fields(maker, draft, "rules")
    at = row_of(data, "rules.code", "OVERDUE_3_6")
    data["rules.when"][at] = "bureau_overdue_run_max ≥ 2 或 bureau_overdue_months_24 >= 4"
    assert send(maker, draft, data, "save").status_code == 302
    draft.refresh_from_db()
    rule = draft.definition["rules"][at]
    assert [part["value"] for part in rule["when"]["any"]] == [2, 4]
    assert draft.note == "tighter"
    assert send(maker, draft, fields(maker, draft, "rules"), "submit").status_code == 302

    review = f"{URL}{draft.pk}/review/"
    page = text(checker.get(review))
    assert "default@2 changes 1 thing" in page
    assert "bureau_overdue_run_max &gt;= 2 or bureau_overdue_months_24 &gt;= 4" in page
    draft.refresh_from_db()
    assert maker.post(review, {"do": "approve", "seen": draft.sha256}).status_code == 403
    assert checker.post(review, {"do": "approve", "seen": "another"}).status_code == 409
    assert checker.post(review, {"do": "approve", "seen": draft.sha256}).status_code == 302

    step = f"{URL}{draft.pk}/step/"
    day = business_day.of_bank() + timedelta(days=1)
    assert maker.post(step, {"do": "promote", "valid_from": day.isoformat()}).status_code == 403
    assert checker.post(step, {"do": "promote", "valid_from": "2001-01-01"}).status_code == 422
    assert checker.post(step, {"do": "promote", "valid_from": "soon"}).status_code == 422
    assert checker.post(step, {"do": "promote", "valid_from": day.isoformat()}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.valid_from) == ("published", day)
    for action in ("draft", "revise", "submit", "approve", "promote"):
        assert AuditEntry.objects.filter(
            action=f"strategy.{action}", subject_id=str(draft.pk)
        ).exists(), action
    assert "Coming" in text(checker.get(URL))
    assert "冯雪" in text(checker.get(f"{URL}{draft.pk}/"))


def test_what_is_saved_untouched_keeps_every_byte(maker: Client, seeded: StrategyVersion) -> None:
    draft = drafted(maker, seeded)
    before = draft.sha256
    for part in maker.get(f"{URL}{draft.pk}/edit/").context["parts"]:
        assert send(maker, draft, fields(maker, draft, part["name"]), "save").status_code == 302
        draft.refresh_from_db()
        assert draft.sha256 == before, part["name"]


def test_a_version_is_sent_back_with_an_answer(
    maker: Client, checker: Client, seeded: StrategyVersion
) -> None:
    draft = drafted(maker, seeded)
    send(maker, draft, fields(maker, draft, "rules"), "submit")
    review, draft = f"{URL}{draft.pk}/review/", StrategyVersion.objects.get(pk=draft.pk)
    assert draft.state == "submitted"
    word = {"do": "send_back", "seen": draft.sha256, "answer": " "}
    assert checker.post(review, word).status_code == 422
    assert checker.post(review, {**word, "answer": "x\x00y and more"}).status_code == 422
    assert checker.post(review, {**word, "answer": "Why only two months?"}).status_code == 302
    assert "Why only two months?" in text(maker.get(f"{URL}{draft.pk}/edit/"))


def test_wrong_things_are_kept_in_a_draft_but_never_handed_in(
    maker: Client, seeded: StrategyVersion
) -> None:
    draft = drafted(maker, seeded)
    data = fields(maker, draft, "rules")
    data["rules.when"][0] = "age >> 18"
    data["rules.then"][1] = ""
    data["rules.code"][2] = data["rules.code"][3]
    data["rules.zh"][4] = ""
    answer = send(maker, draft, data, "submit")
    assert answer.status_code == 422
    assert "The draft is kept, but not handed in" in text(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert draft.definition["rules"][0]["when"] == {"typed": "age >> 18"}
    page = text(maker.get(f"{URL}{draft.pk}/edit/"))
    assert 'value="age &gt;&gt; 18"' in page
    for sentence in ("is no whole number", "A rule declines or refers", "stands here twice",
                     "The Chinese sentence is missing"):
        assert sentence in page
    assert send(maker, draft, fields(maker, draft, "limits"), "submit").status_code == 422


def test_two_windows_do_not_overwrite_each_other(maker: Client, seeded: StrategyVersion) -> None:
    draft = drafted(maker, seeded)
    first, second = fields(maker, draft, "limits"), fields(maker, draft, "limits")
    first["limit.value"][0] = "45"
    second["limit.value"][0] = "40"
    assert send(maker, draft, first, "save").status_code == 302
    answer = send(maker, draft, second, "save")
    assert answer.status_code == 409
    assert "saved in another window" in text(answer)
    assert 'value="40"' in text(answer)
    draft.refresh_from_db()
    assert draft.definition["limit"]["debt_percent"] == 45
    stale = maker.post(f"{URL}{draft.pk}/check/", second).json()
    assert stale["is_stale"]


def test_rows_are_inserted_copied_moved_and_deleted_without_a_script(
    maker: Client, seeded: StrategyVersion
) -> None:
    draft = drafted(maker, seeded)
    data = fields(maker, draft, "segments")
    inserted = send(maker, draft, data, "segments.insert", at="segments.0")
    rows = inserted.context["sheets"][0].shown.rows
    assert rows[1] == ["", ""]
    moved = send(maker, draft, data, "segments.down", at="segments.0")
    assert moved.context["sheets"][0].shown.rows[1][0] == "public_servant"
    copied = send(maker, draft, data, "segments.copy", at="segments.0")
    assert copied.context["sheets"][0].shown.rows[1][0] == "public_servant_2"
    deleted = send(maker, draft, data, "segments.delete", at="segments.0")
    assert deleted.context["sheets"][0].shown.rows[0][0] == "hospital_staff"
    assert "Choose a row first" in text(send(maker, draft, data, "segments.delete"))
    draft.refresh_from_db()
    assert draft.definition == seeded.definition


def test_a_renamed_group_keeps_its_caps_and_plans(maker: Client, seeded: StrategyVersion) -> None:
    draft = drafted(maker, seeded)
    data = fields(maker, draft, "segments")
    data["segments.code"][row_of(data, "segments.code", "general")] = "everybody"
    assert send(maker, draft, data, "save").status_code == 302
    draft.refresh_from_db()
    assert draft.definition["limit"]["caps"]["everybody"] == seeded.definition["limit"]["caps"]["general"]
    assert "general" not in draft.definition["offers"]["plans"]
    checked = maker.post(f"{URL}{draft.pk}/check/", fields(maker, draft, "segments")).json()
    assert checked["errors"] == 0


def test_the_check_marks_cells_and_tries_a_person_without_keeping_anything(
    maker: Client, seeded: StrategyVersion
) -> None:
    draft = drafted(maker, seeded)
    data = fields(maker, draft, "limits")
    data["bench.sample"] = "teacher"
    calm = maker.post(f"{URL}{draft.pk}/check/", data).json()
    assert (calm["errors"], calm["cells"]) == (0, [])
    assert "approved" in calm["bench"]
    data["caps.cap_0"][0] = "a lot"
    wrong = maker.post(f"{URL}{draft.pk}/check/", data).json()
    assert wrong["errors"] == 1
    assert [(c["sheet"], c["row"], c["column"]) for c in wrong["cells"]] == [("caps", 0, "cap_0")]
    assert wrong["by_part"] == {"limits": 1}
    assert "cannot decide until nothing in it is wrong" in wrong["bench"]
    draft.refresh_from_db()
    assert draft.definition == seeded.definition


def test_the_bench_names_the_row_that_decides(maker: Client, seeded: StrategyVersion) -> None:
    draft = drafted(maker, seeded)
    data = fields(maker, draft, "rules")
    data["rules.when"][row_of(data, "rules.code", "MANY_LENDERS")] = "carrier_tenure_months >= 1"
    data |= {"bench.sample": "teacher"}
    page = text(send(maker, draft, data, "bench"))
    assert "MANY_LENDERS" in page
    assert "declined" in page
    data |= {"bench.feature.0": "court_dishonest", "bench.value.0": "true"}
    answer = maker.post(f"{URL}{draft.pk}/check/", data).json()
    assert "COURT_DISHONEST" in answer["bench"]
    data |= {"bench.value.0": "perhaps", "bench.feature.1": "nothing", "bench.value.1": "1",
             "bench.application": "12345678-1234-4234-8234-123456789abc"}
    answer = maker.post(f"{URL}{draft.pk}/check/", data).json()
    assert "is no value for court_dishonest" in answer["bench"]
    assert "no decided application with this number" in answer["bench"]


def test_two_versions_differ_part_by_part(maker: Client, seeded: StrategyVersion) -> None:
    draft = drafted(maker, seeded)
    data = fields(maker, draft, "limits")
    data["caps.cap_0"][0] = "180,000"
    data["grades.from"][1] = "700"
    send(maker, draft, data, "save")
    data = fields(maker, draft, "segments")
    for column in ("segments.code", "segments.when", "segments.mark"):
        data[column].insert(0, data[column].pop(3))
    send(maker, draft, data, "save")
    page = text(maker.get(f"{URL}{seeded.pk}/diff/{draft.pk}/"))
    for word in ("180000.00", "200000.00", "710", "700", "moved", "3 things differ"):
        assert word in page, word
    assert "Nothing differs" in text(maker.get(f"{URL}{seeded.pk}/diff/{seeded.pk}/"))


def test_a_draft_can_be_dropped_and_an_approved_version_withdrawn(
    maker: Client, checker: Client, seeded: StrategyVersion
) -> None:
    draft = drafted(maker, seeded)
    assert maker.post(f"{URL}{draft.pk}/step/", {"do": "discard"}).status_code == 302
    assert maker.get(f"{URL}{draft.pk}/").status_code == 404
    draft = drafted(maker, seeded)
    assert maker.post(f"{URL}{draft.pk}/step/", {"do": "submit"}).status_code == 302
    seen = StrategyVersion.objects.get(pk=draft.pk).sha256
    checker.post(f"{URL}{draft.pk}/review/", {"do": "approve", "seen": seen})
    assert maker.get(f"{URL}{draft.pk}/edit/").status_code == 409
    assert checker.post(f"{URL}{draft.pk}/step/", {"do": "retire"}).status_code == 302
    assert "Withdrawn" in text(checker.get(URL))


@pytest.mark.parametrize(
    ("username", "sees", "writes", "releases"),
    [
        ("liguoqiang", False, False, False),
        ("product", False, False, False),
        ("manager.baolun", True, False, False),
        ("headoffice", True, False, True),
        ("risk.second", True, False, True),
    ],
)
def test_duties_decide_who_sees_writes_and_releases(
    browser: Browsers, maker: Client, seeded: StrategyVersion,
    username: str, sees: bool, writes: bool, releases: bool,
) -> None:
    draft = drafted(maker, seeded)
    client = browser(username)
    for address in (URL, f"{URL}{draft.pk}/", f"{URL}{seeded.pk}/diff/{draft.pk}/"):
        assert client.get(address).status_code == (200 if sees else 403), address
    for address in (f"{URL}{draft.pk}/edit/", f"{URL}{draft.pk}/check/"):
        assert client.post(address, fields(maker, draft, "rules")).status_code == 403
    makes = username == "risk.second"  # a draft of their own, never another's
    assert client.post(f"{URL}{seeded.pk}/draft/").status_code == (302 if makes else 403)
    for do in ("submit", "discard"):
        assert client.post(f"{URL}{draft.pk}/step/", {"do": do}).status_code == 403
    send(maker, draft, fields(maker, draft, "rules"), "submit")
    seen = StrategyVersion.objects.get(pk=draft.pk).sha256
    answer = client.post(f"{URL}{draft.pk}/review/", {"do": "approve", "seen": seen})
    assert answer.status_code == (302 if releases else 403)


def test_the_definition_reads_in_sentences(checker: Client, seeded: StrategyVersion) -> None:
    page = text(checker.get(f"{URL}{seeded.pk}/"))
    assert "age is below 18 or age is below the product&#x27;s youngest age" in page
    assert "Loan enquiries" in page or "loan enquiries in 3 months" in page
    assert "Monthly" in page or "monthly" in page
    assert json.dumps(seeded.definition)[:40] not in page
    chinese = checker.get(f"{URL}{seeded.pk}/", headers={"accept-language": "zh-Hans"})
    assert "年龄小于 18，或者年龄小于产品最低年龄" in text(chinese)


def test_the_bench_names_the_row_of_a_table_and_decides_a_past_application_again(
    maker: Client, seeded: StrategyVersion, referred: Any
) -> None:
    draft = drafted(maker, seeded)
    data = fields(maker, draft, "tables:land_and_herd")
    data["rows.out_0"][0] = "90"
    data |= {"bench.sample": "pig_farmer", "bench.feature.0": "land_crop", "bench.value.0": "pigs",
             "bench.feature.1": "land_mu", "bench.value.1": "12", "bench.feature.2": "land_certificate",
             "bench.value.2": "true"}
    bench = maker.post(f"{URL}{draft.pk}/check/", data).json()["bench"]
    assert "Land and herd" in bench
    assert '<span class="chip">L1</span>' in bench
    unknown = {"bench.application": f"https://bank.example/desk/applications/{uuid4()}/"}
    bench = maker.post(f"{URL}{draft.pk}/check/", data | unknown).json()["bench"]
    assert "no decided application with this number" in bench
    (kept,) = store(1, seeded, at=timezone.now())
    type(referred).objects.filter(pk=referred.pk).update(decision_id=kept.pk)
    known = {"bench.application": f"https://bank.example/desk/applications/{referred.pk}/"}
    bench = maker.post(f"{URL}{draft.pk}/check/", data | known).json()["bench"]
    assert "What decided" in bench
    before = dict(kept.inputs)
    kept.refresh_from_db()
    assert kept.inputs == before
