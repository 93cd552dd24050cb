"""The scorecard trainer on any CSV: what it learns, what it refuses, and that points equal the
model.
"""

import csv
import json
import math
import random
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from sklearn.datasets import load_breast_cancer

from risk.domain.points_table import InvalidPointsTable, read_points_table
from risk.training.binning import fit_binning
from risk.training.quality import cross_validate
from risk.training.scorecard import PDO, as_points, fit
from risk.training.table import UnusableTable, read_table


def write(path: Path, rows: list[dict[str, Any]], encoding: str = "utf-8", sep: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=sep)
        writer.writeheader()
        writer.writerows(rows)
    return path


def county(rows: int = 1200, seed: int = 7) -> list[dict[str, Any]]:
    """Invented borrowers: overdue months and low income make bad, the crop a little."""
    chance = random.Random(seed)
    people = []
    for n in range(rows):
        income, overdue = chance.lognormvariate(8, 0.6), chance.choice([0, 0, 0, 0, 1, 2, 4])
        crop = chance.choice(["rice", "pigs", "茶叶", "walnuts", "bees"])
        odds = -1.5 - 0.9 * math.log(income / 3000) + 0.8 * overdue + (0.8 if crop == "pigs" else 0)
        people.append(
            {
                "no": f"p{n}-{chance.random()}",
                "income": "" if n % 19 == 0 else f"{income:.2f}",
                "overdue": overdue,
                "crop": "NA" if n % 31 == 0 else crop,
                "bank": "one",
                "noise": chance.random(),
                "result": int(chance.random() < 1 / (1 + math.exp(-odds))),
            }
        )
    return people


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return read_table(write(tmp_path_factory.mktemp("csv") / "c.csv", county()), "result")


def test_it_learns_what_is_there_and_not_what_is_not(table: Any) -> None:
    quality = cross_validate(table, 5, fit)
    assert quality.auc > 0.72
    assert quality.gini == pytest.approx(2 * quality.auc - 1)
    assert set(table.dropped) == {"no", "bank"}
    model = fit(table.columns, table.bad)
    assert {"overdue", "income"} <= {binning.name for binning in model.binnings}
    assert "noise" in model.left_out
    assert all(weight >= 0 for weight in model.weights)


def test_numbers_are_binned_monotonely(table: Any) -> None:
    for column in table.columns:
        binning = fit_binning(column, table.bad)
        if not binning.is_numeric or not binning.edges:
            continue
        woes = [row.woe for row in binning.bins[:-1]]
        assert woes in (sorted(woes), sorted(woes, reverse=True))
        assert sum(row.rows for row in binning.bins) == len(table.bad)


def test_the_points_table_is_the_model(table: Any) -> None:
    model = fit(table.columns, table.bad)
    points = json.loads(json.dumps(as_points(model)))
    compiled = read_points_table(points)
    log_odds = model.log_odds(table.columns)
    factor = PDO / math.log(2)
    rounding = (len(model.binnings) + 1) / 2
    for i in range(0, len(table.bad), 7):
        row = {
            column.name: (float(column.numbers[i]) if column.is_numeric else column.word(i))
            for column in table.columns
        }
        score, parts = compiled.score(row)
        exact = 600 + factor * (log_odds[i] - math.log(50))
        assert abs(score - exact) <= rounding + 0.01
        assert score == points["base_points"] + sum(given for _, given in parts)


def test_many_people_score_at_once_as_one_by_one(table: Any) -> None:
    compiled = read_points_table(as_points(fit(table.columns, table.bad)))
    columns = {
        column.name: column.numbers
        if column.is_numeric
        else [column.word(i) for i in range(len(column))]
        for column in table.columns
    }
    together = compiled.score_columns(columns, len(table.bad))
    alone = [
        compiled.score({name: column[i] for name, column in columns.items()})[0]
        for i in range(len(table.bad))
    ]
    assert together.tolist() == alone
    assert compiled.score_columns({}, 2).tolist() == [compiled.score({})[0]] * 2


def test_reasons_are_the_points_lost(table: Any) -> None:
    compiled = read_points_table(as_points(fit(table.columns, table.bad)))
    late = {"overdue": 4, "income": 90_000.0, "crop": "rice"}
    first = compiled.reasons(late)[0]
    assert first.feature == "overdue"
    better, worse = compiled.score({**late, "overdue": 0})[0], compiled.score(late)[0]
    assert first.lost == better - worse > 0


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"base_points": 1, "features": []},
        {"base_points": 1.5, "features": [{"name": "x"}]},
        {"base_points": 1, "features": [{"name": "x", "type": "number", "edges": [2, 1],
                                         "bins": [{"points": 1, "label": ""}] * 4}]},
        {"base_points": 1, "features": [{"name": "x", "type": "word", "groups": [["a"]], "other": 3,
                                         "bins": [{"points": 1, "label": ""}] * 2}]},
        {"base_points": 1, "features": [{"name": "x", "type": "number", "edges": [1],
                                         "bins": [{"points": True, "label": ""}] * 3}]},
    ],
)  # fmt: skip
def test_what_is_no_points_table_is_refused(broken: Any) -> None:
    with pytest.raises(InvalidPointsTable):
        read_points_table(broken)


@pytest.mark.parametrize("junk", [None, "", "text", float("nan"), float("inf"), True, [], 10**400])
def test_a_malformed_value_scores_as_a_gap(junk: Any, table: Any) -> None:
    points = as_points(fit(table.columns, table.bad))
    income = next(feature for feature in points["features"] if feature["name"] == "income")
    compiled = read_points_table(points)
    score, parts = compiled.score({"income": junk, "overdue": 0, "crop": "rice"})
    assert dict(parts)["income"] == income["bins"][-1]["points"]
    assert isinstance(score, int)


def test_an_unseen_word_scores_as_the_others(table: Any) -> None:
    points = as_points(fit(table.columns, table.bad))
    crop = next(feature for feature in points["features"] if feature["name"] == "crop")
    _, parts = read_points_table(points).score({"crop": "火龙果"})
    assert dict(parts)["crop"] == crop["bins"][crop["other"]]["points"]


def test_the_same_file_gives_the_same_table(table: Any) -> None:
    first, second = (json.dumps(as_points(fit(table.columns, table.bad))) for _ in range(2))
    assert first == second


def test_public_data_with_thirty_numbers(tmp_path: Path) -> None:
    """The Wisconsin breast-cancer set that comes with scikit-learn: not credit, but real and
    public.
    """
    data = load_breast_cancer()
    rows = [
        {**dict(zip(data.feature_names, values, strict=True)), "benign": label}
        for values, label in zip(data.data, data.target, strict=True)
    ]
    table = read_table(write(tmp_path / "b.csv", rows), "benign")
    assert cross_validate(table, 5, fit).auc > 0.97


@pytest.mark.parametrize(
    ("values", "bad"),
    [
        (("0", "1"), "1"),
        (("0.0", "1.0"), "1"),
        (("０", "１"), "1"),
        (("-1", "1"), "1"),
        (("Good", "Bad"), "bad"),
        (("未违约", "违约"), "违约"),
        (("Fully Paid", "Charged Off"), "charged off"),
        (("1", "2"), "2"),
        (("good", "bad"), "bad"),
        (("N", "Y"), "y"),
        (("否", "是"), "是"),
        (("paid", "lost"), "lost"),
        (("False", "True"), "true"),
    ],
)
def test_the_event_is_found(values: tuple[str, str], bad: str, tmp_path: Path) -> None:
    rows = [{"x": n % 10, "y": values[1] if n % 4 == 0 else values[0]} for n in range(60)]
    assert read_table(write(tmp_path / "t.csv", rows), "y").bad_value == bad


def test_it_reads_what_people_export(tmp_path: Path) -> None:
    rows = [{"收入": n // 2, "逾期": "是" if n % 3 == 0 else "否"} for n in range(60)]
    gbk = read_table(write(tmp_path / "g.csv", rows, encoding="gb18030", sep=";"), "逾期")
    assert [column.name for column in gbk.columns] == ["收入"]
    ragged = tmp_path / "r.csv"
    ragged.write_text("x,y\n" + "".join(f"{n // 2},{n % 2}\n" for n in range(40)) + "1\n1,2,3\n,\n")
    assert read_table(ragged, "y").skipped_rows == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no rows"),
        ("x,y\n", "no rows"),
        ("x,x\n1,2\n", "same name"),
        ("x,z\n1,2\n", "no single column"),
        ("x,y\n" + "1,0\n" * 5, "too few"),
        ("x,y\n" + "1,0\n" * 50, "not 2"),
        ("x,y\n" + "1,0\n2,1\n3,2\n" * 20, "not 2"),
        ("x,y\n" + "1,0\n1,1\n" * 30, "no column"),
    ],
)
def test_what_cannot_be_trained_on_is_said_in_one_line(
    content: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(UnusableTable, match=words):
        read_table(path, "y")
    with pytest.raises(CommandError, match=words):
        call_command("train_scorecard", csv=path, target="y", stdout=StringIO())


def test_a_single_bad_row_cannot_be_cross_validated(tmp_path: Path) -> None:
    rows = [{"x": n // 2, "y": int(n == 3)} for n in range(60)]
    with pytest.raises(CommandError, match="at least 2 rows"):
        call_command(
            "train_scorecard", csv=write(tmp_path / "o.csv", rows), target="y", stdout=StringIO()
        )


def test_the_command_writes_a_table_and_a_challenger(tmp_path: Path) -> None:
    source, out = write(tmp_path / "c.csv", county(600)), tmp_path / "m.json"
    printed = StringIO()
    call_command(
        "train_scorecard",
        csv=source,
        target="result",
        folds=3,
        out=out,
        challenger=True,
        json=True,
        stdout=printed,
    )
    report = json.loads(printed.getvalue())
    assert report == json.loads(out.read_text(encoding="utf-8"))
    assert 0.6 < report["challenger"]["metrics"]["auc"] < 1
    assert (tmp_path / report["challenger"]["file"]).stat().st_size > 1000
    assert report["metrics"]["folds"] == 3
    assert np.isclose(report["metrics"]["gini"], 2 * report["metrics"]["auc"] - 1, atol=1e-5)
    text = StringIO()
    call_command("train_scorecard", csv=source, target="result", folds=2, stdout=text)
    assert "AUC" in text.getvalue()
    assert "overdue" in text.getvalue()
    assert "slope" in text.getvalue()
