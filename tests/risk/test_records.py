"""Decisions are evidence: they do not change, and they replay to the same bytes."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from risk import services
from risk.domain.canonical import sha256_of
from risk.models import DecisionRecord, SourceReport, StrategyVersion
from risk.replay import replay_all, replayed
from risk.services.strategies import publish
from risk.strategies import NoPublishedStrategy, TamperedStrategy, compiled_version, forget
from tests.domain.engine_1_2 import FROZEN
from tests.risk.applicants import FARMER
from tests.risk.conftest import definition

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(sandbox: Any, strategy: Any, request_for: Any) -> list[Any]:
    personas = ("teacher", "rice_farmer", "thin_file", "court_debtor", "moved_household", "minor")
    return [services.decide(request_for(sandbox.person(persona))) for persona in personas]


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_decision_can_be_neither_changed_nor_deleted(decided: list[Any]) -> None:
    refused("UPDATE risk_decisionrecord SET outcome = 'approve', limit_amount = 1")
    refused("DELETE FROM risk_decisionrecord")
    assert DecisionRecord.objects.count() == len(decided)


def test_an_answer_can_be_neither_changed_nor_deleted(decided: list[Any]) -> None:
    refused("UPDATE risk_sourcereport SET result = 'MATCH' WHERE result = 'NO_RECORD'")
    refused("DELETE FROM risk_sourcereport")
    assert SourceReport.objects.exists()


def test_one_decision_a_round(decided: list[Any]) -> None:
    record = DecisionRecord.objects.get(pk=decided[0].id)
    record.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        record.save(force_insert=True)


def test_a_published_strategy_stands(strategy: StrategyVersion) -> None:
    refused("UPDATE risk_strategyversion SET definition = '{}'")
    refused("UPDATE risk_strategyversion SET state = 'draft'")
    refused("DELETE FROM risk_strategyversion")
    strategy.state = StrategyVersion.State.RETIRED
    strategy.save(update_fields=["state"])
    refused("UPDATE risk_strategyversion SET state = 'published'")


def test_every_decision_replays_to_the_same_bytes(decided: list[Any]) -> None:
    report = replay_all(since=None, under=None)
    assert (report.count, report.equal, report.different) == (len(decided), len(decided), 0)
    assert all(replayed(decision.id).identical for decision in decided)
    out = StringIO()
    call_command("replay_decisions", stdout=out)
    assert f"count {len(decided)}  equal {len(decided)}  different 0" in out.getvalue()


def test_a_replay_under_another_version_reports_what_moves(decided: list[Any], now: Any) -> None:
    harsher = definition()
    harsher["grades"] = [{"grade": grade, "from": 10_000 - i} for i, grade in enumerate("ABCDE")]
    publish(definition=harsher, author="risk.manager", now=now)
    out = StringIO()
    call_command("replay_decisions", strategy="default@2", stdout=out)
    assert "different 0" in out.getvalue()
    assert "approve → decline: 3" in out.getvalue()


def test_a_replay_that_differs_ends_with_an_error(
    decided: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk.replay.evaluate", lambda *_: {"outcome": "approve"})
    with pytest.raises(CommandError, match="differ"):
        call_command("replay_decisions", stdout=StringIO())


def test_publishing_is_repeatable_and_keeps_one_in_force(
    strategy: StrategyVersion, now: Any
) -> None:
    assert publish(definition=definition(), author="risk.manager", now=now) == strategy
    changed = definition()
    changed["limit"]["debt_percent"] = 45
    newer = publish(definition=changed, author="risk.manager", now=now)
    strategy.refresh_from_db()
    assert (newer.number, newer.state, strategy.state) == (2, "published", "retired")


def test_a_tampered_definition_is_refused(strategy: StrategyVersion, now: Any) -> None:
    draft = StrategyVersion.objects.create(
        strategy=strategy.strategy,
        number=9,
        definition={**definition(), "code": "evil"},
        sha256=strategy.sha256,
        author="x",
        created_at=now,
    )
    with pytest.raises(TamperedStrategy):
        compiled_version(draft.pk)


def test_without_a_strategy_nothing_is_decided(sandbox: Any, request_for: Any, db: None) -> None:
    with pytest.raises(NoPublishedStrategy):
        services.decide(request_for(sandbox.person("teacher")))


def test_raw_replies_are_not_readable_in_the_database(decided: list[Any], sandbox: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT raw_reply, facts FROM risk_sourcereport WHERE source = 'bureau'")
        sealed = b"".join(bytes(part) for row in cursor.fetchall() for part in row if part)
    assert b"credit_history_months" not in sealed


def test_evaluate_strategy_answers_line_by_line(strategy: Any, tmp_path: Path) -> None:
    call_command("seed_products", stdout=StringIO())
    rows = [FARMER, {**FARMER, "court_dishonest": True}, {"age": 1}]
    known = {
        name: {"state": "no_record"}
        for name in (
            "social_months_24",
            "social_base",
            "employer_kind",
            "fund_months_24",
            "fund_deposit",
            "fund_mortgage",
            "tax_income",
            "business_turnover",
            "business_years",
            "bank_deposit",
            "court_open_cases",
            "court_open_amount",
            "court_dishonest",
            "bank_deposit_average",
            "payroll_months_12",
            "payroll_monthly",
            "bank_past_loans",
            "bank_past_overdue",
            "bank_mortgage",
            "bank_customer_since",
            "tax_grade",
        )
    }
    lines = [json.dumps({**known, **row} if len(row) > 1 else row) for row in rows]
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join([*lines, "not json", ""]), encoding="utf-8")
    out = StringIO()
    call_command("evaluate_strategy", strategy="default@1", jsonl=str(file), stdout=out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer.get("outcome") for answer in answers] == ["approve", "decline", None, None]
    assert answers[0]["price"] == "0.058000"
    assert [answer["line"] for answer in answers[2:]] == [3, 4]
    with pytest.raises(CommandError):
        call_command("evaluate_strategy", strategy="nobody", jsonl=str(file))


def test_records_of_the_engine_before_tables_still_replay_to_the_same_bytes(
    sandbox: Any, request_for: Any, now: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget()
    publish(definition=FROZEN["strategy"], author="risk.manager", now=now)
    with monkeypatch.context() as before:
        before.setattr("risk.domain.decide.ENGINE_VERSION", "1.2")
        before.setattr("risk.services.decisions.ENGINE_VERSION", "1.2")
        old = [services.decide(request_for(sandbox.person(one))) for one in ("teacher", "minor")]
    assert {record.engine_version for record in DecisionRecord.objects.all()} == {"1.2"}
    report = replay_all(since=None, under=None)
    assert (report.count, report.equal, report.other) == (2, 2, 0)
    assert all(replayed(decision.id).identical for decision in old)
    for decision in old:  # what the button on the decision's page says
        found = replayed(decision.id)
        assert (found.identical, found.differences) == (True, ())
        assert (found.made_by_engine, found.replayed_sha256) == ("1.2", found.stored_sha256)


def test_evaluate_strategy_answers_nonsense_in_a_line_and_never_approves_it(
    strategy: Any, tmp_path: Path
) -> None:
    call_command("seed_products", stdout=StringIO())
    file = tmp_path / "people.jsonl"
    for line in (
        '{"facts": {"purpose": {"value": {"a": 1}, "state": ["x"]}}}', '{"requested_amount": NaN}',
        '{"facts": {}, "requested_amount": "x"}', "[1]", "null", '{"facts": 3}', '{"purpose": NaN}',
        '{"declared_income": 1e400}', '{"declared_income": ' + "9" * 5000 + "}", "[" * 100_000,
        '{"ring_size": {"value": 9, "state": "garbage"}}', '"', '{"purpose": "\\u0000"}',
        '{"facts": {}, "requested_amount": {"a": [1]}}', '{"facts": {}, "lists": [{"kind": "black"}]}',
    ):  # fmt: skip
        file.write_text(line, encoding="utf-8")
        out = StringIO()
        call_command("evaluate_strategy", strategy="default", jsonl=str(file), stdout=out)
        (answer,) = map(json.loads, out.getvalue().splitlines())
        assert answer.get("outcome", "error") != "approve", line[:60]
    file.write_bytes(b"\xff\xfe{}")
    for wrong in (
        {}, {"strategy": "a\x00b"}, {"product": "x\x00"}, {"jsonl": "/nope\x00"}, {"jsonl": "/tmp"},
        {"strategy": "default@٣"}, {"date": "1900-01-01"}, {"date": "2026-02-30"},
    ):  # fmt: skip
        asked = {"strategy": "default", "jsonl": str(file), **wrong}
        with pytest.raises(CommandError):
            call_command("evaluate_strategy", stdout=StringIO(), **asked)


def test_damage_is_found_and_the_rest_is_still_replayed(decided: list[Any], now: Any) -> None:
    hurt = decided[0].id
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE risk_decisionrecord DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE risk_decisionrecord SET inputs = overlay(inputs placing '\\x00'::bytea from 40)"
            " WHERE id = %s",
            [hurt],
        )
        cursor.execute("ALTER TABLE risk_decisionrecord ENABLE TRIGGER USER")
    report = replay_all(since=None, under=None)
    assert (report.count, report.equal, report.different) == (6, 5, 1)
    assert report.examples == [str(hurt)]
    assert (replayed(hurt).identical, replayed(hurt).differences) == (False, ("inputs",))
    with pytest.raises(CommandError, match="1 same-version replays differ"):
        call_command("replay_decisions", stdout=StringIO(), stderr=StringIO())


def test_a_replay_under_a_draft_that_is_not_in_order_is_one_line(
    decided: list[Any], strategy: StrategyVersion, now: Any
) -> None:
    broken = {**definition(), "grades": []}
    StrategyVersion.objects.create(
        strategy=strategy.strategy, number=9, definition=broken, sha256=sha256_of(broken),
        author="x", created_at=now,
    )  # fmt: skip
    for options in ({}, {"fast": True}):
        with pytest.raises(CommandError, match="cannot be replayed"):
            call_command(
                "replay_decisions", strategy="default@9", stdout=StringIO(), stderr=StringIO(),
                **options,
            )  # fmt: skip
