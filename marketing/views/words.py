"""Words of the funnel: steps, obstacles, columns."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STEPS: dict[str, Any] = {
    "scanned": _("Scanned the code"),
    "otp_sent": _("Asked for the SMS code"),
    "logged_in": _("Logged in"),
    "started": _("Started"),
    "identified": _("Confirmed the identity"),
    "consented": _("Gave the consents"),
    "profiled": _("Answered the questions"),
    "card_bound": _("Bound a bank card"),
    "submitted": _("Handed in"),
    "decided": _("Decided"),
    "offered": _("Got an offer"),
    "accepted": _("Chose an offer"),
    "signed": _("Signed"),
    "disbursed": _("Has the money"),
}
#: After which step most people stop, said as the obstacle that follows.
STOPPED_BEFORE: dict[str, Any] = {
    "scanned": _("at the mobile number"),
    "otp_sent": _("at the SMS code"),
    "logged_in": _("at the first question"),
    "started": _("at the identity card"),
    "identified": _("at the consents"),
    "consented": _("at the questions"),
    "profiled": _("at the bank card"),
    "card_bound": _("at handing in"),
    "submitted": _("at the decision"),
    "decided": _("at the result"),
    "offered": _("at choosing an offer"),
    "accepted": _("at signing"),
    "signed": _("at the payout"),
    "disbursed": _("after the payout window"),
}
OBSTACLES: dict[str, Any] = {
    "needed consent refused": _("Refused a consent we need"),
    "id_checksum": _("ID number does not add up"),
    "unreadable": _("Picture of the ID card could not be read"),
    "other": _("Something else"),
    "payout rejected": _("The bank card refused the money"),
}
DIMENSIONS = [("product", _("Product")), ("officer", _("Officer")), ("code", _("Code"))]
WINDOWS: dict[str, Any] = {"1d": _("1 day"), "7d": _("7 days"), "30d": _("30 days")}
NOBODY = pgettext_lazy("attribution", "not attributed")
CSV_STEPS = [
    "step",
    "attempts",
    "share_of_step_before",
    "share_of_all",
    "median_seconds",
    "p90_seconds",
    "in_progress",
    "dropped",
    "declined",
    "withdrawn",
    "expired",
]
CSV_GROUPS = [
    "group",
    "attempts",
    "submitted",
    "offered",
    "disbursed",
    "in_progress",
    "scan_to_money",
]


def step(key: str) -> str:
    return str(STEPS[key])


def stopped_before(key: str) -> str:
    return str(STOPPED_BEFORE[key])


def obstacle(code: str) -> str:
    return str(OBSTACLES.get(code, code.replace("_", " ")))


STATUSES: dict[str, Any] = {
    "disbursed": _("Have the money"),
    "in_progress": _("Still on the way"),
    "dropped": _("Lost without a word"),
    "declined": _("Declined by the bank"),
    "withdrawn": _("Withdrew"),
    "expired": _("Let the time run out"),
}


def status(key: str) -> str:
    return str(STATUSES.get(key, key))
