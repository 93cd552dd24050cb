"""What a decision keeps of how it came about."""

from collections.abc import Sequence
from typing import Any

from risk.domain.case import Case
from risk.domain.limits import Limit
from risk.domain.scorecard import Points
from risk.domain.stages import Fired
from risk.domain.values import written

_DERIVED_SHOWN = (
    "age",
    "thin_file",
    "stability_years",
    "verified_income",
    "monthly_income",
    "debt_burden_percent",
    "segment",
)


def trace_of(
    case: Case, *, fired: Sequence[Fired], scored: tuple[int, Sequence[Points]] | None,
    limit: Limit | None,
) -> dict[str, Any]:  # fmt: skip
    """For the bank: which rules fired, which bin gave which points, how the limit came about."""
    points = scored[1] if scored else ()
    trace = {
        "rules": [list(row) for row in fired],
        "points": [[part.feature, part.bin, part.points] for part in points],
        "gaps": [[gap.feature, gap.source, gap.kind] for gap in case.gaps],
        "segments": case.segments,
        "lists": sorted(case.white_lists or ()),
        "tier": case.tier,
        "derived": {
            name: written(case.known[name]) for name in _DERIVED_SHOWN if name in case.known
        },
        "limit": list(limit.steps) if limit else [],
    }
    if case.strategy.has_tables:
        trace["tables"] = case.table_trace
        trace["formulas"] = {name: written(value) for name, value in case.formulas.items()}
    return trace
