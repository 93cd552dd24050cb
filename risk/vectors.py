"""Decisions as rows of numbers: kept beside each decision, read back by thousands.

What was decided before rows were kept, or written in a layout this release cannot read, is made
again from the decision's inputs: slower by a thousand times, and the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import structlog
from django.db import connection, transaction
from numpy.typing import NDArray

from products import encryption
from products.domain.terms import LoanTerms
from risk.domain.canonical import sha256_of
from risk.domain.columns.batch import Batch, batch_of
from risk.domain.columns.results import OUTCOMES
from risk.domain.columns.strategy import ColumnStrategy, read_column_strategy
from risk.domain.columns.vector import Layout, encode_row, here, terms_from
from risk.models import DecisionRecord, StrategyVersion, TermsSnapshot, VectorLayout
from risk.strategies import TamperedStrategy
from risk.vector_reading import StoredRows

log = structlog.get_logger(__name__)

_INSERT = """
INSERT INTO risk_decisionvector (decision_id, layout_id, terms_id, numbers)
SELECT %s, layout.id, terms.id, %s FROM risk_vectorlayout layout, risk_termssnapshot terms
WHERE layout.sha256 = %s AND terms.sha256 = %s ON CONFLICT (decision_id) DO NOTHING
"""
CONTEXT = "risk_decisionvector|numbers|"
_INPUTS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one layout out of many: ``places`` tells which. ``made``: how many had to be made."""

    places: Sequence[int]
    batch: Batch
    made: int
    decision_ids: Sequence[str]

    def inputs_of(self, places: Sequence[int]) -> list[Mapping[str, Any]]:
        """Inputs of some of this part's people."""
        return inputs_of([self.decision_ids[place] for place in places])


def keep(decision_id: UUID, inputs: Mapping[str, Any], outcome: str, limit: Decimal) -> None:
    """Write a new decision's row; writing it twice changes nothing.

    ``outcome`` and ``limit`` are those before plans were fitted, see ``decide.evaluate_both``.
    """
    row = encode_row(inputs, core_outcome=OUTCOMES.index(outcome), core_limit=limit)
    sealed = encryption.encrypt(row, context=f"{CONTEXT}{decision_id}")
    values = [decision_id, sealed, here().sha256, sha256_of(inputs["terms"])]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        if cursor.rowcount:
            return
        keep_frame(inputs["terms"])
        cursor.execute(_INSERT, values)


def keep_beside(record: DecisionRecord, outcome: str, limit: Decimal) -> None:
    """``keep`` for a decision being stored. It stands without: nobody waits for what can be made from
    the inputs at any time.
    """
    try:
        with transaction.atomic():
            keep(record.pk, record.inputs, outcome, limit)
    except Exception:
        log.exception("decision.vector_missing", decision_id=str(record.pk))


def keep_frame(terms: Mapping[str, Any]) -> tuple[int, int]:
    """Ids of this release's layout and of these terms, written if they are new."""
    with transaction.atomic():
        VectorLayout.objects.bulk_create(
            [VectorLayout(sha256=here().sha256, columns=here().as_json())], ignore_conflicts=True
        )
        TermsSnapshot.objects.bulk_create(
            [TermsSnapshot(sha256=sha256_of(terms), terms=terms)], ignore_conflicts=True
        )
    layout = VectorLayout.objects.get(sha256=here().sha256)
    return layout.pk, TermsSnapshot.objects.get(sha256=sha256_of(terms)).pk


def parts(rows: StoredRows) -> list[Part]:
    """Rows opened and laid into columns, those of one layout together."""
    layout_of, terms_of = rows.fields["layout"], rows.fields["terms"]
    layouts = _layouts(set(layout_of.tolist()))
    terms = _terms(set(terms_of.tolist()))
    found, missing = [], np.ones(len(rows), dtype=np.bool_)
    for pk, layout in layouts.items():
        if layout is None:
            continue
        mask = layout_of == pk
        missing &= ~mask
        found.append(_opened(rows, np.flatnonzero(mask), layout, terms))
    left = np.flatnonzero(missing)
    return [*found, *([_made(rows, left)] if len(left) else [])]


def inputs_of(decision_ids: Sequence[str]) -> list[Mapping[str, Any]]:
    """Inputs of decisions, in the order asked; raises ``KeyError`` for an unknown one."""
    records = DecisionRecord.objects.only("inputs").in_bulk([UUID(text) for text in decision_ids])
    return [records[UUID(text)].inputs for text in decision_ids]


def column_version(version_id: int) -> ColumnStrategy:
    """A version compiled for columns; raises ``TamperedStrategy`` or ``InvalidStrategy``."""
    version = StrategyVersion.objects.get(pk=version_id)
    if sha256_of(version.definition) != version.sha256:
        raise TamperedStrategy(str(version))
    return column_strategy(version.definition, version.sha256)


def column_strategy(definition: Mapping[str, Any], sha256: str) -> ColumnStrategy:
    """A definition with a known hash, compiled once; raises ``InvalidStrategy``."""
    return _compiled(_Definition(definition, sha256))


class _Definition:
    """A definition as a key: told apart by its hash."""

    def __init__(self, definition: Mapping[str, Any], sha256: str) -> None:
        self.definition, self.sha256 = definition, sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Definition) and other.sha256 == self.sha256


@lru_cache(maxsize=8)
def _compiled(key: _Definition) -> ColumnStrategy:
    return read_column_strategy(key.definition)


def _layouts(ids: set[int]) -> dict[int, Layout | None]:
    kept = VectorLayout.objects.in_bulk(ids)
    return {pk: Layout.from_json(layout.columns) for pk, layout in kept.items()}


def _terms(ids: set[int]) -> dict[int, LoanTerms]:
    kept = TermsSnapshot.objects.in_bulk(ids)
    return {pk: terms_from(snapshot.terms) for pk, snapshot in kept.items()}


def _opened(
    rows: StoredRows, places: NDArray[np.intp], layout: Layout, terms: Mapping[int, LoanTerms]
) -> Part:
    opened, at = encryption.opener(), places.tolist()
    ids = [rows.ids[place] for place in at]
    plain = [opened(rows.numbers[place], CONTEXT + rows.ids[place]) for place in at]
    order = {pk: number for number, pk in enumerate(terms)}
    whose = [order[pk] for pk in rows.fields["terms"][places].tolist()]
    return Part(at, batch_of(plain, list(terms.values()), whose, layout), 0, ids)


def _made(rows: StoredRows, places: NDArray[np.intp]) -> Part:
    """Rows from the decisions' inputs, a few in memory at a time."""
    ids = [rows.ids[place] for place in places.tolist()]
    order: dict[int, int] = {}
    terms: list[LoanTerms] = []
    written, whose = [], []
    for start in range(0, len(ids), _INPUTS_AT_ONCE):
        for inputs in inputs_of(ids[start : start + _INPUTS_AT_ONCE]):
            one = terms_from(inputs["terms"])
            if id(one) not in order:
                order[id(one)] = len(terms)
                terms.append(one)
            whose.append(order[id(one)])
            written.append(encode_row(inputs))
    return Part(places.tolist(), batch_of(written, terms, whose), len(ids), ids)
