"""Reading trials: the list, and champion against challenger in figures that say how sure they are."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
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
from risk.domain.trials import SHADOW
from risk.models import StrategyTrial, StrategyVersion, TrialDecision
from risk.services.trials import NoTrial

OUTCOMES = ("approve", "refer", "decline")
LIST_MAX = 100
EXAMPLES_MAX = 10
REASONS_MAX = 12


@dataclass(frozen=True)
class TrialRow:
    """One trial for a list; ``is_running`` only while its challenger may still be tried."""

    id: UUID
    strategy: str
    challenger_id: int
    challenger_number: int
    mode: str
    share_percent: int | None
    note: str
    started_by: str
    started_at: datetime
    ended_by: str
    ended_at: datetime | None
    is_running: bool

    @property
    def challenger(self) -> str:
        return f"{self.strategy}@{self.challenger_number}"

    @property
    def is_shadow(self) -> bool:
        return self.mode == SHADOW


@dataclass(frozen=True)
class Arm:
    """What one side decided. Rates with intervals by outcome; ``None`` without a case."""

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


def trials(limit: int = LIST_MAX) -> list[TrialRow]:
    """The newest trials, running ones first."""
    rows = StrategyTrial.objects.select_related("strategy", "challenger").defer(
        "challenger__definition"
    )
    found = [_row(row) for row in rows.order_by("-started_at")[:limit]]
    return sorted(found, key=lambda row: not row.is_running)


def trial(trial_id: UUID) -> TrialRow:
    """Raises ``NoTrial``."""
    row = (
        StrategyTrial.objects.select_related("strategy", "challenger")
        .defer("challenger__definition")
        .filter(pk=trial_id)
        .first()
    )
    if row is None:
        raise NoTrial(str(trial_id))
    return _row(row)


def comparison(row: TrialRow) -> Comparison:
    """A few set-based queries over the trial's rows."""
    paired = _pairs(row.id) if row.is_shadow else {}
    champion = _arm(_SHADOWED if row.is_shadow else _ARM, row.id, "champion")
    challenger = _arm(_ARM, row.id, "shadow" if row.is_shadow else "challenger")
    rows = TrialDecision.objects.filter(trial_id=row.id)
    problems = rows.exclude(problem="").values_list("problem").annotate(n=Count("pk"))
    share = champion.counts["approve"] / champion.n if champion.n else 0.5
    return Comparison(
        champion=champion,
        challenger=challenger,
        differences=tuple(_difference(o, champion, challenger, paired) for o in OUTCOMES),
        needed=cases_needed(share),
        waiting=rows.filter(filled_at__isnull=True).count(),
        problems=tuple(problems.order_by("-n")[:10]),
        moves=paired,
        reasons=_reasons(row),
        examples=_examples(row.id) if row.is_shadow else (),
    )


def performance(
    trial_id: UUID, outcomes: list[tuple[UUID, bool]]
) -> list[tuple[str, int, int, Interval | None]]:
    """(group, loans, bad ones, their share) of loans ``(decision_id, is_bad)`` decided in the trial.

    Groups are the arms of a split; of a shadow, what it said of loans the champion made.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT CASE t.arm WHEN 'shadow' THEN t.outcome ELSE t.arm END,
                count(*), count(*) FILTER (WHERE o.bad)
            FROM unnest(%s::uuid[], %s::boolean[]) AS o(id, bad)
            JOIN risk_trialdecision t ON t.decision_id = o.id AND t.trial_id = %s
            WHERE t.problem = '' AND t.outcome <> '' GROUP BY 1""",
            [[str(pk) for pk, _ in outcomes], [bad for _, bad in outcomes], trial_id],
        )
        return [(group, n, bad, wilson(bad, n)) for group, n, bad in sorted(cursor.fetchall())]


def _row(row: StrategyTrial) -> TrialRow:
    return TrialRow(
        id=row.pk,
        strategy=row.strategy.code,
        challenger_id=row.challenger_id,
        challenger_number=row.challenger.number,
        mode=row.mode,
        share_percent=row.share_percent,
        note=row.note,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        is_running=row.ended_at is None
        and row.challenger.state == StrategyVersion.State.APPROVED,
    )


_FIGURES = """count(*), count(*) FILTER (WHERE outcome = 'approve'),
    count(*) FILTER (WHERE outcome = 'refer'), count(*) FILTER (WHERE outcome = 'decline'),
    avg(limit_amount) FILTER (WHERE outcome = 'approve'),
    avg(annual_rate) FILTER (WHERE outcome = 'approve'), avg(score),
    (SELECT percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY took_us)
        FROM (SELECT took_us FROM c LIMIT 20000) AS a_part)"""  # sorting all tells no more
_ARM = f"""WITH c AS NOT MATERIALIZED (SELECT * FROM risk_trialdecision
    WHERE trial_id = %s AND arm = %s AND outcome <> '')
    SELECT {_FIGURES} FROM c"""  # noqa: S608  (a constant)
# what the champion said where the shadow has answered: the same cases on both sides
_SHADOWED = f"""WITH c AS NOT MATERIALIZED (
    SELECT d.outcome, d.limit_amount, f.annual_rate, d.score, f.took_us
    FROM risk_trialdecision t JOIN risk_decisionrecord d ON d.id = t.decision_id
    LEFT JOIN risk_decisionfigures f ON f.decision_id = d.id
    WHERE t.trial_id = %s AND t.outcome <> '' AND %s <> '')
    SELECT {_FIGURES} FROM c"""  # noqa: S608  (a constant)


def _arm(statement: str, trial_id: UUID, arm: str) -> Arm:
    with connection.cursor() as cursor:
        cursor.execute(statement, [trial_id, arm])
        n, approve, refer, decline, limit, rate, score, took = cursor.fetchone()
    counts = {"approve": approve, "refer": refer, "decline": decline}
    p50, p99 = took or (None, None)
    rates = {name: wilson(hits, n) for name, hits in counts.items()}
    return Arm(n, counts, rates, limit, rate, score, p50, p99)


def _difference(
    outcome: str, champion: Arm, challenger: Arm, pairs: dict[tuple[str, str], int]
) -> Difference:
    if pairs:
        interval = newcombe_paired(_paired(outcome, pairs))
    else:
        interval = newcombe(
            challenger.counts[outcome], challenger.n, champion.counts[outcome], champion.n
        )
    return Difference(outcome, interval, judged(interval))


def _paired(outcome: str, pairs: dict[tuple[str, str], int]) -> Paired:
    found: Counter[tuple[bool, bool]] = Counter()
    for (champion, challenger), n in pairs.items():
        found[challenger == outcome, champion == outcome] += n
    return Paired(found[True, True], found[True, False], found[False, True], found[False, False])


def _pairs(trial_id: UUID) -> dict[tuple[str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT d.outcome, t.outcome, count(*) FROM risk_trialdecision t
            JOIN risk_decisionrecord d ON d.id = t.decision_id
            WHERE t.trial_id = %s AND t.outcome <> '' GROUP BY 1, 2""",
            [trial_id],
        )
        return {(was, is_): n for was, is_, n in cursor.fetchall()}


# equal lists of reasons are counted first: there are few of them, however many decisions
_REASONS_SHADOW = """
SELECT code, sum(n) FILTER (WHERE side = 'champion'), sum(n) FILTER (WHERE side = 'challenger')
FROM (
    SELECT 'champion' AS side, d.reason_codes AS codes, count(*) AS n
    FROM risk_trialdecision t JOIN risk_decisionrecord d ON d.id = t.decision_id
    WHERE t.trial_id = %(trial)s AND t.outcome <> '' GROUP BY 2
    UNION ALL SELECT 'challenger', reason_codes, count(*)
    FROM risk_trialdecision WHERE trial_id = %(trial)s AND outcome <> '' GROUP BY 2
) AS said, jsonb_array_elements_text(codes) AS code GROUP BY 1"""
_REASONS_SPLIT = """
SELECT code, sum(n) FILTER (WHERE arm = 'champion'), sum(n) FILTER (WHERE arm = 'challenger')
FROM (
    SELECT arm, reason_codes AS codes, count(*) AS n
    FROM risk_trialdecision WHERE trial_id = %(trial)s AND outcome <> '' GROUP BY 1, 2
) AS said, jsonb_array_elements_text(codes) AS code GROUP BY 1"""


def _reasons(row: TrialRow) -> tuple[tuple[str, int, int], ...]:
    """(code, champion, challenger): those that differ most first."""
    with connection.cursor() as cursor:
        statement = _REASONS_SHADOW if row.is_shadow else _REASONS_SPLIT
        cursor.execute(statement, {"trial": row.id})
        found = [(code, int(a or 0), int(b or 0)) for code, a, b in cursor.fetchall()]
    return tuple(sorted(found, key=lambda r: (-abs(r[2] - r[1]), r[0]))[:REASONS_MAX])


def _examples(trial_id: UUID) -> tuple[dict[str, Any], ...]:
    """The newest cases in which the shadow says something else."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT d.id, d.outcome, t.outcome, d.limit_amount, t.limit_amount, d.as_of
            FROM risk_trialdecision t JOIN risk_decisionrecord d ON d.id = t.decision_id
            WHERE t.trial_id = %s AND t.outcome <> ''
                AND (t.outcome <> d.outcome OR t.limit_amount <> d.limit_amount)
            ORDER BY d.as_of DESC LIMIT %s""",
            [trial_id, EXAMPLES_MAX],
        )
        names = ("decision_id", "was", "becomes", "limit_was", "limit_becomes", "at")
        return tuple(dict(zip(names, found, strict=True)) for found in cursor.fetchall())
