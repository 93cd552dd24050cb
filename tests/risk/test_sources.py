"""An answer is used again while it is fresh; an old one stands in where the source's row allows it."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from risk import selectors, services
from risk.gateways.sources import NO_RETRY, REFER, SOURCES, STALE
from risk.models import DecisionRecord, SourceDay, SourceReport
from risk.replay import replayed
from tests.risk.conftest import CONSENTS
from tests.sandbox_client import Sandbox

DAYS = dt.timedelta(days=1)
SERVICES = sorted({source.service for source in SOURCES.values()})
SLOW_REGISTERS = {"land", "subsidies", "housing_fund"}


def asked(sandbox: Sandbox) -> set[tuple[str, str, str]]:
    """Every inquiry the outside world has seen: (service, operation, key of the call)."""
    return {
        (service, call["operation"], str(call))
        for service in SERVICES
        for call in sandbox.calls(service)
    }


def gather(request: Any, now: dt.datetime, **more: Any) -> dict[str, SourceReport]:
    given = {"consents": CONSENTS, "purpose": "loan_approval", **more}
    services.gather(subject=request.subject, now=now, **given)
    reports = SourceReport.objects.filter(application_id=request.subject.application_id)
    return {report.source: report for report in reports}


def again(request: Any, **changes: Any) -> Any:
    """The same question in another application."""
    subject = type(request.subject)(**{**vars(request.subject), "application_id": uuid4()})
    return type(request)(**{**vars(request), "subject": subject, **changes})


def later(request: Any, days: int) -> Any:
    as_of = request.as_of + days * DAYS
    return again(request, as_of=as_of, business_date=as_of.date())


@pytest.mark.django_db
def test_a_second_application_within_a_day_asks_nobody(
    sandbox: Sandbox, request_for: Any, strategy: Any, now: Any
) -> None:
    first = request_for(sandbox.person("teacher"))
    decided = services.decide(first)
    before = asked(sandbox)
    second = again(first, as_of=now + dt.timedelta(hours=5))
    decision = services.decide(second)
    assert asked(sandbox) == before
    assert (decision.outcome, decision.limit, decision.score) == (
        decided.outcome, decided.limit, decided.score,
    )
    reports = {row.source: row for row in SourceReport.objects.filter(reused_from__isnull=False)}
    assert reports.keys() == SOURCES.keys()
    for code, row in reports.items():
        original = SourceReport.objects.get(pk=row.reused_from_id)
        assert original.application_id == first.subject.application_id
        assert (row.source, row.answered_at, row.facts) == (
            code, original.answered_at, original.facts,
        )
        assert (row.cost_fen, row.latency_ms, row.raw_reply) == (0, None, None)
    record = DecisionRecord.objects.get(pk=decision.id)
    assert all(entry["reused"] is True for entry in record.inputs["sources"].values())
    assert record.inputs["sources"]["bureau"]["at"].startswith("2026-11-24T02:00")
    assert replayed(decision.id).identical
    shown = selectors.evidence(second.subject.application_id, 1)
    assert {(row["reused"], row["stale"]) for row in shown} == {(True, False)}


@pytest.mark.django_db
def test_what_is_no_longer_fresh_is_asked_and_the_rest_is_not(
    sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    first = request_for(sandbox.person("teacher"))
    services.decide(first)
    before = len(asked(sandbox))
    second = later(first, 8)
    services.decide(second)
    rows = SourceReport.objects.filter(application_id=second.subject.application_id)
    called = {row.source for row in rows if row.reused_from_id is None}
    assert called == {code for code, source in SOURCES.items() if source.fresh_days < 8}
    assert len(asked(sandbox)) - before == len(called)
    third = later(first, 15)  # carrier and registers are 15 days old, told once more by the second
    services.decide(third)
    reused = SourceReport.objects.filter(
        application_id=third.subject.application_id, reused_from__isnull=False
    )
    ages = {row.source: (third.as_of - row.answered_at).days for row in reused}
    assert ages["carrier"] >= 14
    assert ages["bureau"] >= 6


@pytest.mark.django_db
def test_another_persons_answer_another_purpose_and_another_question_are_never_used(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    person = sandbox.person("teacher")
    first = request_for(person)
    gather(first, now)
    others = {
        "person": (request_for(sandbox.person("teacher", 1)), {}),
        "name": (request_for(person, name="王写错"), {"sources": ["identity", "bureau"]}),
        "purpose": (again(first), {"purpose": "after_loan"}),
    }
    for request, more in others.values():
        reports = gather(request, now, **more)
        assert reports
        assert all(row.reused_from_id is None for row in reports.values())


@pytest.mark.django_db
def test_without_the_present_consent_a_fresh_answer_is_not_used(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    first = request_for(sandbox.person("teacher"))
    gather(first, now)
    reports = gather(again(first), now, consents={"privacy": "p-2"})
    assert reports.keys() == {"identity", "carrier", "card", "own_bank"}
    assert {row.consent_id for row in reports.values()} == {"p-2"}


@pytest.mark.django_db
def test_a_failure_is_never_used_again(sandbox: Sandbox, request_for: Any, now: Any) -> None:
    sandbox.fault("bureau", "report", "error_500", times=1)
    first = request_for(sandbox.person("teacher"))
    assert gather(first, now)["bureau"].result == "ERROR"
    second = gather(again(first), now)["bureau"]
    assert (second.result, second.reused_from_id) == ("MATCH", None)


@pytest.mark.django_db
def test_a_reused_answer_is_never_passed_on_as_a_new_one(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    """Thirty days are thirty days from the source's own answer, however often it is used."""
    first = request_for(sandbox.person("teacher"))
    original = gather(first, now)["tax"]
    middle = gather(again(first), now + 29 * DAYS)["tax"]
    assert middle.reused_from_id == original.pk
    last = gather(again(first), now + 31 * DAYS)["tax"]
    assert last.reused_from_id is None


@pytest.mark.django_db
def test_the_database_refuses_an_answer_to_another_question(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    reports = gather(request_for(sandbox.person("teacher")), now)
    tax, land = reports["tax"], reports["land"]
    lie = {
        "application_id": uuid4(), "round": 1, "source": "tax", "operation": "government/tax",
        "subject_index": tax.subject_index, "consent_id": "c", "purpose": "loan_approval",
        "requested_at": now, "state": "answered", "result": tax.result,
        "answered_at": tax.answered_at, "reused_from": tax,
    }
    wrong: list[dict[str, Any]] = [
        {"reused_from": land}, {"purpose": "after_loan"}, {"answered_at": now + DAYS},
        {"subject_index": land.subject_index}, {"cost_fen": 5}, {"result": "NO_RECORD"},
        {"source": "land"},
    ]
    for change in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            SourceReport.objects.create(**{**lie, **change})
    good = SourceReport.objects.create(**lie)
    with pytest.raises(DatabaseError), transaction.atomic():
        SourceReport.objects.create(**{**lie, "application_id": uuid4(), "reused_from": good})


# ── an older answer stands in ────────────────────────────────────────────────
def test_only_slow_registers_may_be_read_from_an_old_answer() -> None:
    assert {code for code, s in SOURCES.items() if s.fallback == STALE} == SLOW_REGISTERS
    assert all(s.stale_days > s.fresh_days for s in SOURCES.values() if s.fallback == STALE)
    assert not any(s.is_check or s.consent_kind == "bureau" for s in SOURCES.values()
                   if s.fallback != REFER)
    assert {code for code, s in SOURCES.items() if s.retry == NO_RETRY} == {"bureau", "multilender"}


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["error_500", "garbage", "drop_before"])
def test_a_register_that_fails_is_read_from_its_last_answer_and_says_so(
    mode: str, sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    first = request_for(sandbox.person("rice_farmer"))
    limit = services.decide(first).limit
    sandbox.fault("government", "land", mode, times=9)
    second = later(first, 100)
    decision = services.decide(second)
    assert (decision.outcome, decision.limit) == ("approve", limit)
    record = DecisionRecord.objects.get(pk=decision.id)
    entry = record.inputs["sources"]["land"]
    assert (entry["stale"], entry["failure"], entry["result"]) == (True, "ERROR", "MATCH")
    assert entry["at"].startswith("2026-11-24T")
    fact = record.inputs["facts"]["land_mu"]
    assert (fact["state"], fact["at"]) == ("answered", entry["at"])
    assert replayed(decision.id).identical
    (shown,) = [
        row for row in selectors.evidence(second.subject.application_id, 1)
        if row["source"] == "land"
    ]
    assert (shown["result"], shown["stale"], shown["reused"]) == ("ERROR", True, False)
    assert [fact["feature"] for fact in shown["facts"]]
    report = SourceReport.objects.get(pk=entry["report"])
    assert (report.result, report.cost_fen, report.facts) == ("ERROR", 0, {})


@pytest.mark.django_db
def test_an_answer_past_its_stale_days_stands_in_for_nothing(
    sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    first = request_for(sandbox.person("rice_farmer"))
    services.decide(first)
    sandbox.fault("government", "land", "error_500", times=9)
    decision = services.decide(later(first, 366))
    assert decision.outcome == "refer"
    assert [reason.code for reason in decision.reasons] == ["SOURCE_UNAVAILABLE"]


@pytest.mark.django_db
@pytest.mark.parametrize("source", sorted(SOURCES.keys() - SLOW_REGISTERS))
def test_nothing_stands_in_for_the_others(
    source: str, sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    first = request_for(sandbox.person("rice_farmer"))
    services.decide(first)
    row = SOURCES[source]
    sandbox.fault(row.service, row.operation, "error_500", times=9)
    assert services.decide(later(first, 40)).outcome == "refer"


@pytest.mark.django_db
def test_a_source_that_recovers_replaces_what_stood_in(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    first = request_for(sandbox.person("rice_farmer"))
    gather(first, now)
    sandbox.fault("government", "land", "error_500", times=1)
    second = again(first)
    failed = gather(second, now + 100 * DAYS)["land"]
    assert failed.is_stale
    report = gather(second, now + 100 * DAYS)["land"]
    assert (report.result, report.reused_from_id, report.attempts) == ("MATCH", None, 2)


# ── whose answer it is ───────────────────────────────────────────────────────
@pytest.mark.django_db
@pytest.mark.parametrize("source", sorted(SOURCES))
def test_somebody_elses_data_never_approves(
    source: str, sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    row = SOURCES[source]
    sandbox.fault(row.service, row.operation, "other_person", times=9)
    request = request_for(sandbox.person("rice_farmer"))
    decision = services.decide(request)
    assert decision.outcome == "refer"
    report = SourceReport.objects.get(
        application_id=request.subject.application_id, source=source
    )
    assert (report.result, report.problem, report.facts) == ("ERROR", "other_person", {})
    assert SourceDay.objects.get(source=source).cost_fen == 0
