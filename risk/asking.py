"""Putting claimed questions to the sources, all at once, and keeping what they answer.

Threads only talk HTTP; every database write happens in the calling thread.
"""

import os
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from risk import reuse, spending
from risk.contracts import Subject
from risk.gateways.answers import Answer, ask
from risk.gateways.sources import ERROR, FAILED
from risk.models import SourceReport
from risk.questions import Claim, Question

log = structlog.get_logger(__name__)
_THREADS = 24
_ANSWER_FIELDS = [
    "state",
    "result",
    "problem",
    "raw_reply",
    "facts",
    "answered_at",
    "latency_ms",
    "cost_fen",
    "reused_from",
]
_pool_lock = threading.Lock()
_pools: dict[int, ThreadPoolExecutor] = {}


def ask_all(
    subject: Subject,
    claims: Mapping[str, Claim],
    refused: Mapping[str, str],
    purpose: str,
    now: datetime,
) -> None:
    """All questions at once; the wall time is the slowest source's, and each is capped by its
    timeout. ``refused``: source code → why it is not asked.
    """
    pool = _pool()
    asked: list[tuple[Claim, Future[Answer]]] = []
    answers: dict[UUID, tuple[Question, int, Answer]] = {}
    for question, report_id, attempt in claims.values():
        problem = refused.get(question.source.code)
        if problem:
            answers[report_id] = (question, attempt, Answer(ERROR, {}, {}, problem, 0))
            continue
        future = pool.submit(
            ask, question.source, subject, consent_id=question.consent_id, purpose=purpose
        )
        asked.append(((question, report_id, attempt), future))
    for (question, report_id, attempt), future in asked:
        try:
            answer = future.result()
        except Exception as error:  # a bug in reading one reply must not lose the other eleven
            log.error("source.unreadable", source=question.source.code, error=type(error).__name__)
            answer = Answer(ERROR, {}, {}, "adapter", 0)
        answers[report_id] = (question, attempt, answer)
    store(answers, refused, purpose, now)


def store(
    answers: Mapping[UUID, tuple[Question, int, Answer]],
    refused: Mapping[str, str],
    purpose: str,
    now: datetime,
) -> None:
    """Keep answers whose claim is still ours; a claim lost to another caller is that caller's to
    settle. What failed costs nothing, whoever keeps the claim.
    """
    failed = [
        (question, answer) for question, _, answer in answers.values() if answer.result in FAILED
    ]
    stand_ins = reuse.stand_ins([question for question, _ in failed], purpose, now)
    with transaction.atomic():
        rows = (
            SourceReport.objects.select_for_update()
            .filter(pk__in=answers, state=SourceReport.State.ASKING)
            .order_by("pk")
        )
        kept = []
        for row in rows:
            question, attempt, answer = answers[row.pk]
            if row.attempts == attempt:
                _fill(row, question, answer, now)
                row.reused_from = stand_ins.get(question.index)
                kept.append(row)
        if (
            kept
        ):  # an upsert rather than UPDATEs: one statement, and fields are encrypted on the way
            SourceReport.objects.bulk_create(
                kept, update_conflicts=True, unique_fields=["id"], update_fields=_ANSWER_FIELDS
            )
        spending.give_back(
            [(q.source, a.problem) for q, a in failed if q.source.code not in refused],
            timezone.localdate(now),
        )
    for question, _, answer in answers.values():
        log.info(
            "source.answered",
            source=question.source.code,
            result=answer.result,
            problem=answer.problem,
            latency_ms=answer.latency_ms,
        )


def _fill(row: SourceReport, question: Question, answer: Answer, now: datetime) -> None:
    row.state, row.result, row.problem = (
        SourceReport.State.ANSWERED,
        answer.result,
        answer.problem,
    )
    row.raw_reply, row.facts = dict(answer.raw), dict(answer.facts)
    row.latency_ms = answer.latency_ms
    row.answered_at = now + timedelta(milliseconds=answer.latency_ms)
    row.cost_fen = 0 if answer.result in FAILED else question.source.cost_fen


def _pool() -> ThreadPoolExecutor:
    """One pool per process; a forked child makes its own."""
    pid = os.getpid()
    with _pool_lock:
        if pid not in _pools:
            _pools.clear()
            _pools[pid] = ThreadPoolExecutor(_THREADS, thread_name_prefix="source")
        return _pools[pid]
