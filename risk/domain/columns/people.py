"""What is known of each person under a strategy: typed values, derived ones, lists and segment."""

from collections.abc import Sequence

import numpy as np

from products.domain.term_fields import ID_CARD
from products.domain.terms import LoanTerms
from risk.domain.columns.batch import Batch
from risk.domain.columns.conditions import ColumnTest
from risk.domain.columns.features import derive_columns, text_key
from risk.domain.columns.formulas import Compute
from risk.domain.columns.truth import Mask, Truth, all_of, truth_of
from risk.domain.columns.vector import (
    LISTS_KNOWN,
    ON_BLACK,
    ON_EXCLUDED,
    ON_GREY,
    ON_WHITE_OF_TERMS,
)
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.strategy import CompiledStrategy

Segments = Sequence[tuple[str, ColumnTest]]
_FLAGS = {"on_black_list": ON_BLACK, "on_grey_list": ON_GREY, "on_excluded_list": ON_EXCLUDED}


def known_of(
    batch: Batch, strategy: CompiledStrategy, segments: Segments,
    formulas: Sequence[tuple[str, Compute]] = (),
) -> tuple[dict[str, Column], Column, Mask]:  # fmt: skip
    """Columns by name, as ``Case`` knows them; each person's segment by number (-1: unknown); and
    whose formulas must be reckoned one by one.
    """
    known = batch.known_values(strategy.defaults)
    known |= derive_columns(
        known, business_date=batch.head["business_date"], income=strategy.income
    )
    known["documents_needed"] = batch.of_terms(
        "documents", lambda terms: int(bool(set(terms.documents) - {ID_CARD}))
    )
    lists = batch.head["lists"]
    for name, bit in _FLAGS.items():
        flag = (lists & bit != 0).astype(np.int64)
        known[name] = np.where(lists & LISTS_KNOWN != 0, flag, UNKNOWN)
    odd = np.zeros(batch.size, dtype=np.bool_)
    for name, compute in formulas:
        known[name], unsure = compute(known)
        odd |= unsure
    truths = [(code, test(batch, known)) for code, test in segments]
    number = _first_certain([truth for _, truth in truths], batch.size)
    codes = np.array([text_key(code) for code, _ in truths] + [UNKNOWN], dtype=np.int64)
    known_segment, meant = codes[number], _meant_for(batch, known, truths)
    known["segment"], known["in_product_segment"] = known_segment, meant.column()
    return known, number, odd


def _first_certain(truths: Sequence[Truth], size: int) -> Column:
    """The first segment that holds, unless one before it may; -1 where none is certain."""
    found = np.full(size, -1, dtype=np.int64)
    is_open = np.ones(size, dtype=np.bool_)
    for number, truth in enumerate(truths):
        found = np.where(is_open & truth.yes, number, found)
        is_open = is_open & truth.no
    return found


def _meant_for(
    batch: Batch, known: dict[str, Column], truths: Sequence[tuple[str, Truth]]
) -> Truth:
    """Whether the product is for this person: every group its terms name must let them in."""
    lists = batch.head["lists"]
    sure_segments = np.ones(batch.size, dtype=np.bool_)
    for _, truth in truths:
        sure_segments = sure_segments & ~truth.unknown
    found = truth_of(np.ones(batch.size, dtype=np.bool_), np.ones(batch.size, dtype=np.bool_))
    for at, terms in enumerate(batch.terms):
        parts = [
            _within(terms.segments, _any_segment(terms, truths, batch.size), sure_segments),
            _within(terms.white_lists, lists & ON_WHITE_OF_TERMS != 0, lists & LISTS_KNOWN != 0),
            _within_words(terms.industries, known["industry"]),
            _within_words(terms.employers, known["employer"]),
        ]
        asked = [part for part in parts if part is not None]
        if asked:
            truth, here = all_of(asked), batch.under(at)
            found = Truth(
                np.where(here, truth.yes, found.yes), np.where(here, truth.no, found.no)
            )
    return found


def _any_segment(terms: LoanTerms, truths: Sequence[tuple[str, Truth]], size: int) -> Mask:
    holds = np.zeros(size, dtype=np.bool_)
    for code, truth in truths:
        if code in terms.segments:
            holds = holds | truth.yes
    return holds


def _within(asked: Sequence[str], holds: Mask, sure: Mask) -> Truth | None:
    """``None`` when nothing is asked: everybody is let in."""
    return Truth(holds, ~holds & sure) if asked else None


def _within_words(asked: Sequence[str], column: Column) -> Truth | None:
    if not asked:
        return None
    words = np.array([text_key(word) for word in asked], dtype=np.int64)
    return truth_of(np.isin(column, words), column != UNKNOWN)
