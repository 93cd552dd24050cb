"""Champion against challenger, in figures that say how sure they are.

One pass over the trial's rows, grouped by what they say: there are few such groups however many
decisions, and every figure is a sum of them.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from risk.domain.monitoring_intervals import (
    Interval,
    Paired,
    cases_needed,
    judged,
    newcombe,
    newcombe_paired,
    wilson,
)
from risk.models import TrialDecision
from risk.selectors.trials import TrialRow

OUTCOMES = ("approve", "refer", "decline")
EXAMPLES_MAX = 10
REASONS_MAX = 12


@dataclass(frozen=True)
class Arm:
    """What one side decided. Rates with intervals by outcome; ``None`` without a case. The speed is
    that of 20,000 cases at most.
    """

    n: int
    counts: dict[str, int]
    rates: dict[str, Interval | None]
    mean_limit: Decimal | None
    mean_rate: Decimal | None
    mean_score: Decimal | None
    p50_us: int | None
    p99_us: int | None


@dataclass(frozen=True)
class Difference:
    """Challenger minus champion in one outcome's rate; ``verdict``: more | less | same | unknown."""

    outcome: str
    interval: Interval | None
    verdict: str


@dataclass(frozen=True)
class Comparison:
    """Both sides. ``needed``: cases per side to see 5 points. ``moves``: (champion, challenger) →
    n and ``examples`` only of a shadow, which answers the same cases.
    """

    champion: Arm
    challenger: Arm
    differences: tuple[Difference, ...]
    needed: int
    waiting: int
    problems: tuple[tuple[str, int], ...]
    moves: dict[tuple[str, str], int]
    reasons: tuple[tuple[str, int, int], ...]
    examples: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class _Cell:
    """Cases of one side that say the same; sums of limits (approvals), rates and scores."""

    outcome: str
    codes: list[str]
    n: int
    limit: Decimal
    rate: Decimal
    rates: int
    score: int
    scores: int


def comparison(row: TrialRow) -> Comparison:
    """Four queries, the last two of them small."""
    moves, champion_cells, challenger_cells = _shadow(row.id) if row.is_shadow else _split(row.id)
    champion = _arm(champion_cells, _speed(row, "champion"))
    challenger = _arm(challenger_cells, _speed(row, "challenger"))
    rows = TrialDecision.objects.filter(trial_id=row.id)
    problems = rows.exclude(problem="").values_list("problem").annotate(n=Count("pk"))
    share = champion.counts["approve"] / champion.n if champion.n else 0.5
    return Comparison(
        champion=champion,
        challenger=challenger,
        differences=tuple(_difference(o, champion, challenger, moves) for o in OUTCOMES),
        needed=cases_needed(share),
        waiting=rows.filter(filled_at__isnull=True).count(),
        problems=tuple(problems.order_by("-n")[:10]),
        moves=moves,
        reasons=_reasons(champion_cells, challenger_cells),
        examples=_examples(row.id) if row.is_shadow else (),
    )


_SPLIT = """
SELECT arm, outcome, reason_codes, count(*), sum(limit_amount), sum(annual_rate),
    count(annual_rate), sum(score), count(score)
FROM risk_trialdecision WHERE trial_id = %s AND outcome <> '' GROUP BY 1, 2, 3
"""
_SHADOW = """
SELECT champion_outcome, outcome, champion_codes, reason_codes, count(*),
    sum(champion_limit), sum(champion_rate), count(champion_rate), sum(champion_score),
    count(champion_score), sum(limit_amount), sum(annual_rate), count(annual_rate), sum(score),
    count(score)
FROM risk_trialdecision WHERE trial_id = %s AND outcome <> '' GROUP BY 1, 2, 3, 4
"""
_Moves = dict[tuple[str, str], int]


def _split(trial_id: UUID) -> tuple[_Moves, list[_Cell], list[_Cell]]:
    sides: dict[str, list[_Cell]] = {"champion": [], "challenger": []}
    for arm, outcome, codes, n, *sums in _rows(_SPLIT, [trial_id]):
        sides[arm].append(_cell(outcome, codes, n, sums))
    return {}, sides["champion"], sides["challenger"]


def _shadow(trial_id: UUID) -> tuple[_Moves, list[_Cell], list[_Cell]]:
    """The champion only where the shadow has answered: the same cases on both sides."""
    moves: Counter[tuple[str, str]] = Counter()
    champion, challenger = [], []
    for was, is_, codes_was, codes_is, n, *sums in _rows(_SHADOW, [trial_id]):
        moves[was, is_] += n
        champion.append(_cell(was, codes_was, n, sums[:5]))
        challenger.append(_cell(is_, codes_is, n, sums[5:]))
    return dict(moves), champion, challenger


def _cell(outcome: str, codes: Any, n: int, sums: list[Any]) -> _Cell:
    limit, rate, rates, score, scores = sums
    found = _codes(codes)
    return _Cell(outcome, found, n, limit or Decimal(0), rate or Decimal(0), rates, score or 0, scores)


def _codes(value: Any) -> list[str]:
    return list(json.loads(value) if isinstance(value, str) else value)


def _arm(cells: Iterable[_Cell], speed: tuple[int | None, int | None]) -> Arm:
    cells = list(cells)
    approved = [cell for cell in cells if cell.outcome == "approve"]
    n, scores = sum(cell.n for cell in cells), sum(cell.scores for cell in cells)
    counts = {o: sum(cell.n for cell in cells if cell.outcome == o) for o in OUTCOMES}
    rates = sum(cell.rates for cell in approved)
    return Arm(
        n=n,
        counts=counts,
        rates={name: wilson(hits, n) for name, hits in counts.items()},
        mean_limit=_mean(sum(c.limit for c in approved), counts["approve"]),
        mean_rate=_mean(sum(c.rate for c in approved), rates),
        mean_score=_mean(sum(c.score for c in cells), scores),
        p50_us=speed[0],
        p99_us=speed[1],
    )


def _mean(total: Decimal | int, n: int) -> Decimal | None:
    return Decimal(total) / n if n else None


_US = """
SELECT percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY us) FROM (
    SELECT CASE WHEN %s = 'champion' AND arm = 'shadow' THEN champion_us ELSE took_us END AS us
    FROM risk_trialdecision
    WHERE trial_id = %s AND arm = %s AND outcome <> '' LIMIT 20000) AS a_part
"""


def _speed(row: TrialRow, side: str) -> tuple[int | None, int | None]:
    ((found,),) = _rows(_US, [side, row.id, "shadow" if row.is_shadow else side])
    return (found[0], found[1]) if found else (None, None)


def _difference(outcome: str, champion: Arm, challenger: Arm, pairs: _Moves) -> Difference:
    if pairs:
        interval = newcombe_paired(_paired(outcome, pairs))
    else:
        interval = newcombe(
            challenger.counts[outcome], challenger.n, champion.counts[outcome], champion.n
        )
    return Difference(outcome, interval, judged(interval))


def _paired(outcome: str, pairs: _Moves) -> Paired:
    found: Counter[tuple[bool, bool]] = Counter()
    for (champion, challenger), n in pairs.items():
        found[challenger == outcome, champion == outcome] += n
    return Paired(found[True, True], found[True, False], found[False, True], found[False, False])


def _reasons(champion: list[_Cell], challenger: list[_Cell]) -> tuple[tuple[str, int, int], ...]:
    """(code, champion, challenger): those that differ most, as shares of their sides, first."""
    sides: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    totals = [max(sum(cell.n for cell in cells), 1) for cells in (champion, challenger)]
    for counter, cells in zip(sides, (champion, challenger), strict=True):
        for cell in cells:
            for code in cell.codes:
                counter[code] += cell.n
    a, b = sides
    order = sorted({*a, *b}, key=lambda c: (-abs(a[c] / totals[0] - b[c] / totals[1]), c))
    return tuple((code, a[code], b[code]) for code in order[:REASONS_MAX])


_EXAMPLES = """
SELECT d.id, t.champion_outcome, t.outcome, t.champion_limit, t.limit_amount, d.as_of FROM (
    SELECT * FROM risk_trialdecision WHERE trial_id = %s AND outcome <> ''
        AND (outcome <> champion_outcome OR limit_amount <> champion_limit)
    ORDER BY filled_at DESC, decision_id LIMIT %s) AS t
JOIN risk_decisionrecord d ON d.id = t.decision_id ORDER BY d.as_of DESC
"""


def _examples(trial_id: UUID) -> tuple[dict[str, Any], ...]:
    """The newest cases in which the shadow says something else."""
    names = ("decision_id", "was", "becomes", "limit_was", "limit_becomes", "at")
    found = _rows(_EXAMPLES, [trial_id, EXAMPLES_MAX])
    return tuple(dict(zip(names, row, strict=True)) for row in found)


def _rows(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
