"""The page's figures: what was asked, spared, found, failed, how fast, for how much."""

import datetime as dt
import time
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from risk import services
from risk.gateways.sources import SOURCES
from risk.models import SourceReport
from risk.selectors import sources
from risk.services.sources import change_setting
from tests.risk.conftest import CONSENTS
from tests.risk.test_sources import again
from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)

_MANY = """
INSERT INTO risk_sourcereport
    (id, application_id, round, source, operation, subject_index, state, result, problem, raw_reply,
     facts, consent_id, purpose, attempts, claimed_at, requested_at, answered_at, latency_ms, cost_fen)
SELECT gen_random_uuid(), gen_random_uuid(), 1, (%(codes)s::text[])[1 + n %% 12], 'x/y',
       md5(n::text) || md5(n::text), 'answered',
       (ARRAY['MATCH','MATCH','MATCH','NO_RECORD','ERROR'])[1 + (n * 7) %% 5], '',
       convert_to(repeat(md5(n::text), 14), 'UTF8'), convert_to(repeat(md5(n::text), 9), 'UTF8'),
       'c-1', 'loan_approval', 1, now(), %(now)s::timestamptz - n * interval '3 seconds',
       %(now)s::timestamptz - n * interval '3 seconds', 50 + n %% 900, 0
FROM generate_series(1, %(rows)s) AS n
"""


def filled(rows: int, now: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MANY, {"codes": list(SOURCES), "now": now, "rows": rows})


def gather(request: Any, now: dt.datetime, *codes: str) -> None:
    services.gather(
        subject=request.subject, consents=CONSENTS, purpose="loan_approval", sources=codes or None,
        now=now,
    )


def test_the_figures_say_what_happened(sandbox: Sandbox, request_for: Any, now: Any) -> None:
    first = request_for(sandbox.person("rice_farmer"))
    gather(first, now - dt.timedelta(days=2))
    gather(again(first), now - dt.timedelta(hours=3))
    sandbox.fault("bureau", "report", "error_500", times=1)
    gather(request_for(sandbox.person("teacher")), now - 5 * MINUTE)
    found = {row.source.code: row for row in sources.overview(now)}
    assert list(found) == list(SOURCES)
    bureau, land, courts = found["bureau"], found["land"], found["courts"]
    assert (bureau.day.asked, bureau.day.reused, bureau.day.errors) == (1, 1, 1)
    assert (bureau.week.asked, bureau.week.reused, bureau.week.match) == (2, 1, 2)
    assert (bureau.day.reuse_share, bureau.recent.asked) == (0.5, 1)
    assert (bureau.calls_today, bureau.cost_today_fen, bureau.cost_30_days_fen) == (1, 0, 400)
    assert (land.week.match, land.week.no_record) == (2, 1)
    assert land.week.record_share == pytest.approx(2 / 3)
    assert (courts.day.asked, courts.day.reused, courts.cost_30_days_fen) == (2, 0, 90)
    assert courts.week.p50_ms is not None
    hours = sources.hours("bureau", now)
    assert len(hours) == 24
    assert [(row.asked, row.failed) for row in hours if row.asked] == [(1, 1)]
    (failure,) = sources.failures("bureau", now)
    assert failure.keys() == {"at", "result", "problem", "latency_ms", "stale"}
    with pytest.raises(sources.UnknownSource):
        sources.health("moon", now)


def test_the_light_says_the_first_thing_that_is_wrong(
    sandbox: Sandbox, request_for: Any, now: Any
) -> None:
    def light() -> str:
        return sources.health("bureau", now).light

    limits: dict[str, Any] = {
        "source": "bureau", "is_enabled": True, "daily_budget_fen": 1_000, "daily_calls_max": None,
        "author": "r", "now": now,
    }
    people = sandbox.people("teacher", limit=7)
    assert light() == "silent"
    gather(request_for(people[0]), now - 30 * MINUTE, "bureau")
    assert light() == "good"
    sandbox.fault("bureau", "report", "error_500", times=3)
    for person in people[1:4]:
        gather(request_for(person), now - MINUTE, "bureau")
    assert light() == "failing"
    change_setting(**limits, seen=0)
    assert light() == "failing"
    gather(request_for(people[4]), now, "bureau")
    assert light() == "over"  # 800 of 1000 fen: not one more question at 400
    assert sources.health("bureau", now).budget_share == 0.8
    change_setting(**{**limits, "is_enabled": False}, seen=1)
    assert light() == "off"


def test_a_source_that_takes_most_of_its_time_is_slow(now: Any) -> None:
    filled(240, now)
    assert sources.health("tax", now).light == "good"
    for n in range(5):
        SourceReport.objects.create(
            application_id=uuid4(), round=1, source="tax",
            operation="government/tax", subject_index=f"s{n}", state="answered", result="MATCH",
            consent_id="c", purpose="loan_approval", requested_at=now - MINUTE, answered_at=now,
            latency_ms=2_500,
        )
    assert sources.health("tax", now).light == "slow"


@pytest.mark.django_db(transaction=True)
def test_two_hundred_thousand_reports_are_summed_in_one_query(
    now: Any, django_assert_num_queries: Any
) -> None:
    filled(200_000, now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE risk_sourcereport")  # as PostgreSQL itself does after a while
    with django_assert_num_queries(4):
        sources.overview(now)
    took = []
    for _ in range(3):
        started = time.perf_counter()
        found = sources.overview(now)
        took.append(time.perf_counter() - started)
    assert sum(row.week.asked for row in found) == 200_000
    assert min(took) < 1.5  # 0.18 s on two quiet cores; the machine of a test is seldom quiet
