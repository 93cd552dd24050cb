"""Everything there is to say about one stored decision: the page of the risk manager reads this.

Nothing here shows a raw reply, a name or a number of a person.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from risk import replay as replays
from risk.domain import condition_words
from risk.domain.case import Case
from risk.domain.counterfactuals import Help, helps
from risk.domain.derived_words import derived_words
from risk.domain.features import FEATURES
from risk.domain.rule_truths import RuleTruth, leaves, rule_truths, try_again_on
from risk.domain.strategy import CompiledStrategy
from risk.gateways.sources import SOURCE_NAMES, SOURCES
from risk.models import DecisionRecord, StrategyVersion
from risk.selectors.decisions import record_of
from risk.strategies import TamperedStrategy, compiled_version

Row = dict[str, Any]
#: What was computed → the values it was computed from, whose sources then counted.
_MADE_OF = {
    "monthly_income": ("declared_income", "tax_income"),
    "verified_income": ("tax_income",),
    "debt_burden_percent": ("bureau_obligation",),
    "thin_file": ("bureau_has_file",),
    "stability_years": ("bank_customer_since",),
}


def what_helps(decision_id: UUID) -> tuple[Help, ...]:
    """At most three things the person could do, easiest first. Raises ``NoDecision``.

    Empty where nothing helps, and where the strategy can no longer be read.
    """
    record = record_of(decision_id)
    try:
        return helps(compiled_version(record.strategy_version_id), record.inputs).rows
    except TamperedStrategy:
        return ()


def try_again_after(decision_id: UUID) -> date | None:
    """The first day from which waiting alone would have changed a refusal; ``None`` if it would not."""
    record = record_of(decision_id)
    if record.outcome != DecisionRecord.Outcome.DECLINE:
        return None
    try:
        strategy = compiled_version(record.strategy_version_id)
    except TamperedStrategy:
        return None
    case = Case(strategy, record.inputs)
    return try_again_on(rule_truths(_definition(record), case), case)


def sources_that_counted(decision_id: UUID) -> list[Row]:
    """Sources of a refusal: those a rule that fired, or a characteristic that lost points, has read.

    ``[{source, name_zh, name_en}]`` in the order of the sources.
    """
    record = record_of(decision_id)
    features = _weighty(record)
    for name, parts in _MADE_OF.items():
        if name in features:
            features |= set(parts)
    found = {FEATURES[name].source for name in features if name in FEATURES}
    return [
        {"source": code, "name_zh": zh, "name_en": en}
        for code, (zh, en) in SOURCE_NAMES.items()
        if code in found and code not in {"application", "signals"}
    ]


def rounds(application_id: UUID) -> list[Row]:
    """Every decision of an application, first round first; without its inputs."""
    rows = DecisionRecord.objects.filter(application_id=application_id).order_by("round")
    return list(
        rows.values("id", "round", "outcome", "score", "grade", "limit_amount", "as_of",
                    "engine_version", "strategy_version__number", "strategy_version__strategy__code")
    )


def application_of(decision_id: UUID) -> UUID:
    """Whose decision it is. Raises ``NoDecision``."""
    return record_of(decision_id).application_id


def replayed(decision_id: UUID) -> replays.Replayed:
    """The decision made again from its record, and whether it is the same byte for byte."""
    return replays.replayed(record_of(decision_id).pk)


def whole(decision_id: UUID, *, with_rules: bool = False) -> Row:
    """The decision with everything it rests on; see the keys below. Raises ``NoDecision``.

    ``with_rules`` adds all rules with their truth. Parts that need the strategy are empty when its
    definition was tampered with; ``tampered`` says so.
    """
    record = record_of(decision_id)
    result, inputs = record.result, record.inputs
    found: Row = {
        "record": record,
        "version": str(record.strategy_version),
        "assessments": result["assessments"],
        "reasons": result["reasons"],
        "offers": result["offers"],
        "profile": profile(record),
        "trace": result["trace"],
        "tables": result["trace"].get("tables", []),
        "formulas": result["trace"].get("formulas", []),
        "steps": waterfall(result["trace"]["limit"]),
        "names": {},
        "derived": [], "points": [], "rules": [], "helps": (), "tampered": False,
        "requested": inputs.get("requested_amount"),
    }
    try:
        strategy = compiled_version(record.strategy_version_id)
    except TamperedStrategy:
        return {**found, "tampered": True}
    case, definition = Case(strategy, inputs), _definition(record)
    truths = rule_truths(definition, case)
    shown = truths if with_rules else tuple(row for row in truths if row.truth)
    return {
        **found,
        "names": _names(record, strategy),
        "derived": [
            {"feature": name, "value": value, **derived_words(name, strategy.income)}
            for name, value in result["trace"]["derived"].items()
        ],
        "points": _points(strategy, result["trace"]["points"]),
        "rules": [_rule(row, strategy) for row in shown],
        "rules_count": len(truths),
        "base_points": strategy.scorecard.base,
        "helps": helps(strategy, inputs).rows,
        "try_again_after": try_again_on(truths, case)
        if record.outcome == DecisionRecord.Outcome.DECLINE
        else None,
    }


def profile(record: DecisionRecord) -> list[Row]:
    """Every value by source: ``[{source, name_zh, name_en, result, at, fresh_days, values: [...]}]``.

    A value: feature, zh, en, value, state, at (aware or ``None``), age_days, is_stale, is_unusual.
    """
    facts, unusual, as_of = record.inputs["facts"], _weighty(record), record.as_of
    groups = []
    for source, (zh, en) in SOURCE_NAMES.items():
        fresh = SOURCES[source].fresh_days if source in SOURCES else None
        values = [
            _value(name, facts[name], as_of, fresh, unusual)
            for name in FEATURES
            if name in facts and FEATURES[name].source == source
        ]
        if values:
            asked = record.inputs["sources"].get(source, {})
            groups.append(
                {"source": source, "name_zh": zh, "name_en": en, "result": asked.get("result"),
                 "at": values[0]["at"], "fresh_days": fresh, "values": values,
                 "age_days": values[0]["age_days"], "consent": asked.get("consent", "")}
            )
    return groups


def _value(
    name: str, fact: Mapping[str, Any], as_of: datetime, fresh: int | None, unusual: set[str]
) -> Row:
    at = _moment(fact.get("at"))
    age = max((as_of - at).days, 0) if at else None
    return {
        "feature": name,
        "zh": FEATURES[name].zh,
        "en": FEATURES[name].en,
        "type": FEATURES[name].type,
        "value": fact.get("value"),
        "state": fact.get("state", "missing"),
        "at": at,
        "age_days": age,
        "is_stale": bool(age is not None and fresh is not None and age > fresh),
        "is_unusual": name in unusual or fact.get("state") in {"unavailable", "mismatch"},
    }


def waterfall(steps: Sequence[Mapping[str, str]]) -> list[Row]:
    """The limit's steps with the amount after each: ``[{step, how, amount}]``, yuan.

    ``how``: the percentage, factor or cap as written; the first steps are bounds, the lower counts.
    """
    amount: Decimal | None = None
    rows = []
    for step in steps:
        how = ""
        if "percent" in step:
            how = f"× {step['percent']}%"
            amount = (amount or Decimal(0)) * Decimal(step["percent"]) / 100
        elif "factor" in step:
            how = f"× {Decimal(step['factor']).normalize():f}"
            amount = (amount or Decimal(0)) * Decimal(step["factor"])
        else:
            value = Decimal(step["value"])
            amount = value if amount is None or step["step"] == "rounded down" else min(amount, value)
        kind, _, table = step["step"].partition(" ")
        table, _, row = table.partition(" ") if kind == "table" else ("", "", "")
        rows.append({"step": step["step"], "how": how, "amount": amount,
                     "value": step.get("value", ""), "table": table, "row": row})
    return rows


def _names(record: DecisionRecord, strategy: CompiledStrategy) -> dict[str, tuple[str, str]]:
    """(Chinese, English) of every value, formula and table the trace may name."""
    definition, derived = _definition(record), record.result["trace"]["derived"]
    words = {name: derived_words(name, strategy.income) for name in derived}
    tables = {row["code"]: row for row in definition.get("tables", [])}
    found = {code: (zh or code, en or code) for code, (zh, en) in condition_words.names(definition).items()}
    for code, row in (words | tables).items():
        found[code] = (str(row.get("zh") or code), str(row.get("en") or code))
    return found


def _points(strategy: CompiledStrategy, points: Sequence[Sequence[Any]]) -> list[Row]:
    """Points of each characteristic between its worst and best."""
    rows = {row.feature: row for row in strategy.scorecard.characteristics}
    found = []
    for feature, label, given in points:
        if feature in rows:
            row = rows[feature]
            every = row.points or (*row.table.values(), row.otherwise)
            found.append(
                {"feature": feature, "zh": row.zh, "en": row.en, "group": row.group, "bin": label,
                 "points": given, "low": min(every), "high": max(every)}
            )
    return found


def _rule(row: RuleTruth, strategy: CompiledStrategy) -> Row:
    text = strategy.reasons[row.code]
    return {
        "code": row.code, "group": row.group, "then": row.then, "truth": row.truth,
        "zh": text["zh"], "en": text["en"], "comparisons": [_comparison(c) for c in row.comparisons],
    }


def _comparison(one: Any) -> Row:
    feature = FEATURES.get(one.feature)
    return {
        "feature": one.feature, "op": one.op, "wanted": one.wanted, "term": one.term,
        "value": one.value, "truth": one.truth,
        "zh": feature.zh if feature else one.feature, "en": feature.en if feature else one.feature,
    }


def _weighty(record: DecisionRecord) -> set[str]:
    """Features that a fired rule reads, or whose characteristic got its fewest points."""
    names: set[str] = set()
    try:
        strategy = compiled_version(record.strategy_version_id)
    except TamperedStrategy:
        return names
    fired = {code for code, _, _ in record.result["trace"]["rules"]}
    for row in _definition(record)["rules"]:
        if row["code"] in fired:
            names |= _features(row["when"])
    for row in _points(strategy, record.result["trace"]["points"]):
        if row["points"] == row["low"] < row["high"]:
            names.add(row["feature"])
    return names


def _features(condition: Any) -> set[str]:
    return {leaf["feature"] for leaf in leaves(condition)}


def _definition(record: DecisionRecord) -> dict[str, Any]:
    row: dict[str, Any] = StrategyVersion.objects.values_list("definition", flat=True).get(
        pk=record.strategy_version_id
    )
    return row


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None
