"""A term as text in a field and back: exact and JSON-safe, never a float.

Full-width digits, ¥, 元, % and any usual separator are forgiven. A lone ``-`` is an empty list.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from lending.forms.customer_base import plain

EMPTY = "-"
_OPEN = frozenset({"none", "无", "不限"})
_SEPARATORS = re.compile(r"[,，、;；\s]+")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_RATE = re.compile(r"\d{1,6}(\.\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_SPREAD = re.compile(r"([A-Za-z0-9_]{1,12})\s*[=:]\s*(-?\d{1,5})", re.ASCII)
_POINTS = re.compile(r"[+-]?\d{1,5}", re.ASCII)
_SIX_PLACES, _CENT = Decimal("0.000001"), Decimal("0.01")
_YES_NO = {"yes": True, "no": False}


class Unreadable(ValueError):
    """``message`` tells the person what the field wants."""

    def __init__(self, message: Any) -> None:
        super().__init__("unreadable")
        self.message = message


class Inherit(ValueError):
    """The text says: as the layer above has it."""


def parse(kind: str, text: str) -> Any:
    """What ``text`` means in a field of ``kind``; raises ``Unreadable``, or ``Inherit``."""
    if kind.endswith("_or_open") and plain(text).lower() in _OPEN:
        raise Inherit
    return _PARSE.get(kind, plain)(text)


def written(kind: str, value: Any) -> str:
    """The text that ``parse`` reads back as ``value`` (as the terms hold it)."""
    return "" if value is None else _WRITE.get(kind, str)(value)


def _number(text: str) -> str:
    return plain(text).replace(",", "").replace(" ", "").lstrip("¥").rstrip("元%").strip()


def _matched(pattern: re.Pattern[str], text: str, message: Any) -> str:
    found = _number(text)
    if not pattern.fullmatch(found):
        raise Unreadable(message)
    return found


def _amount(text: str) -> str:
    found = _matched(_AMOUNT, text, _("Please enter an amount in yuan, for example 20000."))
    return str(Decimal(found).quantize(_CENT))


def _rate(text: str) -> str:
    found = _matched(_RATE, text, _("Please enter a percentage, for example 12 or 7.5."))
    return str((Decimal(found) / 100).quantize(_SIX_PLACES))


def _factor(text: str) -> str:
    return _matched(_NUMBER, text, _("Please enter a number, for example 1.5."))


def _whole(text: str) -> int:
    return int(_matched(_WHOLE, text, _("Please enter a whole number.")))


def _codes(text: str) -> list[str]:
    found = [item for item in map(plain, _SEPARATORS.split(text.strip())) if item]
    return [] if found == [EMPTY] else found


def _months(text: str) -> list[int]:
    return [_whole(item) for item in _codes(text)]


def _flag(text: str) -> bool:
    if plain(text) not in _YES_NO:
        raise Unreadable(_("Please choose yes or no."))
    return _YES_NO[plain(text)]


def _spreads(text: str) -> dict[str, int]:
    shape = _("Please write grades and basis points, for example A=180 B=280.")
    flat = " ".join(_SEPARATORS.split(plain(re.sub(r"\s", " ", text))))
    found = _SPREAD.findall(flat)
    grades = dict(found)
    if _SPREAD.sub("", flat).strip() or len(grades) != len(found):
        raise Unreadable(shape)
    return {grade: int(points) for grade, points in grades.items()}


def _tiers(text: str) -> dict[str, dict[str, Any]]:
    lines = [line for line in map(plain, text.splitlines()) if line]
    if lines == [EMPTY]:
        return {}
    rows = dict(map(_tier, lines))
    if len(rows) != len(lines):
        raise Unreadable(_("A tier stands there twice."))
    return rows


def _tier(line: str) -> tuple[str, dict[str, Any]]:
    tier, _equals, rest = line.partition("=")
    parts = [item for item in _SEPARATORS.split(rest.strip()) if item]
    if len(parts) < 2 or not _POINTS.fullmatch(parts[0]) or not _WHOLE.fullmatch(parts[1]):
        raise Unreadable(_("Please write a line like teacher=-30,120,equal_instalment."))
    return tier.strip(), {
        "spread_bp": int(parts[0]), "limit_percent": int(parts[1]), "methods": parts[2:],
    }


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) or EMPTY


def _tier_lines(value: Mapping[str, Mapping[str, Any]]) -> str:
    return "\n".join(
        f"{tier}=" + ",".join(map(str, (row["spread_bp"], row["limit_percent"], *row["methods"])))
        for tier, row in value.items()
    ) or EMPTY


def _short(value: Decimal) -> str:
    return f"{value.normalize():f}"


_PARSE: Mapping[str, Callable[[str], Any]] = {
    "amount": _amount, "amount_or_open": _amount, "rate": _rate, "factor": _factor,
    "whole": _whole, "whole_or_open": _whole, "share": _whole, "points": _whole,
    "codes": _codes, "months": _months, "flag": _flag, "spreads": _spreads, "tiers": _tiers,
}
_WRITE: Mapping[str, Callable[[Any], str]] = {
    "amount": _short, "amount_or_open": _short, "factor": _short,
    "rate": lambda value: _short(value * 100),
    "codes": _listed, "months": _listed, "tiers": _tier_lines,
    "flag": lambda value: "yes" if value else "no",
    "spreads": lambda value: " ".join(f"{grade}={points}" for grade, points in value.items()),
}
