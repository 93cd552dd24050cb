"""Words for alerts, shifts and trials: codes of ``risk`` in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from risk.selectors.monitoring_alerts import AlertRow

ALERTS = {
    "score_shift": gettext_lazy("The applicants' scores have moved"),
    "approval_moved": gettext_lazy("The approval rate has moved"),
    "automation_low": gettext_lazy("Too many decisions need a person"),
    "decisions_slow": gettext_lazy("Decisions are slow"),
    "sources_failing": gettext_lazy("Sources fail to answer"),
    "many_overrides": gettext_lazy("People often decide otherwise than the machine"),
}
OUTCOMES = {
    "approve": gettext_lazy("Approve"),
    "refer": gettext_lazy("To a person"),
    "decline": gettext_lazy("Decline"),
}
ARMS = {
    "champion": gettext_lazy("Champion"),
    "challenger": gettext_lazy("Challenger"),
}
SHADOW_SAYS = {
    "approve": gettext_lazy("The shadow would approve, too"),
    "refer": gettext_lazy("The shadow would ask a person"),
    "decline": gettext_lazy("The shadow would decline"),
}


def alert(row: AlertRow) -> dict[str, Any]:
    """An alert ready to show."""
    return {
        "row": row,
        "title": ALERTS.get(row.code, row.code),
        "value": _value(row.code, row.value),
        "threshold": _value(row.code, row.threshold),
        "is_above": row.comparison == "above",
    }


def _value(code: str, value: float) -> str:
    if code == "score_shift":
        return f"PSI {value:.2f}"
    if code == "decisions_slow":
        return _("%(n)s ms") % {"n": f"{value:,.0f}"}
    if code == "approval_moved":
        return _("%(n)s points") % {"n": f"{value * 100:.1f}"}
    return f"{value * 100:.1f}%"


def shift(size: str) -> str:
    return {
        "small": pgettext("shift", "small: as before"),
        "some": pgettext("shift", "noticeable: keep an eye on it"),
        "much": pgettext("shift", "large: find out why"),
        "unknown": pgettext("shift", "too few decisions to tell"),
    }[size]


def verdict(outcome: str, found: str) -> str:
    """What a difference of two arms means, said plainly."""
    if found == "unknown":
        return _("Not enough cases to tell a difference from chance.")
    if found == "same":
        return _("About the same: within 3 points, and that is sure.")
    words = {
        ("approve", "more"): _("The challenger approves more, beyond chance."),
        ("approve", "less"): _("The challenger approves less, beyond chance."),
        ("refer", "more"): _("The challenger sends more to a person, beyond chance."),
        ("refer", "less"): _("The challenger sends fewer to a person, beyond chance."),
        ("decline", "more"): _("The challenger declines more, beyond chance."),
        ("decline", "less"): _("The challenger declines less, beyond chance."),
    }
    return words[outcome, found]
