"""A strategy compiled for columns, beside its scalar form."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.domain.columns.conditions import ColumnTest, NotInColumns, column_test
from risk.domain.columns.features import encode
from risk.domain.columns.formulas import Compute, formula_column
from risk.domain.columns.points import Score, score_columns
from risk.domain.columns.stages import Saying, Stages, column_stages, sayings
from risk.domain.features import types
from risk.domain.strategy import CompiledStrategy, read_strategy

#: Parts of a definition that are known here. A strategy with any other part is decided one by one.
_PARTS = frozenset(
    {
        "code", "name_zh", "name_en", "required", "defaults", "income", "segments", "rules",
        "scorecard", "grades", "limit", "offers", "reasons", "formulas", "tables", "loss",
    }
)  # fmt: skip


@dataclass(frozen=True)
class ColumnStrategy:
    """``rules`` and ``segments`` in the scalar strategy's order; ``matrix`` in cents, segment × grade.

    ``sayings``: what rules, admission and review tables may say, (code, outcome) each once;
    ``askers``: rules and admission tables, which may be unable to tell. ``problem`` says why it has
    no form on columns: then everybody is decided one by one.
    """

    scalar: CompiledStrategy
    segments: tuple[tuple[str, ColumnTest], ...]
    rules: tuple[ColumnTest, ...]
    score: Score
    layers: tuple[tuple[ColumnTest, int], ...]
    months: NDArray[np.int64]
    matrix: NDArray[np.int64]
    formulas: tuple[tuple[str, Compute], ...] = ()
    stages: Stages = field(default_factory=dict)
    sayings: tuple[Saying, ...] = ()
    askers: tuple[str, ...] = ()
    problem: str = ""


def read_column_strategy(definition: Mapping[str, Any]) -> ColumnStrategy:
    """Compile both forms; raises ``InvalidStrategy`` as ``read_strategy`` does."""
    scalar = read_strategy(definition)
    said, asked = _sayings(scalar), _askers(scalar)
    try:
        return replace(_read(scalar, definition), sayings=said, askers=asked)
    except NotInColumns as why:
        nothing = np.zeros(0, dtype=np.int64)
        empty = ColumnStrategy(scalar, (), (), _no_score, (), nothing, nothing)
        return replace(empty, sayings=said, askers=asked, problem=str(why))


def _sayings(scalar: CompiledStrategy) -> tuple[Saying, ...]:
    rules = [(rule.code, rule.then) for rule in scalar.rules]
    spoken = [scalar.tables.get(stage, ()) for stage in ("admission", "review")]
    tables = [saying for tables in spoken for table in tables for saying in sayings(table)]
    return tuple(dict.fromkeys([*rules, *tables]))


def _askers(scalar: CompiledStrategy) -> tuple[str, ...]:
    tables = [table.code for table in scalar.tables.get("admission", ())]
    return tuple(dict.fromkeys([*(rule.code for rule in scalar.rules), *tables]))


def _no_score(*_: Any) -> Any:
    raise NotInColumns("this strategy has no form on columns")


def _read(scalar: CompiledStrategy, definition: Mapping[str, Any]) -> ColumnStrategy:
    strangers = set(definition) - _PARTS
    if strangers:
        raise NotInColumns(f"unknown parts {sorted(strangers)}")
    kinds, limit = types({one.name: one.type for one in scalar.formulas}), scalar.limit
    letters = [letter for _, letter in scalar.grades]
    return ColumnStrategy(
        scalar=scalar,
        segments=tuple(
            (row["code"], column_test(row["when"], kinds, with_terms=False))
            for row in definition["segments"]
        ),
        rules=tuple(column_test(row["when"], kinds) for row in definition["rules"]),
        score=score_columns(scalar.scorecard, kinds),
        layers=tuple(
            (column_test(row["when"], kinds, with_terms=False), int(row["percent"]))
            for row in definition["limit"]["layers"]
        ),
        months=np.array([limit.months[letter] for letter in letters], dtype=np.int64),
        matrix=np.array(
            [[encode(limit.caps[s.code][g], "money") for g in letters] for s in scalar.segments],
            dtype=np.int64,
        ).reshape(len(scalar.segments), len(letters)),
        formulas=tuple((one.name, formula_column(one, kinds)) for one in scalar.formulas),
        stages=column_stages(scalar.tables, kinds),
    )
