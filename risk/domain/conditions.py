"""Conditions as data, with three-valued logic: true, false or unknown (``None``).

A condition is JSON: ``{"all": […]}``, ``{"any": […]}``, ``{"not": …}`` or a comparison
``{"feature": name, "op": lt|le|gt|ge|eq|ne|in|not_in|is, "value": …}``; ``"terms": field`` in place
of ``value`` compares with the product's own term. Comparisons are compiled once into closures;
nothing is ever evaluated as text.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from risk.domain.values import READERS, NotOfType

Known = Mapping[str, Any]
#: Feature name → typed value (``None`` = unknown), product term name → value; gives the truth or
#: ``None``.
Test = Callable[[Known, Known], bool | None]

_ORDERED = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
_EQUAL = {"eq": operator.eq, "ne": operator.ne}
_MEMBER = {"in": True, "not_in": False}
_ORDERED_TYPES = {"count", "money", "day"}
_WORD_TYPES = {"text", "county"}
_DEPTH_MAX = 8
_BRANCHES_MAX = 200


class InvalidCondition(ValueError):
    """The condition names an unknown feature or operator, or a value of another type."""


def compile_condition(condition: Any, types: Mapping[str, str], depth: int = 0) -> Test:
    """A test for ``condition``; raises ``InvalidCondition`` so that a bad strategy never loads."""
    if not isinstance(condition, Mapping) or depth > _DEPTH_MAX:
        raise InvalidCondition(f"not a condition: {condition!r:.80}")
    if "feature" in condition:
        return _comparison(condition, types)
    if len(condition) != 1:
        raise InvalidCondition(f"one of all, any, not: {sorted(condition)}")
    ((word, inner),) = condition.items()
    if word == "not":
        return _negation(compile_condition(inner, types, depth + 1))
    if (
        word not in {"all", "any"}
        or not isinstance(inner, Sequence)
        or not 0 < len(inner) <= _BRANCHES_MAX
    ):
        raise InvalidCondition(f"unknown word {word!r:.40} or bad branches")
    parts = tuple(compile_condition(part, types, depth + 1) for part in inner)
    return _conjunction(parts) if word == "all" else _disjunction(parts)


def _negation(test: Test) -> Test:
    def negated(known: Known, terms: Known) -> bool | None:
        truth = test(known, terms)
        return None if truth is None else not truth

    return negated


def _conjunction(parts: tuple[Test, ...]) -> Test:
    def every(known: Known, terms: Known) -> bool | None:
        truths = [part(known, terms) for part in parts]
        if False in truths:
            return False
        return None if None in truths else True

    return every


def _disjunction(parts: tuple[Test, ...]) -> Test:
    def some(known: Known, terms: Known) -> bool | None:
        truths = [part(known, terms) for part in parts]
        if True in truths:
            return True
        return None if None in truths else False

    return some


def _comparison(condition: Mapping[str, Any], types: Mapping[str, str]) -> Test:
    name, op = condition.get("feature"), condition.get("op")
    if not isinstance(name, str) or name not in types:
        raise InvalidCondition(f"unknown feature {name!r:.60}")
    kind = types[name]
    compare = _operator(op, kind)
    if "terms" in condition:
        return _against_terms(name, compare, condition["terms"], kind)
    return _against_value(name, compare, _operand(op, condition.get("value"), kind))


def _operator(op: Any, kind: str) -> Callable[[Any, Any], bool]:
    if op in _ORDERED and kind in _ORDERED_TYPES:
        return _ORDERED[op]
    if op in _EQUAL:
        return _EQUAL[op]
    if op in _MEMBER and kind in _WORD_TYPES:
        wanted = _MEMBER[op]
        return lambda value, members: (value in members) is wanted
    if op == "is" and kind == "flag":
        return operator.is_
    if op == "has" and kind == "texts":
        return lambda values, member: member in values
    raise InvalidCondition(f"operator {op!r:.20} does not fit a {kind}")


def _operand(op: Any, value: Any, kind: str) -> Any:
    try:
        if op in _MEMBER:
            if not isinstance(value, list) or not value:
                raise InvalidCondition("in and not_in take a list")
            return frozenset(READERS[kind](item) for item in value)
        return READERS["text" if op == "has" else kind](value)
    except NotOfType:
        raise InvalidCondition(f"{value!r:.40} is not a {kind}") from None


def _against_value(name: str, compare: Callable[[Any, Any], bool], operand: Any) -> Test:
    def test(known: Known, _terms: Known) -> bool | None:
        value = known.get(name)
        return None if value is None else compare(value, operand)

    return test


def _against_terms(name: str, compare: Callable[[Any, Any], bool], term: Any, kind: str) -> Test:
    if not isinstance(term, str):
        raise InvalidCondition("terms names a field of the product's terms")

    def test(known: Known, terms: Known) -> bool | None:
        value, limit = known.get(name), terms.get(term)
        if value is None or limit is None or not _comparable(value, limit, kind):
            return None
        return compare(value, limit)

    return test


def _comparable(value: Any, limit: Any, kind: str) -> bool:
    if kind in {"count", "money"}:
        return isinstance(limit, int | Decimal) and not isinstance(limit, bool)
    if kind in _WORD_TYPES:
        return isinstance(limit, str | tuple | list | frozenset)
    return isinstance(limit, type(value))
