"""The desk's words for outside sources: what for, on which consent, what may fail and how."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WHAT_FOR: Mapping[str, Any] = {
    "identity": _("Name and ID number belong together; the home county"),
    "carrier": _("The mobile number is this person's, and since when"),
    "card": _("The bank card is this person's"),
    "own_bank": _("Deposits, salary paid in and loans with us"),
    "bureau": _("Loans, repayments and arrears elsewhere"),
    "multilender": _("Applications with other lenders; known fraud"),
    "courts": _("Open enforcement cases"),
    "land": _("Registered land, crop or herd"),
    "subsidies": _("Farm subsidies received"),
    "social_insurance": _("Employer and insured salary"),
    "housing_fund": _("Deposits with the housing fund"),
    "tax": _("Taxed income and turnover"),
}
CONSENTS: Mapping[str, Any] = {
    "privacy": pgettext_lazy("consent", "privacy"),
    "bureau": pgettext_lazy("consent", "credit enquiry"),
    "data_sharing": pgettext_lazy("consent", "data sharing"),
}
RETRIES: Mapping[str, Any] = {
    "inquiry": _("once, if the connection breaks"),
    "none": pgettext_lazy("retry", "never"),
}
FALLBACKS: Mapping[str, Any] = {
    "refer": _("a person decides"),
    "stale": _("an older answer"),
}
LIGHTS: Mapping[str, Any] = {
    "good": pgettext_lazy("source", "Good"),
    "slow": pgettext_lazy("source", "Slow"),
    "failing": pgettext_lazy("source", "Failing"),
    "off": pgettext_lazy("source", "Switched off"),
    "over": pgettext_lazy("source", "Over budget"),
    "silent": pgettext_lazy("source", "Not asked today"),
}
PROBLEMS: Mapping[str, Any] = {
    "timeout": _("no answer in time"),
    "unreachable": _("the connection was refused or broke"),
    "http_error": _("it answered with an error"),
    "garbage": _("the answer could not be read"),
    "too_large": _("the answer was too large"),
    "breaker_open": _("held back after failures in a row"),
    "request_id": _("the answer to another question"),
    "other_person": _("the answer was about somebody else"),
    "result": _("a result we do not know"),
    "data": _("the answer had no data"),
    "adapter": _("our own fault in reading the answer"),
    "budget": _("the day's budget is used up"),
    "disabled": _("the source is switched off"),
}
_FIELD = _("unexpected value: %(field)s")

TABLES: Mapping[str, Mapping[str, Any]] = {
    "source_what_for": WHAT_FOR,
    "source_consent": CONSENTS,
    "source_retry": RETRIES,
    "source_fallback": FALLBACKS,
    "source_light": LIGHTS,
}


def problem(code: str) -> str:
    """Why a question failed; a value of a wrong type names its field."""
    if code.startswith("field "):
        return str(_FIELD) % {"field": code.removeprefix("field ")}
    return str(PROBLEMS.get(code, code))
