"""Two versions over the same people: what is counted while a back-test runs. Pure.

Amounts are cents and rates millionths in whole numbers while they are added up; ``backtest_sums``
makes yuan of them. Everything here can be put aside as JSON and taken up again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.contracts import APPROVE
from risk.domain.columns.batch import Batch
from risk.domain.columns.results import NOTES, OUTCOMES, Columns
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import Column, known_in, years_between

SIDES = ("before", "after")
DIMENSIONS = ("segment", "grade", "product", "age")
AGE_EDGES = (25, 35, 45, 55)
AGE_BANDS = ("<25", "25–34", "35–44", "45–54", "≥55")
#: What is counted of each group, one side after the other.
GROUP_FIGURES = ("count", "approve", "refer", "decline", "limit_cents", "rate_sum")
EXAMPLES_A_KIND = 5
NONE = ""
_APPROVE = OUTCOMES.index(APPROVE)
_FIELDS = ("moves", "grade_moves", "limits", "rates", "exposure", "groups", "reasons", "changed_for")


@dataclass
class Tally:
    """Counters by text keys, parts joined by "|" (see ``add``); ``examples`` by kind of change."""

    count: int = 0
    one_by_one: int = 0
    made: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    grade_moves: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    rates: Counter[str] = field(default_factory=Counter)
    exposure: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    changed_for: Counter[str] = field(default_factory=Counter)
    limit_changes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        counters = {name: dict(getattr(self, name)) for name in (*_FIELDS, "limit_changes")}
        return {
            **counters, "count": self.count, "one_by_one": self.one_by_one, "made": self.made,
            "examples": self.examples,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "Tally":
        """An empty mapping is an empty tally."""
        counters = {name: Counter(written.get(name, {})) for name in (*_FIELDS, "limit_changes")}
        return cls(
            count=written.get("count", 0),
            one_by_one=written.get("one_by_one", 0),
            made=written.get("made", 0),
            examples=dict(written.get("examples", {})),
            **counters,
        )

    def add(
        self, batch: Batch, before: Columns, after: Columns, *, ids: Sequence[str], made: int = 0
    ) -> None:
        """Count a batch; ``ids`` of its people's decisions, in their order."""
        self.count += batch.size
        self.made += made
        self.one_by_one += int((before.one_by_one | after.one_by_one).sum())
        pair = before.outcome * 3 + after.outcome
        moves = {f"{b}>{a}": 3 * i + j for i, b in enumerate(OUTCOMES) for j, a in enumerate(OUTCOMES)}
        shared = {"product": _products(batch), "age": _ages(batch)}
        for side, found in zip(SIDES, (before, after), strict=True):
            self._add_side(side, found, shared)
        self._add_reasons(before, after, pair, moves)
        for move, code in moves.items():
            who = np.flatnonzero(pair == code)
            self.moves[move] += len(who)
            if move.partition(">")[0] != move.partition(">")[2]:
                self._keep(move, who, ids)
        self._add_limit_changes(before, after, ids)
        self._add_grades(before, after)

    def _add_side(
        self, side: str, found: Columns, shared: Mapping[str, tuple[Column, Sequence[str]]]
    ) -> None:
        approved = found.outcome == _APPROVE
        self._count(self.limits, f"{side}|", found.limit[approved])
        self._count(self.rates, f"{side}|", found.rate[approved])
        letters = [grade for _, grade in found.strategy.scalar.grades]
        codes = [segment.code for segment in found.strategy.scalar.segments]
        own = {"segment": (found.segment, [*codes, NONE]), "grade": (found.grade, [*letters, NONE])}
        for dimension, (numbers, labels) in (own | dict(shared)).items():
            at = np.where(numbers < 0, len(labels) - 1, numbers)
            for figure, amounts in self._figures(found, approved).items():
                sums = np.bincount(at, weights=amounts, minlength=len(labels))
                for label, total in zip(labels, sums, strict=True):
                    if total:
                        self.groups[f"{side}|{dimension}|{label}|{figure}"] += round(total)
        for number, letter in enumerate(letters):
            cents = int(found.limit[approved & (found.grade == number)].sum())
            if cents:
                self.exposure[f"{side}|{letter}"] += cents

    @staticmethod
    def _figures(found: Columns, approved: Mask) -> dict[str, NDArray[Any]]:
        """As float weights: a chunk's sums stay far below 2**53, so they are exact."""
        counts = {name: (found.outcome == at) for at, name in enumerate(OUTCOMES)}
        return {
            "count": np.ones(len(approved)),
            **{name: mask.astype(float) for name, mask in counts.items()},
            "limit_cents": np.where(approved, found.limit, 0).astype(float),
            "rate_sum": np.where(approved, found.rate, 0).astype(float),
        }

    @staticmethod
    def _count(counter: Counter[str], prefix: str, values: Column) -> None:
        different, times = np.unique(values, return_counts=True)
        for value, n in zip(different.tolist(), times.tolist(), strict=True):
            counter[f"{prefix}{value}"] += n

    def _add_reasons(
        self, before: Columns, after: Columns, pair: NDArray[Any], moves: Mapping[str, int]
    ) -> None:
        """Reasons of each side, those only one side gives, and what stands behind each move."""
        first, second = reason_masks(before), reason_masks(after)
        nobody = np.zeros(len(pair), dtype=np.bool_)
        for code in first.keys() | second.keys():
            was, is_ = first.get(code, nobody), second.get(code, nobody)
            gone, new = was & ~is_, is_ & ~was
            for name, mask in (("before", was), ("after", is_), ("removed", gone), ("added", new)):
                if mask.any():
                    self.reasons[f"{name}|{code}"] += int(mask.sum())
            for name, mask in (("removed", gone), ("added", new)):
                times = np.bincount(pair[mask], minlength=9)
                for move, at in moves.items():
                    if times[at]:
                        self.changed_for[f"{move}|{name}|{code}"] += int(times[at])

    def _add_limit_changes(self, before: Columns, after: Columns, ids: Sequence[str]) -> None:
        both = (before.outcome == _APPROVE) & (after.outcome == _APPROVE)
        for name, was, is_ in (
            ("limit", before.limit, after.limit), ("rate", before.rate, after.rate)
        ):  # fmt: skip
            for word, mask in (("higher", both & (is_ > was)), ("lower", both & (is_ < was))):
                who = np.flatnonzero(mask)
                self.limit_changes[f"{name}|{word}|count"] += len(who)
                self.limit_changes[f"{name}|{word}|sum"] += int((is_ - was)[who].sum())
                self._keep(f"{name}_{word}", who, ids)

    def _add_grades(self, before: Columns, after: Columns) -> None:
        first = [*(grade for _, grade in before.strategy.scalar.grades), NONE]
        second = [*(grade for _, grade in after.strategy.scalar.grades), NONE]
        pairs = np.stack([before.grade, after.grade], axis=1)
        different, times = np.unique(pairs, axis=0, return_counts=True)
        for (was, is_), n in zip(different.tolist(), times.tolist(), strict=True):
            self.grade_moves[f"{first[was]}>{second[is_]}"] += n

    def _keep(self, kind: str, who: NDArray[np.intp], ids: Sequence[str]) -> None:
        kept = self.examples.setdefault(kind, []) if len(who) else []
        for at in who[: EXAMPLES_A_KIND - len(kept)].tolist() if len(who) else []:
            kept.append(ids[at])


def reason_masks(found: Columns) -> dict[str, Mask]:
    """Reason code → whom it is told as the reason of the outcome (decline or refer)."""
    masks: dict[str, Mask] = {}
    for at, (code, then) in enumerate(found.strategy.sayings):
        told = found.fired[at] & (found.outcome == OUTCOMES.index(then))
        masks[code] = masks[code] | told if code in masks else told
    for at, code in enumerate(NOTES):
        masks[code] = masks[code] | found.noted[at] if code in masks else found.noted[at]
    return masks


def _products(batch: Batch) -> tuple[Column, Sequence[str]]:
    return batch.terms_at.astype(np.int64), [*(t.product_code for t in batch.terms), NONE]


def _ages(batch: Batch) -> tuple[Column, Sequence[str]]:
    born, day = batch.values["birth_date"], batch.head["business_date"]
    band = np.searchsorted(AGE_EDGES, years_between(born, day), side="right")
    known = known_in(born) & (born <= day)
    return np.where(known, band, -1).astype(np.int64), [*AGE_BANDS, NONE]
