"""Reading what risk keeps: decisions are at hand here, lists in ``risk.selectors.lists``."""

from risk.selectors.decisions import (
    NoDecision,
    decision,
    decision_of,
    decisions,
    evidence,
    profile_view,
    record_of,
    trace,
)

__all__ = [
    "NoDecision",
    "decision",
    "decision_of",
    "decisions",
    "evidence",
    "profile_view",
    "record_of",
    "trace",
]
