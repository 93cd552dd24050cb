"""A strategy's JSON, checked once and compiled into values the engine runs on.

The definition is data: rules, scorecard, grades, limit matrix, layers, offer plans and the
sentences for reasons. ``read_strategy`` refuses anything it does not understand, so a bad version
never decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from risk.domain.canonical import sha256_of
from risk.domain.conditions import InvalidCondition, compile_condition
from risk.domain.features import types
from risk.domain.formulas import Formula, InvalidFormula, read_formulas
from risk.domain.limits import LimitRules
from risk.domain.offers import Plan
from risk.domain.profile import IncomeRules
from risk.domain.scorecard import InvalidScorecard, Scorecard
from risk.domain.strategy_parts import (
    GROUPS,
    SOLD_METHODS,
    InvalidStrategy,
    Loss,
    Rule,
    Segment,
    defaults_of,
    income_of,
    limit_of,
    loss_of,
    plans_of,
    required_of,
    rule_of,
    scorecard_of,
    seasons_of,
)
from risk.domain.table_outputs import DECIDED
from risk.domain.table_reading import InvalidTable, Problem, Vocabulary, read_tables
from risk.domain.tables import Table
from risk.domain.values import NotOfType

__all__ = ["GROUPS", "CompiledStrategy", "InvalidStrategy", "Loss", "Rule", "Segment", "read_strategy"]
#: Reasons the engine itself gives; every strategy must word them.
ENGINE_REASONS = (
    "SOURCE_UNAVAILABLE",
    "DATA_INCOMPLETE",
    "SCORE_TOO_LOW",
    "ABILITY_INSUFFICIENT",
    "STARTER_LIMIT",
    "REQUEST_ABOVE_LIMIT",
    "WEAK_POINT",
)


@dataclass(frozen=True, slots=True)
class CompiledStrategy:
    code: str
    sha256: str
    required: frozenset[str]
    defaults: Mapping[str, Any]
    income: IncomeRules
    segments: tuple[Segment, ...]
    rules: tuple[Rule, ...]
    scorecard: Scorecard
    grades: tuple[
        tuple[int, str], ...
    ]  # lowest score of a grade, best first; below the last is a decline
    limit: LimitRules
    plans: Mapping[str, tuple[Plan, ...]]
    seasons: Mapping[str, tuple[int, ...]]
    labels: Mapping[str, Mapping[str, str]]
    reasons: Mapping[str, Mapping[str, str]]
    formulas: tuple[Formula, ...] = ()  # in an order in which each can be computed
    tables: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)  # by stage
    loss: Loss | None = None

    @property
    def has_tables(self) -> bool:
        """Whether results carry what tables and formulas found."""
        return bool(self.formulas or self.tables)

    def grade(self, score: int) -> str | None:
        return next((grade for lowest, grade in self.grades if score >= lowest), None)

    @property
    def worst_grade(self) -> str:
        return self.grades[-1][1]


def read_strategy(definition: Mapping[str, Any]) -> CompiledStrategy:
    """Compile ``definition``; raises ``InvalidStrategy``."""
    try:
        return _read(definition)
    except InvalidStrategy:
        raise
    except InvalidTable as error:
        raise InvalidStrategy(str(error), error.problems) from error
    except InvalidFormula as error:
        problem = Problem("formulas", error.formula, "expression", error.code, error.text)
        raise InvalidStrategy(str(error), [problem]) from error
    except (InvalidCondition, InvalidScorecard, NotOfType) as error:
        raise InvalidStrategy(str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidStrategy(f"{type(error).__name__}: {error}") from error


def _read(definition: Mapping[str, Any]) -> CompiledStrategy:
    formulas, reasons = _formulas(definition), definition["reasons"]
    kinds = types({formula.name: formula.type for formula in formulas})
    segments = tuple(
        Segment(row["code"], compile_condition(row["when"], kinds))
        for row in definition["segments"]
    )
    grades = tuple((int(row["from"]), str(row["grade"])) for row in definition["grades"])
    if not grades or list(grades) != sorted(grades, reverse=True):
        raise InvalidStrategy("grades stand best first")
    names, loss = [grade for _, grade in grades], definition.get("loss")
    about = Vocabulary(
        types=kinds,
        words={"grade": names, "segment": [segment.code for segment in segments]},
        reasons=reasons,
        factors={formula.name: formula.factors for formula in formulas},
    )
    compiled = CompiledStrategy(
        code=definition["code"],
        sha256=sha256_of(definition),
        required=required_of(definition["required"]),
        defaults=defaults_of(definition["defaults"]),
        income=income_of(definition["income"]),
        segments=segments,
        rules=tuple(rule_of(row, kinds, reasons) for row in definition["rules"]),
        scorecard=scorecard_of(definition["scorecard"], kinds),
        grades=grades,
        limit=limit_of(definition["limit"], names, segments, kinds),
        plans={code: plans_of(rows) for code, rows in definition["offers"]["plans"].items()},
        seasons=seasons_of(definition["offers"]["seasons"]),
        labels=definition["offers"]["labels"],
        reasons=reasons,
        formulas=formulas,
        tables=_by_stage(read_tables(definition.get("tables", []), about)),
        loss=None if loss is None else loss_of(loss, names),
    )
    _check_words(compiled)
    return compiled


def _formulas(definition: Mapping[str, Any]) -> tuple[Formula, ...]:
    """Formulas come before segments are found, so they cannot read them, nor what is decided later."""
    later = {"segment", "in_product_segment"}
    readable = {name: kind for name, kind in types().items() if name not in later}
    formulas = read_formulas(definition.get("formulas", []), readable)
    taken = {formula.name for formula in formulas} & {*later, *DECIDED["review"]}
    if taken:
        raise InvalidStrategy(f"formulas cannot be called {sorted(taken)}")
    return formulas


def _by_stage(tables: Sequence[Table]) -> Mapping[str, tuple[Table, ...]]:
    stages = {table.stage for table in tables}
    return {
        stage: tuple(table for table in tables if table.stage == stage) for stage in sorted(stages)
    }


def _check_words(compiled: CompiledStrategy) -> None:
    missing = [code for code in ENGINE_REASONS if code not in compiled.reasons]
    unlabelled = SOLD_METHODS - set(compiled.labels)
    unplanned = [s.code for s in compiled.segments if s.code not in compiled.plans]
    if missing or unlabelled or unplanned:
        raise InvalidStrategy(f"no words or plans for {missing} {sorted(unlabelled)} {unplanned}")
    for code, text in compiled.reasons.items():
        if not text.get("zh") or not text.get("en"):
            raise InvalidStrategy(f"reason {code} needs both languages")
