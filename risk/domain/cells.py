"""One cell of a decision table, as typed in a spreadsheet, read into a set of values.

Ordered types (count, money, day) read ``>= 10``, ``< 5``, ``!= 3``, ``10`` and intervals
``[10..50)``; words (text, county) read ``rice, maize`` and ``not rice, maize``; flags read ``yes`` and
``no``. An empty cell or ``-`` is any value, even an unknown one. Full-width signs and 是/否 are read
too. Nothing is evaluated as text.

Values of a type lie on a grid (a whole number, a cent, a day), so every ordered cell is a union of
half-open spans: ``> 10`` of a count is 11 and more.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from risk.domain.values import READERS, NotOfType

ORDERED_TYPES = frozenset({"count", "money", "day"})
WORD_TYPES = frozenset({"text", "county"})
CELL_TYPES = ORDERED_TYPES | WORD_TYPES | {"flag"}
CELL_MAX = 500
_WORDS_MAX = 50
_CENT = Decimal("0.01")
_COUNT = re.compile(r"-?\d{1,12}", re.ASCII)
_MONEY = re.compile(r"-?\d{1,12}(\.\d{1,2})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COMPARISON = re.compile(r"(>=|<=|!=|<>|==|=|>|<)?\s*([^\s<>=!]+)")
_INTERVAL = re.compile(r"([\[(])\s*([^\s.]+(?:\.\d+)?)\s*\.{2,3}\s*([^\s]+?)\s*([\])])")
_SIGNS = str.maketrans({"≥": ">=", "≤": "<=", "≠": "!=", "—": "-", "–": "-", "−": "-"})
_YES, _NO = frozenset({"yes", "是", "true"}), frozenset({"no", "否", "false"})


class InvalidCell(ValueError):
    """``code`` for a page in any language, ``text`` in English."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class Spans:
    """Half-open spans (from, below) of typed values, rising, apart; ``None`` is an open end."""

    spans: tuple[tuple[Any, Any], ...]

    def holds(self, value: Any) -> bool:
        return any(
            (low is None or value >= low) and (high is None or value < high)
            for low, high in self.spans
        )


@dataclass(frozen=True, slots=True)
class Words:
    """One of ``words`` (text, county code or flag), or with ``negated`` none of them."""

    words: frozenset[Any]
    negated: bool = False

    def holds(self, value: Any) -> bool:
        return (value in self.words) is not self.negated


#: ``None`` is "any".
Cell = Spans | Words | None


def read_cell(text: Any, kind: str, allowed: Collection[str] = ()) -> Cell:
    """The meaning of ``text`` in a column of type ``kind``; ``allowed`` closes a text's vocabulary.

    Raises ``InvalidCell``.
    """
    if not isinstance(text, str):
        raise InvalidCell("not_text", "a cell is text")
    if len(text) > CELL_MAX or "\x00" in text:
        raise InvalidCell("too_long", f"a cell has at most {CELL_MAX} characters")
    folded = fold(text)
    if folded in {"", "-"}:
        return None
    if kind in ORDERED_TYPES:
        return Spans(_ordered(folded, kind))
    if kind == "flag":
        return Words(frozenset({_flag(folded)}))
    if kind in WORD_TYPES:
        return _words(text.strip(), kind, allowed)
    raise InvalidCell("type", f"a {kind} cannot be a column")


def fold(text: str) -> str:
    """Full-width letters, digits and signs as their plain ones, without blanks around."""
    return unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()


def _ordered(text: str, kind: str) -> tuple[tuple[Any, Any], ...]:
    interval = _INTERVAL.fullmatch(text)
    if interval:
        opening, first, last, closing = interval.groups()
        low, high = _value(first, kind), _value(last, kind)
        start = low if opening == "[" else after(low)
        end = high if closing == ")" else after(high)
        if start is None or (end is not None and start >= end):
            raise InvalidCell("empty_interval", f"{text} holds no value")
        return ((start, end),)
    comparison = _COMPARISON.fullmatch(text)
    if not comparison:
        raise InvalidCell("not_a_comparison", f"{text!r:.60} is no comparison or interval")
    return _compared(comparison[1] or "=", _value(comparison[2], kind), text)


def _compared(sign: str, value: Any, text: str) -> tuple[tuple[Any, Any], ...]:
    following = after(value)
    if sign == ">=":
        return ((value, None),)
    if sign == "<":
        if value == date.min:
            raise InvalidCell("empty_interval", f"{text} holds no value")
        return ((None, value),)
    if sign == "<=":
        return ((None, following),)
    if sign in {"=", "=="}:
        return ((value, following),)
    if following is None:  # after the last day of the calendar
        if sign == ">":
            raise InvalidCell("empty_interval", f"{text} holds no value")
        return ((None, value),)
    return ((following, None),) if sign == ">" else ((None, value), (following, None))


def after(value: Any) -> Any:
    """The next value of the type's grid; ``None`` after the last day."""
    if isinstance(value, date):
        return None if value == date.max else value + timedelta(days=1)
    return value + _CENT if isinstance(value, Decimal) else value + 1


def _value(text: str, kind: str) -> Any:
    pattern, read = _VALUES[kind]
    if not pattern.fullmatch(text):
        raise InvalidCell(f"not_a_{kind}", f"{text!r:.60} is not a {kind}")
    try:
        return read(text)
    except ValueError:
        raise InvalidCell(f"not_a_{kind}", f"{text!r:.60} is not a {kind}") from None


_VALUES: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    "count": (_COUNT, int),
    "money": (_MONEY, lambda text: Decimal(text).quantize(_CENT)),
    "day": (_DAY, date.fromisoformat),
}


def _flag(text: str) -> bool:
    word = text.lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise InvalidCell("not_a_flag", f"{text!r:.60} is neither yes nor no")


def _words(text: str, kind: str, allowed: Collection[str]) -> Words:
    """Words stay as typed: only the commas between them are folded."""
    negated = text[:4].lower() == "not "
    parts = re.split("[,，、]", text[4:] if negated else text)
    if len(parts) > _WORDS_MAX:
        raise InvalidCell("too_many_words", f"a cell names at most {_WORDS_MAX} words")
    return Words(frozenset(_word(part.strip(), kind, allowed) for part in parts), negated)


def _word(text: str, kind: str, allowed: Collection[str]) -> str:
    if text[:1] in {"<", ">", "=", "!", "[", "("} or text.lower() == "not":
        raise InvalidCell("comparison_of_words", f"{text!r:.60}: words are listed, not compared")
    try:
        word: str = READERS[kind](text)
    except NotOfType:
        raise InvalidCell(f"not_a_{kind}", f"{text!r:.60} is not a {kind}") from None
    if allowed and word not in allowed:
        raise InvalidCell("unknown_word", f"{word!r:.60} is none of {', '.join(allowed)}")
    return word
