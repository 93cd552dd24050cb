"""Words for the steps of a close, their states, and why a loan was set aside."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

STEPS = {
    "open": pgettext_lazy("end of day", "Open the day"),
    "loans": pgettext_lazy("end of day", "Close the loans"),
    "books": pgettext_lazy("end of day", "Write the day's journals"),
    "reprice": pgettext_lazy("end of day", "New rates of the day"),
    "credit": pgettext_lazy("end of day", "Use money that waits"),
    "collect": pgettext_lazy("end of day", "Collect what is due"),
    "lines": pgettext_lazy("end of day", "Freeze and release credit lines"),
    "agree": pgettext_lazy("end of day", "Agree with the core bank"),
    "roll": pgettext_lazy("end of day", "Move to the next date"),
}
STATES = {
    "done": pgettext_lazy("end of day", "done"),
    "now": pgettext_lazy("end of day", "in work"),
    "blocked": pgettext_lazy("end of day", "stopped"),
    "waiting": pgettext_lazy("end of day", "waiting"),
    "leased": pgettext_lazy("end of day", "in work"),
    "running": pgettext_lazy("end of day", "in work"),
}


def step(code: str) -> str:
    """A step's name; one that a room hung in without a word speaks for itself."""
    return str(STEPS.get(code, code))


def state(code: str) -> str:
    return str(STATES.get(code, code))


def parked(error: str) -> str:
    """Why a loan was set aside, as far as it is known by its code."""
    known: dict[str, Any] = {
        "next_late_without_instalment": _("The account says an instalment turns late; none does."),
        "next_due_without_instalment": _("The account says an instalment falls due; none does."),
        "instalment_interest_is_not_what_accrued": _(
            "The instalment's interest is not what accrued."
        ),
    }
    return str(known.get(error, error))
