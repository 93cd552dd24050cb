"""What risk does for the rooms above: decisions are at hand here, lists in ``risk.services.lists``."""

from risk.services.decisions import (
    AGE_MAX,
    AGE_MIN,
    check,
    decide,
    gather,
)
from risk.services.review_limits import authority_for, reprice

__all__ = ["AGE_MAX", "AGE_MIN", "authority_for", "check", "decide", "gather", "reprice"]
