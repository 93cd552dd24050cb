"""The register of models: entered once, approved by another person, never changed; and how a table
becomes a strategy's section.
"""

import datetime as dt
import json
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from risk.domain.features import types
from risk.domain.points_table import read_points_table
from risk.domain.profile import derive, read_facts
from risk.domain.scorecard import read_scorecard
from risk.domain.strategy import read_strategy
from risk.domain.strategy_section import as_section, grades_for, score_at
from risk.models import ScorecardModel
from risk.selectors import scorecards as reading
from risk.services import scorecards
from risk.training import artefacts, county_history, registration
from risk.training.challenger import fit_challenger
from risk.training.platform_table import CANDIDATES, table_of
from risk.training.protected import protected_name
from risk.training.report import challenger_report, scorecard_report
from tests.risk.conftest import definition
from tests.risk.test_training import county, write

TRAINER, OTHER = "R001", "R002"


@lru_cache
def history() -> tuple[list[Any], Any, Any]:
    people = list(county_history.people(1_500, seed=5))
    strategy = read_strategy(definition())
    return people, table_of(people, strategy.defaults, strategy.income), strategy


@lru_cache
def report() -> dict[str, Any]:
    return scorecard_report(history()[1], "fell overdue", 3, dt.date(2026, 11, 24))


@lru_cache
def boosted() -> tuple[dict[str, Any], bytes]:
    written, learnt = challenger_report(history()[1], 2)
    content, digest = artefacts.save(learnt.model)
    return {**written, "artefact_sha256": digest}, content


@pytest.fixture
def model(db: None, now: dt.datetime) -> ScorecardModel:
    return entered(now)


def entered(now: dt.datetime, **changes: Any) -> ScorecardModel:
    table = {k: v for k, v in report().items() if k not in {"data", "metrics", "trained_on"}}
    values: dict[str, Any] = {
        "code": "county",
        "kind": "scorecard",
        "definition": table,
        "artefact": None,
        "data": report()["data"],
        "metrics": report()["metrics"],
        "trained_by": TRAINER,
        "now": now,
    }
    return scorecards.register(**{**values, **changes})


def test_a_model_is_numbered_and_keeps_its_hash(model: ScorecardModel, now: dt.datetime) -> None:
    again = entered(now)
    assert (model.number, again.number, model.state) == (1, 2, "candidate")
    assert model.sha256 == again.sha256
    stored = ScorecardModel.objects.get(pk=model.pk)
    assert scorecards.fingerprint(stored.definition, None) == stored.sha256
    assert scorecards.points_table(model.pk) == read_points_table(report())


@pytest.mark.parametrize("value", [1e16, 1e300, -0.0, 1e-7, 0.1, 3.0, 123456789.5, 2**60])
def test_a_number_has_the_same_hash_after_the_database_had_it(
    value: float, db: None, now: dt.datetime
) -> None:
    table = json.loads(json.dumps(report()))
    table["extra"] = {"n": value}
    model = entered(now, definition=table)
    assert scorecards.points_table(model.pk).base == report()["base_points"]


def test_another_person_approves_and_the_one_before_retires(
    model: ScorecardModel, now: dt.datetime
) -> None:
    with pytest.raises(scorecards.SameTrainer):
        scorecards.approve(model_id=model.pk, checker=TRAINER, now=now)
    with pytest.raises(scorecards.SameTrainer):
        scorecards.approve(model_id=model.pk, checker="", now=now)
    scorecards.approve(model_id=model.pk, checker=OTHER, now=now)
    with pytest.raises(scorecards.IllegalScorecardStep):
        scorecards.approve(model_id=model.pk, checker=OTHER, now=now)
    second = entered(now)
    scorecards.approve(model_id=second.pk, checker=OTHER, now=now)
    model.refresh_from_db()
    assert model.state == "retired"
    assert [row.id for row in reading.approved()] == [second.pk]
    scorecards.retire(model_id=second.pk, person=OTHER, now=now)
    with pytest.raises(scorecards.IllegalScorecardStep):
        scorecards.retire(model_id=second.pk, person=OTHER, now=now)
    with pytest.raises(scorecards.NoScorecard):
        scorecards.approve(model_id=10**12, checker=OTHER, now=now)


@pytest.mark.parametrize(
    "change",
    [
        {"definition": {}},
        {"sha256": "0" * 64},
        {"metrics": {"auc": 1}},
        {"data": {}},
        {"trained_by": "R009"},
        {"number": 9},
        {"code": "other"},
        {"artefact": b"x"},
        {"state": "approved"},
        {"state": "approved", "approved_by": TRAINER},
        {"approved_by": TRAINER},
        {"state": "new"},
    ],
)
def test_the_database_refuses_to_change_a_model(model: ScorecardModel, change: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ScorecardModel.objects.filter(pk=model.pk).update(**change)


def test_what_is_approved_or_retired_stays_so(model: ScorecardModel, now: dt.datetime) -> None:
    scorecards.approve(model_id=model.pk, checker=OTHER, now=now)
    rows = ScorecardModel.objects.filter(pk=model.pk)
    for change in ({"state": "candidate"}, {"approved_by": "R003"}, {"approved_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    scorecards.retire(model_id=model.pk, person=OTHER, now=now)
    for change in ({"state": "approved"}, {"state": "candidate"}, {"retired_by": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def tamper(model: ScorecardModel, sql: str) -> None:
    """What only somebody with the database in hand can do."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE risk_scorecardmodel DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE risk_scorecardmodel SET {sql} WHERE id = {model.pk}")
        cursor.execute("ALTER TABLE risk_scorecardmodel ENABLE TRIGGER USER")


def test_a_definition_changed_behind_its_back_is_refused(
    model: ScorecardModel, now: dt.datetime
) -> None:
    tamper(model, "definition = jsonb_set(definition, '{base_points}', '999')")
    for use in (
        lambda: scorecards.points_table(model.pk),
        lambda: scorecards.as_strategy_section(model.pk),
        lambda: scorecards.approve(model_id=model.pk, checker=OTHER, now=now),
    ):
        with pytest.raises(scorecards.TamperedScorecard):
            use()


def boosted_model(now: dt.datetime) -> ScorecardModel:
    written, content = boosted()
    definition = {key: written[key] for key in ("columns", "codes", "artefact_sha256")}
    return entered(now, kind="challenger", definition=definition, artefact=content)


def test_a_challenger_comes_back_whole_or_not_at_all(db: None, now: dt.datetime) -> None:
    model, table = boosted_model(now), history()[1]
    odds = scorecards.challenger(model.pk).log_odds(table.columns)
    assert np.array_equal(odds, fit_challenger(table.columns, table.bad).log_odds(table.columns))
    with pytest.raises(scorecards.UnfitScorecard):
        scorecards.as_strategy_section(model.pk)
    tamper(model, "artefact = set_byte(artefact, 500, 255 - get_byte(artefact, 500))")
    with pytest.raises(scorecards.TamperedScorecard):
        scorecards.challenger(model.pk)


@pytest.mark.parametrize(
    "changes",
    [
        {"definition": {}},
        {"definition": {"features": [], "base_points": 3}},
        {"trained_by": ""},
        {"kind": "challenger"},
        {"kind": "other"},
    ],
)
def test_what_cannot_be_scored_with_is_not_registered(
    changes: Any, db: None, now: dt.datetime
) -> None:
    with pytest.raises(scorecards.UnfitScorecard):
        entered(now, **changes)
    assert not ScorecardModel.objects.exists()


def test_a_foreign_file_is_not_registered(db: None, now: dt.datetime) -> None:
    _, content = boosted()
    with pytest.raises(artefacts.RefusedArtefact):
        entered(now, kind="challenger", definition={"artefact_sha256": "0" * 64}, artefact=content)


def test_a_section_scores_everybody_as_the_table_does() -> None:
    """The strategy's own scorer, fed by the profile, against the table fed by the columns."""
    people, table, strategy = history()
    card = read_scorecard(as_section(report()), types())
    compiled = read_points_table(report())
    columns = {
        column.name: column.numbers
        if column.is_numeric
        else [column.word(i) for i in range(len(column))]
        for column in table.columns
    }
    scores = compiled.score_columns(columns, len(people))
    compared = 0
    for i, (facts, day, _) in enumerate(people):
        known, _ = read_facts(facts, strategy.defaults)
        derive(known, business_date=day, income=strategy.income)
        scored = card.score(known)
        if scored is not None:
            assert scored[0] == scores[i]
            compared += 1
    assert compared > 1_200


def test_a_section_makes_a_strategy_that_decides(model: ScorecardModel, now: dt.datetime) -> None:
    section = scorecards.as_strategy_section(model.pk)
    assert read_strategy({**definition(), "scorecard": section})
    changed = scorecards.in_strategy(model.pk, definition())
    compiled = read_strategy(changed)
    assert [grade for _, grade in compiled.grades] == ["A", "B", "C", "D", "E"]
    assert {row["group"] for row in section["characteristics"]} <= {
        "basics", "fraud", "willingness", "ability",
    }  # fmt: skip
    bureau = [r for r in section["characteristics"] if r["feature"].startswith("bureau_")]
    assert bureau
    assert all("when_thin" in row for row in bureau)
    for row in section["characteristics"]:
        assert row["zh"] != row["feature"]


def test_a_table_of_foreign_columns_becomes_no_section(db: None, now: dt.datetime) -> None:
    foreign = json.loads(json.dumps(report()))
    foreign["features"][0]["name"] = "credit_amount"
    model = entered(now, definition=foreign)
    with pytest.raises(scorecards.UnfitScorecard, match="credit_amount"):
        scorecards.as_strategy_section(model.pk)


def test_edges_become_values_of_their_type_without_moving_anybody() -> None:
    feature = {
        "name": "monthly_income", "type": "number", "edges": [1234.567, 2000], "groups": [],
        "other": 0, "iv": 0.1, "bins": [{"points": p, "rows": 9, "label": ""} for p in (1, 2, 3, 0)],
    }  # fmt: skip
    table = {"base_points": 0, "features": [feature]}
    card = read_scorecard(as_section(table), types())
    points = read_points_table(table)
    for cents in (123456, 123457, 199999, 200000, 0):
        known = {"monthly_income": Decimal(cents) / 100, "thin_file": False}
        scored = card.score(known)
        assert scored is not None
        assert scored[0] == points.score({"monthly_income": cents / 100})[0]


def test_a_number_that_tells_only_by_its_absence_keeps_its_points() -> None:
    bins = [{"points": 7, "rows": 90, "label": "any"}, {"points": -9, "rows": 90, "label": "missing"}]
    feature = {"name": "bureau_loans_open", "type": "number", "edges": [], "bins": bins}
    card = read_scorecard(as_section({"base_points": 0, "features": [feature]}), types())
    for thin, points in ((False, 7), (True, -9)):
        scored = card.score({"bureau_loans_open": 3, "thin_file": thin})
        assert scored is not None
        assert scored[0] == points


def test_grades_are_cut_by_the_bad_rate_to_be_expected() -> None:
    table = report()
    grades = grades_for(table, ["A", "B", "C"])
    cuts = [row["from"] for row in grades]
    assert cuts == sorted(cuts, reverse=True)
    assert score_at(table, 1 / 51) == 600
    assert score_at(table, 1 / 101) == 620
    with pytest.raises(ValueError, match="more grades"):
        grades_for(table, list("ABCDEFG"))


def test_the_history_is_the_same_every_time_and_names_nothing_protected() -> None:
    first = list(county_history.people(20, seed=9))
    assert first == list(county_history.people(20, seed=9))
    assert first != list(county_history.people(20, seed=10))
    assert not [name for name in CANDIDATES if protected_name(name)]
    assert not {"age", "birth_date", "household_county", "id_county"} & set(CANDIDATES)


def test_the_command_enters_what_it_trains(tmp_path: Path, db: None) -> None:
    source = write(tmp_path / "c.csv", county(600))
    options: dict[str, Any] = {
        "csv": source, "target": "result", "folds": 2, "register": "crops", "period": "2024",
        "note": "a test", "stdout": StringIO(),
    }  # fmt: skip
    with pytest.raises(CommandError, match="--by"):
        call_command("train_scorecard", **options)
    call_command("train_scorecard", **options, by=TRAINER, challenger=True)
    card = reading.newest("crops")
    assert card is not None
    assert (card.data["period"], card.data["note"], card.trained_by) == ("2024", "a test", TRAINER)
    other = reading.newest("crops", "challenger")
    assert other is not None
    assert scorecards.challenger(other.id)
    with pytest.raises(CommandError, match="not registered"):
        call_command("train_scorecard", **{**options, "register": "x" * 99}, by=TRAINER)


def test_the_demo_bank_has_an_approved_scorecard_and_a_challenger(
    monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    """On fewer rows than the demo's, for time."""
    people = county_history.people
    monkeypatch.setattr(county_history, "people", lambda: people(1_500))
    call_command("seed_scorecards", stdout=StringIO())
    call_command("seed_scorecards", stdout=StringIO())
    (card,) = reading.approved()
    assert (card.name, card.approved_by) == ("county scorecard@1", "bank setup")
    assert card.data["label"] == county_history.LABEL
    assert reading.newest("county", "challenger").state == "candidate"  # type: ignore[union-attr]
    assert ScorecardModel.objects.count() == 2
    assert read_strategy(scorecards.in_strategy(card.id, definition()))


def test_registration_is_all_or_nothing(db: None, now: dt.datetime) -> None:
    with pytest.raises(artefacts.RefusedArtefact):
        registration.enter(
            code="half",
            report={**report(), "challenger": {**boosted()[0], "artefact_sha256": "0" * 64}},
            artefact=boosted()[1],
            origin={},
            trained_by=TRAINER,
            now=now,
        )
    assert not ScorecardModel.objects.exists()
