"""Earlier answers to exactly the same question: used again while fresh, or standing in for a failure.

A question is known by its blind index, which covers everything asked, so nobody else's answer can be
found by it; the purpose must be equal as well. A trigger refuses a report that says otherwise.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from risk.gateways.sources import FAILED, MATCH, MISMATCH, NO_RECORD, STALE
from risk.models import SourceReport
from risk.questions import Question

_TELLING = (MATCH, MISMATCH, NO_RECORD)


def earlier_answers(indexes: Iterable[str], purpose: str) -> dict[str, SourceReport]:
    """Question index → its newest answer that a source itself gave, whichever application asked."""
    rows = (
        SourceReport.objects.filter(
            subject_index__in=list(indexes),
            purpose=purpose,
            state=SourceReport.State.ANSWERED,
            result__in=_TELLING,
            reused_from__isnull=True,
        )
        .order_by("subject_index", "-answered_at")
        .distinct("subject_index")
        .defer("raw_reply")
    )
    return {row.subject_index: row for row in rows}


def reuse_fresh(
    application_id: UUID,
    questions: Sequence[Question],
    purpose: str,
    round: int,
    now: datetime,
) -> int:
    """Report what is fresh without a call; returns how many were found.

    Where another worker already claimed the question, its row stands.
    """
    earlier = earlier_answers([question.index for question in questions], purpose)
    rows = [
        _copy(earlier[question.index], question, application_id, purpose, round, now)
        for question in questions
        if question.index in earlier
        and _within(earlier[question.index], question.source.fresh_days, now)
    ]
    if rows:
        SourceReport.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _copy(
    original: SourceReport,
    question: Question,
    application_id: UUID,
    purpose: str,
    round: int,
    now: datetime,
) -> SourceReport:
    """The answer again, for this application and its consent; the raw reply stays where it came."""
    return SourceReport(
        application_id=application_id,
        round=round,
        source=original.source,
        operation=original.operation,
        subject_index=original.subject_index,
        state=SourceReport.State.ANSWERED,
        result=original.result,
        facts=original.facts,
        consent_id=question.consent_id,
        purpose=purpose,
        requested_at=now,
        answered_at=original.answered_at,
        reused_from=original,
    )


def stand_ins(
    failed: Iterable[Question], purpose: str, now: datetime
) -> dict[str, SourceReport]:
    """Question index → the older answer its source's fallback allows, for questions that failed."""
    allowed = {one.index: one.source for one in failed if one.source.fallback == STALE}
    if not allowed:
        return {}
    return {
        index: row
        for index, row in earlier_answers(allowed, purpose).items()
        if _within(row, allowed[index].stale_days, now)
    }


def told(report: SourceReport) -> SourceReport:
    """The report whose result, facts and time count: the report itself, or what stands in for it."""
    stand_in = report.reused_from if report.result in FAILED else None
    return stand_in or report


def _within(report: SourceReport, days: int, now: datetime) -> bool:
    return report.answered_at is not None and report.answered_at >= now - timedelta(days=days)
