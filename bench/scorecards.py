"""Scorecards: one person's score with its breakdown, a million people at once, a training run."""

import json
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from bench.report import Row
from risk.domain.points_table import read_points_table
from risk.domain.strategy import CompiledStrategy, read_strategy
from risk.training import county_history
from risk.training.platform_table import table_of
from risk.training.report import scorecard_report

_STRATEGY = Path(__file__).resolve().parents[1] / "risk" / "seeds" / "default_strategy.json"
_ONE_BY_ONE = 20_000
_MILLION = 1_000_000


def rows(*, small: bool) -> list[Row]:
    strategy = read_strategy(json.loads(_STRATEGY.read_text(encoding="utf-8")))
    people = list(county_history.people(1_000))
    table = table_of(people, strategy.defaults, strategy.income)
    started = time.perf_counter()
    report = scorecard_report(table, "fell overdue", 5, date(2026, 1, 1))
    trained_s = time.perf_counter() - started
    compiled = read_points_table(report)
    columns = {
        column.name: column.numbers
        if column.is_numeric
        else [column.word(i) for i in range(len(column))]
        for column in table.columns
    }
    some = [{name: column[i] for name, column in columns.items()} for i in range(len(people))]
    points_us = _micros(lambda n: compiled.score(some[n % len(some)]))
    known = _known(strategy)
    card_us = _micros(lambda n: strategy.scorecard.score(known))
    count = _MILLION // 5 if small else _MILLION
    features = f"{len(compiled.features)} features"
    return [
        Row("score by points table, with breakdown", "µs", points_us, 50, note=features),
        Row("score by a strategy's scorecard, with breakdown", "µs", card_us, 50),
        Row(
            "scores by points table, many at once",
            "rows/s",
            _many(compiled, columns, count),
            1_000_000,
            lower_is_better=False,
            note=f"{count:,} rows, {features}",
        ),
        Row(
            "train a scorecard, 1,000 rows, 5 folds",
            "s",
            trained_s,
            5,
            note=f"{len(table.columns)} columns",
        ),
    ]


def _micros(score: Callable[[int], Any]) -> float:
    for n in range(1_000):
        score(n)
    started = time.perf_counter()
    for n in range(_ONE_BY_ONE):
        score(n)
    return (time.perf_counter() - started) / _ONE_BY_ONE * 1e6


def _many(compiled: Any, columns: dict[str, Any], count: int) -> float:
    used = {one.name for one in compiled.features}
    tiled = {
        name: np.resize(np.array(column), count) for name, column in columns.items() if name in used
    }
    started = time.perf_counter()
    compiled.score_columns(tiled, count)
    return count / (time.perf_counter() - started)


def _known(strategy: CompiledStrategy) -> dict[str, Any]:
    """Somebody in the middle of every range."""
    known: dict[str, Any] = {"thin_file": False}
    for one in strategy.scorecard.characteristics:
        middle = one.edges[len(one.edges) // 2] if one.edges else True
        known[one.feature] = middle + (Decimal("0.01") if isinstance(middle, Decimal) else 0)
    return known
