"""Asking sources: consent first, once each, at once, and never believing a broken answer."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from risk import asking, gathering, services
from risk.contracts import Subject
from risk.gateways.sources import SOURCES
from risk.models import DecisionRecord, SourceReport
from risk.questions import questions_for
from tests.risk.conftest import CONSENTS
from tests.sandbox_client import Sandbox

SLOW = {"bureau": "report", "courts": "search", "multilender": "exposure", "identity": "verify"}


def gather(request: Any, now: Any, consents: Any = CONSENTS, **more: Any) -> list[SourceReport]:
    services.gather(
        subject=request.subject, consents=consents, purpose="loan_approval", now=now, **more
    )
    return list(SourceReport.objects.filter(application_id=request.subject.application_id))


@pytest.mark.django_db
def test_only_sources_with_consent_are_asked(sandbox: Sandbox, request_for: Any, now: Any) -> None:
    request = request_for(sandbox.person("teacher"))
    reports = gather(request, now, {"privacy": "c-1"})
    assert {row.source for row in reports} == {"identity", "carrier", "card", "own_bank"}
    assert {row.consent_id for row in reports} == {"c-1"}
    reports = gather(request, now)
    assert {row.source for row in reports} == set(SOURCES)
    assert {row.attempts for row in reports} == {1}


@pytest.mark.django_db
def test_without_the_bureaus_consent_a_person_decides(
    sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    request = request_for(sandbox.person("teacher"), consents={"privacy": "a", "data_sharing": "b"})
    before = len(sandbox.calls("bureau"))
    assert services.decide(request).outcome == "refer"
    assert len(sandbox.calls("bureau")) == before


@pytest.mark.django_db
def test_a_card_is_asked_about_once_there_is_one(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    request = request_for(sandbox.person("teacher"))
    with_card = request.subject
    bare = Subject(**{**vars(with_card), "card_number": None})
    services.gather(subject=bare, consents=CONSENTS, purpose="loan_approval", now=now)
    asked = SourceReport.objects.filter(application_id=bare.application_id)
    assert "card" not in {row.source for row in asked}
    services.gather(subject=with_card, consents=CONSENTS, purpose="loan_approval", now=now)
    assert asked.filter(source="card").count() == 1
    assert asked.all().count() == len(SOURCES)


@pytest.mark.django_db
def test_a_corrected_name_is_another_question(
    sandbox: Sandbox, request_for: Any, strategy: Any, now: Any
) -> None:
    person = sandbox.person("teacher")
    wrong = request_for(person, name="王写错")
    gather(wrong, now)
    right = request_for(person, application_id=wrong.subject.application_id)
    assert services.decide(right).outcome == "approve"
    identity = SourceReport.objects.filter(
        application_id=wrong.subject.application_id, source="identity"
    )
    assert sorted(row.result for row in identity) == ["MATCH", "MISMATCH"]


@pytest.mark.django_db
@pytest.mark.parametrize("source", sorted(SOURCES))
@pytest.mark.parametrize("mode", ["error_500", "garbage", "drop_before", "huge"])
def test_a_broken_source_never_approves(
    source: str, mode: str, sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    asked = SOURCES[source]
    sandbox.fault(asked.service, asked.operation, mode, times=9)
    request = request_for(sandbox.person("rice_farmer"))
    decision = services.decide(request)
    assert decision.outcome == "refer"
    assert [reason.code for reason in decision.reasons] == ["SOURCE_UNAVAILABLE"]
    report = SourceReport.objects.get(application_id=request.subject.application_id, source=source)
    assert (report.result, report.facts, report.cost_fen) == ("ERROR", {}, 0)


@pytest.mark.django_db
def test_a_silent_source_times_out_and_refers(
    sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    sandbox.fault("courts", "search", "hang", times=9, delay_s=30)
    started = time.monotonic()
    decision = services.decide(request_for(sandbox.person("teacher")))
    assert time.monotonic() - started < 4.5
    assert decision.outcome == "refer"
    assert SourceReport.objects.get(source="courts").result == "TIMEOUT"


@pytest.mark.django_db
def test_a_source_that_recovers_is_asked_again_at_submission(
    sandbox: Sandbox, request_for: Any, strategy: Any, now: Any
) -> None:
    sandbox.fault("bureau", "report", "error_500", times=1)
    request = request_for(sandbox.person("teacher"))
    gather(request, now)
    assert SourceReport.objects.get(source="bureau").result == "ERROR"
    assert services.decide(request).outcome == "approve"
    assert SourceReport.objects.get(source="bureau").attempts == 2


@pytest.mark.django_db
def test_no_bureau_record_is_a_starter_offer(
    sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    sandbox.fault("bureau", "report", "no_record", times=1)
    decision = services.decide(request_for(sandbox.person("rice_farmer")))
    assert decision.outcome == "approve"
    assert decision.limit <= 5000


@pytest.mark.django_db
def test_a_second_round_reuses_what_is_fresh(
    sandbox: Sandbox, request_for: Any, strategy: Any, now: Any
) -> None:
    person = sandbox.person("teacher")
    first = request_for(person)
    services.decide(first)
    later = now + timedelta(days=3)
    second = request_for(
        person,
        application_id=first.subject.application_id,
        round=2,
        as_of=later,
        business_date=later.date(),
    )
    assert services.decide(second).outcome == "approve"
    asked_again = set(SourceReport.objects.filter(round=2).values_list("source", flat=True))
    assert asked_again == {code for code, source in SOURCES.items() if source.fresh_days < 3}


@pytest.mark.django_db(transaction=True)
def test_sources_are_asked_at_the_same_time(sandbox: Sandbox, request_for: Any, now: Any) -> None:
    for service, operation in SLOW.items():
        sandbox.fault(service, operation, "delay", times=1, delay_s=0.5)
    started = time.monotonic()
    reports = gather(request_for(sandbox.person("teacher")), now)
    took = time.monotonic() - started
    assert len(reports) == len(SOURCES)
    assert 0.5 <= took < 1.2  # four slow sources one after another would need 2 s


@pytest.mark.django_db(transaction=True)
def test_two_callers_ask_each_source_once(
    sandbox: Sandbox, request_for: Any, strategy: Any
) -> None:
    sandbox.fault("bureau", "report", "delay", times=1, delay_s=0.4)
    request = request_for(sandbox.person("civil_servant"))
    before = {service: len(sandbox.calls(service)) for service in ("bureau", "government")}

    def decide(_: int) -> Any:
        try:
            return services.decide(request)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        decisions = list(pool.map(decide, range(6)))
    assert len({decision.id for decision in decisions}) == 1
    assert decisions[0].outcome == "approve"
    assert DecisionRecord.objects.count() == 1
    assert len(sandbox.calls("bureau")) - before["bureau"] == 1
    assert len(sandbox.calls("government")) - before["government"] == 5


@pytest.mark.django_db(transaction=True)
def test_a_claim_whose_owner_died_is_taken_over(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    request = request_for(sandbox.person("teacher"))
    questions = questions_for(request.subject, CONSENTS, [SOURCES["tax"]])
    gathering._claim(request.subject.application_id, questions, "loan_approval", 1, now)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE risk_sourcereport SET claimed_at = now() - interval '1 minute'")
    (report,) = [row for row in gather(request, now, sources=["tax"]) if row.source == "tax"]
    assert (report.state, report.attempts) == ("answered", 2)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_a_moment_ago_does_not_send_the_applicant_to_a_person(
    sandbox: Sandbox, request_for: Any, strategy: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its claims are still fresh when the decision begins: wait them out, then ask."""
    monkeypatch.setattr(gathering, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(gathering, "WAIT_FOR_OTHERS_S", 1.2)
    request = request_for(sandbox.person("teacher"))
    questions = questions_for(request.subject, CONSENTS, list(SOURCES.values()))
    gathering._claim(request.subject.application_id, questions, "loan_approval", 1, now)
    assert services.decide(request).outcome == "approve"


@pytest.mark.django_db(transaction=True)
def test_no_outside_call_inside_a_transaction(sandbox: Sandbox, request_for: Any, now: Any) -> None:
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        gather(request_for(sandbox.person("teacher")), now)


def test_threads_of_a_process_share_one_pool() -> None:
    pools: list[Any] = []
    threads = [threading.Thread(target=lambda: pools.append(asking._pool())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(pool) for pool in pools}) == 1
