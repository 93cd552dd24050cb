"""Back-tests: right sums, frozen versions, rows of numbers beside decisions, and no loss on a kill."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from products import encryption
from risk import services, vectors
from risk.domain.canonical import sha256_of
from risk.domain.core import Core, core
from risk.domain.decide import ENGINE_VERSION, evaluate_both
from risk.domain.strategy import read_strategy
from risk.models import BacktestRun, DecisionRecord, DecisionVector, StrategyVersion
from risk.replay import replay_all
from risk.selectors import backtests as selectors
from risk.services import backtests
from risk.services.backtests import Filters
from risk.services.strategies import NoVersion
from risk.strategies import compiled_version
from tests.risk.conftest import ROOT, definition
from tests.risk.crowds import crowd

pytestmark = pytest.mark.django_db


def store(
    strategy: StrategyVersion, count: int, at: dt.datetime, *, seed: int = 3, keep: bool = True
) -> list[DecisionRecord]:
    """Decisions of a crowd, with their rows of numbers or, as long ago, without."""
    rows = []
    for i, person in enumerate(crowd(count, seed)):
        inputs = json.loads(json.dumps(person), parse_constant=str)  # no database keeps a NaN
        result, outcome, limit = evaluate_both(compiled_version(strategy.pk), inputs)
        row = DecisionRecord(
            application_id=uuid4(),
            round=1,
            product_code=inputs["terms"]["product_code"],
            strategy_version=strategy,
            strategy_sha256=strategy.sha256,
            engine_version=ENGINE_VERSION,
            as_of=at - dt.timedelta(seconds=i // 3),
            business_date=dt.date.fromisoformat(inputs["business_date"]),
            inputs=inputs,
            result=result,
            inputs_sha256=sha256_of(inputs),
            result_sha256=sha256_of(result),
            outcome=result["outcome"],
            score=result["score"],
            grade=result["grade"] or "",
            limit_amount=Decimal(result["limit"]),
            reason_codes=[reason["code"] for reason in result["reasons"]],
            took_ms=1,
        )
        row.save(force_insert=True)
        rows.append(row)
        if keep:
            vectors.keep(row.pk, inputs, outcome, limit)
    return rows


@pytest.fixture
def draft(strategy: StrategyVersion, now: dt.datetime) -> StrategyVersion:
    """Fewer lenders allowed, a harder last grade, no layer for mortgages."""
    return drafted(strategy, now)


def drafted(strategy: StrategyVersion, now: dt.datetime, number: int = 2, **other: Any) -> Any:
    made = definition()
    for rule in made["rules"]:
        if rule["code"] == "MANY_LENDERS":
            rule["when"]["value"] = 1
    made["grades"][-1]["from"] += 25
    made["limit"]["caps"]["general"] = dict.fromkeys("ABCDE", "5000.00")
    made |= other
    return StrategyVersion.objects.create(
        strategy=strategy.strategy, number=number, definition=made, sha256=sha256_of(made),
        author="risk.manager", created_at=now,
    )  # fmt: skip


def started(version: StrategyVersion, now: dt.datetime, **filters: Any) -> UUID:
    run_id, _ = backtests.start(
        version_id=version.pk, filters=Filters(**filters), on=now.date(), author="r1", now=now
    )
    return run_id


def finished(run_id: UUID) -> BacktestRun:
    while backtests.advance(run_id=run_id):
        pass
    return BacktestRun.objects.get(pk=run_id)


def by_hand(rows: list[DecisionRecord], *definitions: Any) -> dict[str, Any]:
    """The main figures without columns: every record through the scalar core."""
    sides: list[list[Core]] = []
    for one in definitions:
        strategy = read_strategy(one)
        sides.append([core(strategy, row.inputs) for row in rows])
    found: dict[str, Any] = {"moves": Counter(), "added": Counter(), "limits": []}
    for before, after in zip(*sides, strict=True):
        found["moves"][before.outcome, after.outcome] += 1
        found["added"].update(set(after.reasons) - set(before.reasons))
    for side in sides:
        limits = [one.limit for one in side if one.outcome == "approve"]
        found["limits"].append(str(sum(limits, Decimal("0.00"))))
    return found


def compare(run: BacktestRun, rows: list[DecisionRecord]) -> None:
    expected = by_hand(rows, run.definition_before, run.definition_after)
    said = run.summary
    assert said is not None
    assert {(b, a): n for b, a, n in said["moves"]} == expected["moves"]
    assert dict(map(tuple, said["reasons"]["added"])) == dict(expected["added"].most_common(15))
    sides = [said["sides"][side]["limit_total"] for side in ("before", "after")]
    assert sides == expected["limits"]


def test_a_decision_keeps_its_row_of_numbers_sealed(
    sandbox: Any, strategy: Any, request_for: Any
) -> None:
    made = services.decide(request_for(sandbox.person("rice_farmer")))
    vector = DecisionVector.objects.get(pk=made.id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbers FROM risk_decisionvector")
        sealed = bytes(cursor.fetchone()[0])
    assert vector.numbers not in sealed
    assert len(vector.numbers) % 8 == 0
    with pytest.raises(encryption.Undecryptable):
        encryption.opener()(sealed, f"{vectors.CONTEXT}{uuid4()}")
    record = DecisionRecord.objects.get(pk=made.id)
    services.decide(request_for(sandbox.person("rice_farmer"), application_id=record.application_id))
    assert DecisionVector.objects.count() == 1
    for sql in ("UPDATE risk_decisionvector SET numbers = ''", "DELETE FROM risk_decisionvector"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.parametrize("keep", [True, False])
def test_the_sums_are_those_made_by_hand(
    strategy: Any, draft: Any, now: dt.datetime, keep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "CHUNK", 120)
    monkeypatch.setattr(backtests, "SLOW_CHUNK", 70)
    rows = store(strategy, 400, now, keep=keep)
    run = finished(started(draft, now))
    assert (run.state, run.total, run.done) == ("done", 400, 400)
    compare(run, rows)
    assert run.summary is not None
    assert run.summary["made"] == (0 if keep else 400)
    assert sum(row["before"]["count"] for row in run.summary["groups"]["age"]) == 400
    assert run.summary["sides"]["after"]["loss"]["share"] is not None
    assert {"sex", "gender"}.isdisjoint(run.summary["groups"])


def test_filters_choose_by_product_day_and_number(strategy: Any, draft: Any, now: dt.datetime) -> None:
    rows = store(strategy, 90, now)
    newest = sorted(rows, key=lambda row: (row.as_of, row.pk), reverse=True)[:30]
    run = finished(started(draft, now, wanted=30))
    compare(run, newest)
    day = dt.date(2026, 1, 1)
    run = finished(started(draft, now, date_from=day, date_to=dt.date(2026, 6, 30)))
    compare(run, [r for r in rows if day <= r.business_date <= dt.date(2026, 6, 30)])
    run = finished(started(draft, now, product_code="none-such"))
    assert (run.state, run.total, run.summary and run.summary["count"]) == ("done", 0, 0)


def test_only_the_last_round_of_an_application_counts(strategy: Any, draft: Any, now: Any) -> None:
    first, second = store(strategy, 2, now)
    later = DecisionRecord.objects.get(pk=second.pk)
    inputs = later.inputs
    later.pk, later.round, later.as_of = uuid4(), 2, now - dt.timedelta(minutes=1)
    later.inputs = inputs
    later.save(force_insert=True)
    run = finished(started(draft, now))
    assert (run.done, run.summary and run.summary["made"]) == (2, 1)
    assert first.pk != later.pk


def test_definitions_are_frozen_and_a_changed_draft_is_told(strategy: Any, draft: Any, now: Any) -> None:
    store(strategy, 20, now)
    run_id = started(draft, now)
    backtests.advance(run_id=run_id)
    shown = selectors.newest(draft.pk)
    assert shown is not None
    assert (shown.is_outdated, shown.is_active) == (False, True)
    changed = {**draft.definition, "name_en": "Another"}
    StrategyVersion.objects.filter(pk=draft.pk).update(definition=changed, sha256=sha256_of(changed))
    run = finished(run_id)
    shown = selectors.newest(draft.pk)
    assert shown is not None
    assert (run.state, shown.is_outdated) == ("done", True)


def test_one_run_a_version_and_what_cannot_be_compared(strategy: Any, draft: Any, now: Any) -> None:
    store(strategy, 5, now)
    first = started(draft, now)
    assert backtests.start(
        version_id=draft.pk, filters=Filters(), on=now.date(), author="r2", now=now
    ) == (first, False)
    assert backtests.cancel(run_id=first)
    assert finished(first).state == "cancelled"
    with pytest.raises(backtests.NothingToCompare):
        started(strategy, now)
    with pytest.raises(NoVersion):
        backtests.start(version_id=10**6, filters=Filters(), on=now.date(), author="r", now=now)
    broken = drafted(strategy, now, number=3, rules="none")
    with pytest.raises(backtests.InvalidStrategy):
        started(broken, now)


def test_a_strategy_without_a_form_on_columns_is_decided_one_by_one(strategy: Any, now: Any) -> None:
    rows = store(strategy, 40, now)
    odd = definition()
    odd["rules"][-1]["when"] = {"feature": "subsidy_kinds", "op": "has", "value": "grain"}
    run = finished(started(drafted(strategy, now, rules=odd["rules"]), now))
    compare(run, rows)
    assert run.summary is not None
    assert run.summary["one_by_one"] == 40


def test_a_version_without_probabilities_has_no_expected_loss(strategy: Any, now: Any) -> None:
    store(strategy, 30, now)
    version = drafted(strategy, now)
    made = {key: part for key, part in version.definition.items() if key != "loss"}
    StrategyVersion.objects.filter(pk=version.pk).update(definition=made, sha256=sha256_of(made))
    run = finished(started(version, now))
    assert run.summary is not None
    assert run.summary["sides"]["after"]["loss"] is None


def test_fast_replay_finds_every_decision_again(strategy: Any, now: dt.datetime) -> None:
    store(strategy, 300, now)
    store(strategy, 100, now, seed=8, keep=False)
    report = replay_all(since=None, under=None, fast=True)
    assert (report.count, report.equal, report.different) == (400, 400, 0)
    assert report.in_columns + report.one_by_one == 400
    slow = replay_all(since=None, under=None)
    assert (slow.count, slow.equal) == (400, 400)


def test_fast_replay_notices_a_record_that_says_otherwise(strategy: Any, now: dt.datetime) -> None:
    rows = store(strategy, 60, now)
    one = next(row for row in rows if row.outcome == "approve")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")  # a hand in the database
        cursor.execute("UPDATE risk_decisionrecord SET score = score + 1 WHERE id = %s", [one.pk])
        cursor.execute("SET session_replication_role = origin")
    report = replay_all(since=None, under=None, fast=True)
    assert (report.different, report.examples) == (1, [str(one.pk)])
    with pytest.raises(CommandError, match="1 same-version"):
        call_command("replay_decisions", fast=True, stdout=StringIO(), stderr=StringIO())


def test_both_ways_report_the_same_moves_under_another_version(
    strategy: Any, draft: Any, now: dt.datetime
) -> None:
    store(strategy, 250, now)
    fast = replay_all(since=None, under=draft, fast=True)
    slow = replay_all(since=None, under=draft)
    assert (fast.other, fast.different, slow.other) == (250, 0, 250)
    assert fast.reasons_added["MANY_LENDERS"] == slow.reasons_added["MANY_LENDERS"] > 0
    assert fast.moves["refer → decline"] == slow.moves["refer → decline"] > 0
    out = StringIO()
    call_command("replay_decisions", strategy="default@2", json=True, stdout=out, stderr=StringIO())
    assert '"reasons_added"' in out.getvalue()
    text = slow.as_text()
    assert "by segment:" in text
    assert "examples:" in text


@pytest.mark.parametrize(
    "options",
    [
        {"since": "tomorrow"}, {"strategy": "no-such"}, {"strategy": "default@x"},
        {"strategy": "a\0b"}, {"processes": "0"}, {"processes": "many"},
    ],
)  # fmt: skip
def test_bad_arguments_are_one_line_errors(strategy: Any, options: dict[str, str]) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("replay_decisions", stdout=StringIO(), stderr=StringIO(), **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change", ["done = total + 1", "state = 'done'", "state = 'lost'", "version_before = version_after"]
)
def test_the_database_refuses_a_run_that_cannot_be(draft: Any, now: Any, change: str) -> None:
    started(draft, now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE risk_backtestrun SET {change}")


@pytest.mark.django_db(transaction=True)
def test_two_processes_replay_what_one_does(strategy: Any, now: dt.datetime) -> None:
    store(strategy, 30, now)
    from risk import replay

    before = replay._A_FAST_RANGE
    replay._A_FAST_RANGE = 5
    try:
        report = replay_all(since=None, under=None, fast=True, processes=2)
    finally:
        replay._A_FAST_RANGE = before
    assert (report.count, report.equal) == (30, 30)


WORKER = """
import sys, time, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from uuid import UUID
from risk.services import backtests
backtests.CHUNK = 60
real, seen = backtests._add, 0
def counted(*args):
    global seen
    seen += 1
    real(*args)
    if seen == 3:
        print("here", flush=True)
        time.sleep(60)
backtests._add = counted
while backtests.advance(run_id=UUID(sys.argv[1])):
    pass
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_the_same_summary_as_none(
    strategy: Any, draft: Any, now: dt.datetime
) -> None:
    """A real process is killed with its third chunk counted but not committed; another goes on."""
    store(strategy, 250, now)
    undisturbed = finished(started(draft, now)).summary
    run_id = started(draft, now)
    name = connection.settings_dict["NAME"]
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(run_id), name],
        cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        assert worker.stdout is not None
        assert worker.stdout.readline() == "here\n"
        assert not backtests.advance(run_id=run_id)  # held: the second worker goes away
        worker.send_signal(signal.SIGKILL)
    assert BacktestRun.objects.get(pk=run_id).done == 120
    assert backtests.unattended() == []
    BacktestRun.objects.filter(pk=run_id).update(lease_until=now - dt.timedelta(days=9_000))
    assert backtests.unattended() == [run_id]
    end = time.monotonic() + 20
    while not backtests.advance(run_id=run_id) and time.monotonic() < end:
        if BacktestRun.objects.get(pk=run_id).state == "done":
            break
        time.sleep(0.05)
    run = finished(run_id)
    assert (run.state, run.done) == ("done", 250)
    assert run.summary == undisturbed
