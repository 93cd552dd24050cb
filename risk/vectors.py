"""Decisions as rows of numbers: kept beside each decision, read back by thousands.

What was decided before rows were kept, or written in a layout this release cannot read, is made
again from the decision's inputs: slower by a thousand times, and the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from products import encryption
from products.domain.terms import LoanTerms
from risk.domain.canonical import sha256_of
from risk.domain.columns.batch import Batch, batch_of
from risk.domain.columns.evaluate import OUTCOMES
from risk.domain.columns.strategy import ColumnStrategy, read_column_strategy
from risk.domain.columns.vector import Layout, encode_row, here, terms_from
from risk.domain.core import core
from risk.domain.strategy import CompiledStrategy
from risk.models import DecisionRecord, StrategyVersion, TermsSnapshot, VectorLayout
from risk.strategies import TamperedStrategy

_INSERT = """
INSERT INTO risk_decisionvector (decision_id, layout_id, terms_id, numbers)
SELECT %s, layout.id, terms.id, %s FROM risk_vectorlayout layout, risk_termssnapshot terms
WHERE layout.sha256 = %s AND terms.sha256 = %s ON CONFLICT (decision_id) DO NOTHING
"""
CONTEXT = "risk_decisionvector|numbers|"


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A decision's row as the database has it; the last three are ``None`` where none is kept."""

    decision_id: str
    layout: int | None
    terms: int | None
    numbers: bytes | None


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


def keep(decision_id: UUID, inputs: Mapping[str, Any], strategy: CompiledStrategy) -> None:
    """Write a new decision's row; writing it twice changes nothing."""
    said = core(strategy, inputs)
    row = encode_row(
        inputs, core_outcome=OUTCOMES.index(said.outcome), core_limit=said.limit
    )
    sealed = encryption.encrypt(row, context=f"{CONTEXT}{decision_id}")
    values = [decision_id, sealed, here().sha256, sha256_of(inputs["terms"])]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        if cursor.rowcount:
            return
        keep_frame(inputs["terms"])
        cursor.execute(_INSERT, values)


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


def parts(rows: Sequence[StoredRow]) -> list[Part]:
    """Rows opened and laid into columns, those of one layout together."""
    layouts = _layouts({row.layout for row in rows if row.layout is not None})
    held = [at for at, row in enumerate(rows) if layouts.get(row.layout or 0) is not None]
    by_layout: dict[int, list[int]] = {}
    for at in held:
        by_layout.setdefault(rows[at].layout or 0, []).append(at)
    terms = _terms({rows[at].terms for at in held})
    found = [
        _opened([rows[at] for at in places], places, layouts[layout], terms)
        for layout, places in by_layout.items()
    ]
    taken = set(held)
    missing = [at for at in range(len(rows)) if at not in taken]
    return [*found, *([_made([rows[at] for at in missing], missing)] if missing else [])]


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


def _terms(ids: set[int | None]) -> dict[int, LoanTerms]:
    kept = TermsSnapshot.objects.in_bulk(ids)
    return {pk: terms_from(snapshot.terms) for pk, snapshot in kept.items()}


def _opened(
    rows: Sequence[StoredRow], places: Sequence[int], layout: Layout | None,
    terms: Mapping[int, LoanTerms],
) -> Part:  # fmt: skip
    opened = encryption.opener()
    order = {pk: at for at, pk in enumerate(terms)}
    plain = [opened(row.numbers or b"", CONTEXT + row.decision_id) for row in rows]
    batch = batch_of(plain, list(terms.values()), [order[row.terms or 0] for row in rows], layout)
    return Part(places, batch, 0, [row.decision_id for row in rows])


def _made(rows: Sequence[StoredRow], places: Sequence[int]) -> Part:
    """Rows from the decisions' inputs, a few in memory at a time."""
    ids = [row.decision_id for row in rows]
    terms: dict[int, int] = {}
    kept: list[LoanTerms] = []
    written, at = [], []
    for start in range(0, len(ids), 200):
        for inputs in inputs_of(ids[start : start + 200]):
            one = terms_from(inputs["terms"])
            if id(one) not in terms:
                terms[id(one)] = len(kept)
                kept.append(one)
            at.append(terms[id(one)])
            written.append(encode_row(inputs))
    return Part(places, batch_of(written, kept, at), len(ids), ids)
