"""Deciding the last applications again under other terms, a chunk at a time, safe to interrupt.

A step is one transaction that holds the run's row: what a killed worker had begun is undone by the
database, and whoever comes next goes on at ``done``. The lease only tells the sweeper when to ask
again. Decisions themselves are read and never touched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models.functions import Now

from products import selectors as product_selectors
from products.domain.terms import LoanTerms
from risk.domain.what_if import SAME, Difference, Tally, compare
from risk.models import DecisionRecord, WhatIfRun
from risk.selectors.what_if import NothingToCompare, Side, lineage, side, version_before
from risk.strategies import compiled_version

log = structlog.get_logger(__name__)

WANTED, WANTED_MAX = 1_000, 5_000
CHUNK = 100
EXAMPLES_A_KIND = 5
LEASE = timedelta(seconds=30)
_State = WhatIfRun.State
_ACTIVE = (_State.QUEUED, _State.RUNNING)


class NoRun(LookupError):
    """There is no such run."""


@dataclass(frozen=True)
class RunView:
    """A run as pages show it.

    ``per_product``: how many decisions of which product, nearest first. ``summary``: see
    ``risk.domain.what_if.summary``, ``None`` until done. ``is_outdated``: the version's terms are
    no longer those compared.
    """

    id: UUID
    version_after: int
    version_before: int
    before_code: str
    state: str
    wanted: int
    total: int
    done: int
    per_product: tuple[tuple[str, int], ...]
    summary: dict[str, Any] | None
    examples: dict[str, list[str]]
    problem: str
    author: str
    created_at: datetime
    business_date: date
    is_outdated: bool

    @property
    def is_active(self) -> bool:
        return self.state in _ACTIVE


def start(
    *,
    version_id: int,
    before_id: int | None = None,
    on: date,
    author: str,
    now: datetime,
    wanted: int = WANTED,
) -> tuple[UUID, bool]:
    """Queue a run for a version against ``before_id`` (found if not given); (id, whether it is new).

    While one for this version is on its way that one is returned. Raises ``NoVersion``,
    ``NothingToCompare``, ``MissingParameter`` or what is wrong with a draft's terms.
    """
    resolved = product_selectors.resolved_terms(version_id)
    standing = version_before(version_id, on) if before_id is None else before_id
    if standing == version_id:
        raise NothingToCompare(str(version_id))
    before = product_selectors.resolved_terms(standing)
    for terms in (resolved.terms, before.terms):
        side(terms, on)  # a day without an LPR is said now, not by a worker later
    run = WhatIfRun(
        product_code=resolved.terms.product_code,
        version_after=version_id,
        version_before=standing,
        terms_after=resolved.terms.as_dict(),
        terms_before=before.terms.as_dict(),
        business_date=on,
        wanted=min(max(wanted, 1), WANTED_MAX),
        per_product=[[code, 0] for code in lineage(resolved)],
        author=author,
        created_at=now,
        lease_until=Now() + LEASE,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        active = WhatIfRun.objects.filter(version_after=version_id, state__in=_ACTIVE).first()
        if active is None:
            raise
        return active.pk, False
    return run.pk, True


def advance(*, run_id: UUID) -> bool:
    """One step: choose the decisions, or decide a chunk of them again. True while more is left.

    False also when another worker holds the run or it is over. What cannot be computed ends the
    run as failed; only trouble with the database is raised, to be tried again.
    """
    try:
        with transaction.atomic():
            run = (
                WhatIfRun.objects.select_for_update(skip_locked=True)
                .filter(pk=run_id, state__in=_ACTIVE)
                .first()
            )
            if run is None:
                return False
            if run.state == _State.QUEUED:
                _choose(run)
            else:
                _decide_chunk(run)
            return run.state == _State.RUNNING
    except DatabaseError:
        raise
    except Exception as error:  # whatever a rule or old facts trip over must not be tried for ever
        log.exception("what_if.failed", run_id=str(run_id))
        WhatIfRun.objects.filter(pk=run_id, state__in=_ACTIVE).update(
            state=_State.FAILED, problem=type(error).__name__[:60]
        )
        return False


def cancel(*, run_id: UUID) -> bool:
    """Stop a run after the chunk it is at; False if it was over already."""
    return bool(
        WhatIfRun.objects.filter(pk=run_id, state__in=_ACTIVE).update(state=_State.CANCELLED)
    )


def unattended(*, limit: int = 20) -> list[UUID]:
    """Runs on their way that no worker has touched within the lease."""
    waiting = WhatIfRun.objects.filter(state__in=_ACTIVE, lease_until__lt=Now())
    return list(waiting.order_by("created_at").values_list("pk", flat=True)[:limit])


def newest(version_id: int) -> RunView | None:
    """The newest run for a version, if there is one."""
    run = (
        WhatIfRun.objects.filter(version_after=version_id)
        .defer("decision_ids", "tally")
        .order_by("-created_at")
        .first()
    )
    return _view(run) if run else None


def view(run_id: UUID) -> RunView:
    """Raises ``NoRun``."""
    run = WhatIfRun.objects.filter(pk=run_id).defer("decision_ids", "tally").first()
    if run is None:
        raise NoRun(str(run_id))
    return _view(run)


def _view(run: WhatIfRun) -> RunView:
    return RunView(
        id=run.pk,
        version_after=run.version_after,
        version_before=run.version_before,
        before_code=run.terms_before["product_code"],
        state=run.state,
        wanted=run.wanted,
        total=run.total,
        done=run.done,
        per_product=tuple((code, n) for code, n in run.per_product),
        summary=run.summary,
        examples=run.examples,
        problem=run.problem,
        author=run.author,
        created_at=run.created_at,
        business_date=run.business_date,
        is_outdated=_is_outdated(run),
    )


def _is_outdated(run: WhatIfRun) -> bool:
    """Draft terms that no longer resolve, or resolve to something else, are not those compared."""
    try:
        terms = product_selectors.resolved_terms(run.version_after).terms
    except (LookupError, ValueError):
        return True
    return terms.as_dict() != run.terms_after


def _choose(run: WhatIfRun) -> None:
    """The product's own last applications; if too few, those of the products above it, nearest
    first.
    """
    chosen: dict[UUID, UUID] = {}
    for row in run.per_product:
        found = _latest(row[0], run.wanted - len(chosen), chosen)
        row[1] = len(found)
        chosen |= found
    run.decision_ids = [str(decision) for decision in chosen.values()]
    run.total, run.state = len(chosen), _State.RUNNING
    _keep(run, "decision_ids", "per_product", "total")


def _latest(code: str, wanted: int, taken: Iterable[UUID]) -> dict[UUID, UUID]:
    """application → its last decision, of a product's newest applications not taken yet."""
    found: dict[UUID, UUID] = {}
    if wanted <= 0:
        return found
    rows = DecisionRecord.objects.filter(product_code=code).order_by("-as_of", "-round", "pk")
    for application, decision in rows.values_list("application_id", "pk").iterator(1_000):
        if application not in found and application not in taken:
            found[application] = decision
            if len(found) == wanted:
                break
    return found


def _decide_chunk(run: WhatIfRun) -> None:
    chunk = [UUID(text) for text in run.decision_ids[run.done : run.done + CHUNK]]
    tally = Tally.from_dict(run.tally)
    for decision_id, difference in _differences(run, chunk):
        tally.add(difference)
        if difference.kind == SAME:
            continue
        kept = run.examples.setdefault(difference.kind, [])
        if len(kept) < EXAMPLES_A_KIND:
            kept.append(str(decision_id))
    run.tally = tally.as_dict()
    run.done += len(chunk)
    if run.done == run.total:
        run.state, run.summary = _State.DONE, tally.summary()
    _keep(run, "tally", "examples", "done", "summary")


def _differences(
    run: WhatIfRun, decision_ids: Sequence[UUID]
) -> Iterable[tuple[UUID, Difference]]:
    sides: list[Side] = [
        side(LoanTerms.from_dict(terms), run.business_date)
        for terms in (run.terms_before, run.terms_after)
    ]
    records = DecisionRecord.objects.only("inputs", "strategy_version_id").in_bulk(decision_ids)
    for decision_id in decision_ids:
        record = records[decision_id]
        strategy = compiled_version(record.strategy_version_id)
        inputs = record.inputs
        before, after = (here.outcome_of(strategy, inputs) for here in sides)
        yield decision_id, compare(before, after)


def _keep(run: WhatIfRun, *fields: str) -> None:
    run.lease_until = Now() + LEASE
    run.save(update_fields=["state", "lease_until", *fields])
