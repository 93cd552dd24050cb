"""The core of a decision for many people at once: equal to ``risk.domain.core`` for every one of them.

What has no form on columns — a list of words, an amount beyond what 63 bits hold — is left to the
scalar core, for the people it concerns only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from products.domain.pricing import Adjustment, price
from risk.contracts import DECLINE
from risk.domain.columns.batch import Batch
from risk.domain.columns.conditions import Known, NotInColumns
from risk.domain.columns.features import text_key
from risk.domain.columns.limit import limit_columns
from risk.domain.columns.people import known_of
from risk.domain.columns.results import RATE_UNIT, Columns, nothing_found, put
from risk.domain.columns.stages import limit_tables, price_moves, said
from risk.domain.columns.strategy import ColumnStrategy
from risk.domain.columns.truth import Mask
from risk.domain.columns.vector import ABSENT, KNOWN, LPR_UNIT, UNAVAILABLE, UNNAMED
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.core import core
from risk.domain.features import FEATURES
from risk.domain.strategy import CompiledStrategy

_DECLINE, _REFER, _APPROVE = range(3)
#: Inputs of the people at these places, asked for only when some must be decided one by one.
InputsOf = Callable[[Sequence[int]], Sequence[Mapping[str, Any]]]


def evaluate_columns(
    strategy: ColumnStrategy, batch: Batch, inputs_of: InputsOf | None = None
) -> Columns:
    """Everybody's core. Raises ``NotInColumns`` when somebody must be decided one by one and there
    is no ``inputs_of``.
    """
    found = _evaluated(strategy, batch)
    alone = np.flatnonzero(found.one_by_one)
    if len(alone):
        if inputs_of is None:
            raise NotInColumns(f"{len(alone)} people need their inputs")
        places = [int(at) for at in alone]
        for at, inputs in zip(places, inputs_of(places), strict=True):
            put(found, at, core(strategy.scalar, inputs))
    return found


def _evaluated(strategy: ColumnStrategy, batch: Batch) -> Columns:
    if strategy.problem:
        return nothing_found(strategy, batch.size)
    try:
        return _in_columns(strategy, batch)
    except NotInColumns:
        return nothing_found(strategy, batch.size)


def _in_columns(strategy: ColumnStrategy, batch: Batch) -> Columns:
    scalar, size = strategy.scalar, batch.size
    known, segment, odd = known_of(batch, scalar, strategy.segments, strategy.formulas)
    known["requested_amount"] = batch.head["requested"]
    found = nothing_found(strategy, size)
    early = _ask_rules(found, batch, known)
    _ask_tables(found, "admission", known, ~early)
    declines = _outcomes(found, DECLINE)
    score, has_score = strategy.score(known, size)
    found.score = np.where(has_score & ~early, score, UNKNOWN)
    found.grade, found.segment = _grades(strategy, found.score), segment
    known["score"], known["grade"] = found.score, _letters(strategy, found.grade)
    limit, unlimited, more = _limits(strategy, batch, known, segment, found.grade)
    gone, other = _gaps(batch, scalar)
    unsure = gone | other | found.unknown.any(axis=0) | (found.score == UNKNOWN) | (segment < 0)
    unsure |= unlimited
    refers = ~declines & (unsure | found.fired.any(axis=0))
    found.noted[0] = refers & gone
    found.noted[1] = refers & (other | (unsure & ~gone))
    found.outcome[refers] = _REFER
    found.limit = np.where(refers & (limit != UNKNOWN), limit, 0)
    moves = _weigh(found, batch, known, rest=~declines & ~refers, limit=limit)
    found.one_by_one = (batch.head["is_odd"] != 0) | odd | more
    found.rate = _rates(batch, scalar.grades, found, moves)
    return found


def _ask_rules(found: Columns, batch: Batch, known: Known) -> Mask:
    """Who is declined before any source is asked; they are told only what declined them then."""
    strategy = found.strategy
    first = [rule.precheck for rule in strategy.scalar.rules]
    truths = [test(batch, known) for test in strategy.rules]
    early = np.zeros(batch.size, dtype=np.bool_)
    for rule, truth in zip(strategy.scalar.rules, truths, strict=True):
        if rule.precheck and rule.then == DECLINE:
            early |= truth.yes
    for is_first, rule, truth in zip(first, strategy.scalar.rules, truths, strict=True):
        asked = np.ones_like(early) if is_first else ~early
        found.fired[strategy.sayings.index((rule.code, rule.then))] |= truth.yes & asked
        found.unknown[strategy.askers.index(rule.code)] |= truth.unknown & asked
    return early


def _ask_tables(found: Columns, stage: str, known: Known, asked: Mask) -> Mask:
    """What a stage's tables say to those asked; whom one of them cannot be told for."""
    strategy, untold = found.strategy, np.zeros(len(asked), dtype=np.bool_)
    spoken, unknown = said(strategy.stages.get(stage, ()), known, len(asked))
    for saying, who in spoken:
        found.fired[strategy.sayings.index(saying)] |= who & asked
    for code, who in unknown:
        untold |= who & asked
        if stage == "admission":
            found.unknown[strategy.askers.index(code)] |= who & asked
    return untold


def _outcomes(found: Columns, outcome: str) -> Mask:
    """Who is told something of this outcome."""
    which = np.array([then == outcome for _, then in found.strategy.sayings], dtype=np.bool_)
    return np.asarray(found.fired[which].any(axis=0), dtype=np.bool_)


def _letters(strategy: ColumnStrategy, grade: Column) -> Column:
    """Grades as a column of words."""
    keys = [text_key(letter) for _, letter in strategy.scalar.grades]
    return np.array([*keys, UNKNOWN], dtype=np.int64)[grade]


def _grades(strategy: ColumnStrategy, score: Column) -> Column:
    grade = np.full(len(score), -1, dtype=np.int64)
    for at, (lowest, _) in reversed(list(enumerate(strategy.scalar.grades))):
        grade[(score != UNKNOWN) & (score >= lowest)] = at
    return grade


def _limits(
    strategy: ColumnStrategy, batch: Batch, known: Known, segment: Column, grade: Column
) -> tuple[Column, Mask, Mask]:
    """Limits, whom a limit table or lowering layer cannot be told for, and who must be decided one by one."""
    has_both, graded = (segment >= 0) & (grade >= 0), grade >= 0
    at = np.where(has_both, segment, 0), np.where(has_both, grade, 0)
    rows = strategy.stages.get("limit", ())
    tables = limit_tables(rows, known, batch.size, asked=graded) if rows else None
    limit, odd = limit_columns(
        batch, known, strategy.scalar.limit, strategy.layers,
        grade=grade, months=np.where(graded, strategy.months[np.where(graded, grade, 0)], 0),
        matrix=np.where(has_both, strategy.matrix[at], UNKNOWN), tables=tables,
    )  # fmt: skip
    unlimited = np.zeros(batch.size, dtype=np.bool_) if tables is None else tables.unknown & graded
    for test, percent in strategy.layers:
        if percent < 100:  # it would lower the limit, and nobody knows whether it holds
            unlimited = unlimited | (test(batch, known).unknown & graded)
    return np.where(unlimited, UNKNOWN, limit), unlimited, odd


def _gaps(batch: Batch, scalar: CompiledStrategy) -> tuple[Mask, Mask]:
    """Who lacks something required because a source was silent, and who for another reason."""
    gone = np.zeros(batch.size, dtype=np.bool_)
    other = gone.copy()
    for name in scalar.required:
        kind = batch.kinds[name]
        gone = gone | (kind == UNAVAILABLE)
        is_other = (kind != KNOWN) & (kind != UNAVAILABLE)
        if name in scalar.defaults:
            is_other = is_other & (kind < ABSENT)
        elif FEATURES[name].added:  # older inputs are not asked for it
            is_other = is_other & (kind != UNNAMED)
        other = other | is_other
    return gone, other


def _weigh(found: Columns, batch: Batch, known: dict[str, Column], *, rest: Mask, limit: Column) -> Column:
    """Score, limit, review triggers and price of those nothing stands against, in the order of
    ``decide.weigh``; basis points the price tables add.
    """
    strategy = found.strategy
    low = rest & (found.grade < 0)
    unpriced = rest & ~low & ((limit == UNKNOWN) | ~_priced(batch, strategy, found.grade))
    poor = rest & ~low & ~unpriced & (limit <= 0)
    left = rest & ~low & ~unpriced & ~poor
    known["limit_amount"] = limit
    before = found.fired.copy()
    untold = _ask_tables(found, "review", known, left)
    reviewed = left & ((found.fired & ~before).any(axis=0) | untold)
    moves, unmoved = price_moves(strategy.stages.get("price", ()), known, batch.size)
    unmoved &= left & ~reviewed
    approved = left & ~reviewed & ~unmoved
    found.outcome[unpriced | reviewed | unmoved] = _REFER
    found.outcome[approved] = _APPROVE
    found.limit = np.where(left, limit, found.limit)
    found.noted[1] |= unpriced | (reviewed & untold) | unmoved
    found.noted[2], found.noted[3] = low, poor
    return moves


def _priced(batch: Batch, strategy: ColumnStrategy, grade: Column) -> Mask:
    """Whose grade the product prices."""
    letters = [letter for _, letter in strategy.scalar.grades]
    each = np.array(
        [[letter in terms.spread_bp_by_grade for letter in letters] for terms in batch.terms],
        dtype=np.bool_,
    )
    if not len(each):
        return np.zeros(batch.size, dtype=np.bool_)
    priced: Mask = each[batch.terms_at, np.maximum(grade, 0)] & (grade >= 0)
    return priced


def _rates(
    batch: Batch, grades: Sequence[tuple[int, str]], found: Columns, moves: Column
) -> Column:
    """The price of each different combination is asked of the product once."""
    rates = np.full(batch.size, UNKNOWN, dtype=np.int64)
    who = np.flatnonzero((found.outcome == _APPROVE) & ~found.one_by_one)
    if not len(who):
        return rates
    asked = np.stack(
        [
            batch.terms_at[who], found.grade[who], batch.head["tier"][who], batch.head["lpr"][who],
            moves[who],
        ],
        axis=1,
    )  # fmt: skip
    different, which = np.unique(asked, axis=0, return_inverse=True)
    given = []
    for at, grade, tier, lpr, bp in different.tolist():
        terms = batch.terms[at]
        name = sorted(terms.tiers)[tier] if tier >= 0 else ""
        moved = [Adjustment("", bp, "", "")] if bp else []
        cost = price(terms, grades[grade][1], lpr * LPR_UNIT, tier=name, adjustments=moved)
        given.append(int(cost.annual_rate / RATE_UNIT))
    rates[who] = np.array(given, dtype=np.int64)[which.reshape(-1)]
    return rates
