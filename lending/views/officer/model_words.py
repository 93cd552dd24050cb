"""What the trainer writes down in English, in the reader's language."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

_IV = re.compile(r"IV ([\d.]+) below ([\d.]+)")
_STRONG = re.compile(r"suspiciously strong \(IV ([\d.]+)\)")
_WEAKER = re.compile(r"weaker than the (\d+)")


def in_language(words: tuple[str, str]) -> str:
    """Of (Chinese, English), the one the reader reads."""
    return words[0] if (get_language() or "zh").startswith("zh") else words[1]


def why(reason: str) -> str:
    """Why a column is left out or looked at twice; a sentence nobody knows is shown as it is."""
    if found := _IV.match(reason):
        return _("information value %(iv)s below %(least)s") % {
            "iv": found[1], "least": found[2]
        }  # fmt: skip
    if found := _STRONG.match(reason):
        return _("suspiciously strong (IV %(iv)s): was it known before the outcome?") % {
            "iv": found[1]
        }
    if found := _WEAKER.match(reason):
        return _("weaker than the %(n)s features that are used") % {"n": found[1]}
    return next((text for start, text in _sentences() if reason.startswith(start)), reason)


def origin(data: Mapping[str, Any]) -> str:
    """The label of data that is not a bank's own, for the top of the card; "" for a real one."""
    label = str(data.get("label", ""))
    if label == "trained on the demo county's invented history":
        return _("Trained on the demo county's invented history: not for real lending.")
    return label


def _sentences() -> tuple[tuple[str, str], ...]:
    return (
        ("protected attribute", _("protected attribute: never used")),
        ("constant", _("one value for everybody")),
        ("empty", _("empty column")),
        ("identifier", _("identifier: a value of its own for nearly every row")),
        ("a calendar day", _("calendar day: ages and lengths of time are used instead")),
        ("tells nothing that", _("tells nothing that the other features do not tell")),
    )


def kind_of(code: str) -> str:
    """scorecard | challenger in words."""
    return {"scorecard": _("scorecard"), "challenger": _("challenger (boosting)")}.get(code, code)


def state_of(code: str) -> str:
    """candidate | approved | retired in words."""
    return {
        "candidate": pgettext("model", "candidate"),
        "approved": pgettext("model", "approved"),
        "retired": pgettext("model", "retired"),
    }.get(code, code)
