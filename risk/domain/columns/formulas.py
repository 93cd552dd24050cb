"""Formulas on columns: floating point with a bound on its error, and nobody rounded by guess.

Each value carries how far it may be from the exact one. Where that might change the rounded result or
a comparison, the person is marked and decided one by one; everybody else's result is exact.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.domain.columns.conditions import Known
from risk.domain.columns.features import text_key
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.expressions import Nodes, compile_expression
from risk.domain.formulas import Formula

_EPS = 2.0**-51
#: Rounding to millionths comes before rounding down: half of one already lifts a value.
_LIFT = 0.5e-6
#: Beyond these yuan floats are too coarse and the exact range near its end.
_LARGE = 1e11
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<>": operator.ne,
}  # fmt: skip
_NOT_EQUAL = ("!=", "<>")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Number:
    """``off`` bounds the error; ``odd``: not even that can be told."""

    value: Floats
    off: Floats
    known: Mask
    odd: Mask


@dataclass(frozen=True, slots=True)
class _Fact:
    yes: Mask
    known: Mask
    odd: Mask


Compute = Callable[[Known], tuple[Column, Mask]]
Getter = Callable[[Known], _Number]


def formula_column(formula: Formula, types: Mapping[str, str]) -> Compute:
    """Its values as a column, and whom it cannot be told for without reckoning one by one."""
    value, _ = compile_expression(formula.expression, types, _ColumnNodes(types))
    units = 100.0 if formula.type == "money" else 1.0

    def compute(known: Known) -> tuple[Column, Mask]:
        with np.errstate(all="ignore"):
            found: _Number = value(known)
            scaled = (found.value + _LIFT) * units
            whole = np.floor(scaled)
            room = np.minimum(scaled - whole, whole + 1 - scaled)
            unsure = room <= (found.off * units + np.abs(scaled) * 4 * _EPS)
            unsure |= ~(np.abs(found.value) < _LARGE)
            odd = found.known & (found.odd | unsure)
            held = found.known & ~odd
            numbers = np.where(held, whole, 0).astype(np.int64)
        return np.where(held, numbers, UNKNOWN), odd

    return compute


class _ColumnNodes(Nodes):
    def __init__(self, types: Mapping[str, str]) -> None:
        self.types = types

    def constant(self, number: Decimal) -> Any:
        value = float(number)
        off = 0.0 if Decimal(value) == number else abs(value) * _EPS

        def constant(known: Known) -> _Number:
            size = len(next(iter(known.values())))
            all_known, nobody = np.ones(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
            return _Number(np.full(size, value), np.full(size, off), all_known, nobody)

        return constant

    def variable(self, name: str) -> Any:
        units = 100 if self.types[name] == "money" else 1

        def variable(known: Known) -> _Number:
            column = _column(known, name)
            is_known = column != UNKNOWN
            plain = np.where(is_known, column, 0)
            value = plain / units
            off = np.where(plain % units == 0, 0.0, np.abs(value) * _EPS)
            return _Number(value, off, is_known, np.abs(plain) > 2**53)

        return variable

    def negative(self, value: Any) -> Any:
        def negative(known: Known) -> _Number:
            one: _Number = value(known)
            return _Number(-one.value, one.off, one.known, one.odd)

        return negative

    def binary(self, sign: str, left: Any, right: Any) -> Any:
        work = _divided if sign == "/" else _multiplied if sign == "*" else _added
        turn = self.negative(right) if sign == "-" else right
        return lambda known: work(left(known), turn(known))

    def extreme(self, word: str, values: Sequence[Any]) -> Any:
        pick = np.minimum if word == "min" else np.maximum

        def extreme(known: Known) -> _Number:
            found: list[_Number] = [value(known) for value in values]
            first = found[0]
            for one in found[1:]:
                first = _Number(
                    pick(first.value, one.value), np.maximum(first.off, one.off),
                    first.known & one.known, first.odd | one.odd,
                )  # fmt: skip
            return first

        return extreme

    def choice(self, condition: Any, first: Any, second: Any) -> Any:
        def choice(known: Known) -> _Number:
            which: _Fact = condition(known)
            one, other = first(known), second(known)
            return _Number(
                np.where(which.yes, one.value, other.value),
                np.where(which.yes, one.off, other.off),
                which.known & (which.odd | np.where(which.yes, one.known, other.known)),
                which.odd | np.where(which.yes, one.odd, other.odd),
            )

        return choice

    def compare(self, sign: str, left: Any, right: Any) -> Any:
        holds = _COMPARE[sign]

        def compare(known: Known) -> _Fact:
            one, other = left(known), right(known)
            off = one.off + other.off
            near = (np.abs(one.value - other.value) <= off * 2) & (off > 0)
            odd = one.odd | other.odd | near
            return _Fact(holds(one.value, other.value), one.known & other.known, odd)

        return compare

    def equals(self, sign: str, name: str, word: str | bool) -> Any:
        key = int(word) if isinstance(word, bool) else text_key(word)

        def equals(known: Known) -> _Fact:
            column = _column(known, name)
            yes = (column != key) if sign in _NOT_EQUAL else (column == key)
            return _Fact(yes, column != UNKNOWN, np.zeros(len(column), dtype=np.bool_))

        return equals


def _column(known: Known, name: str) -> Column:
    column = known.get(name)
    if column is None:
        return np.full(len(next(iter(known.values()))), UNKNOWN, dtype=np.int64)
    return column


def _added(one: _Number, other: _Number) -> _Number:
    value = one.value + other.value
    is_whole = (one.off == 0) & (other.off == 0) & (value % 1 == 0) & (np.abs(value) < 2**32)
    off = np.where(is_whole, 0.0, one.off + other.off + _grain(one, other, value))
    return _Number(value, off, one.known & other.known, one.odd | other.odd)


def _multiplied(one: _Number, other: _Number) -> _Number:
    value = one.value * other.value
    is_whole = (one.off == 0) & (other.off == 0) & (value % 1 == 0) & (np.abs(value) < 2**32)
    spread = np.abs(one.value) * other.off + np.abs(other.value) * one.off + one.off * other.off
    off = np.where(is_whole, 0.0, spread + np.abs(value) * _EPS)
    return _Number(value, off, one.known & other.known, one.odd | other.odd)


def _divided(one: _Number, other: _Number) -> _Number:
    """By exactly nothing is unknown; by something that may be nothing is odd."""
    by = np.abs(other.value)
    is_zero = (by == 0) & (other.off == 0)
    value = one.value / np.where(by == 0, 1.0, other.value)
    low = by - other.off
    spread = (one.off + np.abs(value) * other.off) / np.where(low > 0, low, 1.0)
    odd = one.odd | other.odd | (~is_zero & (low <= 0))
    known = one.known & other.known & (other.odd | ~is_zero)
    return _Number(value, spread + np.abs(value) * _EPS, known, odd)


def _grain(one: _Number, other: _Number, value: Floats) -> Floats:
    return np.maximum(np.maximum(np.abs(one.value), np.abs(other.value)), np.abs(value)) * _EPS
