"""Named formulas of a strategy: what they read, their order, their values. Three-valued.

A formula is ``{"name", "type": money|count, "expression", "zh", "en"}``. Anything unknown, a division by
zero or an overflow makes its value unknown. A value is rounded half up to a millionth (so that
``x / 3 * 3`` is ``x``), then down — also below zero — to a cent or to a whole number; it may be
negative, and from 10^12 on either side it is unknown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from products.money import CENT, ZERO
from risk.domain.expressions import (
    ARITHMETIC,
    FUNCTIONS,
    InvalidExpression,
    Unknown,
    Value,
    compile_expression,
)
from risk.domain.factors import is_protected

FORMULAS_MAX = 100
RESULT_TYPES = ("money", "count")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_MILLIONTH = Decimal("0.000001")
_VALUE_MAX = Decimal(10) ** 12


class InvalidFormula(ValueError):
    """``formula`` names the one that cannot be used, ``code`` says why, the text in English."""

    def __init__(self, formula: str, code: str, text: str) -> None:
        super().__init__(f"formula {formula}: {text}")
        self.formula, self.code, self.text = formula, code, text


@dataclass(frozen=True, slots=True)
class Formula:
    """``reads`` are the names its expression uses, ``factors`` those it rests on in the end."""

    name: str
    type: str
    expression: str
    zh: str
    en: str
    reads: frozenset[str]
    factors: frozenset[str]
    compute: Value

    def value(self, known: Mapping[str, Any]) -> Any:
        """A Decimal in cents or an int; ``None`` = unknown."""
        try:
            exact = self.compute(known)
            rounded = ARITHMETIC.quantize(exact, _MILLIONTH)
            if not -_VALUE_MAX < rounded < _VALUE_MAX:
                return None
            if self.type == "money":  # never "-0.00"
                return rounded.quantize(CENT, ROUND_FLOOR, ARITHMETIC) or ZERO
            return int(rounded.to_integral_value(ROUND_FLOOR, ARITHMETIC))
        except (Unknown, ArithmeticError):
            return None


def read_formulas(rows: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> tuple[Formula, ...]:
    """In an order in which each can be computed. ``types`` are the features a formula may read.

    Raises ``InvalidFormula``, for a circle with the path that closes it.
    """
    if len(rows) > FORMULAS_MAX:
        raise InvalidFormula(str(len(rows)), "too_many", f"at most {FORMULAS_MAX} formulas")
    written: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        _check_head(row, {*types, *written})
        written[row["name"]] = row
    kinds = {**types, **{name: row["type"] for name, row in written.items()}}
    parsed = {name: _parse(name, row["expression"], kinds) for name, row in written.items()}
    ordered: dict[str, Formula] = {}
    for name in written:
        _place(name, written, parsed, ordered, ())
    return tuple(ordered.values())


def _check_head(row: Mapping[str, Any], taken: set[str]) -> None:
    name = row.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in FUNCTIONS:
        raise InvalidFormula(f"{name!r:.60}", "name", "a name is small letters, digits and _")
    if is_protected(name):
        raise InvalidFormula(name, "protected", "a protected attribute decides nothing")
    if name in taken:
        raise InvalidFormula(name, "taken", "the name is taken")
    if row.get("type") not in RESULT_TYPES:
        raise InvalidFormula(name, "type", "the type is money or count")
    if not row.get("zh") or not row.get("en"):
        raise InvalidFormula(name, "words", "it needs words in both languages")


def _parse(name: str, expression: Any, kinds: Mapping[str, str]) -> tuple[Value, frozenset[str]]:
    try:
        return compile_expression(expression, kinds)
    except InvalidExpression as error:
        raise InvalidFormula(name, error.code, str(error)) from error


def _place(
    name: str,
    written: Mapping[str, Mapping[str, Any]],
    parsed: Mapping[str, tuple[Value, frozenset[str]]],
    ordered: dict[str, Formula],
    path: tuple[str, ...],
) -> None:
    """Put ``name`` after everything it reads; ``path`` is what is being placed already."""
    if name in ordered:
        return
    if name in path:
        circle = " → ".join((*path[path.index(name):], name))
        raise InvalidFormula(name, "circle", f"the formulas go round in a circle: {circle}")
    compute, reads = parsed[name]
    own = sorted(reads & set(written))
    for other in own:
        _place(other, written, parsed, ordered, (*path, name))
    factors = (reads - set(own)).union(*(ordered[other].factors for other in own))
    row = written[name]
    ordered[name] = Formula(
        name, row["type"], row["expression"], row["zh"], row["en"], reads, factors, compute
    )
