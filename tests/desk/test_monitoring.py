"""The monitoring page: figures with their tables, days made safe, alerts read by a person."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from lending.models import AuditEntry, BusinessDay, LoanApplication, ManualReview, Officer
from lending.models import ReviewRequest as Asked
from lending.selectors import monitoring as lending_reading
from lending.services import monitoring as service
from risk.models import MonitoringAlert
from risk.strategies import published_version
from tests.desk.conftest import NEIGHBOUR, OWNER, browser_of
from tests.risk.test_monitoring import store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank")]
URL = "/desk/risk/monitoring/"


@pytest.fixture(autouse=True)
def _today(bank: None, now: dt.datetime) -> None:
    call_command("seed_strategies", verbosity=0)
    BusinessDay.objects.update(current_date=now.date())


@pytest.fixture
def risk_manager(bank: None) -> Client:
    return browser_of("risk")


@pytest.fixture
def busy(now: dt.datetime) -> None:
    """Half a month of decisions, the newest ones mostly referred."""
    today = now.date()
    strategy = published_version("default", today)
    for back in (50, 45, 10, 5):
        day = today - dt.timedelta(days=back)
        store(strategy, day, 60, score=lambda i: 520 + i)
        store(strategy, day, 20, outcome="decline", reasons=("SCORE_TOO_LOW",), score=400)
    store(strategy, today, 150, outcome="refer", reasons=("DATA_INCOMPLETE",), score=None)
    service.watch(now=now)


def test_an_empty_bank_has_an_honest_page(risk_manager: Client, now: dt.datetime) -> None:
    page = risk_manager.get(URL).content.decode()
    for words in ("No decision in these days.", "Too few loans yet", "No alert"):
        assert words in page
    service.watch(now=now)
    assert risk_manager.get(URL).status_code == 200


def test_every_chart_stands_beside_its_table(risk_manager: Client, busy: None) -> None:
    page = risk_manager.get(URL).content.decode()
    charts = page.count('<svg class="chart"')
    assert charts == 4  # per day, rates, scores, reasons; no loans yet
    assert page.count("<details") >= charts - 1
    assert "310" in page  # 80 + 80 + 150 decisions of thirty days
    assert "<script>" not in page
    assert "style=" not in page


def test_days_are_made_safe(risk_manager: Client, busy: None) -> None:
    for query in (
        "period=week",
        "period=90&product=shandai",
        "period=days&since=2026-11-01&until=2026-11-30",
        "period=days&since=0001-01-01&until=9999-12-31",
        "period=days&since=x&until=%00",
        "product=%00%27--",
        "period=" + "9" * 500,
    ):
        assert risk_manager.get(f"{URL}?{query}").status_code == 200, query


def test_the_daily_table_can_be_taken_along(risk_manager: Client, busy: None) -> None:
    answer = risk_manager.get(f"{URL}daily.csv?period=days&since=1990-01-01&until=2026-11-24")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 5
    assert rows[-1].startswith("2026-11-24,150,0,150,0,")


def test_an_alert_is_counted_shown_and_read_on_record(
    risk_manager: Client, busy: None, now: dt.datetime
) -> None:
    codes = set(MonitoringAlert.objects.values_list("code", flat=True))
    assert "automation_low" in codes
    assert "waits to be read" in risk_manager.get("/desk/").content.decode().replace("wait to", "waits to")
    alert = MonitoringAlert.objects.get(code="automation_low")
    where = f"{URL}alerts/{alert.pk}/"
    short = risk_manager.post(where, {"note": "hm"})
    assert short.status_code == 422
    assert 'value="hm"' in short.content.decode()
    assert risk_manager.post(where, {"note": "the bureau was away"}).status_code == 302
    assert "the bureau was away" in risk_manager.get(URL).content.decode()
    assert risk_manager.post(where, {"note": "again, twice"}).status_code == 409
    assert risk_manager.post(f"{URL}alerts/999999/", {"note": "nothing"}).status_code == 404
    entry = AuditEntry.objects.get(action="monitoring.acknowledge")
    assert (entry.actor, entry.reason) == ("S002", "the bureau was away")


def review(application: LoanApplication, who: str, round: int, **values: Any) -> None:
    officer = Officer.objects.select_related("user").get(user__username=who)
    ManualReview.objects.create(
        application=application, round=round, reviewer=officer.user, reason_code="other_evidence",
        note="seen", **values,
    )


def test_overrides_are_counted_by_officer_within_the_viewers_branch(
    referred: LoanApplication, clock: dt.datetime
) -> None:
    limits = [("30000", "20000"), ("10000", "20000"), ("20000", "20000")]
    for round, (approved, machine) in enumerate(limits, 1):
        review(
            referred, OWNER, round, verdict="approve", at=clock,
            approved_limit=Decimal(approved), machine_limit=Decimal(machine),
        )
    review(referred, NEIGHBOUR, 4, verdict="decline", at=clock, machine_limit=Decimal(5_000))
    review(referred, NEIGHBOUR, 5, verdict="decline", at=clock)
    span = {"since": clock - dt.timedelta(days=1), "until": clock + dt.timedelta(days=1)}
    risk = Officer.objects.get(user__username="risk").user
    rows = {row.officer: row for row in lending_reading.overrides(user=risk, **span)}
    mine, other = rows["李国强"], rows["王秀英"]
    assert (mine.n, mine.limit_up, mine.limit_down, mine.refused) == (3, 1, 1, 0)
    assert mine.rate == pytest.approx(2 / 3)
    assert (other.n, other.refused, other.rate) == (2, 1, 0.5)
    stranger = Officer.objects.get(user__username="manager.chaotian").user
    assert lending_reading.overrides(user=stranger, **span) == []
    assert lending_reading.override_rate(**span) == (pytest.approx(3 / 5), 5)
    Asked.objects.create(application=referred, reason="", at=clock)
    after = {row.officer: row for row in lending_reading.overrides(user=risk, **span)}
    assert (after["李国强"].approved_after_decline, after["李国强"].limit_up) == (3, 0)
    page = browser_of("manager.baolun").get(URL).content.decode()
    assert "your branch" in page
    # asked before the machine answered: its suggestion stands, a verdict within it overrides nothing
    LoanApplication.objects.filter(pk=referred.pk).update(wants_person=True, wants_person_at=clock)
    before = {row.officer: row for row in lending_reading.overrides(user=risk, **span)}
    assert (before["李国强"].approved_after_decline, before["李国强"].limit_up) == (0, 1)
    assert before["李国强"].overridden == 2
