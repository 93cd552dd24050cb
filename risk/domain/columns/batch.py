"""Many people, a column a feature, with the terms each of them applied under."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from products.domain.terms import LoanTerms
from risk.domain.columns.features import ENCODERS, encode
from risk.domain.columns.truth import Mask
from risk.domain.columns.vector import (
    ABSENT,
    HEAD,
    UNNAMED,
    Layout,
    encode_row,
    here,
    join,
    terms_from,
)
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.features import FEATURES

#: How many numbers of an engine's scalar core stand in a row, see ``vector.HEAD``.
Kinds = NDArray[np.uint8]


@dataclass(frozen=True)
class Batch:
    """``head``, ``values`` and ``kinds`` by name; ``terms_at`` says whose terms (of ``terms``) hold.

    A feature the rows were written without is one their inputs did not name.
    """

    size: int
    head: Mapping[str, Column]
    values: Mapping[str, Column]
    kinds: Mapping[str, Kinds]
    terms: Sequence[LoanTerms]
    terms_at: NDArray[np.intp]
    _gathered: dict[Any, Any] = field(default_factory=dict)

    def of_terms(self, name: str, read: Callable[[LoanTerms], int]) -> Column:
        """One whole number of each person's terms; ``name`` remembers it."""
        if name not in self._gathered:
            each = np.array([read(terms) for terms in self.terms], dtype=np.int64)
            self._gathered[name] = each[self.terms_at]
        found: Column = self._gathered[name]
        return found

    def under(self, at: int) -> Mask:
        """Who applied under ``terms[at]``."""
        if ("under", at) not in self._gathered:
            self._gathered["under", at] = self.terms_at == at
        found: Mask = self._gathered["under", at]
        return found

    def known_values(self, defaults: Mapping[str, Any]) -> dict[str, Column]:
        """Typed values with a strategy's ``defaults`` for what nobody was asked."""
        found = dict(self.values)
        for name, default in defaults.items():
            feature = FEATURES[name]
            if feature.type in ENCODERS:
                value = encode(feature.read(default), feature.type)
                unasked = self.kinds[name] >= ABSENT
                found[name] = np.where(unasked, value, self.values[name])
        return found


def batch_of(
    rows: Iterable[bytes], terms: Sequence[LoanTerms], terms_at: Sequence[int] | NDArray[Any],
    layout: Layout | None = None,
) -> Batch:  # fmt: skip
    """Rows of one layout (default: this release's) as columns; ``ValueError`` for broken rows."""
    layout = layout or here()
    matrix = join(rows, layout)
    size, heads = len(matrix), len(HEAD)
    numbers = np.ascontiguousarray(matrix[:, : heads + len(layout.columns)].T)
    flags = np.ascontiguousarray(matrix[:, heads + len(layout.columns) :])
    known = np.ascontiguousarray(flags.view(np.uint8).T)
    names = [name for name, _ in layout.columns]
    absent = [name for name in FEATURES if name not in names]
    nothing = np.full(size if absent else 0, UNKNOWN, dtype=np.int64)
    nobody = np.full(size if absent else 0, UNNAMED, dtype=np.uint8)
    return Batch(
        size=size,
        head={name: numbers[at] for at, name in enumerate(HEAD)},
        values={name: numbers[heads + at] for at, name in enumerate(names)}
        | dict.fromkeys(absent, nothing),
        kinds={name: known[at] for at, name in enumerate(names)} | dict.fromkeys(absent, nobody),
        terms=terms,
        terms_at=np.asarray(terms_at, dtype=np.intp),
    )


def batch_of_inputs(people: Sequence[Mapping[str, Any]]) -> Batch:
    """Inputs as decisions keep them; raises what ``Case`` would raise."""
    terms: dict[int, int] = {}
    known: list[LoanTerms] = []
    at = []
    for inputs in people:
        one = terms_from(inputs["terms"])
        if id(one) not in terms:
            terms[id(one)] = len(known)
            known.append(one)
        at.append(terms[id(one)])
    return batch_of([encode_row(inputs) for inputs in people], known, at)
