"""When somebody should look: rules as data over a few named metrics.

A rule is broken when its metric, over the last ``window_days`` business dates and with at least
``cases_min`` cases, is above or below the threshold. Too few cases break no rule and mend none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ABOVE, BELOW = "above", "below"


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    metric: str
    comparison: str
    threshold: float
    window_days: int
    cases_min: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value and the cases it rests on; ``value`` ``None``: cannot be told."""

    value: float | None
    cases: int


RULES: tuple[Rule, ...] = (
    Rule("score_shift", "score_psi", ABOVE, 0.25, 30, 200),
    Rule("approval_moved", "approval_change", ABOVE, 0.10, 7, 200),
    Rule("automation_low", "automation_rate", BELOW, 0.60, 7, 100),
    Rule("decisions_slow", "took_p99_ms", ABOVE, 1_000, 1, 100),
    Rule("sources_failing", "source_error_share", ABOVE, 0.05, 1, 100),
    Rule("many_overrides", "override_rate", ABOVE, 0.20, 30, 50),
)


def is_broken(rule: Rule, measured: Measured | None) -> bool | None:
    """``None`` when there is too little to tell."""
    if measured is None or measured.value is None or measured.cases < rule.cases_min:
        return None
    if rule.comparison == ABOVE:
        return measured.value > rule.threshold
    return measured.value < rule.threshold


def broken(measured: Mapping[str, Measured]) -> dict[str, bool | None]:
    """Rule code → broken, healthy or unknown; ``measured`` by rule code, each over its window."""
    return {rule.code: is_broken(rule, measured.get(rule.code)) for rule in RULES}
