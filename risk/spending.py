"""What a source may be asked in a day: counted in the database, so that workers cannot overspend.

A question is counted, with its cost, before it is put; what failed gets its cost back. The day is the
calendar's where the bank stands.
"""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from risk.gateways.sources import Source
from risk.models import SourceSetting

BUDGET, DISABLED, BREAKER = "budget", "disabled", "breaker_open"
#: Problems for which nothing was sent: neither a call nor a cost.
NOT_SENT = frozenset({BUDGET, DISABLED, BREAKER})

# rows are taken in the order of their codes, so that two workers cannot wait for each other
_RESERVE = """
INSERT INTO risk_sourceday AS spent (source, day, calls, cost_fen)
SELECT asked.source, %(day)s, 1, asked.cost
FROM unnest(%(sources)s::text[], %(costs)s::int[]) AS asked (source, cost)
LEFT JOIN risk_sourcesetting AS setting ON setting.source = asked.source
WHERE coalesce(setting.is_enabled, true)
  AND coalesce(setting.daily_calls_max, 1) >= 1
  AND coalesce(setting.daily_budget_fen, asked.cost) >= asked.cost
ORDER BY asked.source
ON CONFLICT (source, day) DO UPDATE
SET calls = spent.calls + 1, cost_fen = spent.cost_fen + excluded.cost_fen
WHERE spent.calls < coalesce(
        (SELECT daily_calls_max FROM risk_sourcesetting WHERE source = spent.source),
        spent.calls + 1)
  AND spent.cost_fen + excluded.cost_fen <= coalesce(
        (SELECT daily_budget_fen FROM risk_sourcesetting WHERE source = spent.source),
        spent.cost_fen + excluded.cost_fen)
RETURNING source
"""
_GIVE_BACK = """
WITH failed AS (
    SELECT spent.id, back.calls, back.cost
    FROM unnest(%(sources)s::text[], %(calls)s::int[], %(costs)s::int[]) AS back (source, calls, cost)
    JOIN risk_sourceday AS spent ON spent.source = back.source AND spent.day = %(day)s
    ORDER BY spent.source FOR UPDATE OF spent
)
UPDATE risk_sourceday AS spent
SET calls = spent.calls - failed.calls, cost_fen = spent.cost_fen - failed.cost
FROM failed WHERE spent.id = failed.id
"""


def reserve(sources: Iterable[Source], day: date) -> dict[str, str]:
    """Count one question to each source; returns source code → why not, for those not to be asked."""
    costs = {source.code: source.cost_fen for source in sources}
    if not costs:
        return {}
    with connection.cursor() as cursor:
        asked = {"day": day, "sources": list(costs), "costs": list(costs.values())}
        cursor.execute(_RESERVE, asked)
        granted = {code for (code,) in cursor.fetchall()}
    refused = costs.keys() - granted
    if not refused:
        return {}
    off = set(
        SourceSetting.objects.filter(source__in=refused, is_enabled=False).values_list(
            "source", flat=True
        )
    )
    return {code: DISABLED if code in off else BUDGET for code in refused}


def give_back(failed: Iterable[tuple[Source, str]], day: date) -> None:
    """Uncount what failed, as (source, problem): its cost, and the call too if nothing was sent."""
    rows = [
        (source.code, int(problem in NOT_SENT), source.cost_fen)
        for source, problem in failed
        if problem in NOT_SENT or source.cost_fen
    ]
    if not rows:
        return
    codes, calls, costs = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, {"day": day, "sources": codes, "calls": calls, "costs": costs})
