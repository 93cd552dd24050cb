"""Typed values: what is not exactly of its type is unknown, and unknown never approves."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

_MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_COUNTY = re.compile(r"[1-9]\d{5}", re.ASCII)
_MONEY_MAX = Decimal(10) ** 12
_COUNT_MAX = 1_000_000
_TEXT_MAX = 100
_TEXTS_MAX = 30
_NUMBER_PLACES = Decimal("0.01")
_AS_TEXT = (Decimal, date)


class NotOfType(ValueError):
    """The value is not of the feature's type or lies outside any sensible range."""


def read_count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _COUNT_MAX:
        raise NotOfType("count")
    return value


def read_money(value: Any) -> Decimal:
    """Yuan from ``"5200.00"``, ``5200`` or ``5200.5``; never negative, never NaN, at most two
    decimals.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise NotOfType("money")
    written = repr(value) if isinstance(value, float) else str(value)
    if not _MONEY.fullmatch(written):
        raise NotOfType("money")
    amount = Decimal(written)
    if amount >= _MONEY_MAX:
        raise NotOfType("money")
    return amount.quantize(_NUMBER_PLACES)


def read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotOfType("flag")
    return value


def read_text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _TEXT_MAX or not value.isprintable():
        raise NotOfType("text")
    return value


def read_county(value: Any) -> str:
    """A six-digit county code."""
    if not isinstance(value, str) or not _COUNTY.fullmatch(value):
        raise NotOfType("county")
    return value


def read_texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > _TEXTS_MAX:
        raise NotOfType("texts")
    return tuple(read_text(item) for item in value)


def read_day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise NotOfType("day") from None


READERS: Mapping[str, Callable[[Any], Any]] = {
    "count": read_count,
    "money": read_money,
    "flag": read_flag,
    "text": read_text,
    "county": read_county,
    "texts": read_texts,
    "day": read_day,
}


@dataclass(frozen=True, slots=True)
class Feature:
    """A named, typed value a strategy may use.

    ``when_no_record`` is the value that "the source has nothing on this person" means (an empty
    court file is zero cases); ``None`` means such an answer leaves the value unknown. ``allowed``
    closes a text's vocabulary: any other word is not of the type. ``added``: decisions stored before
    this value existed do not name it, and for them that is no gap.
    """

    name: str
    type: str
    source: str
    field: str
    zh: str
    en: str
    when_no_record: Any = None
    allowed: Sequence[str] = ()
    added: bool = False

    def read(self, value: Any) -> Any:
        """The typed value; raises ``NotOfType``."""
        typed = READERS[self.type](value)
        if self.allowed and typed not in self.allowed:
            raise NotOfType(self.name)
        return typed


def written(value: Any) -> Any:
    """A typed value as JSON keeps it."""
    if isinstance(value, _AS_TEXT):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
