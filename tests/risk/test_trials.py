"""Trials: two people, one at a time, the right arm, and a challenger that can harm nobody."""

import threading
import time
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from risk import services
from risk.models import DecisionFigures, DecisionRecord, StrategyTrial, TrialDecision
from risk.replay import replay_all
from risk.selectors import trials as reading
from risk.selectors.trial_comparison import comparison
from risk.services import monitoring, strategies, trials
from tests.risk.test_strategies import TODAY, TOMORROW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Any:
    trials.forget()
    monitoring.forget()
    yield
    trials.forget()
    monitoring.forget()


@pytest.fixture
def challenger(strategy: Any, now: Any) -> Any:
    """An approved version under which nobody reaches a grade."""
    draft = strategies.draft_from(version_id=strategy.pk, author="R001", now=now)
    grades = [{"grade": g, "from": 10_000 - i} for i, g in enumerate("ABCDE")]
    strategies.revise(
        version_id=draft.pk,
        author="R001",
        definition={**draft.definition, "grades": grades},
        note="",
        revision=0,
    )
    strategies.submit(version_id=draft.pk, author="R001")
    return strategies.approve(version_id=draft.pk, checker="R002", now=now)


def started(challenger: Any, now: Any, **changes: Any) -> StrategyTrial:
    asked = {"mode": "shadow", "share_percent": None, "note": "try", "by": "R002", **changes}
    return trials.start(challenger_id=challenger.pk, now=now, **asked)


def ids(trial: StrategyTrial, *, challenged: bool, count: int = 1) -> list[UUID]:
    """Application ids that fall into the arm asked for."""
    here = trials.active(trial.strategy_id)
    assert here is not None
    found: list[UUID] = []
    while len(found) < count:
        one = uuid4()
        if here.is_challenged(one) == challenged:
            found.append(one)
    return found


def row_of(decision: Any) -> TrialDecision:
    return TrialDecision.objects.get(decision_id=decision.id)


def test_a_trial_needs_an_approved_version_and_a_second_person(
    strategy: Any, challenger: Any, now: Any
) -> None:
    with pytest.raises(strategies.SamePerson):
        started(challenger, now, by="R001")
    with pytest.raises(trials.CannotTry, match="not_approved"):
        started(strategy, now)
    for share in (None, 0, 51):
        with pytest.raises(trials.CannotTry, match="share"):
            started(challenger, now, mode="split", share_percent=share)
    with pytest.raises(strategies.NoVersion):
        trials.start(
            challenger_id=999_999, mode="shadow", share_percent=None, note="", by="R002", now=now
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        StrategyTrial.objects.create(
            strategy=strategy.strategy, challenger=challenger, challenger_author="R001",
            mode="shadow", salt="x", started_by="R001", started_at=now,
        )


def test_one_trial_of_a_strategy_at_a_time(challenger: Any, now: Any) -> None:
    first = started(challenger, now)
    with pytest.raises(trials.CannotTry, match="running"):
        started(challenger, now)
    trials.end(trial_id=first.pk, by="R003", now=now)
    with pytest.raises(trials.CannotTry, match="ended"):
        trials.end(trial_id=first.pk, by="R003", now=now)
    started(challenger, now)


def test_what_was_started_stands(challenger: Any, now: Any) -> None:
    trial = started(challenger, now)
    for statement in (
        "UPDATE risk_strategytrial SET salt = 'other'",
        "UPDATE risk_strategytrial SET mode = 'split', share_percent = 5",
        "DELETE FROM risk_strategytrial",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert StrategyTrial.objects.get().salt == trial.salt


def test_split_decides_by_the_right_version_in_every_round(
    sandbox: Any, request_for: Any, strategy: Any, challenger: Any, now: Any
) -> None:
    trial = started(challenger, now, mode="split", share_percent=50)
    person = sandbox.person("teacher")
    (new,), (old,) = ids(trial, challenged=True), ids(trial, challenged=False)
    declined = services.decide(request_for(person, application_id=new))
    again = services.decide(request_for(person, application_id=new, round=2))
    approved = services.decide(request_for(person, application_id=old))
    assert [declined.outcome, again.outcome, approved.outcome] == ["decline", "decline", "approve"]
    arms = [row_of(d).arm for d in (declined, again, approved)]
    assert arms == ["challenger", "challenger", "champion"]
    record = DecisionRecord.objects.get(pk=declined.id)
    assert record.strategy_version_id == challenger.pk
    row = row_of(approved)
    assert (row.outcome, row.limit_amount) == ("approve", approved.limit)
    assert row.annual_rate == approved.offers[0].annual_rate
    report = replay_all(since=None, under=None)
    assert (report.equal, report.different) == (3, 0)


def test_a_shadow_decides_nothing_and_answers_afterwards(
    sandbox: Any, request_for: Any, strategy: Any, challenger: Any, now: Any
) -> None:
    started(challenger, now)
    decision = services.decide(request_for(sandbox.person("teacher")))
    assert decision.outcome == "approve"
    assert DecisionRecord.objects.get().strategy_version_id == strategy.pk
    waiting = row_of(decision)
    assert (waiting.arm, waiting.outcome, waiting.filled_at) == ("shadow", "", None)
    assert trials.fill_shadows(now=now) == 1
    answered = row_of(decision)
    assert (answered.outcome, answered.problem, answered.filled_at) == ("decline", "", now)
    assert answered.reason_codes[0] == "SCORE_TOO_LOW"
    assert trials.fill_shadows(now=now) == 0
    assert replay_all(since=None, under=None).different == 0
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE risk_trialdecision SET outcome = 'approve'")


def test_a_challenger_that_explodes_leaves_the_champion_deciding(
    sandbox: Any, request_for: Any, challenger: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = started(challenger, now, mode="split", share_percent=50)
    (new,) = ids(trial, challenged=True)
    explode(monkeypatch, challenger)
    decision = services.decide(request_for(sandbox.person("teacher"), application_id=new))
    assert decision.outcome == "approve"
    row = row_of(decision)
    assert (row.arm, row.outcome, row.problem) == ("challenger", "", "ZeroDivisionError")
    assert DecisionRecord.objects.get().strategy_version_id != challenger.pk


def test_a_shadow_that_explodes_is_written_down(
    sandbox: Any, request_for: Any, challenger: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(challenger, now)
    explode(monkeypatch, challenger)
    decision = services.decide(request_for(sandbox.person("teacher")))
    assert decision.outcome == "approve"
    assert trials.fill_shadows(now=now) == 1
    assert (row_of(decision).outcome, row_of(decision).problem) == ("", "ZeroDivisionError")


def explode(monkeypatch: pytest.MonkeyPatch, challenger: Any) -> None:
    """The challenger's own evaluation fails, the champion's does not."""
    for name in ("risk.services.decisions.evaluate_both", "risk.services.trials.evaluate"):
        module, _, function = name.rpartition(".")
        real = getattr(import_module(module), function)

        def failing(strategy: Any, inputs: Any, real: Any = real) -> Any:
            if strategy.sha256 == challenger.sha256:
                raise ZeroDivisionError
            return real(strategy, inputs)

        monkeypatch.setattr(name, failing)


def test_figures_that_cannot_be_kept_do_not_stop_a_decision(
    sandbox: Any, request_for: Any, challenger: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(challenger, now)

    def broken(**_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    monkeypatch.setattr("risk.services.trials.keep", broken)
    assert services.decide(request_for(sandbox.person("teacher"))).outcome == "approve"
    assert DecisionRecord.objects.count() == 1
    assert not DecisionFigures.objects.exists()


def test_a_trial_nobody_can_read_is_no_trial(
    sandbox: Any, request_for: Any, strategy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk.services.trials.active", lambda *_: 1 / 0)
    assert services.decide(request_for(sandbox.person("teacher"))).outcome == "approve"


@pytest.mark.parametrize("how", ["promote", "retire"])
def test_a_trial_is_over_when_its_challenger_is_promoted_or_retired(
    challenger: Any, now: Any, how: str
) -> None:
    trial = started(challenger, now)
    assert trials.active(trial.strategy_id) is not None
    if how == "promote":
        strategies.promote(
            version_id=challenger.pk, releaser="R002", valid_from=TOMORROW, today=TODAY, now=now
        )
    else:
        strategies.retire(version_id=challenger.pk, today=TODAY, now=now)
    trials.forget()
    assert trials.active(trial.strategy_id) is None
    assert not reading.trial(trial.pk).is_running
    assert trials.close_over(now=now) == 1
    assert StrategyTrial.objects.get().ended_by == "system"


def test_looking_for_a_trial_costs_one_query_every_few_seconds(
    strategy: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert trials.active(strategy.strategy_id) is None
        assert trials.active(strategy.strategy_id) is None


def test_the_comparison_is_the_one_made_by_hand(
    sandbox: Any, request_for: Any, challenger: Any, now: Any
) -> None:
    trial = started(challenger, now)
    people = ("teacher", "rice_farmer", "thin_file", "court_debtor", "minor")
    made = [services.decide(request_for(sandbox.person(name))) for name in people]
    trials.fill_shadows(now=now)
    found = comparison(reading.trial(trial.pk))
    assert found.champion.n == found.challenger.n == len(people)
    approved = sum(d.outcome == "approve" for d in made)
    assert approved >= 2
    assert (found.champion.counts["approve"], found.challenger.counts["approve"]) == (approved, 0)
    assert found.moves["approve", "decline"] == approved
    assert sum(found.moves.values()) == len(people)
    assert found.champion.mean_limit == pytest.approx(
        sum(d.limit for d in made if d.outcome == "approve") / approved
    )
    assert found.champion.mean_rate is not None
    approval = found.differences[0]
    assert approval.interval is not None
    assert approval.interval.value == pytest.approx(-approved / len(people))
    assert ("SCORE_TOO_LOW", 0) in {(code, a) for code, a, _ in found.reasons}
    assert {e["decision_id"] for e in found.examples} >= {made[0].id}
    assert (found.waiting, found.problems) == (0, ())


def test_later_performance_is_by_arm(
    sandbox: Any, request_for: Any, challenger: Any, now: Any
) -> None:
    trial = started(challenger, now, mode="split", share_percent=50)
    person = sandbox.person("teacher")
    new, old = ids(trial, challenged=True, count=2), ids(trial, challenged=False)
    made = [services.decide(request_for(person, application_id=one)).id for one in (*new, *old)]
    outcomes = [(made[0], True), (made[1], False), (made[2], False), (uuid4(), True)]
    found = reading.performance(trial.pk, outcomes)
    assert [row[:3] for row in found] == [("challenger", 2, 1), ("champion", 1, 0)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_deciding_the_same_leave_one_row(
    sandbox: Any, request_for: Any, challenger: Any, now: Any
) -> None:
    trial = started(challenger, now)
    request = request_for(sandbox.person("teacher"))
    together, found = threading.Barrier(4), []

    def worker() -> None:
        try:
            together.wait()
            found.append(services.decide(request).id)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=worker) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert TrialDecision.objects.filter(trial=trial).count() == 1
    assert DecisionFigures.objects.count() == DecisionRecord.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_jobs_share_the_shadows_that_wait(
    sandbox: Any, request_for: Any, challenger: Any, now: Any
) -> None:
    """The first job holds its rows: the second passes them by, and a killed one leaves them."""
    trial = started(challenger, now)
    decision = services.decide(request_for(sandbox.person("teacher")))
    counted: list[int] = []

    def second_job() -> None:
        try:
            counted.append(trials.fill_shadows(now=now))
        finally:
            connections.close_all()

    def first_job() -> None:
        with transaction.atomic():
            TrialDecision.objects.select_for_update().get(decision_id=decision.id)
            thread = threading.Thread(target=second_job)
            thread.start()
            thread.join(20)
            raise KeyboardInterrupt  # it dies

    with pytest.raises(KeyboardInterrupt):
        first_job()
    assert counted == [0]
    assert trials.fill_shadows(now=now) == 1
    assert TrialDecision.objects.get(trial=trial).outcome == "decline"



def test_a_slow_challenger_holds_its_job_no_longer_than_the_job_may_last(
    sandbox: Any,
    request_for: Any,
    strategy: Any,
    challenger: Any,
    now: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started(challenger, now)
    for persona in ("teacher", "rice_farmer", "thin_file"):
        services.decide(request_for(sandbox.person(persona)))
    asked = trials.evaluate

    def slow(*given: Any) -> Any:
        time.sleep(0.3)
        return asked(*given)

    with monkeypatch.context() as patch:
        patch.setattr(trials, "evaluate", slow)
        assert trials.fill_shadows(now=now, budget_s=0.1) == 1
    assert TrialDecision.objects.filter(filled_at__isnull=True).count() == 2
    assert trials.fill_shadows(now=now) == 2


@pytest.mark.parametrize("how", ["end", "retire"])
def test_a_challenger_stopped_in_another_process_decides_nothing_more(
    sandbox: Any, request_for: Any, strategy: Any, challenger: Any, now: Any, how: str
) -> None:
    trial = started(challenger, now, mode="split", share_percent=50)
    (new,) = ids(trial, challenged=True)  # and this process remembers the trial
    remembered = trials.active(strategy.strategy_id)
    if how == "end":
        trials.end(trial_id=trial.pk, by="R003", now=now)
    else:
        strategies.retire(version_id=challenger.pk, today=TODAY, now=now)
    trials._active[strategy.strategy_id] = (time.monotonic(), remembered)
    decision = services.decide(request_for(sandbox.person("teacher"), application_id=new))
    assert decision.outcome == "approve"
    assert DecisionRecord.objects.get().strategy_version_id == strategy.pk
    assert not TrialDecision.objects.exists()
