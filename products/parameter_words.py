"""What people call the dated numbers, how they write them, and why one was refused."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from products.domain.parameter_codes import (
    HOUR_OF_DAY,
    KINDS,
    MONTHS,
    PERCENT,
    SECONDS,
    TIMES,
    YEARS,
    YUAN,
)
from products.selectors.dated import Gap
from products.services import operating_area, parameters

LABELS = {
    "LPR_1Y": gettext_lazy("Loan prime rate, one year"),
    "LPR_5Y": gettext_lazy("Loan prime rate, over five years"),
    "TOTAL_COST_CAP": gettext_lazy("Highest yearly cost of a loan, everything included"),
    "FEE_RATE_MAX": gettext_lazy("Highest fees beside interest"),
    "PENALTY_UPLIFT_MIN": gettext_lazy("Late payment: lowest increase of the rate"),
    "PENALTY_UPLIFT_MAX": gettext_lazy("Late payment: highest increase of the rate"),
    "PENALTY_MISUSE_MIN": gettext_lazy("Wrong use of a loan: lowest increase of the rate"),
    "PENALTY_MISUSE_MAX": gettext_lazy("Wrong use of a loan: highest increase of the rate"),
    "CONSUMPTION_ONLINE_CAP": gettext_lazy("Most that is lent online for consumption"),
    "CONSUMPTION_MONTHS_MAX": gettext_lazy("Longest term of a loan for consumption"),
    "COST_SHEET_READING_SECONDS": gettext_lazy("Time to read the cost sheet before signing"),
    "ADULT_AGE": gettext_lazy("Age from which a person may borrow"),
    "PROVISION_NORMAL": gettext_lazy("Allowance for loan losses: normal loans"),
    "PROVISION_SPECIAL_MENTION": gettext_lazy("Allowance for loan losses: special mention"),
    "PROVISION_SUBSTANDARD": gettext_lazy("Allowance for loan losses: substandard"),
    "PROVISION_DOUBTFUL": gettext_lazy("Allowance for loan losses: doubtful"),
    "PROVISION_LOSS": gettext_lazy("Allowance for loan losses: loss"),
    "CONTACT_QUIET_FROM_HOUR": gettext_lazy("Contacts about debts: quiet from this hour"),
    "CONTACT_QUIET_UNTIL_HOUR": gettext_lazy("Contacts about debts: quiet until this hour"),
    "CONTACTS_PER_DAY_MAX": gettext_lazy("Contacts about debts: most in a day"),
}
UNITS = {
    PERCENT: "%",
    YUAN: gettext_lazy("yuan"),
    MONTHS: gettext_lazy("months"),
    SECONDS: gettext_lazy("seconds"),
    YEARS: gettext_lazy("years of age"),
    HOUR_OF_DAY: gettext_lazy("o'clock"),
    TIMES: gettext_lazy("times"),
}


def label(code: str) -> str:
    """The number's name; a code without one speaks for itself."""
    return str(LABELS.get(code, code))


def unit(code: str) -> str:
    return str(UNITS[KINDS[code].unit]) if code in KINDS else ""


def shown(code: str, stored: Decimal) -> str:
    """0.030000 of LPR_1Y → ``3.00 %``; a code without a unit as it is stored."""
    if code not in KINDS:
        return f"{stored.normalize():f}"
    return f"{KINDS[code].shown(stored):,f} {unit(code)}"


def gap_sentence(gap: Gap, today: date) -> str:
    """“LPR_1Y has no value from 2027-01-01” in the reader's language."""
    words = {"code": gap.code, "name": label(gap.code), "since": gap.since, "until": gap.until}
    if gap.since <= today and gap.until is None:
        return _("%(code)s (%(name)s) has no value today.") % words
    if gap.since <= today:
        return _("%(code)s (%(name)s) has no value today, only from %(until)s.") % words
    if gap.until is None:
        return _("%(code)s (%(name)s) has no value from %(since)s.") % words
    return _("%(code)s (%(name)s) has no value from %(since)s until %(until)s.") % words


def joined(codes: Iterable[str]) -> str:
    return (", " if (get_language() or "").startswith("en") else "、").join(codes)


def refusal(error: ValueError) -> tuple[str, str]:
    """(field of the form or "", sentence) for what the services of dated rows refuse."""
    match error:
        case parameters.WrongDay():
            return "day", _wrong_day(error)
        case parameters.NoBasis():
            return "basis", _("Please name the text it stands on (at most 200 characters).")
        case parameters.OutOfRange():
            return "value", _(
                "%(code)s lies between %(low)s and %(high)s %(unit)s, with at most"
                " %(decimals)s decimals."
            ) % {
                "code": error.code, "low": f"{error.kind.minimum:,f}",
                "high": f"{error.kind.maximum:,f}", "unit": unit(error.code),
                "decimals": error.kind.decimals,
            }
        case parameters.BandUpsideDown():
            return "value", _(
                "The lowest would lie above the highest: compare %(other)s on %(day)s."
            ) % {"other": error.other, "day": error.day}
        case parameters.StillNeeded():
            return "", _("This number is needed every day. Enter the value that follows it instead.")
        case operating_area.CountyInUse():
            return "", _(
                "These products are lent there on that day or later: %(products)s."
                " Publish versions without the county first."
            ) % {"products": joined(error.products)}
        case operating_area.NotACounty():
            return error.field, _("Please check this field.")
    raise error


def _wrong_day(error: parameters.WrongDay) -> str:
    words: dict[str, Any] = {"day": error.day}
    match error.problem:
        case "past":
            return _("Please choose today or a later day. What was decided before stays as it was.")
        case "far":
            return _("Please choose a day within ten years.")
        case "taken":
            return _("Another row begins on %(day)s. Please choose a later day.") % words
    return _("The row does not hold on that day. Please choose a day between its first and last.")
