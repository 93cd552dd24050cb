"""Replay by columns: the core of thousands of decisions at once against what their records keep.

Compared are outcome, score, grade and limit. A record's limit may be lower than the core's, and an
approval of the core may have ended without an offer, when no plan could be repaid (or with a person,
when nobody could tell who may grant it): so the core's own outcome and limit, kept in the decision's
row of numbers, must be found again, too.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from risk import vectors
from risk.contracts import APPROVE, DECLINE, REFER
from risk.domain.backtests import reason_masks
from risk.domain.columns.evaluate import evaluate_columns
from risk.domain.columns.results import OUTCOMES, Columns
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import UNKNOWN
from risk.domain.decide import ENGINE_VERSION, SAME_RESULTS
from risk.models import StrategyVersion
from risk.replay_report import ReplayReport
from risk.vector_reading import TAIL, read
from risk.vectors import Part

_ROWS = (
    """
SELECT d.id, d.strategy_version_id::bigint, d.engine_version = ANY(%(engines)s),
    coalesce(array_position(%(outcomes)s, d.outcome::text), 0),
    coalesce(d.score, %(none)s)::bigint, coalesce(array_position(%(grades)s, d.grade::text), 0),
    (d.limit_amount * 100)::bigint, d.reason_codes @> '["ABILITY_INSUFFICIENT"]',
    d.reason_codes @> '["DATA_INCOMPLETE"]', """
    + TAIL
    + """
FROM risk_decisionrecord d LEFT JOIN risk_decisionvector v ON v.decision_id = d.id
WHERE d.id >= %(first)s AND d.id <= %(last)s {}
"""
)
_FIELDS = (
    ("version", ">i8"), ("same_engine", "?"), ("outcome", ">i4"), ("score", ">i8"), ("grade", ">i4"),
    ("limit", ">i8"), ("no_plan", "?"), ("untold", "?"),
)  # fmt: skip
_APPROVE, _REFER, _DECLINE = (OUTCOMES.index(name) for name in (APPROVE, REFER, DECLINE))


def replay_range(first: UUID, last: UUID, since: date | None, under: int | None) -> ReplayReport:
    """Decisions with ids from ``first`` to ``last``, under their own version or ``under``."""
    grades = _grades()
    values = {
        "first": first, "last": last, "since": since, "engines": [ENGINE_VERSION, *SAME_RESULTS],
        "outcomes": list(OUTCOMES), "none": UNKNOWN, "grades": grades,
    }  # fmt: skip
    where = "AND d.business_date >= %(since)s" if since else ""
    rows = read(_ROWS.format(where), values, _FIELDS)
    report = ReplayReport()
    for part in vectors.parts(rows):
        fields = rows.fields[part.places]
        for version_id in np.unique(fields["version"]).tolist():
            mask = fields["version"] == version_id
            _replay(report, part, fields, mask, version_id, under, grades)
    return report


def _grades() -> list[str]:
    """Every grade any version knows."""
    found = StrategyVersion.objects.values_list("definition__grades", flat=True).iterator()
    return sorted({str(row["grade"]) for rows in found for row in rows or ()}) or [""]


def _replay(
    report: ReplayReport, part: Part, fields: NDArray[Any], mask: Mask, version_id: int,
    under: int | None, grades: Sequence[str],
) -> None:  # fmt: skip
    """Those of a part that one version decided."""
    own = vectors.column_version(version_id)
    found = evaluate_columns(own, part.batch, part.inputs_of)
    alone = found.one_by_one.copy()
    same = mask & fields["same_engine"] & (under in (None, version_id))
    equal = same & _equal(found, part, fields, grades)
    report.count += int(mask.sum())
    report.equal += int(equal.sum())
    for at in np.flatnonzero(same & ~equal).tolist():
        report.add_different(part.decision_ids[at])
    if (mask & ~same).any():
        other = own if under is None else vectors.column_version(under)
        after = evaluate_columns(other, part.batch, part.inputs_of)
        alone |= after.one_by_one
        _add_moves(report, found, after, part, mask & ~same)
    report.one_by_one += int((mask & alone).sum())
    report.in_columns += int((mask & ~alone).sum())


def _equal(found: Columns, part: Part, fields: NDArray[Any], grades: Sequence[str]) -> Mask:
    """Whose record says what the core says now."""
    letters = [grade for _, grade in found.strategy.scalar.grades]
    numbers = np.array([grades.index(letter) + 1 for letter in letters] + [0], dtype=np.int64)
    outcome, limit = fields["outcome"] - 1, fields["limit"]
    approves = found.outcome == _APPROVE
    offered = (outcome == _APPROVE) & (limit > 0) & (limit <= found.limit)
    unoffered = (outcome == _DECLINE) & fields["no_plan"] & (limit == 0)
    # who may grant it could not be told once the offers stood
    untold = (outcome == _REFER) & fields["untold"] & (limit == found.limit)
    plain = (outcome == found.outcome) & (limit == found.limit)
    equal: Mask = (fields["score"] == found.score) & (fields["grade"] == numbers[found.grade])
    equal &= np.where(approves, offered | unoffered | untold, plain)
    if part.made:  # nothing was kept to compare the core itself with
        return equal
    head = part.batch.head
    kept: Mask = (head["core_outcome"] == found.outcome) & (head["core_limit"] == found.limit)
    return equal & kept


def _add_moves(
    report: ReplayReport, before: Columns, after: Columns, part: Part, mask: Mask
) -> None:
    """Both cores side by side: what moves, why, in which segment, for whose limit."""
    report.other += int(mask.sum())
    codes = [segment.code for segment in before.strategy.scalar.segments]
    for was, first in enumerate(OUTCOMES):
        for is_, second in enumerate(OUTCOMES):
            who = np.flatnonzero(mask & (before.outcome == was) & (after.outcome == is_))
            if not len(who):
                continue
            move = f"{first} → {second}"
            report.moves[move] += len(who)
            if was == is_:
                continue
            report.add_moved(move, [part.decision_ids[at] for at in who[:5].tolist()])
            segments, times = np.unique(before.segment[who], return_counts=True)
            for segment, n in zip(segments.tolist(), times.tolist(), strict=True):
                report.segments[f"{codes[segment] if segment >= 0 else ''}|{move}"] += n
    both = mask & (before.outcome == _APPROVE) & (after.outcome == _APPROVE)
    for word, moved in (
        ("higher", after.limit > before.limit), ("lower", after.limit < before.limit)
    ):  # fmt: skip
        if n := int((both & moved).sum()):
            report.limits[word] += n
    _add_reasons(report, before, after, mask)


def _add_reasons(report: ReplayReport, before: Columns, after: Columns, mask: Mask) -> None:
    first, second = reason_masks(before), reason_masks(after)
    nobody = np.zeros(len(before.outcome), dtype=np.bool_)
    for code in sorted(first.keys() | second.keys()):
        was, is_ = first.get(code, nobody), second.get(code, nobody)
        for counter, n in (
            (report.reasons_added, int((mask & is_ & ~was).sum())),
            (report.reasons_removed, int((mask & was & ~is_).sum())),
        ):
            if n:
                counter[code] += n
