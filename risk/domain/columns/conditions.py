"""Conditions on columns: the same JSON as ``risk.domain.conditions``, many people at once.

Only conditions that one has compiled for one person may be given here: nothing is checked twice.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from risk.domain.case import term_values
from risk.domain.columns.batch import Batch
from risk.domain.columns.features import ENCODERS, encode, text_key
from risk.domain.columns.truth import Mask, Truth, all_of, any_of, never_known, truth_of
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.values import READERS


class NotInColumns(Exception):
    """This part has no form on columns; people it concerns are decided one by one."""


#: The batch and its known values; a name that is absent is unknown for everybody.
Known = Mapping[str, Column]
ColumnTest = Callable[[Batch, Known], Truth]
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "eq": operator.eq, "ne": operator.ne, "is": operator.eq,
}  # fmt: skip
_NUMBERS = {"count", "money"}
_WORDS = {"text", "county"}


def column_test(
    condition: Mapping[str, Any], types: Mapping[str, str], *, with_terms: bool = True
) -> ColumnTest:
    """A test on columns; raises ``NotInColumns``. Segments and layers are asked without terms."""
    if "feature" in condition:
        return _comparison(condition, types, with_terms)
    ((word, inner),) = condition.items()
    if word == "not":
        test = column_test(inner, types, with_terms=with_terms)
        return lambda batch, known: test(batch, known).negated()
    parts = [column_test(part, types, with_terms=with_terms) for part in inner]
    join = all_of if word == "all" else any_of
    return lambda batch, known: join([part(batch, known) for part in parts])


def _comparison(
    condition: Mapping[str, Any], types: Mapping[str, str], with_terms: bool
) -> ColumnTest:
    name, op = condition["feature"], condition["op"]
    kind = types[name]
    if kind not in ENCODERS:
        raise NotInColumns(f"{name} is a {kind}")
    if "terms" in condition and not with_terms:
        return lambda batch, _known: never_known(batch.size)
    if "terms" in condition:
        return _against_terms(name, op, condition["terms"], kind)
    if op in {"in", "not_in"}:
        members = np.array(
            [encode(READERS[kind](item), kind) for item in condition["value"]], dtype=np.int64
        )
        return _on_column(name, lambda column: np.isin(column, members, invert=op == "not_in"))
    compare, operand = _COMPARE[op], encode(READERS[kind](condition["value"]), kind)
    return _on_column(name, lambda column: compare(column, operand))


def _on_column(name: str, holds: Callable[[Column], Mask]) -> ColumnTest:
    def test(batch: Batch, known: Known) -> Truth:
        column = known.get(name)
        if column is None:
            return never_known(batch.size)
        return truth_of(holds(column), column != UNKNOWN)

    return test


def _against_terms(name: str, op: str, term: str, kind: str) -> ColumnTest:
    def test(batch: Batch, known: Known) -> Truth:
        column = known.get(name)
        if column is None:
            return never_known(batch.size)
        holds = np.zeros(batch.size, dtype=np.bool_)
        is_known = holds.copy()
        for at, terms in enumerate(batch.terms):
            found = _held(column, op, term_values(terms).get(term), kind)
            if found is not None:
                here = batch.under(at)
                holds |= found & here
                is_known |= here
        return truth_of(holds, is_known & (column != UNKNOWN))

    return test


def _held(column: Column, op: str, limit: Any, kind: str) -> Mask | None:
    """Whom the comparison with one product's term holds for; ``None``: not comparable."""
    if limit is None or isinstance(limit, bool):
        return None
    if kind in _NUMBERS:
        if not isinstance(limit, int | Decimal):
            return None
        exact = Decimal(limit) * (100 if kind == "money" else 1)
        if exact != int(exact):
            raise NotInColumns("a term between two values")
        found: Mask = _COMPARE[op](column, int(exact))
        return found
    if kind not in _WORDS or isinstance(limit, str) or not isinstance(limit, Sequence):
        return None if kind not in _WORDS else _unheld(limit)
    if op in {"eq", "ne"}:  # a word is never a list of words
        return np.full(len(column), op == "ne")
    members = np.array([text_key(word) for word in limit], dtype=np.int64)
    return np.isin(column, members, invert=op == "not_in")


def _unheld(limit: Any) -> Mask:
    raise NotInColumns(f"a {type(limit).__name__} as a term")
