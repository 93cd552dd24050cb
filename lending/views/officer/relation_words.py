"""The desk's words for traits, evidence and doubts."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: Mapping[str, Any] = {
    "address": pgettext_lazy("shared", "Address"),
    "mobile": pgettext_lazy("shared", "Mobile number"),
    "device": pgettext_lazy("shared", "Device"),
    "card": pgettext_lazy("shared", "Bank card"),
    "identity": pgettext_lazy("shared", "ID number"),
}
EVIDENCE: Mapping[str, Any] = {
    "applications": _("the applications, with their days"),
    "people": _("the people, masked"),
    "place": _("the distance; the place is encrypted"),
    "codes": _("codes of what does not fit"),
    "device": _("the device's keyed hash, the officer who helped"),
}
DOUBTS: Mapping[str, Any] = {
    "name_read_differs": _("the name on the picture is another"),
    "number_read_differs": _("the number on the picture is another"),
    "card_expired": _("the ID card has expired"),
    "other_name_30d": _("the same ID number with another name within 30 days"),
    "mobile_of_other_identities": _("the number belongs to two or more other identities"),
}
