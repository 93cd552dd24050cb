"""Why, twice: a code for the bank, a sentence in two languages for the person."""

from collections.abc import Sequence
from decimal import Decimal

from risk.contracts import REFER
from risk.domain.case import Case
from risk.domain.profile import Gap
from risk.domain.scorecard import Points
from risk.domain.strategy import CompiledStrategy
from risk.domain.values import NotOfType, read_money

_WEAK_POINTS_MAX = 3


def reason(strategy: CompiledStrategy, code: str, kind: str) -> dict[str, str]:
    text = strategy.reasons[code]
    return {"code": code, "kind": kind, "zh": text["zh"], "en": text["en"]}


def gap_reasons(
    strategy: CompiledStrategy, gaps: Sequence[Gap], unsure: bool
) -> list[dict[str, str]]:
    """One sentence for sources that could not be asked, one for answers that could not be used."""
    kinds = {"unavailable" if gap.kind == "unavailable" else "other" for gap in gaps}
    reasons = []
    if "unavailable" in kinds:
        reasons.append(reason(strategy, "SOURCE_UNAVAILABLE", REFER))
    if "other" in kinds or (unsure and not gaps):
        reasons.append(reason(strategy, "DATA_INCOMPLETE", REFER))
    return reasons


def weak_points(case: Case, scored: tuple[int, Sequence[Points]] | None) -> list[dict[str, str]]:
    """The characteristics that lost most points, as information for the person."""
    rows = {row.feature: row for row in case.strategy.scorecard.characteristics}
    lost = [part for part in (scored[1] if scored else ()) if part.points < part.at_most]
    lost.sort(key=lambda part: (part.points - part.at_most, part.feature))
    text = case.strategy.reasons["WEAK_POINT"]
    return [
        {
            "code": f"WEAK_{part.feature.upper()}",
            "kind": "info",
            "zh": text["zh"].replace("{label}", rows[part.feature].zh),
            "en": text["en"].replace("{label}", rows[part.feature].en),
        }
        for part in lost[:_WEAK_POINTS_MAX]
    ]


def approval_notes(case: Case, limit: Decimal) -> list[dict[str, str]]:
    notes = []
    if case.known.get("thin_file"):
        notes.append(reason(case.strategy, "STARTER_LIMIT", "info"))
    requested = case.inputs.get("requested_amount")
    try:
        if requested is not None and read_money(requested) > limit:
            notes.append(reason(case.strategy, "REQUEST_ABOVE_LIMIT", "info"))
    except NotOfType:  # a wish is not evidence: an unreadable one changes nothing
        pass
    return notes
