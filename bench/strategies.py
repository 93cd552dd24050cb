"""One applicant through a formula, a table of 40 rows × 5 inputs and a second formula, fully traced:
ours against zen-engine on the same graph, in the same run. And a score with its breakdown.
"""

import json
import random
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from bench.report import Row
from risk.domain.columns.features import column_of
from risk.domain.columns.formulas import formula_column
from risk.domain.columns.tables import ColumnTable
from risk.domain.formulas import Formula, read_formulas
from risk.domain.scorecard import read_scorecard
from risk.domain.table_reading import Vocabulary, read_tables
from risk.domain.tables import Table
from risk.domain.values import written

_TYPES = {
    "income": "money", "owed": "money", "free": "money", "land": "money", "years": "count",
    "crop": "text", "certificate": "flag", "percent": "count",
}  # fmt: skip
_INPUTS = ("free", "land", "years", "crop", "certificate")
_FREE, _AMOUNT = "income * 0.5 - owed", "max(min(free * 12, 50000), 0) * percent / 100"
_CROPS = ("rice", "maize", "tea", "pigs")
_MUST_PER_SECOND, _MUST_TIMES, _SCORE_US = 36_000, 3.0, 50.0
_SEED = Path(__file__).resolve().parents[1] / "risk" / "seeds" / "default_strategy.json"
Evaluate = Callable[[dict[str, Any]], Any]
_REPEATED, _CHUNK = 400, 20_000


def rows(*, small: bool) -> list[Row]:
    rounds = 3 if small else 7
    people = _people()
    cells = _cells()
    ours, theirs = _ours(cells), _zen(cells)
    if theirs is not None:
        _same_answers(ours, theirs, people)
    rate, zen_rate = _rates(ours, theirs, people, rounds)
    note = "reference missing: zen-engine is not installed" if zen_rate is None else ""
    found = [
        Row("applicant through 2 formulas and 40 rows, traced", "per second", rate, _MUST_PER_SECOND,
            reference=zen_rate, lower_is_better=False, note=note),
        Row("score with its breakdown", "µs", _score_us(rounds), _SCORE_US),
    ]  # fmt: skip
    found.append(
        Row("applicants through 2 formulas and 40 rows, by columns", "rows/s",
            _columns_rate(cells, people, rounds), 1_000_000, lower_is_better=False)
    )  # fmt: skip
    if zen_rate is not None:
        note = f"zen-engine traced: {zen_rate:,.0f} per second"
        found.append(Row("the same, against zen-engine in this run", "times", rate / zen_rate,
                         _MUST_TIMES, lower_is_better=False, note=note))  # fmt: skip
    return found


def _people() -> list[dict[str, Any]]:
    """Plain values as JSON writes them; amounts are whole yuan so that both engines read the same."""
    dice = random.Random(7)
    return [
        {
            "income": dice.randrange(1_000, 20_000, 2), "owed": dice.randrange(0, 3_000),
            "land": dice.randrange(0, 60), "years": dice.randrange(0, 30),
            "crop": dice.choice(_CROPS), "certificate": dice.random() < 0.5,
        }
        for _ in range(500)
    ]  # fmt: skip


def _cells() -> list[tuple[list[str], str]]:
    """Forty rows of a first-hit table: five bands of income, four of land, two of the certificate."""
    found = []
    for band in range(5):
        for land in range(4):
            for sure in ("yes", "no"):
                crop = ("-", "rice, maize", "not tea", "-")[land]
                when = [f"[{band * 2000 - 3000}..{band * 2000 - 1000})" if band < 4 else ">= 5000",
                        f">= {(3 - land) * 12}", f">= {band % 3}", crop, sure]  # fmt: skip
                found.append((when, str(60 + band * 10 + land + 5 * (sure == "yes"))))
    return found


def _parts(cells: list[tuple[list[str], str]]) -> tuple[Formula, Formula, Table]:
    definition = {
        "code": "limit", "zh": "额度", "en": "Limit", "stage": "limit", "hit": "first",
        "inputs": list(_INPUTS), "outputs": ["limit_percent"], "otherwise": ["50"],
        "rows": [{"id": f"R{i}", "when": when, "then": [then]} for i, (when, then) in enumerate(cells)],
    }  # fmt: skip
    free, amount = (
        read_formulas([{"name": name, "type": "money", "expression": text, "zh": "式", "en": "f"}], types)[0]
        for name, text, types in (
            ("free", _FREE, {k: v for k, v in _TYPES.items() if k != "free"}),
            ("amount", _AMOUNT, _TYPES),
        )
    )
    (table,) = read_tables([definition], Vocabulary(_TYPES, {}, (), {}))
    return free, amount, table


def _ours(cells: list[tuple[list[str], str]]) -> Evaluate:
    free, amount, table = _parts(cells)

    def evaluate(known: dict[str, Any]) -> dict[str, Any]:
        known = {**known, "free": free.value(known)}
        hit = table.look_up(known)
        known["percent"] = table.output(hit.rows[0], "limit_percent") if hit.rows else None
        found = amount.value(known)
        return {
            "amount": written(found),
            "trace": {
                "formulas": {"free": written(known["free"]), "amount": written(found)},
                "tables": [table.trace(hit, known)],
            },
        }

    return evaluate


def _columns_rate(
    cells: list[tuple[list[str], str]], people: list[dict[str, Any]], rounds: int
) -> float:
    """People a second, the best of some rounds; their answers are those of one after another."""
    free, amount, table = _parts(cells)
    by_free = formula_column(free, {k: v for k, v in _TYPES.items() if k != "free"})
    by_amount, by_table = formula_column(amount, _TYPES), ColumnTable(table, _TYPES)
    typed = [_typed(person) for person in people]
    given = {
        name: np.tile(column_of([one[name] for one in typed], _TYPES[name]), _REPEATED)
        for name in typed[0]
    }
    size, best = len(people) * _REPEATED, 0.0
    for _ in range(rounds):
        started = time.perf_counter()
        for start in range(0, size, _CHUNK):
            known = {name: column[start : start + _CHUNK] for name, column in given.items()}
            count = len(known["income"])
            known["free"], odd = by_free(known)
            percent = np.full(count, 50, dtype=np.int64)
            for row, who in by_table.look_up(known, count).rows():
                percent[who] = table.output(row, "limit_percent")
            known["percent"] = percent
            answer, more = by_amount(known)
            if (odd | more).any():
                raise RuntimeError("somebody's formula cannot be told by columns")
        best = max(best, size / (time.perf_counter() - started))
    expected = _ours(cells)(typed[(count - 1) % len(people)])["amount"]
    if int(answer[-1]) != int(Decimal(expected) * 100):
        raise RuntimeError("columns answer otherwise")
    return best


def _typed(person: dict[str, Any]) -> dict[str, Any]:
    """As a decision holds the values once they are read."""
    return {k: Decimal(v).quantize(Decimal("0.01")) if _TYPES[k] == "money" else v
            for k, v in person.items()}  # fmt: skip


def _zen(cells: list[tuple[list[str], str]]) -> Evaluate | None:
    """The same graph in zen-engine, called the fast way: one engine, compiled once, static loader."""
    try:
        import zen  # type: ignore[import-not-found]
    except ImportError:
        return None
    loader = {"type": "static", "content": {"graph": _zen_graph(cells)}}
    engine = zen.ZenEngine({"loader": loader})
    return lambda person: engine.evaluate("graph", person, {"trace": True})


def _zen_graph(cells: list[tuple[list[str], str]]) -> dict[str, Any]:
    columns = [{"id": name, "name": name, "field": name} for name in _INPUTS]
    table = {
        "hitPolicy": "first", "inputs": columns, "passThrough": True, "inputField": None,
        "outputPath": None, "executionMode": "single",
        "outputs": [{"id": "percent", "name": "percent", "field": "percent"}],
        "rules": [
            {"_id": f"R{i}", **dict(zip(_INPUTS, map(_zen_cell, when), strict=True)), "percent": then}
            for i, (when, then) in enumerate(cells)
        ] + [{"_id": "otherwise", **dict.fromkeys(_INPUTS, ""), "percent": "50"}],
    }  # fmt: skip
    amount = "max([min([free * 12, 50000]), 0]) * percent / 100"
    nodes = [
        ("in", "inputNode", {}), ("first", "expressionNode", _zen_formula("free", _FREE)),
        ("table", "decisionTableNode", table),
        ("second", "expressionNode", _zen_formula("amount", amount)), ("out", "outputNode", {}),
    ]  # fmt: skip
    names = [name for name, _, _ in nodes]
    return {
        "nodes": [{"id": name, "name": name, "type": kind, "content": content,
                   "position": {"x": 0, "y": 0}} for name, kind, content in nodes],
        "edges": [{"id": f"{a}-{b}", "type": "edge", "sourceId": a, "targetId": b}
                  for a, b in zip(names, names[1:], strict=False)],
    }  # fmt: skip


def _zen_formula(key: str, text: str) -> dict[str, Any]:
    return {"expressions": [{"id": key, "key": key, "value": text}], "passThrough": True,
            "inputField": None, "outputPath": None, "executionMode": "single"}  # fmt: skip


def _zen_cell(cell: str) -> str:
    if cell == "-":
        return ""
    if cell in {"yes", "no"}:
        return "true" if cell == "yes" else "false"
    if cell[0] in "[>":
        return cell
    words = ", ".join(f'"{word.strip()}"' for word in cell.removeprefix("not ").split(","))
    return f"not in [{words}]" if cell.startswith("not ") else words


def _same_answers(ours: Evaluate, theirs: Evaluate, people: list[dict[str, Any]]) -> None:
    """Both must decide the same, or the speeds say nothing."""
    for person in people:
        amount = theirs(person)["result"]["amount"]
        if Decimal(ours(_typed(person))["amount"]) != Decimal(str(amount)):
            raise AssertionError(f"zen-engine gives {amount} for {person}")


def _rates(
    ours: Evaluate, theirs: Evaluate | None, people: list[dict[str, Any]], rounds: int
) -> tuple[float, float | None]:
    """Median evaluations a second over rounds taken in turn."""
    typed = [_typed(person) for person in people]
    mine, zens = [], []
    for _ in range(rounds):
        mine.append(_per_second(ours, typed, 10))
        if theirs is not None:
            zens.append(_per_second(theirs, people, 2))
    return statistics.median(mine), (statistics.median(zens) if zens else None)


def _per_second(evaluate: Evaluate, people: list[dict[str, Any]], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        for person in people:
            evaluate(person)
    return times * len(people) / (time.perf_counter() - started)


def _score_us(rounds: int) -> float:
    """The default strategy's scorecard on one known person."""
    from risk.domain.features import types

    card = read_scorecard(json.loads(_SEED.read_text(encoding="utf-8"))["scorecard"], types())
    known: dict[str, Any] = {"thin_file": False}
    for row in card.characteristics:
        known[row.feature] = row.edges[0] if row.edges else True
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(2_000):
            card.score(known)
        took.append((time.perf_counter() - started) / 2_000 * 1e6)
    return statistics.median(took)
