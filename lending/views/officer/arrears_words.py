"""The desk's words for arrears: cases, contacts, the gate's answers, promises."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CASE_STATES: Mapping[str, Any] = {
    "open": pgettext_lazy("case", "Open"),
    "promised": pgettext_lazy("case", "Promised to pay"),
    "in_hardship": pgettext_lazy("case", "In hardship or talks"),
    "with_head_office": pgettext_lazy("case", "With head office"),
    "closed": pgettext_lazy("case", "Closed"),
}
CLOSED_REASONS: Mapping[str, Any] = {
    "paid": pgettext_lazy("case", "Nothing is overdue any more"),
    "settled": pgettext_lazy("case", "The loan is paid off"),
    "written_off": pgettext_lazy("case", "The loan is written off"),
}
LEVELS: Mapping[str, Any] = {
    "officer": pgettext_lazy("level", "Loan officer"),
    "branch": pgettext_lazy("level", "Branch manager"),
    "head_office": pgettext_lazy("level", "Head office"),
}
CHANNELS: Mapping[str, Any] = {
    "sms": pgettext_lazy("channel", "Text message"),
    "call": pgettext_lazy("channel", "Phone call"),
    "visit": pgettext_lazy("channel", "Visit"),
    "letter": pgettext_lazy("channel", "Letter"),
    "wechat": pgettext_lazy("channel", "WeChat"),
}
CONTACT_STATES: Mapping[str, Any] = {
    "planned": pgettext_lazy("contact", "Planned"),
    "made": pgettext_lazy("contact", "Made"),
    "refused": pgettext_lazy("contact", "Not allowed"),
    "expired": pgettext_lazy("contact", "Dropped"),
}
#: How a contact ended, or why it was not allowed.
RESULTS: Mapping[str, Any] = {
    "": "–",
    "reached": _("Spoke with the borrower"),
    "declined_to_talk": _("The borrower did not want to talk"),
    "answered_by_other": _("Somebody else answered; nothing was said"),
    "not_reached": _("Nobody answered"),
    "wrong_number": _("Wrong number"),
    "sent": _("Sent"),
    "not_sent": _("Could not be sent"),
    "printed": _("Printed"),
    "reason_gone": _("The reason had gone"),
    "no_record": _("Nobody recorded how it ended"),
    "borrower_only": _("Only the borrower may be contacted"),
    "quiet_hours": _("Quiet hours: people sleep"),
    "too_many_today": _("No more contacts today"),
    "too_soon": _("Too soon after the last one"),
    "opted_out": _("The borrower has switched this off"),
    "paused_hardship": _("Quiet: a hardship is being looked at"),
    "paused_complaint": _("Quiet: a complaint is open"),
    "paused_talks": _("Quiet: new terms are being talked about"),
}
PAUSES: Mapping[str, Any] = {
    "complaint": pgettext_lazy("pause", "A complaint"),
    "talks": pgettext_lazy("pause", "Talks about new terms"),
    "hardship": pgettext_lazy("pause", "A hardship"),
}
HARDSHIPS: Mapping[str, Any] = {
    "illness": pgettext_lazy("hardship", "Illness"),
    "harvest_lost": pgettext_lazy("hardship", "Harvest lost"),
    "animal_disease": pgettext_lazy("hardship", "Animals fell ill"),
    "lost_job": pgettext_lazy("hardship", "Lost the job"),
    "disaster": pgettext_lazy("hardship", "Disaster"),
    "other": pgettext_lazy("hardship", "Another reason"),
}
SAID_BY: Mapping[str, Any] = {
    "borrower": pgettext_lazy("promise", "The borrower"),
    "co_borrower": pgettext_lazy("promise", "A co-borrower"),
    "agent_of_borrower": pgettext_lazy("promise", "Somebody the borrower has authorised"),
}
PROMISES: Mapping[str, Any] = {
    "open": pgettext_lazy("promise", "Running"),
    "kept": pgettext_lazy("promise", "Kept"),
    "broken": pgettext_lazy("promise", "Broken"),
}
EVENTS: Mapping[str, Any] = {
    "opened": _("The case was opened"),
    "moved": _("The case moved to another bucket"),
    "closed": _("The case was closed"),
    "note": _("A note was written"),
    "promise": _("A promise to pay"),
    "promise_kept": _("The promise was kept"),
    "promise_broken": _("The promise was broken"),
    "letter": _("A letter was written"),
    "hardship": _("The borrower told of a hardship"),
    "complaint": _("A complaint was opened"),
    "talks": _("Talks about new terms began"),
    "pause_ended": _("Contacts may go on"),
}
TABLES: Mapping[str, Mapping[str, Any]] = {
    "case_state": CASE_STATES,
    "case_closed": CLOSED_REASONS,
    "case_level": LEVELS,
    "case_event": EVENTS,
    "contact_channel": CHANNELS,
    "contact_state": CONTACT_STATES,
    "contact_result": RESULTS,
    "pause": PAUSES,
    "hardship": HARDSHIPS,
    "said_by": SAID_BY,
    "promise": PROMISES,
}
