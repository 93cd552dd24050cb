"""Monitoring over a year of decisions: the page, a trial's page, a day's count, loans' outcomes.

Rows are made by PostgreSQL itself (their sealed parts are one and the same sealed value, which none
of the measured statements reads); ``python -m bench.monitoring N`` is the measured process.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench.database import database
from bench.report import Row
from deploy.place import PROJECT

_DAY = date(2026, 11, 24)
_NOW = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
_DAYS, _FEATURES, _BINS = 365, 12, 5


def rows(*, small: bool) -> list[Row]:
    """``small`` makes 50,000 decisions instead of 300,000 (which takes a minute or two)."""
    count = 50_000 if small else 300_000
    with database() as address:
        found = _measured(address, count)
    note = f"{count:,} decisions of a year, {found['day_rows']:,.0f} counts"
    return [
        Row("monitoring page, 90 days", "ms", found["page_90_ms"], 500, note=note),
        Row("monitoring page, a whole year", "ms", found["page_year_ms"], 500, note=note),
        Row("comparison of a trial of half of them", "ms", found["trial_ms"], 500, note=note),
        Row("comparison of a shadow of half of them", "ms", found["shadow_ms"], 500, note=note),
        Row("counting one business date again", "ms", found["count_day_ms"], 1_000, note=note),
        Row("outcomes of a third of them as loans", "s", found["outcomes_s"], 30, note=note),
        Row("all alerts", "ms", found["alerts_ms"], 1_000, note=note),
    ]


def _measured(address: str, count: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.monitoring", str(count)],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_ENV": "test", "DATABASE_URL": address},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """The measured process: a seeded bank, ``count`` decisions, the figures as one JSON line."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    for command in ("migrate", "seed_products", "seed_strategies"):
        call_command(command, verbosity=0, stdout=sys.stderr)
    count = int(sys.argv[1])
    print(json.dumps(_figures(*_fill(count))))


def _fill(count: int) -> tuple[Any, Any]:
    """Decisions over the year and three products; half in a split trial, half in a shadow."""
    from django.db import connection

    from products.encryption import encrypt
    from risk.models import ScoreBin, StrategyTrial
    from risk.services import strategies
    from risk.strategies import published_version

    here = published_version("default", _DAY)
    draft = strategies.draft_from(version_id=here.pk, author="R1", now=_NOW)
    split, shadow = (
        StrategyTrial.objects.create(
            strategy=here.strategy, challenger=draft, challenger_author="R1", salt="bench",
            started_by="R2", started_at=_NOW, ended_by="R2", ended_at=_NOW, **mode,
        )
        for mode in ({"mode": "split", "share_percent": 50}, {"mode": "shadow"})
    )
    ScoreBin.objects.bulk_create(
        ScoreBin(feature=f"f{i // _BINS}", label=f"bin {i % _BINS}")
        for i in range(_FEATURES * _BINS)
    )
    first_bin = ScoreBin.objects.order_by("pk").values_list("pk", flat=True)[0]
    values = {
        "count": count, "version": here.pk, "sha": here.sha256, "day": _DAY, "days": _DAYS,
        "sealed": encrypt(b"{}" * 600, context="bench"),
        "split": split.pk, "shadow": shadow.pk,
        "first_bin": first_bin,
    }
    with connection.cursor() as cursor:
        for statement in (_DECISIONS, _FIGURES, _REPORTS, _TRIAL):
            cursor.execute(statement, values)
        cursor.execute("ANALYZE")
    return split.pk, shadow.pk


_DECISIONS = """
INSERT INTO risk_decisionrecord (id, application_id, round, product_code, strategy_version_id,
    strategy_sha256, engine_version, as_of, business_date, inputs, result, inputs_sha256,
    result_sha256, outcome, score, grade, limit_amount, reason_codes, took_ms)
SELECT gen_random_uuid(), gen_random_uuid(), 1, (ARRAY['shandai', 'huinong', 'huicun'])[1 + i %% 3],
    %(version)s, %(sha)s, '1', %(day)s::timestamptz - i * interval '1 second',
    %(day)s::date - (i %% %(days)s), %(sealed)s, %(sealed)s, %(sha)s, %(sha)s,
    CASE WHEN i %% 10 < 6 THEN 'approve' WHEN i %% 10 < 8 THEN 'refer' ELSE 'decline' END,
    500 + (i * 17) %% 300, 'C', CASE WHEN i %% 10 < 6 THEN 20000 ELSE 0 END,
    CASE WHEN i %% 10 < 6 THEN '[]' ELSE '["DATA_INCOMPLETE", "R' || i %% 20 || '"]' END::jsonb,
    (i * 31) %% 180
FROM generate_series(1, %(count)s) AS i
"""
_FIGURES = """
INSERT INTO risk_decisionfigures (decision_id, bins, annual_rate, took_us, made_at)
SELECT id, ARRAY(SELECT %(first_bin)s + f * 5 + (score + f) %% 5 FROM generate_series(0, 11) AS f),
    0.06, took_ms * 10, as_of
FROM risk_decisionrecord
"""
# two answers of sources each: what a day's count reads beside the decisions
_REPORTS = """
INSERT INTO risk_sourcereport (id, application_id, round, source, operation, subject_index, state,
    result, problem, consent_id, purpose, attempts, requested_at, answered_at, latency_ms, cost_fen)
SELECT gen_random_uuid(), application_id, 1, source, 'ask', '', 'answered', 'MATCH', '', 'c',
    'loan_approval', 1, as_of, as_of, took_ms * 4, 80
FROM risk_decisionrecord, (VALUES ('bureau'), ('courts')) AS s(source)
"""
_TRIAL = """
INSERT INTO risk_trialdecision (decision_id, trial_id, arm, outcome, score, grade, limit_amount,
    annual_rate, reason_codes, took_us, champion_outcome, champion_score, champion_limit,
    champion_rate, champion_codes, champion_us, problem, filled_at)
SELECT id, trial, arm, outcome, score, 'C', limit_amount, 0.06, reason_codes, took_ms * 10,
    CASE arm WHEN 'shadow' THEN outcome ELSE '' END, score, limit_amount, 0.06, reason_codes,
    took_ms * 10, '', as_of
FROM risk_decisionrecord, LATERAL (
    SELECT %(split)s::uuid AS trial,
        CASE WHEN took_ms %% 2 = 0 THEN 'champion' ELSE 'challenger' END AS arm
    WHERE business_date > %(day)s::date - %(days)s / 2
    UNION ALL SELECT %(shadow)s::uuid, 'shadow' WHERE business_date <= %(day)s::date - %(days)s / 2
) AS place
"""


def _figures(split_id: Any, shadow_id: Any) -> dict[str, float]:
    from risk.models import DecisionDay, DecisionRecord
    from risk.selectors import cohorts, monitoring, trial_comparison, trials
    from risk.selectors.monitoring import Span
    from risk.services import monitoring as counting
    from risk.services import monitoring_alerts

    while not monitoring.counted_at("days"):
        counting.refresh_days(now=_NOW)
    loans = DecisionRecord.objects.filter(outcome="approve").values_list("pk", "business_date")
    outcomes = [
        counting.LoanOutcome(pk, "shandai", day, day + timedelta(days=65) if i % 20 == 0 else None)
        for i, (pk, day) in enumerate(loans.iterator())
        if i % 2
    ]
    started = time.perf_counter()
    counting.record_outcomes(outcomes=outcomes, now=_NOW)
    outcomes_s = time.perf_counter() - started

    def page(days: int) -> None:
        span = Span(_DAY - timedelta(days=days - 1), _DAY)
        monitoring.report(span)
        cohorts.cohorts(span)
        cohorts.vintages(today=_DAY)
        monitoring.products()

    split, shadow = trials.trial(split_id), trials.trial(shadow_id)
    return {
        "outcomes_s": outcomes_s,
        "day_rows": DecisionDay.objects.count(),
        "page_90_ms": _ms(lambda: page(90)),
        "page_year_ms": _ms(lambda: page(365)),
        "trial_ms": _ms(lambda: trial_comparison.comparison(split)),
        "shadow_ms": _ms(lambda: trial_comparison.comparison(shadow)),
        "count_day_ms": _ms(lambda: counting._count_day(_DAY)),
        "alerts_ms": _ms(lambda: monitoring_alerts.evaluate(today=_DAY, now=_NOW, more={})),
    }


def _ms(work: Callable[[], Any], rounds: int = 5) -> float:
    """The middle of a few runs."""
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1_000)
    return sorted(found)[rounds // 2]


if __name__ == "__main__":
    main()
