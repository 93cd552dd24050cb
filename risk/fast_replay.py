"""Replay by columns: the core of thousands of decisions at once against what their records keep.

Compared are outcome, score, grade and limit. A record's limit may be lower than the core's, and an
approval of the core may have ended without an offer, when no plan could be repaid: then the core's
own outcome and limit, kept in the decision's row of numbers, must be found again.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from risk import vectors
from risk.contracts import APPROVE, DECLINE
from risk.domain.backtests import reason_masks
from risk.domain.columns.evaluate import OUTCOMES, Columns, evaluate_columns
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.decide import ENGINE_VERSION
from risk.replay_report import ReplayReport
from risk.vectors import Part, StoredRow

_ROWS = """
SELECT d.id::text, d.strategy_version_id, d.engine_version, d.outcome, d.score, d.grade,
    (d.limit_amount * 100)::bigint, d.reason_codes @> '["ABILITY_INSUFFICIENT"]',
    v.layout_id, v.terms_id, v.numbers
FROM risk_decisionrecord d LEFT JOIN risk_decisionvector v ON v.decision_id = d.id
WHERE d.id >= %s AND d.id <= %s AND (%s::date IS NULL OR d.business_date >= %s)
"""
_VERSION, _ENGINE, _OUTCOME, _SCORE, _GRADE, _LIMIT, _ABILITY = range(1, 8)
_APPROVE, _DECLINE = OUTCOMES.index(APPROVE), OUTCOMES.index(DECLINE)
_OUTCOME_AT = {name: at for at, name in enumerate(OUTCOMES)}
Row = tuple[Any, ...]


def replay_range(first: UUID, last: UUID, since: Any, under: int | None) -> ReplayReport:
    """Decisions with ids from ``first`` to ``last``, under their own version or ``under``."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [first, last, since, since])
        rows: list[Row] = cursor.fetchall()
    report = ReplayReport()
    by_version: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        by_version.setdefault((row[_VERSION], row[_ENGINE]), []).append(row)
    for (version_id, engine), group in by_version.items():
        _replay_group(report, group, version_id, engine, under)
    return report


def _replay_group(
    report: ReplayReport, rows: Sequence[Row], version_id: int, engine: str, under: int | None
) -> None:
    own = vectors.column_version(version_id)
    is_same = under in (None, version_id) and engine == ENGINE_VERSION
    stored = [StoredRow(row[0], row[8], row[9], row[10] and bytes(row[10])) for row in rows]
    for part in vectors.parts(stored):
        these = [rows[at] for at in part.places]
        found = evaluate_columns(own, part.batch, part.inputs_of)
        alone = found.one_by_one.copy()
        report.count += part.batch.size
        if is_same:
            equal = _equal(found, part, these)
            report.equal += int(equal.sum())
            for at in np.flatnonzero(~equal).tolist():
                report.add_different(these[at][0])
        else:
            other = own if under is None else vectors.column_version(under)
            after = evaluate_columns(other, part.batch, part.inputs_of)
            alone |= after.one_by_one
            _add_moves(report, found, after, part)
        report.one_by_one += int(alone.sum())
        report.in_columns += int((~alone).sum())


def _equal(found: Columns, part: Part, rows: Sequence[Row]) -> Mask:
    """Whose record says what the core says now."""
    letters = {grade: at for at, (_, grade) in reversed(list(enumerate(found.strategy.scalar.grades)))}
    outcome = _column([_OUTCOME_AT[row[_OUTCOME]] for row in rows])
    score = _column([UNKNOWN if row[_SCORE] is None else row[_SCORE] for row in rows])
    grade = _column([letters.get(row[_GRADE], -1) for row in rows])
    limit = _column([row[_LIMIT] for row in rows])
    no_plan = np.array([bool(row[_ABILITY]) for row in rows], dtype=np.bool_)
    approves = found.outcome == _APPROVE
    offered = (outcome == _APPROVE) & (limit > 0) & (limit <= found.limit)
    unoffered = (outcome == _DECLINE) & no_plan & (limit == 0)
    plain = (outcome == found.outcome) & (limit == found.limit)
    equal: Mask = (score == found.score) & (grade == found.grade)
    equal &= np.where(approves, offered | unoffered, plain)
    if part.made:  # nothing was kept to compare the core itself with
        return equal
    head = part.batch.head
    kept: Mask = (head["core_outcome"] == found.outcome) & (head["core_limit"] == found.limit)
    return equal & kept


def _column(values: Sequence[int]) -> Column:
    return np.array(values, dtype=np.int64)


def _add_moves(report: ReplayReport, before: Columns, after: Columns, part: Part) -> None:
    """Both cores side by side: what moves, why, in which segment, for whose limit."""
    report.other += part.batch.size
    codes = [segment.code for segment in before.strategy.scalar.segments]
    for was, first in enumerate(OUTCOMES):
        for is_, second in enumerate(OUTCOMES):
            who = np.flatnonzero((before.outcome == was) & (after.outcome == is_))
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
    both = (before.outcome == _APPROVE) & (after.outcome == _APPROVE)
    for word, mask in (
        ("higher", after.limit > before.limit), ("lower", after.limit < before.limit)
    ):  # fmt: skip
        if n := int((both & mask).sum()):
            report.limits[word] += n
    _add_reasons(report, before, after)


def _add_reasons(report: ReplayReport, before: Columns, after: Columns) -> None:
    first, second = reason_masks(before), reason_masks(after)
    nobody = np.zeros(len(before.outcome), dtype=np.bool_)
    for code in sorted(first.keys() | second.keys()):
        was, is_ = first.get(code, nobody), second.get(code, nobody)
        for counter, n in (
            (report.reasons_added, int((is_ & ~was).sum())),
            (report.reasons_removed, int((was & ~is_).sum())),
        ):
            if n:
                counter[code] += n
