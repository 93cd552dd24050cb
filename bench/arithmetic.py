"""Pure arithmetic, in this process: no database, no network."""

import time
from datetime import date
from decimal import Decimal

from bench.report import Row
from products.domain.apr import apr
from products.domain.schedule import ScheduleRequest, build

_ROUNDS = 300


def rows() -> list[Row]:
    request = ScheduleRequest(
        principal=Decimal("10000"),
        annual_rate=Decimal("0.12"),
        periods=12,
        start=date(2023, 12, 12),
        every=1,
        frequency="month",
        method="equal_instalment",
        day_count="act/act",
        rounding="half_even",
        month_end="clamp",
        smoothing=True,
        instalment_multiple=Decimal("0.01"),
        seasonal_months=None,
    )
    schedule = build(request)
    started = time.perf_counter()
    for _ in range(_ROUNDS):
        build(request)
    schedule_ms = (time.perf_counter() - started) / _ROUNDS * 1_000
    started = time.perf_counter()
    for _ in range(_ROUNDS):
        apr(request.principal, request.start, schedule.flows())
    apr_ms = (time.perf_counter() - started) / _ROUNDS * 1_000
    return [
        Row("schedule of 12 instalments", "ms", schedule_ms, 0.3),
        Row("true annual rate of 12 instalments", "ms", apr_ms, 0.3),
    ]
