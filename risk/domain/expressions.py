"""The language of formulas: a tokenizer, a recursive descent parser, and closures on Decimal. No eval.

Numbers, names, ``+ - * /``, parentheses, ``min(a, …)``, ``max(a, …)`` and ``if(condition, a, b)``.
A condition compares two numbers (``<  <=  >  >=  =  !=``), a text with a quoted word
(``land_crop = "rice"``), a flag with yes or no, or is a flag alone. Full-width signs are read too.
Arithmetic has 34 digits in a context of its own, so no setting of a process changes a result.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from risk.domain.cells import fold

ARITHMETIC = Context(
    prec=34, rounding=ROUND_HALF_UP, Emin=-60, Emax=60,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
LENGTH_MAX, DEPTH_MAX, _ARGUMENTS_MAX = 500, 20, 20
FUNCTIONS = frozenset({"min", "max", "if", "yes", "no"})
NUMBER_TYPES = frozenset({"count", "money"})
Known = Mapping[str, Any]
Value = Callable[[Known], Any]  # a Decimal or an int; raises ``Unknown`` or an ``ArithmeticError``
Truth = Callable[[Known], bool]
_TOKEN = re.compile(
    r'\s*(?:(\d{1,15}(?:\.\d{1,10})?)|([a-z][a-z0-9_]*)|"([^"]*)"|(<=|>=|!=|<>|==|[-+*/(),<>=]))',
    re.ASCII,
)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<>": operator.ne,
}
_EQUALITIES = frozenset({"=", "==", "!=", "<>"})


class InvalidExpression(ValueError):
    """The text cannot be read; ``code`` says why in one word."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Unknown(Exception):
    """A name the expression needs has no value."""


def compile_expression(
    text: Any, types: Mapping[str, str], nodes: "Nodes | None" = None
) -> tuple[Value, frozenset[str]]:
    """The computation and the names it reads; raises ``InvalidExpression``.

    ``nodes`` builds it from its parts: for one person (the default), or for whole columns.
    """
    if not isinstance(text, str) or not 0 < len(text) <= LENGTH_MAX:
        raise InvalidExpression("length", f"an expression has 1 to {LENGTH_MAX} characters")
    parser = _Parser(_tokens(_plain(text)), types, nodes or Nodes())
    value = parser.sum(0)
    parser.expect("end", "")
    return value, frozenset(parser.names)


def _plain(text: str) -> str:
    """Full-width signs folded, words in quotes left as typed."""
    parts = re.split('["“”＂]', text)
    return '"'.join(part if i % 2 else fold(part) for i, part in enumerate(parts))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidExpression("sign", f"unreadable from {text[at:at + 20]!r}")
        number, name, word, sign = match.groups()
        if number is not None:
            tokens.append(("number", number))
        elif name is not None:
            tokens.append(("name", name))
        elif word is not None:
            tokens.append(("word", word))
        else:
            tokens.append(("sign", sign))
        at = match.end()
    return [*tokens, ("end", "")]


class _Parser:
    """One pass over the tokens; each method reads one rule of the grammar and returns a closure."""

    def __init__(
        self, tokens: list[tuple[str, str]], types: Mapping[str, str], nodes: "Nodes"
    ) -> None:
        self.tokens, self.types, self.nodes, self.at = tokens, types, nodes, 0
        self.names: set[str] = set()

    def take(self, *signs: str) -> str:
        """The next sign if it is one of ``signs``, else nothing."""
        kind, text = self.tokens[self.at]
        if kind != "sign" or text not in signs:
            return ""
        self.at += 1
        return text

    def expect(self, kind: str, text: str) -> None:
        if self.tokens[self.at] != (kind, text):
            found = self.tokens[self.at][1] or "the end"
            raise InvalidExpression("syntax", f"expected {text or 'the end'}, found {found}")
        self.at += 1

    def sum(self, depth: int) -> Any:
        if depth > DEPTH_MAX:
            raise InvalidExpression("depth", f"nested more than {DEPTH_MAX} deep")
        value: Any = self.product(depth)
        while sign := self.take("+", "-"):
            value = self.nodes.binary(sign, value, self.product(depth))
        return value

    def product(self, depth: int) -> Any:
        value: Any = self.signed(depth)
        while sign := self.take("*", "/"):
            value = self.nodes.binary(sign, value, self.signed(depth))
        return value

    def signed(self, depth: int) -> Any:
        is_negative = False
        while sign := self.take("-", "+"):
            is_negative ^= sign == "-"
        value = self.atom(depth)
        return self.nodes.negative(value) if is_negative else value

    def atom(self, depth: int) -> Any:
        if self.take("("):
            value = self.sum(depth + 1)
            self.expect("sign", ")")
            return value
        kind, text = self.tokens[self.at]
        self.at += kind != "end"
        if kind == "number":
            return self.nodes.constant(Decimal(text))
        if kind != "name":
            raise InvalidExpression("syntax", f"expected a value, found {text or 'the end'}")
        if text == "if":
            return self.choice(depth + 1)
        if text in {"min", "max"}:
            return self.extreme(text, depth + 1)
        return self.nodes.variable(self.name(text, NUMBER_TYPES))

    def extreme(self, word: str, depth: int) -> Any:
        self.expect("sign", "(")
        values = [self.sum(depth)]
        while self.take(","):
            values.append(self.sum(depth))
        self.expect("sign", ")")
        if len(values) > _ARGUMENTS_MAX:
            raise InvalidExpression("arguments", f"{word} takes at most {_ARGUMENTS_MAX} values")
        return self.nodes.extreme(word, values)

    def choice(self, depth: int) -> Any:
        self.expect("sign", "(")
        condition = self.condition(depth)
        self.expect("sign", ",")
        first = self.sum(depth)
        self.expect("sign", ",")
        second = self.sum(depth)
        self.expect("sign", ")")
        return self.nodes.choice(condition, first, second)

    def condition(self, depth: int) -> Any:
        kind, text = self.tokens[self.at]
        type_ = self.types.get(text, "") if kind == "name" else ""
        if type_ in {"flag", "text", "county"}:
            self.at += 1
            return self.word_condition(self.name(text, {type_}), type_)
        left = self.sum(depth)
        sign = self.take(*_COMPARISONS)
        if not sign:
            raise InvalidExpression("condition", "a condition compares two values")
        return self.nodes.compare(sign, left, self.sum(depth))

    def word_condition(self, name: str, type_: str) -> Any:
        sign = self.take(*_COMPARISONS)
        if not sign and type_ == "flag":
            return self.nodes.equals("=", name, True)
        kind, text = self.tokens[self.at]
        self.at += kind != "end"
        fits = (kind, text) in {("name", "yes"), ("name", "no")} if type_ == "flag" else kind == "word"
        if sign not in _EQUALITIES or not fits:
            raise InvalidExpression("condition", f"{name} is compared with = or != and a fitting word")
        return self.nodes.equals(sign, name, text == "yes" if type_ == "flag" else text)

    def name(self, text: str, wanted: frozenset[str] | set[str]) -> str:
        if text not in self.types or text in FUNCTIONS:
            raise InvalidExpression("unknown_name", f"there is no {text:.60}")
        if self.types[text] not in wanted:
            raise InvalidExpression("type", f"{text} is a {self.types[text]}, not a number")
        self.names.add(text)
        return text


class Nodes:
    """The parts of a computation for one person: closures on Decimal."""

    def constant(self, number: Decimal) -> Any:
        return lambda _known: number

    def variable(self, name: str) -> Any:
        def variable(known: Known) -> Any:
            value = known.get(name)
            if value is None:
                raise Unknown(name)
            return value

        return variable

    def negative(self, value: Any) -> Any:
        return lambda known: ARITHMETIC.minus(value(known))

    def binary(self, sign: str, left: Any, right: Any) -> Any:
        operation = _OPERATIONS[sign]
        return lambda known: operation(left(known), right(known))

    def extreme(self, word: str, values: Sequence[Any]) -> Any:
        pick: Callable[[Any], Any] = min if word == "min" else max
        return lambda known: pick([value(known) for value in values])

    def choice(self, condition: Any, first: Any, second: Any) -> Any:
        return lambda known: first(known) if condition(known) else second(known)

    def compare(self, sign: str, left: Any, right: Any) -> Any:
        compare = _COMPARISONS[sign]
        return lambda known: compare(left(known), right(known))

    def equals(self, sign: str, name: str, word: str | bool) -> Any:
        """A word or flag compared for equality."""
        value, compare = self.variable(name), _COMPARISONS[sign]
        return lambda known: compare(value(known), word)


_OPERATIONS: dict[str, Callable[[Any, Any], Decimal]] = {
    "+": ARITHMETIC.add, "-": ARITHMETIC.subtract,
    "*": ARITHMETIC.multiply, "/": ARITHMETIC.divide,
}
