"""Asking the sources: claim, ask all at once, keep the answers. Used by ``risk.services`` only.

A claim row is inserted before a source is asked (INSERT … ON CONFLICT), so a second caller waits for
the first instead of asking again; a claim whose owner died is taken over when its lease, kept by the
database's clock, has run out. What is still fresh from an earlier application is not asked again
(``risk.reuse``); what is switched off or over its day's budget is not asked at all (``risk.spending``).
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from risk import reuse, spending
from risk.asking import ask_all
from risk.contracts import Subject
from risk.gateways.sources import FAILED
from risk.models import SourceReport
from risk.questions import Claim, Question

#: Longer than the slowest source's whole time-out: a claim older than this belongs to a dead worker.
LEASE = timedelta(seconds=8)
#: A failed question may be put once more when somebody gathers again (say, at submission).
ATTEMPTS_MAX = 2
WAIT_FOR_OTHERS_S = 8.5
_POLL_S = 0.03


def gather_reports(
    *, subject: Subject, questions: Sequence[Question], purpose: str, round: int, now: datetime
) -> None:
    """Ask every question without an answer yet; returns when all are answered or given up on.

    What another caller is asking is waited for; if that caller died, its questions are put again.
    """
    pending = _unanswered(subject.application_id, questions, round, now)
    if pending and reuse.reuse_fresh(subject.application_id, pending, purpose, round, now):
        pending = _unanswered(subject.application_id, pending, round, now)
    others = _ask_unclaimed(subject, pending, purpose, round, now)
    if others:
        _wait_for_others(subject.application_id, others, round)
        abandoned = _unanswered(subject.application_id, others, round, now)
        _ask_unclaimed(subject, abandoned, purpose, round, now)


def _ask_unclaimed(
    subject: Subject, questions: Sequence[Question], purpose: str, round: int, now: datetime
) -> list[Question]:
    """Claim and ask what nobody else is asking; returns the rest."""
    if not questions:
        return []
    with transaction.atomic(durable=True):  # claims must be visible before anybody is asked
        mine = _claim(subject.application_id, questions, purpose, round, now)
        day = timezone.localdate(now)
        refused = spending.reserve([question.source for question, _, _ in mine.values()], day)
    if mine:
        ask_all(subject, mine, refused, purpose, now)
    return [question for question in questions if question.index not in mine]


def reports_of(application_id: UUID, indexes: Sequence[str], round: int) -> list[SourceReport]:
    """The newest report per question, up to this round."""
    rows = (
        SourceReport.objects.filter(
            application_id=application_id, round__lte=round, subject_index__in=indexes
        )
        .select_related("reused_from")
        .defer("raw_reply", "reused_from__raw_reply")
        .order_by("source", "round")
    )
    newest = {(row.source, row.subject_index): row for row in rows}
    return list(newest.values())


def _unanswered(
    application_id: UUID, questions: Sequence[Question], round: int, now: datetime
) -> list[Question]:
    """Questions without a usable answer of this round, or a fresh one of an earlier round."""
    answered = {
        (row.source, row.subject_index): row
        for row in SourceReport.objects.filter(
            application_id=application_id, round__lte=round, state=SourceReport.State.ANSWERED
        )
        .exclude(result__in=FAILED)
        .defer("raw_reply", "facts")
    }
    pending = []
    for question in questions:
        row = answered.get((question.source.code, question.index))
        fresh = timedelta(days=question.source.fresh_days)
        if row is None or (row.round < round and row.answered_at < now - fresh):
            pending.append(question)
    return pending


def _claim(
    application_id: UUID, questions: Sequence[Question], purpose: str, round: int, now: datetime
) -> dict[str, Claim]:
    """Claims this caller won, by question index."""
    rows = [
        SourceReport(
            application_id=application_id,
            round=round,
            source=question.source.code,
            operation=f"{question.source.service}/{question.source.operation}",
            subject_index=question.index,
            consent_id=question.consent_id,
            purpose=purpose,
            requested_at=now,
        )
        for question in questions
    ]
    SourceReport.objects.bulk_create(rows, ignore_conflicts=True)
    ours = {row.pk for row in rows}
    by_index = {question.index: question for question in questions}
    won = {}
    standing = SourceReport.objects.filter(
        application_id=application_id, round=round, subject_index__in=by_index
    ).values_list("id", "subject_index", "attempts")
    for report_id, index, attempts in standing:
        if report_id in ours:
            won[index] = (by_index[index], report_id, attempts)
        elif _take_over(report_id, attempts, by_index[index].consent_id, now):
            won[index] = (by_index[index], report_id, attempts + 1)
    return won


def _take_over(report_id: UUID, attempts: int, consent_id: str, now: datetime) -> bool:
    """Claim a failed report for one more try, or an abandoned one; one caller at most succeeds."""
    failed = Q(
        state=SourceReport.State.ANSWERED, result__in=FAILED, attempts__lt=ATTEMPTS_MAX
    )
    abandoned = Q(state=SourceReport.State.ASKING, claimed_at__lt=Now() - LEASE)
    return bool(
        SourceReport.objects.filter(failed | abandoned, pk=report_id, attempts=attempts).update(
            state=SourceReport.State.ASKING,
            result="",
            answered_at=None,
            reused_from=None,
            attempts=F("attempts") + 1,
            claimed_at=Now(),
            requested_at=now,
            consent_id=consent_id,
        )
    )


def _wait_for_others(application_id: UUID, questions: Sequence[Question], round: int) -> None:
    """Wait, bounded, while another caller asks; what is then still open counts as unavailable."""
    deadline = time.monotonic() + WAIT_FOR_OTHERS_S
    asking = SourceReport.objects.filter(
        application_id=application_id,
        round=round,
        state=SourceReport.State.ASKING,
        subject_index__in=[question.index for question in questions],
    )
    while asking.exists() and time.monotonic() < deadline:
        time.sleep(_POLL_S)
