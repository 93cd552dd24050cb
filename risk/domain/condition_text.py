"""Conditions as a person types them, and back: ``bureau_overdue_run_max >= 3 or not fraud_listed is true``.

Pure. ``parse`` gives the JSON that ``conditions`` compiles, or says where and why it cannot; ``write``
is its inverse: ``parse(write(c)) == c`` for every condition in its plain form. Nothing is evaluated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from risk.domain.conditions import InvalidCondition, compile_condition
from risk.domain.values import READERS, NotOfType, written

LENGTH_MAX = 4_000
DEPTH_MAX = 20
#: The product's terms a rule may compare with; ``case.term_values`` gives their values.
TERMS = ("age_min", "age_max", "counties", "purposes", "forbidden_purposes", "segments")
OPERATORS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "!=": "ne"}
_SIGNS = {code: sign for sign, code in OPERATORS.items()}
_WORDS = {"in": "in", "not_in": "not in", "is": "is", "has": "has"}
_ORDERED, _LISTED = frozenset({"count", "money", "day"}), frozenset({"text", "county"})
#: What Chinese keyboards type for the same sign; each is one character, so positions stay.
_SAME = str.maketrans("（），【】“”＝＜＞", "(),[]\"\"=<>")
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:\\.|[^"\\])*")|(?P<number>\d[\d.\-]*)|(?P<name>[A-Za-z_][\w.]*)"""
    r"""|(?P<sign><=|>=|!=|<>|==|[<>=(),\[\]≤≥≠])|(?P<word>[且或非]))""",
    re.ASCII,
)
_ONE = {"≤": "<=", "≥": ">=", "≠": "!=", "<>": "!=", "==": "=", "且": "and", "或": "or", "非": "not"}
_RESERVED = frozenset({"and", "or", "not", "in", "is", "has", "true", "false"})
_Token = tuple[str, str, int]  # kind, text, position


class InvalidText(ValueError):
    """``code`` says why, ``word`` what was met, ``position`` where (from 0)."""

    def __init__(self, code: str, position: int, word: str = "") -> None:
        super().__init__(f"{code} at {position}: {word}")
        self.code, self.position, self.word = code, position, word


def parse(text: str, types: Mapping[str, str]) -> dict[str, Any]:
    """The condition's JSON; raises ``InvalidText``. ``types`` name every feature with its type."""
    if len(text) > LENGTH_MAX:
        raise InvalidText("too_long", LENGTH_MAX)
    reader = _Reader(_tokens(text), types, len(text))
    found = reader.either(0)
    kind, word, position = reader.peek()
    if kind != "end":
        raise InvalidText("unexpected", position, word)
    try:
        compile_condition(found, types)
    except InvalidCondition:
        raise InvalidText("too_deep", 0) from None
    return found


def _tokens(text: str) -> list[_Token]:
    plain, position, found = _plain(text), 0, []
    end = len(plain.rstrip())
    while position < end:
        match = _TOKEN.match(plain, position)
        if match is None:
            start = len(plain) - len(plain[position:].lstrip())
            raise InvalidText("unreadable", start, text[start : start + 12])
        kind = str(match.lastgroup)
        word = match.group(kind)
        word = word if kind == "string" else _ONE.get(word, word)
        found.append(("word" if word in _RESERVED else kind, word, match.start(kind)))
        position = match.end()
    return found


def _plain(text: str) -> str:
    """The text with other keyboards' signs replaced, except inside plain quotes."""
    parts = re.split(r'("(?:\\.|[^"\\])*")', text)
    return "".join(
        part if index % 2 else part.translate(_SAME) for index, part in enumerate(parts)
    )


@dataclass
class _Reader:
    tokens: list[_Token]
    types: Mapping[str, str]
    length: int
    at: int = 0

    def peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", self.length)

    def next(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def take(self, word: str) -> bool:
        kind, found, _ = self.peek()
        if found == word and kind in {"word", "sign"}:
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> None:
        _, found, position = self.peek()
        if not self.take(word):
            raise InvalidText("expected_sign", position, word if not found else f"{word}, {found}")

    def either(self, depth: int) -> dict[str, Any]:
        return self._joined("or", "any", self.every, depth)

    def every(self, depth: int) -> dict[str, Any]:
        return self._joined("and", "all", self.one, depth)

    def _joined(self, word: str, key: str, inner: Any, depth: int) -> dict[str, Any]:
        parts = [inner(depth)]
        while self.take(word):
            parts.append(inner(depth))
        first: dict[str, Any] = parts[0]
        return first if len(parts) == 1 else {key: parts}

    def one(self, depth: int) -> dict[str, Any]:
        if depth > DEPTH_MAX:
            raise InvalidText("too_deep", self.peek()[2])
        if self.take("not"):
            return {"not": self.one(depth + 1)}
        if self.take("("):
            found = self.either(depth + 1)
            self.expect(")")
            return found
        return self.comparison()

    def comparison(self) -> dict[str, Any]:
        kind, name, position = self.next()
        if kind != "name":
            raise InvalidText("expected_name" if kind != "end" else "ended", position, name)
        if name not in self.types:
            raise InvalidText("unknown_name", position, name)
        op, sign, at = self.operator()
        feature_type = self.types[name]
        if not fits(op, feature_type):
            raise InvalidText("operator_misfit", at, sign)
        found = {"feature": name, "op": op}
        kind, word, at = self.peek()
        if kind == "name" and word.startswith("terms."):
            self.at += 1
            if word[6:] not in TERMS:
                raise InvalidText("unknown_term", at, word)
            return {**found, "terms": word[6:]}
        if op in {"in", "not_in"}:
            return {**found, "value": self.members(feature_type)}
        return {**found, "value": self.value("text" if op == "has" else feature_type)}

    def operator(self) -> tuple[str, str, int]:
        kind, word, position = self.next()
        if word in OPERATORS and kind == "sign":
            return OPERATORS[word], word, position
        if kind == "word" and word in {"in", "is", "has"}:
            return word, word, position
        if kind == "word" and word == "not" and self.take("in"):
            return "not_in", "not in", position
        raise InvalidText("expected_operator" if kind != "end" else "ended", position, word)

    def members(self, kind: str) -> list[Any]:
        closing = "]" if self.take("[") else ")"
        if closing == ")":
            self.expect("(")
        found = [self.value(kind)]
        while self.take(","):
            found.append(self.value(kind))
        self.expect(closing)
        return found

    def value(self, kind: str) -> Any:
        form, word, position = self.next()
        if form == "end":
            raise InvalidText("ended", position)
        raw = _raw(form, word, kind)
        try:
            return written(READERS[kind](raw))
        except NotOfType:
            raise InvalidText(f"not_{kind}", position, word) from None


def fits(op: str, kind: str) -> bool:
    """Whether ``conditions`` knows this operator for this type."""
    if op in {"lt", "le", "gt", "ge"}:
        return kind in _ORDERED
    if op in {"in", "not_in"}:
        return kind in _LISTED
    if op in {"is", "has"}:
        return kind == ("flag" if op == "is" else "texts")
    return kind != "texts"


def _raw(form: str, word: str, kind: str) -> Any:
    """The token as JSON would write a value of this type; ``None`` fits no type."""
    if form == "string":
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    if form == "word":
        return {"true": True, "false": False}.get(word)
    if kind == "count":
        return int(word) if word.isdigit() and len(word) < 10 else None
    return word if form == "number" and kind != "flag" else None


def write(condition: Any) -> str:
    """The text of a condition's JSON; what is none is shown as it was typed, or empty."""
    if isinstance(condition, Mapping) and isinstance(condition.get("typed"), str):
        return str(condition["typed"])
    try:
        return _joined(condition, 0)
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""


def _joined(condition: Any, rank: int) -> str:
    """``rank`` 0: anything may stand here; 1: an "or" needs brackets; 2: an "and" too."""
    if "feature" in condition:
        return _compared(condition)
    ((key, inner),) = condition.items()
    if key == "not":
        return f"not {_joined(inner, 2)}"
    if key not in {"all", "any"}:
        raise ValueError(key)
    if len(inner) == 1:
        return _joined(inner[0], rank)
    word, mine = (" and ", 2) if key == "all" else (" or ", 1)
    text = word.join(_joined(part, mine) for part in inner)
    return f"({text})" if rank >= (2 if key == "all" else 1) else text


def _compared(condition: Mapping[str, Any]) -> str:
    op = condition["op"]
    sign = _SIGNS.get(op) or _WORDS[op]
    if "terms" in condition:
        return f"{condition['feature']} {sign} terms.{condition['terms']}"
    value = condition["value"]
    if isinstance(value, list):
        return f"{condition['feature']} {sign} [{', '.join(map(_literal, value))}]"
    return f"{condition['feature']} {sign} {_literal(value)}"


_BARE = re.compile(r"\d+(\.\d+)?|\d{4}-\d\d-\d\d", re.ASCII)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if _BARE.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
