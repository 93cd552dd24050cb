"""Words for what changes: never a colour alone, and amounts and rates with their direction."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from lending.templatetags.customer_pages import yuan

_KINDS: Mapping[str, Any] = {
    "same": pgettext_lazy("what-if", "No change"),
    "better": pgettext_lazy("what-if", "Better"),
    "worse": pgettext_lazy("what-if", "Worse"),
    "mixed": pgettext_lazy("what-if", "Partly better, partly worse"),
    "other_plans": pgettext_lazy("what-if", "Repaid in another way"),
    "newly_approved": pgettext_lazy("what-if", "Approved now"),
    "newly_referred": pgettext_lazy("what-if", "Goes to a person now"),
    "newly_declined": pgettext_lazy("what-if", "Declined now"),
    "new": pgettext_lazy("what-if", "First offer"),
}
#: Colour that goes with the words: "", amber, red or grey.
_CHIPS = {
    "same": "grey", "mixed": "amber", "other_plans": "blue", "worse": "red",
    "newly_referred": "amber", "newly_declined": "red", "new": "blue",
}
#: Colour of a bar in the same sense.
_BARS = {"mixed": "low", "newly_referred": "low", "worse": "bad", "newly_declined": "bad"}
_OUTCOMES: Mapping[str, Any] = {
    "": gettext_lazy("not sold"),
    "approve": pgettext_lazy("what-if", "approved"),
    "refer": pgettext_lazy("what-if", "to a person"),
    "decline": pgettext_lazy("what-if", "declined"),
}


def kind(code: str) -> str:
    return str(_KINDS.get(code, code))


def change(difference: Any) -> dict[str, Any]:
    """One person's change: ``kind`` in words, its ``chip`` colour, and ``lines`` saying how much."""
    lines = []
    if difference.amount_delta:
        lines.append(amount_line(difference.amount_delta))
    if difference.rate_delta:
        lines.append(rate_line(difference.rate_delta))
    return {
        "kind": kind(difference.kind),
        "chip": _CHIPS.get(difference.kind, ""),
        "lines": lines,
    }


def why(outcome: Any) -> str:
    """The first reason against an offer, as the person would read it; "" without one."""
    if outcome is None or not outcome.reasons:
        return ""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return str(outcome.reasons[0][language])


def amount_line(delta: Decimal) -> str:
    """2000.00 → ¥2,000 more"""
    words = _("%(amount)s more") if delta > 0 else _("%(amount)s less")
    return words % {"amount": yuan(abs(delta))}


def rate_line(delta: Decimal) -> str:
    """-0.005000 → 0.50 points cheaper: percentage points a year."""
    words = _("%(points)s points dearer") if delta > 0 else _("%(points)s points cheaper")
    return words % {"points": f"{abs(delta) * 100:.2f}"}


def found(summary: Mapping[str, Any]) -> dict[str, Any]:
    """A run's summary ready to show; shares are fractions of all applications looked at."""
    count = summary["count"]
    return {
        **summary,
        "kinds": [
            {
                "words": kind(code),
                "n": n,
                "share": Decimal(n) / count,
                "bar": _BARS.get(code, ""),
            }
            for code, n in summary["kinds"].items()
        ],
        "moves": [
            {
                "before": _OUTCOMES.get(before, before),
                "after": _OUTCOMES.get(after, after),
                "n": n,
                "stays": before == after,
            }
            for before, after, n in summary["moves"]
        ],
        "amount": _spread(summary["amount"], amount_line),
        "rate": _spread(summary["rate"], rate_line),
        "offered_delta": _sum_line(summary),
    }


def _spread(written: Mapping[str, Any] | None, line: Any) -> dict[str, Any] | None:
    if written is None:
        return None
    said = {name: _line(Decimal(written[name]), line) for name in ("mean", "median", "min", "max")}
    return {"count": written["count"], **said}


def _line(delta: Decimal, line: Any) -> str:
    return line(delta) if delta else kind("same")


def _sum_line(summary: Mapping[str, Any]) -> str:
    return _line(
        Decimal(summary["offered_after"]) - Decimal(summary["offered_before"]), amount_line
    )


def outcome(code: str) -> str:
    """approve → approved, in the reader's language."""
    return str(_OUTCOMES.get(code, code))
