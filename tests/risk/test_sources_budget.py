"""A day's budget holds in the database, whoever asks at the same time; what fails costs nothing."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from risk import asking, gathering, services, spending
from risk.gateways.answers import Answer
from risk.gateways.sources import SOURCES
from risk.models import SourceDay, SourceReport, SourceSetting
from risk.questions import questions_for
from risk.selectors.sources import UnknownSource
from risk.services.sources import SettingChanged, WrongLimit, change_setting
from tests.risk.conftest import CONSENTS
from tests.sandbox_client import Sandbox

BUREAU, LAND = SOURCES["bureau"], SOURCES["land"]


def limited(now: dt.datetime, source: str = "bureau", **values: Any) -> None:
    given = {"is_enabled": True, "daily_budget_fen": None, "daily_calls_max": None, **values}
    change_setting(source=source, seen=0, author="risk.manager", now=now, **given)


def gather(request: Any, now: dt.datetime, source: str = "bureau") -> SourceReport:
    services.gather(
        subject=request.subject, consents=CONSENTS, purpose="loan_approval", sources=[source],
        now=now,
    )
    return SourceReport.objects.get(
        application_id=request.subject.application_id, source=source
    )


def spent(source: str = "bureau") -> tuple[int, int]:
    day = SourceDay.objects.get(source=source)
    return day.calls, day.cost_fen


@pytest.mark.django_db
def test_what_is_asked_is_counted_on_its_day(sandbox: Sandbox, request_for: Any, now: Any) -> None:
    gather(request_for(sandbox.person("teacher")), now)
    late = now.replace(hour=23, minute=59)
    gather(request_for(sandbox.person("teacher", 1)), late)
    gather(request_for(sandbox.person("teacher", 2)), late + dt.timedelta(minutes=2))
    days = SourceDay.objects.filter(source="bureau").order_by("day")
    assert [(row.day, row.calls, row.cost_fen) for row in days] == [
        (now.date(), 2, 800), (now.date() + dt.timedelta(days=1), 1, 400),
    ]


@pytest.mark.django_db
def test_over_the_budget_nobody_is_asked_and_a_person_decides(
    sandbox: Sandbox, request_for: Any, strategy: Any, now: Any
) -> None:
    limited(now, daily_budget_fen=799)
    assert gather(request_for(sandbox.person("teacher")), now).result == "MATCH"
    before = len(sandbox.calls("bureau"))
    request = request_for(sandbox.person("teacher", 1))
    assert services.decide(request).outcome == "refer"
    report = gather(request, now)
    assert (report.result, report.problem, report.cost_fen) == ("ERROR", "budget", 0)
    assert len(sandbox.calls("bureau")) == before
    assert spent() == (1, 400)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"is_enabled": False}, "disabled"),
        ({"is_enabled": False, "daily_calls_max": 0}, "disabled"),
        ({"daily_calls_max": 0}, "budget"),
        ({"daily_budget_fen": 0}, "budget"),
        ({"daily_budget_fen": 399}, "budget"),
    ],
)
def test_what_may_not_be_asked_is_never_asked(
    values: dict[str, Any], problem: str, sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    limited(now, **values)
    before = len(sandbox.calls("bureau"))
    report = gather(request_for(sandbox.person("teacher")), now)
    assert (report.result, report.problem, report.latency_ms) == ("ERROR", problem, 0)
    assert len(sandbox.calls("bureau")) == before
    assert not SourceDay.objects.filter(source="bureau").exists()


@pytest.mark.django_db
def test_an_older_answer_stands_in_for_a_register_that_is_switched_off(
    sandbox: Sandbox, request_for: Any, strategy: Any, now: Any
) -> None:
    first = request_for(sandbox.person("rice_farmer"))
    services.decide(first)
    limited(now, "land", is_enabled=False)
    later = now + dt.timedelta(days=100)
    second = request_for(sandbox.person("rice_farmer"), as_of=later, business_date=later.date())
    assert services.decide(second).outcome == "approve"
    report = SourceReport.objects.get(
        application_id=second.subject.application_id, source="land"
    )
    assert (report.problem, report.is_stale) == ("disabled", True)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["error_500", "garbage", "drop_before", "huge", "other_person"])
def test_what_fails_costs_nothing(
    mode: str, sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    limited(now, daily_budget_fen=400)
    sandbox.fault("bureau", "report", mode, times=1)
    assert gather(request_for(sandbox.person("teacher")), now).cost_fen == 0
    assert spent() == (1, 0)
    assert gather(request_for(sandbox.person("teacher", 1)), now).result == "MATCH"
    assert spent() == (2, 400)


@pytest.mark.django_db
def test_a_call_held_back_by_the_breaker_is_no_call(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    sandbox.fault("bureau", "report", "error_500", times=99)
    people = sandbox.people("teacher", limit=10)
    problems = [gather(request_for(person), now).problem for person in people]
    assert problems == ["http_error"] * 8 + ["breaker_open"] * 2
    assert spent() == (8, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_application_are_one_call_and_one_cost(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    sandbox.fault("bureau", "report", "delay", times=1, delay_s=0.3)
    request = request_for(sandbox.person("teacher"))
    before = len(sandbox.calls("bureau"))
    in_threads(lambda _: gather(request, now), 6)
    assert len(sandbox.calls("bureau")) - before == 1
    assert spent() == (1, 400)
    assert SourceReport.objects.get().cost_fen == 400


@pytest.mark.django_db(transaction=True)
def test_many_workers_together_stay_within_the_budget(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    limited(now, daily_budget_fen=1_300, daily_calls_max=9)
    requests = [request_for(person) for person in sandbox.people("teacher", limit=8)]
    before = len(sandbox.calls("bureau"))
    reports = in_threads(lambda n: gather(requests[n], now), 8)
    assert sorted(row.problem for row in reports) == [""] * 3 + ["budget"] * 5
    assert len(sandbox.calls("bureau")) - before == 3
    assert spent() == (3, 1_200)


@pytest.mark.django_db(transaction=True)
def test_a_call_whose_worker_died_counts_as_paid_and_its_late_answer_is_dropped(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    request = request_for(sandbox.person("teacher"))
    questions = questions_for(request.subject, CONSENTS, [BUREAU])
    application = request.subject.application_id
    (claim,) = gathering._claim(application, questions, "loan_approval", 1, now).values()
    spending.reserve([BUREAU], now.date())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE risk_sourcereport SET claimed_at = now() - interval '1 minute'")
    taken = gather(request, now)
    assert (taken.result, taken.attempts, spent()) == ("MATCH", 2, (2, 800))
    question, report_id, attempt = claim
    late = Answer("MATCH", {"bureau_has_file": False}, {"result": "MATCH"}, "", 9_000)
    asking.store({report_id: (question, attempt, late)}, {}, "loan_approval", now)
    assert gather(request, now).facts == taken.facts
    assert spent() == (2, 800)


@pytest.mark.django_db
def test_a_setting_is_changed_by_who_has_seen_it(now: Any) -> None:
    values: dict[str, Any] = {"is_enabled": True, "daily_budget_fen": 100, "daily_calls_max": None}
    before, after = change_setting(source="tax", seen=0, author="a", now=now, **values)
    assert (before.number, after.number, after.daily_budget_fen) == (0, 1, 100)
    with pytest.raises(SettingChanged):
        change_setting(source="tax", seen=0, author="b", now=now, **values)
    before, after = change_setting(
        source="tax", seen=1, author="b", now=now, **{**values, "is_enabled": False}
    )
    assert (before.changed_by, after.changed_by, after.is_enabled) == ("a", "b", False)
    with pytest.raises(SettingChanged):
        change_setting(source="tax", seen=1, author="c", now=now, **values)
    with pytest.raises(UnknownSource):
        change_setting(source="moon", seen=0, author="c", now=now, **values)
    for wrong in ({"daily_budget_fen": -1}, {"daily_budget_fen": 10**12}, {"daily_calls_max": 10**9}):
        with pytest.raises(WrongLimit):
            change_setting(source="tax", seen=2, author="c", now=now, **{**values, **wrong})
    with pytest.raises(DatabaseError), transaction.atomic():
        SourceSetting.objects.update(changed_by="")


def in_threads(work: Any, n: int) -> list[Any]:
    def closing(at: int) -> Any:
        try:
            return work(at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(closing, range(n)))
