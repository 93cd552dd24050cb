"""Sources at the desk: risk, head office and managers look; risk and head office set, with a reason."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from lending.models import AuditEntry, Officer
from lending.services import audit
from risk.gateways.sources import SOURCES
from risk.models import SourceDay, SourceReport, SourceSetting
from tests.desk.conftest import OWNER, Browsers, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank")]
URL = "/desk/risk/sources/"
#: What a report must never show on these pages.
SECRET = "hidden-from-staff"


def asked(source: str, *, result: str = "MATCH", ago_s: int = 60, **values: Any) -> SourceReport:
    at = timezone.now() - dt.timedelta(seconds=ago_s)
    given = {
        "application_id": uuid4(), "round": 1, "source": source, "operation": "x/y",
        "subject_index": SECRET, "state": "answered", "result": result, "consent_id": "c",
        "purpose": "loan_approval", "requested_at": at, "answered_at": at, "latency_ms": 120,
        "facts": {"employer": SECRET}, "raw_reply": {"name": SECRET}, **values,
    }
    return SourceReport.objects.create(**given)


def form(**changes: Any) -> dict[str, str]:
    return {
        "is_enabled": "on", "daily_budget": "1,200.50", "daily_calls_max": "300",
        "reason": "Month end is near", "seen": "0", **changes,
    }


@pytest.fixture
def keeper(bank: None) -> Client:
    return browser_of("risk")


def staff() -> dict[str, str]:
    return {row.role: row.user.get_username() for row in Officer.objects.select_related("user")}


def test_who_may_look_and_who_may_set(browser: Browsers) -> None:
    names = staff()
    for role, may_look, may_set in (
        ("officer", False, False), ("product", False, False), ("manager", True, False),
        ("head_office", True, True), ("risk", True, True),
    ):
        client = browser_of(names[role])
        assert client.get(URL).status_code == (200 if may_look else 403), role
        page = client.get(f"{URL}bureau/")
        assert page.status_code == (200 if may_look else 403), role
        assert (b'name="daily_budget"' in page.content) == may_set, role
        numbers = list(SourceSetting.objects.values_list("number", flat=True))
        answer = client.post(f"{URL}tax/", form(seen=str(sum(numbers))))
        assert answer.status_code == (302 if may_set else 403), role
    assert Client().get(URL).status_code == 302


def test_every_source_is_there_with_what_it_needs(keeper: Client) -> None:
    page = keeper.get(URL).content.decode()
    for code in SOURCES:
        assert f"{URL}{code}/" in page
    assert "credit enquiry" in page
    assert "up to 365 days" in page
    assert "Not asked today" in page
    chinese = keeper.get(URL, headers={"accept-language": "zh-hans"})
    assert chinese.status_code == 200
    assert keeper.get(f"{URL}moon/").status_code == 404


def test_the_page_shows_figures_and_nothing_about_a_person(keeper: Client) -> None:
    for n in range(19):
        asked("bureau", latency_ms=100 + n, cost_fen=400)
    original = asked("bureau", latency_ms=3_900, cost_fen=400)
    asked(
        "bureau", reused_from=original, answered_at=original.answered_at, latency_ms=None,
        raw_reply=None,
    )
    asked("land", result="ERROR", problem="other_person")
    asked("land", result="ERROR", problem="field mu")
    failed = asked("land", result="TIMEOUT", problem="timeout", latency_ms=3_000)
    SourceDay.objects.create(
        source="bureau", day=timezone.localdate(), calls=20, cost_fen=8_000
    )
    page = keeper.get(URL).content.decode()
    assert "¥80.00 today, ¥80.00 in 30 days" in page
    assert "1 · 5%" in page
    assert "109 / 118 ms" in page
    assert "Failing" in page
    detail = keeper.get(f"{URL}land/").content.decode()
    assert "the answer was about somebody else" in detail
    assert "unexpected value: mu" in detail
    assert "<svg class=\"chart\"" in detail
    for text in (page, detail):
        assert SECRET not in text
        assert str(failed.application_id) not in text
        assert "style=" not in text


def test_a_limit_is_set_with_a_reason_and_is_on_record(keeper: Client) -> None:
    assert keeper.post(f"{URL}bureau/", form()).status_code == 302
    row = SourceSetting.objects.get(source="bureau")
    assert (row.is_enabled, row.daily_budget_fen, row.daily_calls_max, row.number) == (
        True, 120_050, 300, 1,
    )
    entry = AuditEntry.objects.get(action="source.change")
    assert (entry.subject_id, entry.reason, entry.actor) == (
        "bureau", "Month end is near", row.changed_by,
    )
    assert entry.detail["before"]["daily_budget_fen"] is None
    assert entry.detail["after"]["daily_budget_fen"] == 120_050
    page = keeper.get(f"{URL}bureau/").content.decode()
    assert "¥0.00 of ¥1,200.50" in page
    assert 'value="1200.5' in page
    off = form(seen="1", daily_budget="", daily_calls_max="")
    off.pop("is_enabled")
    assert keeper.post(f"{URL}bureau/", off).status_code == 302
    row.refresh_from_db()
    assert (row.is_enabled, row.daily_budget_fen, row.daily_calls_max) == (False, None, None)
    assert "Switched off" in keeper.get(URL).content.decode()


def test_an_old_page_changes_nothing(keeper: Client) -> None:
    keeper.post(f"{URL}bureau/", form())
    answer = keeper.post(f"{URL}bureau/", form(daily_budget="1"))
    assert answer.status_code == 409
    assert "Nothing was changed." in answer.content.decode()
    assert SourceSetting.objects.get().daily_budget_fen == 120_050
    assert AuditEntry.objects.filter(action="source.change").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"daily_budget": "-1"}, {"daily_budget": "1e9"}, {"daily_budget": "9" * 40},
        {"daily_budget": "NaN"}, {"daily_budget": "1.005"}, {"daily_calls_max": "-1"},
        {"daily_calls_max": "1" * 400}, {"daily_calls_max": "2.5"}, {"reason": ""},
        {"reason": "   "}, {"reason": "why\x00"}, {"reason": "x" * 301}, {"seen": ""},
        {"seen": "-1"}, {"seen": "9" * 30}, {"seen": "\x00"},
    ],
)
def test_bad_input_is_refused_beside_its_field(change: dict[str, str], keeper: Client) -> None:
    answer = keeper.post(f"{URL}bureau/", form(**change))
    assert answer.status_code == 422
    assert not SourceSetting.objects.exists()
    assert not AuditEntry.objects.filter(action="source.change").exists()


def test_the_chain_of_the_audit_log_holds(keeper: Client) -> None:
    keeper.post(f"{URL}bureau/", form())
    entry = AuditEntry.objects.order_by("-id")[0]
    assert entry.entry_hash == audit.seal(entry)


def test_an_application_says_which_answer_is_older(referred: Any) -> None:
    first = asked("land", ago_s=90_000, facts={"land_mu": "12.00"})
    asked(
        "land", application_id=referred.pk, result="ERROR", problem="unreachable", reused_from=first
    )
    tax = asked("tax", ago_s=90_000, facts={})
    asked(
        "tax", application_id=referred.pk, reused_from=tax, answered_at=tax.answered_at, facts={},
        latency_ms=None,
    )
    page = browser_of(OWNER).get(f"/desk/applications/{referred.pk}/").content.decode()
    assert "older answer: the source failed" in page
    assert "still fresh, not asked again" in page
    assert "12.00" in page
