"""What the columns say: a ``Core`` per person, as arrays."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from risk.contracts import APPROVE, DECLINE, REFER
from risk.domain.columns.strategy import ColumnStrategy
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.core import Core, codes

OUTCOMES = (DECLINE, REFER, APPROVE)
RATE_UNIT = Decimal("0.000001")
#: The engine's own reasons, in the order a person is told them.
NOTES = ("SOURCE_UNAVAILABLE", "DATA_INCOMPLETE", "SCORE_TOO_LOW", "ABILITY_INSUFFICIENT")


@dataclass
class Columns:
    """A ``Core`` per person. ``outcome`` is a place in OUTCOMES; ``grade`` and ``segment`` in the
    strategy's (-1 none); ``limit`` in cents; ``rate`` in millionths and ``score``, UNKNOWN for none.
    ``fired`` (the strategy's sayings × people), ``unknown`` (its askers × people) and ``noted`` (NOTES ×
    people) say why. ``one_by_one``: whom the scalar core decided.
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
        fired = [self.strategy.sayings[i] for i in np.flatnonzero(self.fired[:, at])]
        own = [code for code, then in fired if then == outcome]
        noted = [code for code, holds in zip(NOTES, self.noted[:, at], strict=True) if holds]
        unknown = [self.strategy.askers[i] for i in np.flatnonzero(self.unknown[:, at])]
        grade, segment, rate = self.grade[at], self.segment[at], int(self.rate[at])
        return Core(
            outcome=outcome,
            score=None if self.score[at] == UNKNOWN else int(self.score[at]),
            grade=scalar.grades[grade][1] if grade >= 0 else None,
            segment=scalar.segments[segment].code if segment >= 0 else None,
            limit=Decimal(int(self.limit[at])).scaleb(-2),
            rate=None if rate == UNKNOWN else Decimal(rate).scaleb(-6),
            reasons=codes([*own, *noted]),
            fired=codes(code for code, _ in fired),
            unknown=codes(unknown),
        )


def nothing_found(strategy: ColumnStrategy, size: int) -> Columns:
    """Everybody declined without a reason and still to be decided one by one."""
    empty = np.full(size, UNKNOWN, dtype=np.int64)
    return Columns(
        strategy=strategy,
        outcome=np.zeros(size, dtype=np.int8),
        score=empty.copy(),
        grade=np.full(size, -1, dtype=np.int64),
        segment=np.full(size, -1, dtype=np.int64),
        limit=np.zeros(size, dtype=np.int64),
        rate=empty.copy(),
        fired=np.zeros((len(strategy.sayings), size), dtype=np.bool_),
        unknown=np.zeros((len(strategy.askers), size), dtype=np.bool_),
        noted=np.zeros((len(NOTES), size), dtype=np.bool_),
        one_by_one=np.ones(size, dtype=np.bool_),
    )


def put(found: Columns, at: int, one: Core) -> None:
    """One person's core into the columns."""
    scalar = found.strategy.scalar
    letters = [letter for _, letter in scalar.grades]
    segments = [segment.code for segment in scalar.segments]
    found.outcome[at] = OUTCOMES.index(one.outcome)
    found.score[at] = UNKNOWN if one.score is None else one.score
    found.grade[at] = -1 if one.grade is None else letters.index(one.grade)
    found.segment[at] = -1 if one.segment is None else segments.index(one.segment)
    found.limit[at] = int(one.limit * 100)
    found.rate[at] = UNKNOWN if one.rate is None else int(one.rate / RATE_UNIT)
    for row, (code, then) in enumerate(found.strategy.sayings):
        is_told = then != one.outcome or code in one.reasons
        found.fired[row, at] = code in one.fired and is_told
    for row, code in enumerate(found.strategy.askers):
        found.unknown[row, at] = code in one.unknown
    for row, code in enumerate(NOTES):
        found.noted[row, at] = code in one.reasons
