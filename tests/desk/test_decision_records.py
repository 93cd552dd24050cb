"""The page of one past decision: what was known, what decided, and made again to the same bytes."""

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from lending.domain.application_flow import Action
from lending.models import AuditEntry, LoanApplication, Officer
from risk import strategies
from risk.domain.canonical import sha256_of
from risk.domain.decide import ENGINE_VERSION, evaluate
from risk.models import DecisionRecord, StrategyVersion
from risk.strategies import compiled_version
from tests.api.conftest import decided, filled_in
from tests.api.phone import Phone
from tests.desk.conftest import NEIGHBOUR, OWNER, browser_of
from tests.risk.applicants import inputs

pytestmark = pytest.mark.django_db


def record_for(
    application: LoanApplication,
    round: int = 1,
    altered: dict[str, Any] | None = None,
    trace: dict[str, Any] | None = None,
    **changes: Any,
) -> DecisionRecord:
    """A stored decision as the worker leaves one; ``altered`` behind its hash, as no trigger lets it."""
    version = StrategyVersion.objects.get()
    given = inputs(**changes)
    result = evaluate(compiled_version(version.pk), given)
    result["trace"] |= trace or {}
    record = DecisionRecord.objects.create(
        application_id=application.pk, round=round, product_code="shandai",
        strategy_version=version, strategy_sha256=result["strategy"],
        engine_version=ENGINE_VERSION, as_of=timezone.now(), business_date=timezone.localdate(),
        inputs=given, result={**result, **(altered or {})}, inputs_sha256=sha256_of(given),
        result_sha256=sha256_of(result), outcome=result["outcome"], score=result["score"],
        grade=result["grade"] or "", limit_amount=result["limit"],
        reason_codes=[row["code"] for row in result["reasons"]], took_ms=3,
    )
    LoanApplication.objects.filter(pk=application.pk).update(decision_id=record.pk)
    return record


@pytest.fixture
def refused(phone: Phone, clock: dt.datetime) -> LoanApplication:
    """An application of the first officer that the machine refused for an overdue loan."""
    strategies.forget()
    call_command("seed_strategies", verbosity=0)
    i = filled_in(phone)
    officer = Officer.objects.get(user__username=OWNER)
    decided(i, Action.DECLINE, clock)
    LoanApplication.objects.filter(pk=i).update(officer=officer, branch=officer.branch)
    application = LoanApplication.objects.get(pk=i)
    record_for(application, bureau_overdue_now="5000.00", land_mu="80.00")
    return LoanApplication.objects.get(pk=i)


def page(username: str, address: str, status: int = 200) -> str:
    answer = browser_of(username).get(address)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def url(application: LoanApplication, more: str = "") -> str:
    return f"/desk/risk/decisions/{application.decision_id}/{more}"


def test_one_page_shows_inputs_with_provenance_rows_points_and_reasons(
    refused: LoanApplication,
) -> None:
    shown = page("risk", url(refused))
    for words in (
        "OVERDUE_NOW", "您目前有逾期未还的贷款。", "You have a loan that is overdue now.",
        "bureau_overdue_now", "¥5,000", "The source answered", "credit bureau",
        "The source has nothing on this person", "may be used for 7 days", "2026-11-24 10:00:00",
        "months of credit history", "24 … 60", "income we rely on",
        "If you pay what is overdue at other lenders, a loan may become possible.",
        refused.decision_id.hex[:8], ENGINE_VERSION,
    ):
        assert words in shown, words
    assert "PHONE_NOT_YOURS" not in shown  # only what fired


def test_all_rules_are_shown_with_their_truth_on_demand(refused: LoanApplication) -> None:
    shown = page("risk", url(refused, "?rules"))
    assert "PHONE_NOT_YOURS" in shown
    assert "term of the product" in shown
    assert shown.count('class="chip grey">no') > 30


def test_an_approval_shows_the_limit_step_by_step_and_the_price(refused: LoanApplication) -> None:
    record_for(refused, round=2, land_mu="80.00", declared_income="9000.00")
    refused.refresh_from_db()
    shown = page("risk", url(refused))
    for words in ("What the income can carry", "Matrix: Crop farmers, grade", "Rounded down",
                  "Land and herd · L3", "× 115%", "Room to repay · when no row fits",
                  "Market rate (LPR)", "3.00%"):
        assert words in shown, words
    assert re.search(r'class="sel"><td><a class="row"[^>]*>2</a>', shown)
    assert ">1</a>" in shown  # the round before it


def test_the_replay_button_says_identical_and_the_look_is_on_record(
    refused: LoanApplication,
) -> None:
    answer = browser_of("risk").post(url(refused, "replay/"))
    text = answer.content.decode()
    record = DecisionRecord.objects.get(pk=refused.decision_id)
    assert ">identical<" in text.replace("\n", "")
    assert text.count(record.result_sha256) >= 2
    entry = AuditEntry.objects.get(action="decision.replay")
    assert entry.subject_id == str(record.pk)
    assert entry.detail == {"identical": True, "differences": []}


def test_a_record_that_was_altered_behind_our_back_differs_and_says_where(
    refused: LoanApplication,
) -> None:
    record_for(refused, round=2, altered={"score": 900})
    refused.refresh_from_db()
    text = browser_of("risk").post(url(refused, "replay/")).content.decode()
    assert "differs: " in text
    assert "score" in text
    assert "stored result" in text
    assert AuditEntry.objects.get(action="decision.replay").detail["identical"] is False


def test_officers_read_their_own_decisions_and_nobody_elses(refused: LoanApplication) -> None:
    shown = page(OWNER, url(refused))
    assert "OVERDUE_NOW" in shown
    assert "Replay" not in shown
    assert browser_of(OWNER).post(url(refused, "replay/")).status_code == 403
    page(NEIGHBOUR, url(refused), 404)
    page("product", url(refused), 404)
    page("manager.baolun", url(refused))
    assert browser_of("risk").get(f"/desk/risk/decisions/{uuid4()}/").status_code == 404
    assert browser_of("risk").get(url(refused, "replay/")).status_code == 405


def test_the_household_stands_on_one_sheet_with_sources_and_without_what_is_protected(
    refused: LoanApplication,
) -> None:
    shown = page(OWNER, f"/desk/applications/{refused.pk}/profile/")
    for words in ("What comes in", "registered land (mu)", "land register", "¥6,000",
                  "declared monthly income", "What is owed", "overdue now", "Ties and stability",
                  "months with this number", "3.3"):
        assert words in shown, words
    for word in ("1990-03-07", "1985-03-04", "female", "gender", "性别", "民族"):
        assert word not in shown
    page(NEIGHBOUR, f"/desk/applications/{refused.pk}/profile/", 404)
    assert url(refused) in page(OWNER, f"/desk/applications/{refused.pk}/")


def test_traces_of_tables_and_formulas_are_shown_when_an_engine_leaves_them(
    refused: LoanApplication,
) -> None:
    record_for(
        refused,
        round=2,
        trace={
            "tables": [{"table": "ADMISSION", "hit": "first", "rows": ["R7"], "unknown": ["R9"],
                        "values": {"land_mu": "80.00"}}],
            "formulas": [{"name": "free_income", "value": "1160.00"}],
        },
    )
    refused.refresh_from_db()
    shown = page("risk", url(refused))
    for words in ("ADMISSION", "R7", "R9", "free_income", "1160.00"):
        assert words in shown
