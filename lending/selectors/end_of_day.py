"""What the end-of-day page shows: the run, its steps and chunks, parked loans, earlier runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from lending.models import EndOfDayChunk, EndOfDayRun, LoanAccount

PAGE_ROWS = 50
#: More chunks than this are counted, not drawn one by one.
DRAWN_CHUNKS = 2_000


@dataclass(frozen=True)
class StepRow:
    """``state``: done, now, blocked or waiting. ``ms``: None while unknown."""

    code: str
    state: str
    ms: int | None


@dataclass(frozen=True)
class Chunks:
    """``drawn``: (number, state, loans, parked) of each, empty when there are too many to draw."""

    counts: dict[str, int]
    total: int
    loans: int
    parked: int
    drawn: list[tuple[int, str, int, int]]


def newest_run() -> EndOfDayRun | None:
    """The run of the latest business date that was ever begun."""
    return EndOfDayRun.objects.select_related("legal_entity").order_by("-business_date", "-pk").first()


def steps_of(run: EndOfDayRun, codes: Sequence[str]) -> list[StepRow]:
    """``codes``: every step's in order."""
    took = run.figures.get("steps", {})
    at = len(codes) if run.state == "done" else codes.index(run.step) if run.step in codes else 0
    here = "blocked" if run.state == "blocked" else "now"
    return [
        StepRow(code, "done" if n < at else here if n == at else "waiting", took.get(code))
        for n, code in enumerate(codes)
    ]


def chunks_of(run: EndOfDayRun) -> Chunks:
    counts = dict(run.chunks.order_by().values_list("state").annotate(n=Count("id")))
    total = sum(counts.values())
    rows = list(
        run.chunks.order_by("number").values_list("number", "state", "loans", "parked")[:DRAWN_CHUNKS]
    )
    return Chunks(
        counts={state: counts.get(state, 0) for state in EndOfDayChunk.State.values},
        total=total,
        loans=run.figures.get("loans", 0) or sum(row[2] for row in rows),
        parked=run.figures.get("parked", 0) or sum(row[3] for row in rows),
        drawn=rows if total <= DRAWN_CHUNKS else [],
    )


def parked(after: int = 0) -> tuple[list[LoanAccount], int]:
    """One page of parked loans behind account ``after``, and where the next page begins (0: last)."""
    rows = list(
        LoanAccount.objects.filter(parked_at__isnull=False, pk__gt=after)
        .select_related("loan", "branch")
        .order_by("pk")[: PAGE_ROWS + 1]
    )
    return rows[:PAGE_ROWS], rows[PAGE_ROWS - 1].pk if len(rows) > PAGE_ROWS else 0


def parked_count() -> int:
    return LoanAccount.objects.filter(parked_at__isnull=False).count()


def history(before: date | None = None) -> tuple[list[EndOfDayRun], date | None]:
    """One page of runs, newest first, and the date behind which the next page begins."""
    rows = EndOfDayRun.objects.order_by("-business_date", "-pk")
    if before is not None:
        rows = rows.filter(business_date__lt=before)
    found = list(rows[: PAGE_ROWS + 1])
    return found[:PAGE_ROWS], found[PAGE_ROWS - 1].business_date if len(found) > PAGE_ROWS else None
