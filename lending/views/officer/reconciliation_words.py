"""The desk's words for reconciliation, and what the gate says about a day that may not close."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from lending.services.reconciliation import UNAVAILABLE, UNEXPLAINED

NO_DAY = _("Please choose a day that has begun.")
KINDS: Mapping[str, Any] = {
    "missing_here": _("Moved at the bank, unknown here"),
    "missing_there": _("Moved here, not at the bank"),
    "amount": _("Another amount at the bank"),
    "payee": _("Another card at the bank"),
    "duplicate": _("Twice on the statement"),
    "no_journal": _("Not in the ledger"),
    "journal_amount": _("Another amount in the ledger"),
    "unbooked": _("Moved, the loan not booked"),
}
STATES: Mapping[str, Any] = {
    "open": pgettext_lazy("difference", "Open"),
    "proposed": pgettext_lazy("difference", "Waits for a second person"),
    "resolved": pgettext_lazy("difference", "Explained"),
    "healed": pgettext_lazy("difference", "Gone by itself"),
}
DIRECTIONS: Mapping[str, Any] = {"out": _("Money out"), "in": _("Money in")}
RESOLUTIONS: Mapping[str, Any] = {
    "booked_late": _("Booked late, now there"),
    "other_day": _("Stands on another day"),
    "bank_error_corrected": _("The bank's error, corrected"),
    "our_error_corrected": _("Our error, corrected"),
    "duplicate_returned": _("Doubled money was returned"),
    "accepted_difference": _("Difference accepted"),
}
RUN_KINDS: Mapping[str, Any] = {
    "hourly": pgettext_lazy("run", "Hourly"),
    "close": pgettext_lazy("run", "End of day"),
    "manual": pgettext_lazy("run", "By a person"),
}
RUN_STATES: Mapping[str, Any] = {
    "asked": pgettext_lazy("run", "Being compared"),
    "clean": pgettext_lazy("run", "All agree"),
    "breaks": pgettext_lazy("run", "Differences open"),
    "unavailable": pgettext_lazy("run", "No statement"),
}
PAYMENT_STATES: Mapping[str, Any] = {
    "created": _("Waits to be sent"),
    "sending": _("Being sent"),
    "unknown": _("No clear answer yet"),
    "manual": _("Needs two people"),
    "succeeded": _("The money moved"),
    "rejected": _("Refused by the bank"),
}
STEPS: Mapping[str, Any] = {
    "found": _("Found"),
    "changed": _("Its amounts changed: open again"),
    "found_again": _("Found again: open again"),
    "healed": _("No longer found: closed by the machine"),
    "taken": _("Taken over"),
    "proposed": _("Explanation proposed"),
    "sent_back": _("Proposal sent back"),
    "confirmed": _("Explanation confirmed"),
}
TABS: Mapping[str, Any] = {
    "open": pgettext_lazy("differences", "Open"),
    "resolved": pgettext_lazy("differences", "Closed"),
}
TABLES: Mapping[str, Mapping[str, Any]] = {
    "break_kind": KINDS,
    "break_state": STATES,
    "break_tab": TABS,
    "money_direction": DIRECTIONS,
    "break_resolution": RESOLUTIONS,
    "break_step": STEPS,
    "moved_state": PAYMENT_STATES,
    "reconciliation_kind": RUN_KINDS,
    "reconciliation_state": RUN_STATES,
}


def gate(answer: str) -> str:
    """What ``reconciliation.gate`` answered, for a person; "" when the day may close."""
    code, _colon, detail = answer.partition(":")
    if code == UNEXPLAINED:
        n = int(detail)
        return ngettext(
            "%(n)d difference with the core bank is not explained.",
            "%(n)d differences with the core bank are not explained.",
            n,
        ) % {"n": n}
    if code == UNAVAILABLE:
        return translated("The core bank's statement of %(day)s could not be read.") % {"day": detail}
    return answer
