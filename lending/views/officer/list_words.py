"""The desk's words for customer lists."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.services.list_problems import ROWS

KINDS: Mapping[str, Any] = {
    "white": _("White list"),
    "grey": _("Grey list"),
    "black": _("Black list"),
}
LIST_STATES: Mapping[str, Any] = {
    "active": pgettext_lazy("list", "Active"),
    "closed": pgettext_lazy("list", "Closed"),
}
IMPORT_STATES: Mapping[str, Any] = {
    "uploaded": _("Waits to be checked"),
    "checking": _("Being checked"),
    "checked": _("Checked, not in force"),
    "live": _("In force"),
    "superseded": _("Replaced by a later one"),
    "undone": _("Taken back"),
    "failed": _("Could not be read"),
    "cancelled": pgettext_lazy("list", "Cancelled"),
}
MODES: Mapping[str, Any] = {
    "add": _("Adds to the list"),
    "replace": _("Replaces the whole list"),
}
TIERS: Mapping[str, Any] = {
    "in_good_standing": _("Borrower in good standing"),
    "settled": _("Former borrower, settled"),
    "mortgage": _("Mortgage customer"),
    "large_depositor": _("Large depositor"),
    "enterprise_owner": _("Sound enterprise's owner"),
    "civil_servant": _("Civil servant"),
    "teacher": _("Teacher"),
    "doctor": _("Doctor"),
}
FIELDS: Mapping[str, Any] = {
    "id_number": _("ID number"),
    "name": _("Name"),
    "tier": _("Customer tier"),
    "employer": _("Employer"),
    "valid_to": _("Last day"),
}
TABLES: Mapping[str, Mapping[str, Any]] = {
    "list_kind": KINDS,
    "list_state": LIST_STATES,
    "import_state": IMPORT_STATES,
    "import_mode": MODES,
    "tier": TIERS,
    "list_field": FIELDS,
    "row_error": ROWS,
}
