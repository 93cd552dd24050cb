"""The four assessments — basics, fraud, willingness, ability — each 0 to 100 with its evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

from risk.domain.features import FEATURES
from risk.domain.scorecard import Points
from risk.domain.strategy import GROUPS, CompiledStrategy
from risk.domain.values import written

#: A fired rule says more than points: the assessment it belongs to cannot look better than this.
_CEILING = {"decline": 10, "refer": 40}
_UNKNOWN_SCORE = 0
_UNSCORED = 50


def assess(
    strategy: CompiledStrategy,
    *,
    fired: Sequence[tuple[str, str, str]],
    points: Sequence[Points] | None,
    known: Mapping[str, Any],
    facts: Mapping[str, Mapping[str, Any]],
    unsure: bool,
) -> list[dict[str, Any]]:
    """JSON-safe assessments. ``fired`` holds (rule code, group, outcome); ``points`` is ``None``
    unscored.

    ``unsure``: something required is unknown, so an unscored group shows 0 rather than a middle
    value.
    """
    rows = {row.feature: row for row in strategy.scorecard.characteristics}
    result = []
    for group in GROUPS:
        parts = [part for part in points or () if part.group == group]
        score = _scaled(parts) if parts else (_UNKNOWN_SCORE if unsure else _UNSCORED)
        if points is not None and not parts:
            score = 100
        evidence = [_rule_evidence(strategy, code, then) for code, of, then in fired if of == group]
        for _, of, then in fired:
            score = min(score, _CEILING[then]) if of == group else score
        evidence += [_points_evidence(rows[part.feature], part, known, facts) for part in parts]
        result.append({"name": group, "score": score, "evidence": evidence})
    return result


def _scaled(parts: Sequence[Points]) -> int:
    """Where the points lie between the group's worst and best, 0–100, rounded down."""
    lowest, highest = sum(p.at_least for p in parts), sum(p.at_most for p in parts)
    if highest == lowest:
        return 100
    return (sum(p.points for p in parts) - lowest) * 100 // (highest - lowest)


def _rule_evidence(strategy: CompiledStrategy, code: str, then: str) -> dict[str, Any]:
    text = strategy.reasons[code]
    return {
        "code": code,
        "zh": text["zh"],
        "en": text["en"],
        "value": then,
        "source": "rule",
        "at": "",
        "effect": -100 if then == "decline" else -50,
    }


def _points_evidence(
    row: Any, part: Points, known: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    fact = facts.get(part.feature) or {}
    source = FEATURES[part.feature].source if part.feature in FEATURES else "derived"
    return {
        "code": part.feature,
        "zh": row.zh,
        "en": row.en,
        "value": str(written(known[part.feature])),
        "source": source,
        "at": str(fact.get("at") or ""),
        "effect": part.points * 2 - part.at_least - part.at_most,
    }
