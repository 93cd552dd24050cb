"""The words of credit lines."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES: Mapping[str, Any] = {
    "active": pgettext_lazy("line", "May be drawn"),
    "frozen": pgettext_lazy("line", "Frozen"),
    "expired": pgettext_lazy("line", "Expired"),
    "closed": pgettext_lazy("line", "Replaced by a newer line"),
}
FREEZE_REASONS: Mapping[str, Any] = {
    "overdue": _("a payment is late"),
    "written_off": _("a loan was written off"),
    "staff": _("by hand"),
}
MOVEMENTS: Mapping[str, Any] = {
    "granted": pgettext_lazy("line", "Granted"),
    "drawn": pgettext_lazy("line", "Drawn"),
    "restored": pgettext_lazy("line", "Restored"),
    "frozen": pgettext_lazy("line", "Frozen"),
    "released": pgettext_lazy("line", "Released"),
    "raised": pgettext_lazy("line", "Limit raised"),
    "cut": pgettext_lazy("line", "Limit cut"),
    "expired": pgettext_lazy("line", "Expired"),
    "renewed": pgettext_lazy("line", "Renewed by a new contract"),
}
TABS: Mapping[str, Any] = {
    "live": pgettext_lazy("lines", "Running"),
    "frozen": pgettext_lazy("line", "Frozen"),
    "ending": pgettext_lazy("lines", "End within 30 days"),
    "ended": pgettext_lazy("lines", "Ended"),
}
TABLES: Mapping[str, Mapping[str, Any]] = {
    "line_state": STATES,
    "line_freeze": FREEZE_REASONS,
    "line_movement": MOVEMENTS,
    "line_tab": TABS,
}
