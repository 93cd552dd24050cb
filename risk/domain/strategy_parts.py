"""The parts of a strategy's JSON that stand on their own, read and checked one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from products.domain.schedule import METHODS
from risk.domain.conditions import Test, compile_condition
from risk.domain.features import FEATURES
from risk.domain.limits import Layer, LimitRules
from risk.domain.offers import Plan
from risk.domain.profile import IncomeRules
from risk.domain.scorecard import Scorecard, read_scorecard
from risk.domain.values import read_count, read_money

GROUPS = ("basics", "fraud", "willingness", "ability")
_MAY_BE_UNSAID = frozenset({"application", "signals"})
SOLD_METHODS = frozenset(METHODS) | {"flexible"}


class InvalidStrategy(ValueError):
    """The definition cannot be used; the message names the part.

    ``problems`` are those of tables, by table, row and column (``table_reading.Problem``), or of a
    formula: table "formulas", the formula's name as row, column "expression".
    """

    def __init__(self, message: str, problems: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


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
class Loss:
    """For what a book may lose: percent of borrowers who fail within a year, by grade, and percent of
    their debt that is lost then."""

    pd_percent: Mapping[str, Decimal]
    lgd_percent: Decimal


def required_of(names: Sequence[str]) -> frozenset[str]:
    unknown = set(names) - set(FEATURES)
    if unknown:
        raise InvalidStrategy(f"unknown features {sorted(unknown)}")
    return frozenset(names)


def defaults_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """As written in JSON, after a check that each is of its feature's type.

    Only what the person or lending may leave unsaid has one: a source that was not asked (no consent,
    say) is a gap, and a gap goes to a person.
    """
    for name, value in row.items():
        if FEATURES[name].source not in _MAY_BE_UNSAID:
            raise InvalidStrategy(f"{name} comes from outside and cannot have a default")
        FEATURES[name].read(value)
    return dict(row)


def rule_of(row: Mapping[str, Any], kinds: Mapping[str, str], reasons: Mapping[str, Any]) -> Rule:
    if row["code"] not in reasons:
        raise InvalidStrategy(f"rule {row['code']} has no sentence")
    if row["then"] not in {"decline", "refer"} or row["group"] not in GROUPS:
        raise InvalidStrategy(f"rule {row['code']}: unknown outcome or group")
    test = compile_condition(row["when"], kinds)
    return Rule(row["code"], row["group"], bool(row.get("precheck", False)), test, row["then"])


def income_of(row: Mapping[str, Any]) -> IncomeRules:
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


def scorecard_of(definition: Mapping[str, Any], kinds: Mapping[str, str]) -> Scorecard:
    card = read_scorecard(definition, kinds)
    strangers = {row.group for row in card.characteristics} - set(GROUPS)
    if strangers:
        raise InvalidStrategy(f"unknown groups {sorted(strangers)}")
    return card


def limit_of(
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


def plans_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Plan, ...]:
    plans = tuple(Plan(row["method"], read_count(row["term_months"])) for row in rows)
    if not plans or {plan.method for plan in plans} - SOLD_METHODS:
        raise InvalidStrategy("an offer plan names an unknown method")
    return plans


def seasons_of(rows: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    seasons = {crop: tuple(months) for crop, months in rows.items()}
    if any(not 1 <= month <= 12 for months in seasons.values() for month in months):
        raise InvalidStrategy("a season lies outside the year")
    return seasons


def loss_of(row: Mapping[str, Any], grades: Sequence[str]) -> Loss:
    by_grade = {grade: _percentage(row["pd_percent_by_grade"][grade]) for grade in grades}
    return Loss(by_grade, _percentage(row["lgd_percent"]))


def _percentage(text: Any) -> Decimal:
    try:
        percent = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise InvalidStrategy(f"{text!r:.40} is no percentage")
    return percent
