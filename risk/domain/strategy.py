"""A strategy's JSON, checked once and compiled into values the engine runs on.

The definition is data: rules, scorecard, grades, limit matrix, layers, offer plans and the
sentences for reasons. ``read_strategy`` refuses anything it does not understand, so a bad version
never decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from products.domain.schedule import METHODS
from risk.domain.canonical import sha256_of
from risk.domain.conditions import InvalidCondition, Test, compile_condition
from risk.domain.features import FEATURES, types
from risk.domain.limits import Layer, LimitRules
from risk.domain.offers import Plan
from risk.domain.profile import IncomeRules
from risk.domain.scorecard import InvalidScorecard, Scorecard, read_scorecard
from risk.domain.values import NotOfType, read_count, read_money

GROUPS = ("basics", "fraud", "willingness", "ability")
_SOLD_METHODS = frozenset(METHODS) | {"flexible"}
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


class InvalidStrategy(ValueError):
    """The definition cannot be used; the message names the part."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``then``: decline | refer. Precheck rules need only what the person told us, before any
    source.
    """

    code: str
    group: str
    precheck: bool
    test: Test
    then: str


@dataclass(frozen=True, slots=True)
class Segment:
    code: str
    test: Test


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
    except (InvalidCondition, InvalidScorecard, NotOfType) as error:
        raise InvalidStrategy(str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidStrategy(f"{type(error).__name__}: {error}") from error


def _read(definition: Mapping[str, Any]) -> CompiledStrategy:
    kinds, reasons = types(), definition["reasons"]
    rules = tuple(_rule(row, kinds, reasons) for row in definition["rules"])
    segments = tuple(
        Segment(row["code"], compile_condition(row["when"], kinds))
        for row in definition["segments"]
    )
    grades = tuple((int(row["from"]), str(row["grade"])) for row in definition["grades"])
    if not grades or list(grades) != sorted(grades, reverse=True):
        raise InvalidStrategy("grades stand best first")
    compiled = CompiledStrategy(
        code=definition["code"],
        sha256=sha256_of(definition),
        required=_required(definition["required"]),
        defaults=_defaults(definition["defaults"]),
        income=_income(definition["income"]),
        segments=segments,
        rules=rules,
        scorecard=_scorecard(definition["scorecard"], kinds),
        grades=grades,
        limit=_limit(definition["limit"], [grade for _, grade in grades], segments, kinds),
        plans={code: _plans(rows) for code, rows in definition["offers"]["plans"].items()},
        seasons=_seasons(definition["offers"]["seasons"]),
        labels=definition["offers"]["labels"],
        reasons=reasons,
    )
    _check_words(compiled)
    return compiled


def _required(names: Sequence[str]) -> frozenset[str]:
    unknown = set(names) - set(FEATURES)
    if unknown:
        raise InvalidStrategy(f"unknown features {sorted(unknown)}")
    return frozenset(names)


def _defaults(row: Mapping[str, Any]) -> dict[str, Any]:
    """As written in JSON, after a check that each is of its feature's type."""
    for name, value in row.items():
        FEATURES[name].read(value)
    return dict(row)


def _rule(row: Mapping[str, Any], kinds: Mapping[str, str], reasons: Mapping[str, Any]) -> Rule:
    if row["code"] not in reasons:
        raise InvalidStrategy(f"rule {row['code']} has no sentence")
    if row["then"] not in {"decline", "refer"} or row["group"] not in GROUPS:
        raise InvalidStrategy(f"rule {row['code']}: unknown outcome or group")
    test = compile_condition(row["when"], kinds)
    return Rule(row["code"], row["group"], bool(row.get("precheck", False)), test, row["then"])


def _income(row: Mapping[str, Any]) -> IncomeRules:
    return IncomeRules(
        declared_percent=read_count(row["declared_percent"]),
        declared_cap=read_money(row["declared_cap"]),
        payroll_months_min=read_count(row["payroll_months_min"]),
        social_months_min=read_count(row["social_months_min"]),
        business_margin_percent=read_count(row["business_margin_percent"]),
        business_years_min=read_count(row["business_years_min"]),
        yearly_by_crop={crop: read_money(amount) for crop, amount in row["yearly_by_crop"].items()},
        yearly_other_crop=read_money(row["yearly_other_crop"]),
    )


def _scorecard(definition: Mapping[str, Any], kinds: Mapping[str, str]) -> Scorecard:
    card = read_scorecard(definition, kinds)
    strangers = {row.group for row in card.characteristics} - set(GROUPS)
    if strangers:
        raise InvalidStrategy(f"unknown groups {sorted(strangers)}")
    return card


def _limit(
    row: Mapping[str, Any],
    grades: Sequence[str],
    segments: Sequence[Segment],
    kinds: Mapping[str, str],
) -> LimitRules:
    caps = {
        segment: {grade: read_money(amount) for grade, amount in by_grade.items()}
        for segment, by_grade in row["caps"].items()
    }
    months = {grade: read_count(count) for grade, count in row["months"].items()}
    holes = [s.code for s in segments if set(grades) - set(caps.get(s.code, {}))]
    if holes or set(grades) - set(months):
        raise InvalidStrategy(f"the limit matrix has holes: {holes or 'months'}")
    layers = tuple(
        Layer(layer["code"], compile_condition(layer["when"], kinds), read_count(layer["percent"]))
        for layer in row["layers"]
    )
    debt_percent = read_count(row["debt_percent"])
    if debt_percent > 100:
        raise InvalidStrategy("debt_percent is a share of income")
    return LimitRules(months, max(read_count(row["carry_months"]), 1), caps, layers, debt_percent)


def _plans(rows: Sequence[Mapping[str, Any]]) -> tuple[Plan, ...]:
    plans = tuple(Plan(row["method"], read_count(row["term_months"])) for row in rows)
    if not plans or {plan.method for plan in plans} - _SOLD_METHODS:
        raise InvalidStrategy("an offer plan names an unknown method")
    return plans


def _seasons(rows: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    seasons = {crop: tuple(months) for crop, months in rows.items()}
    if any(not 1 <= month <= 12 for months in seasons.values() for month in months):
        raise InvalidStrategy("a season lies outside the year")
    return seasons


def _check_words(compiled: CompiledStrategy) -> None:
    missing = [code for code in ENGINE_REASONS if code not in compiled.reasons]
    unlabelled = _SOLD_METHODS - set(compiled.labels)
    unplanned = [s.code for s in compiled.segments if s.code not in compiled.plans]
    if missing or unlabelled or unplanned:
        raise InvalidStrategy(f"no words or plans for {missing} {sorted(unlabelled)} {unplanned}")
    for code, text in compiled.reasons.items():
        if not text.get("zh") or not text.get("en"):
            raise InvalidStrategy(f"reason {code} needs both languages")
