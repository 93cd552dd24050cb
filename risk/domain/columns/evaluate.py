"""The core of a decision for many people at once: equal to ``risk.domain.core`` for every one of them.

What has no form on columns — a list of words, an amount beyond what 63 bits hold — is left to the
scalar core, for the people it concerns only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from products.domain.pricing import price
from risk.contracts import APPROVE, DECLINE, REFER
from risk.domain.columns.batch import Batch
from risk.domain.columns.conditions import Known, NotInColumns
from risk.domain.columns.limit import limit_columns
from risk.domain.columns.people import known_of
from risk.domain.columns.strategy import ColumnStrategy
from risk.domain.columns.truth import Mask
from risk.domain.columns.vector import ABSENT, KNOWN, LPR_UNIT, UNAVAILABLE
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.core import Core, core
from risk.domain.strategy import CompiledStrategy

OUTCOMES = (DECLINE, REFER, APPROVE)
_DECLINE, _REFER, _APPROVE = range(3)
_RATE_UNIT = Decimal("0.000001")
#: Inputs of the people at these places, asked for only when some must be decided one by one.
InputsOf = Callable[[Sequence[int]], Sequence[Mapping[str, Any]]]


@dataclass
class Columns:
    """A ``Core`` per person. ``outcome`` is a place in OUTCOMES; ``grade`` and ``segment`` in the
    strategy's (-1 none); ``limit`` in cents; ``rate`` in millionths and ``score``, UNKNOWN for none.
    ``fired``, ``unknown`` (rules × people) and ``noted`` (NOTES × people) say why. ``one_by_one``:
    whom the scalar core decided.
    """

    strategy: ColumnStrategy
    outcome: NDArray[np.int8]
    score: Column
    grade: Column
    segment: Column
    limit: Column
    rate: Column
    fired: Mask
    unknown: Mask
    noted: Mask
    one_by_one: Mask

    def core(self, at: int) -> Core:
        """One person's, as the scalar core gives it."""
        scalar, outcome = self.strategy.scalar, OUTCOMES[self.outcome[at]]
        fired = [rule for rule, holds in zip(scalar.rules, self.fired[:, at], strict=True) if holds]
        own = [rule.code for rule in fired if rule.then == outcome]
        noted = [code for code, holds in zip(NOTES, self.noted[:, at], strict=True) if holds]
        grade, segment, rate = self.grade[at], self.segment[at], int(self.rate[at])
        return Core(
            outcome=outcome,
            score=None if self.score[at] == UNKNOWN else int(self.score[at]),
            grade=scalar.grades[grade][1] if grade >= 0 else None,
            segment=scalar.segments[segment].code if segment >= 0 else None,
            limit=Decimal(int(self.limit[at])).scaleb(-2),
            rate=None if rate == UNKNOWN else Decimal(rate).scaleb(-6),
            reasons=(*own, *noted),
            fired=tuple(rule.code for rule in fired),
            unknown=tuple(
                rule.code
                for rule, holds in zip(scalar.rules, self.unknown[:, at], strict=True)
                if holds
            ),
        )


#: The engine's own reasons, in the order a person is told them.
NOTES = ("SOURCE_UNAVAILABLE", "DATA_INCOMPLETE", "SCORE_TOO_LOW", "ABILITY_INSUFFICIENT")


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
            _put(found, at, core(strategy.scalar, inputs))
    return found


def _evaluated(strategy: ColumnStrategy, batch: Batch) -> Columns:
    if strategy.problem:
        return _nothing(strategy, batch.size)
    try:
        return _in_columns(strategy, batch)
    except NotInColumns:
        return _nothing(strategy, batch.size)


def _in_columns(strategy: ColumnStrategy, batch: Batch) -> Columns:
    scalar = strategy.scalar
    known, segment = known_of(batch, scalar, strategy.segments)
    found = _nothing(strategy, batch.size)
    for at, test in enumerate(strategy.rules):
        truth = test(batch, known)
        found.fired[at], found.unknown[at] = truth.yes, truth.unknown
    early = _any(found.fired, [r.precheck and r.then == DECLINE for r in scalar.rules])
    asked = ~early | np.array([rule.precheck for rule in scalar.rules], dtype=np.bool_)[:, None]
    found.fired, found.unknown = found.fired & asked, found.unknown & asked
    declines = _any(found.fired, [rule.then == DECLINE for rule in scalar.rules])
    score, has_score = strategy.score(known, batch.size)
    has_score = has_score & ~early
    grade = _grades(strategy, np.where(has_score, score, UNKNOWN), has_score)
    limit, odd = _limits(strategy, batch, known, segment, grade)
    gone, other = _gaps(batch, scalar)
    unsure = gone | other | found.unknown.any(axis=0) | ~has_score | (segment < 0)
    refers = ~declines & (unsure | found.fired.any(axis=0))
    _weigh(found, batch, declines=declines, refers=refers, grade=grade, limit=limit)
    found.noted[0] = refers & gone
    found.noted[1] |= refers & (other | (unsure & ~gone))
    found.score, found.grade = np.where(has_score, score, UNKNOWN), grade
    found.segment = segment
    found.one_by_one = (batch.head["is_odd"] != 0) | odd
    found.rate = _rates(batch, scalar.grades, found)
    return found


def _any(fired: Mask, which: Sequence[bool]) -> Mask:
    return np.asarray(fired[np.array(which, dtype=np.bool_)].any(axis=0), dtype=np.bool_)


def _grades(strategy: ColumnStrategy, score: Column, has_score: Mask) -> Column:
    grade = np.full(len(score), -1, dtype=np.int64)
    for at, (lowest, _) in reversed(list(enumerate(strategy.scalar.grades))):
        grade[has_score & (score >= lowest)] = at
    return grade


def _limits(
    strategy: ColumnStrategy, batch: Batch, known: Known, segment: Column, grade: Column
) -> tuple[Column, Mask]:
    has_both = (segment >= 0) & (grade >= 0)
    at = np.where(has_both, segment, 0), np.where(has_both, grade, 0)
    return limit_columns(
        batch, known, strategy.scalar.limit, strategy.layers,
        grade=grade, months=np.where(grade >= 0, strategy.months[at[1]], 0),
        matrix=np.where(has_both, strategy.matrix[at], UNKNOWN),
    )  # fmt: skip


def _gaps(batch: Batch, scalar: CompiledStrategy) -> tuple[Mask, Mask]:
    """Who lacks something required because a source was silent, and who for another reason."""
    gone = np.zeros(batch.size, dtype=np.bool_)
    other = gone.copy()
    for name in scalar.required:
        kind = batch.kinds[name]
        gone = gone | (kind == UNAVAILABLE)
        is_other = (kind != KNOWN) & (kind != UNAVAILABLE)
        if name in scalar.defaults:
            is_other = is_other & (kind != ABSENT)
        other = other | is_other
    return gone, other


def _weigh(
    found: Columns, batch: Batch, *, declines: Mask, refers: Mask, grade: Column, limit: Column
) -> None:
    """Outcome, limit and the notes of score and limit, in the order of ``decide.weigh``."""
    rest = ~declines & ~refers
    low = rest & (grade < 0)
    unpriced = rest & ~low & ((limit == UNKNOWN) | ~_priced(batch, found.strategy, grade))
    approved = rest & ~low & ~unpriced & (limit > 0)
    poor = rest & ~low & ~unpriced & ~approved
    found.outcome[refers | unpriced] = _REFER
    found.outcome[approved] = _APPROVE
    found.limit = np.where((refers | approved) & (limit != UNKNOWN), limit, 0)
    found.noted[1], found.noted[2], found.noted[3] = unpriced, low, poor


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


def _rates(batch: Batch, grades: Sequence[tuple[int, str]], found: Columns) -> Column:
    """The price of each different combination is asked of the product once."""
    rates = np.full(batch.size, UNKNOWN, dtype=np.int64)
    who = np.flatnonzero((found.outcome == _APPROVE) & ~found.one_by_one)
    if not len(who):
        return rates
    asked = np.stack(
        [batch.terms_at[who], found.grade[who], batch.head["tier"][who], batch.head["lpr"][who]],
        axis=1,
    )
    different, which = np.unique(asked, axis=0, return_inverse=True)
    given = []
    for at, grade, tier, lpr in different.tolist():
        terms = batch.terms[at]
        name = sorted(terms.tiers)[tier] if tier >= 0 else ""
        cost = price(terms, grades[grade][1], lpr * LPR_UNIT, tier=name)
        given.append(int(cost.annual_rate / _RATE_UNIT))
    rates[who] = np.array(given, dtype=np.int64)[which.reshape(-1)]
    return rates


def _nothing(strategy: ColumnStrategy, size: int) -> Columns:
    """Everybody declined without a reason and still to be decided one by one."""
    rules = len(strategy.scalar.rules)
    empty = np.full(size, UNKNOWN, dtype=np.int64)
    return Columns(
        strategy=strategy,
        outcome=np.zeros(size, dtype=np.int8),
        score=empty.copy(),
        grade=np.full(size, -1, dtype=np.int64),
        segment=np.full(size, -1, dtype=np.int64),
        limit=np.zeros(size, dtype=np.int64),
        rate=empty.copy(),
        fired=np.zeros((rules, size), dtype=np.bool_),
        unknown=np.zeros((rules, size), dtype=np.bool_),
        noted=np.zeros((len(NOTES), size), dtype=np.bool_),
        one_by_one=np.ones(size, dtype=np.bool_),
    )


def _put(found: Columns, at: int, one: Core) -> None:
    """One person's core into the columns."""
    scalar = found.strategy.scalar
    letters = [letter for _, letter in scalar.grades]
    codes = [segment.code for segment in scalar.segments]
    found.outcome[at] = OUTCOMES.index(one.outcome)
    found.score[at] = UNKNOWN if one.score is None else one.score
    found.grade[at] = -1 if one.grade is None else letters.index(one.grade)
    found.segment[at] = -1 if one.segment is None else codes.index(one.segment)
    found.limit[at] = int(one.limit * 100)
    found.rate[at] = UNKNOWN if one.rate is None else int(one.rate / _RATE_UNIT)
    for row, rule in enumerate(scalar.rules):
        found.fired[row, at] = rule.code in one.fired
        found.unknown[row, at] = rule.code in one.unknown
    for row, code in enumerate(NOTES):
        found.noted[row, at] = code in one.reasons
