"""The desk's words for money between cards and the bank."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES: Mapping[str, Any] = {
    "created": _("Waits to be sent"),
    "sending": _("Being sent"),
    "unknown": _("No clear answer yet"),
    "manual": _("Needs two people"),
    "succeeded": pgettext_lazy("card transfer", "Done"),
    "rejected": _("Refused by the bank"),
}
CHANNELS: Mapping[str, Any] = {
    "auto_debit": _("Automatic debit"),
    "applicant": _("Paid by the customer"),
    "officer": _("Asked for by staff"),
}
KINDS: Mapping[str, Any] = {
    "repayment": _("Repayment"),
    "partial_early": _("A part early"),
    "payoff": _("Everything paid off"),
    "refund": _("Refund"),
    "recovery": _("Recovery"),
}
#: The lists of the page, in the order of its tabs.
LISTS: Mapping[str, Any] = {
    "doubt": _("Needs two people"),
    "unbooked": _("Moved, not booked"),
    "asking": _("The machine is asking"),
    "today": pgettext_lazy("card transfers", "Of the business date"),
}
#: The core bank's closed list of refusals.
REJECTIONS: Mapping[str, Any] = {
    "38": _("Stopped by risk control"),
    "51": _("Not enough money on the card"),
    "60": _("Account closed"),
    "61": _("Account frozen"),
    "63": _("Account name differs"),
    "66": _("Account type not supported"),
    "93": _("Account limit reached"),
}
TABLES: Mapping[str, Mapping[str, Any]] = {
    "card_transfer_state": STATES,
    "card_transfer_channel": CHANNELS,
    "card_transfer_kind": KINDS,
    "card_transfer_list": LISTS,
    "core_bank_rejection": REJECTIONS,
}
