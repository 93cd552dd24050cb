"""Back-tests at the desk: who may look and start, what the report says, a run revived by the sweeper."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lending import tasks
from lending.models import AuditEntry, LoanApplication, OutboxMessage
from lending.services import backtests as service
from risk import strategies
from risk.models import BacktestRun, StrategyVersion
from tests.desk.conftest import OWNER, browser_of
from tests.risk.test_backtests import drafted, store

pytestmark = pytest.mark.django_db
MAKER, MANAGER = "risk", "manager.baolun"


@pytest.fixture
def draft(bank: None) -> StrategyVersion:
    strategies.forget()  # row ids repeat from test to test
    call_command("seed_strategies", verbosity=0)
    standing = StrategyVersion.objects.get(strategy__code="default", state="published")
    store(standing, 60, timezone.now())
    return drafted(standing, timezone.now())


def page_of(browser: Client, version: StrategyVersion) -> Any:
    return browser.get(f"/desk/risk/strategies/{version.pk}/backtest/")


def post(browser: Client, version: StrategyVersion, verb: str = "start", **form: Any) -> Any:
    return browser.post(f"/desk/risk/strategies/{version.pk}/backtest/{verb}/", form)


def test_a_version_is_tried_on_the_past_and_the_report_tells(draft: StrategyVersion) -> None:
    browser = browser_of(MAKER)
    assert "Decide them again" in page_of(browser, draft).content.decode()
    assert post(browser, draft, wanted="50").status_code == 302
    waiting = page_of(browser, draft)
    assert waiting["Refresh"] == "2"
    message = OutboxMessage.objects.get(task="lending.run_backtest")
    assert set(message.arguments) == {"run_id"}
    tasks.run_backtest(**message.arguments)
    answer = page_of(browser, draft)
    text = answer.content.decode()
    assert "Refresh" not in answer
    assert "Of 50 applications" in text
    assert "MANY_LENDERS" in text
    assert text.count("<svg class=\"chart\"") == 7
    assert "Expected loss" in text
    assert AuditEntry.objects.filter(action="backtest.start").exists()


def test_examples_link_only_applications_the_viewer_may_see(
    draft: StrategyVersion, referred: LoanApplication
) -> None:
    browser = browser_of(MAKER)
    post(browser, draft)
    service.run(run_id=BacktestRun.objects.get().pk, now=timezone.now())
    kept = BacktestRun.objects.get().summary["examples"]  # type: ignore[index]
    shown = next(ids for ids in kept.values() if ids)[0]
    LoanApplication.objects.filter(pk=referred.pk).update(decision_id=UUID(shown))
    text = page_of(browser, draft).content.decode()
    assert f"/desk/applications/{referred.pk}/" in text
    assert shown[:8] in text


def test_who_may_look_and_who_may_start(draft: StrategyVersion) -> None:
    assert page_of(browser_of(OWNER), draft).status_code == 403
    manager = browser_of(MANAGER)
    answer = page_of(manager, draft)
    assert answer.status_code == 200
    assert "Decide them again" not in answer.content.decode()
    assert post(manager, draft).status_code == 403
    assert page_of(browser_of(MAKER), StrategyVersion(pk=10**6)).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"wanted": "-1"}, {"wanted": "10000001"}, {"wanted": "\0"}, {"wanted": "９"},
        {"date_from": "yesterday"}, {"date_from": "2026-02-01", "date_to": "2026-01-01"},
        {"product": "\0x"}, {"product": "no-such"}, {"before": "x"},
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_words(draft: StrategyVersion, form: dict[str, str]) -> None:
    answer = post(browser_of(MAKER), draft, **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not BacktestRun.objects.exists()


def test_a_version_in_force_needs_another_to_be_compared_with(draft: StrategyVersion) -> None:
    standing = StrategyVersion.objects.get(strategy__code="default", state="published")
    browser = browser_of(MAKER)
    assert post(browser, standing).status_code == 409
    assert post(browser, standing, before=str(draft.pk)).status_code == 302
    assert post(browser, draft, before=str(10**6)).status_code == 404


def test_a_run_is_stopped_and_one_left_alone_is_asked_for_again(draft: StrategyVersion) -> None:
    browser = browser_of(MAKER)
    post(browser, draft)
    OutboxMessage.objects.all().delete()
    now = timezone.now()
    assert service.revive(now=now) == 0
    BacktestRun.objects.update(lease_until=now - dt.timedelta(hours=1))
    assert service.revive(now=now) == 1
    assert service.revive(now=now) == 0
    assert post(browser, draft, "cancel").status_code == 302
    assert BacktestRun.objects.get().state == "cancelled"
    assert "was stopped" in page_of(browser, draft).content.decode()


def test_a_long_run_hands_over_to_the_next_task(draft: StrategyVersion) -> None:
    post(browser_of(MAKER), draft)
    OutboxMessage.objects.all().delete()
    run_id = BacktestRun.objects.get().pk
    ticks = iter(range(0, 1000, 30))
    service.run(run_id=run_id, now=timezone.now(), clock=lambda: next(ticks))
    assert OutboxMessage.objects.filter(task="lending.run_backtest").count() == 1
    service.run(run_id=run_id, now=timezone.now())
    assert BacktestRun.objects.get().state == "done"
