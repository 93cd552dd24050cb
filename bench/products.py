"""Terms of a three-layer product with provenance: once read from PostgreSQL, then from this process."""

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from datetime import date

from bench.database import database
from bench.report import Row, percentile

_DAY = date(2026, 11, 24)
_COLD, _WARM = 300, 5_000


def rows() -> list[Row]:
    with database() as url, multiprocessing.get_context("spawn").Pool(1) as pool:
        cold_ms, cold_p95_ms, warm_us, pure_us = pool.apply(_measure, (url,))
    return [
        Row("resolve with provenance, cold from PostgreSQL", "ms", cold_ms, 2.0,
            note=f"p95 {cold_p95_ms:.2f}"),
        Row("resolve with provenance, warm", "µs", warm_us, 50.0, note=f"laid anew {pure_us:.0f} µs"),
    ]


def _measure(url: str) -> tuple[float, float, float, float]:
    os.environ |= {"DATABASE_URL": url, "DJANGO_ENV": "test",
                   "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    from products.domain.terms import resolve
    from products.selectors import versions

    call_command("migrate", verbosity=0)
    call_command("seed_products", verbosity=0)
    version_id = versions.current_version("building-mall", _DAY).pk
    layers = versions.layers_of(versions.version_by_id(version_id))
    cold = []
    for _ in range(_COLD):
        versions.forget()
        cold.append(_timed(lambda: versions.resolved_terms(version_id)))
    warm = [_timed(lambda: versions.resolved_terms(version_id)) for _ in range(_WARM)]
    pure = [_timed(lambda: resolve(layers)) for _ in range(_COLD)]
    return (
        statistics.median(cold) * 1e3,
        percentile([second * 1e3 for second in cold], 0.95),
        statistics.median(warm) * 1e6,
        statistics.median(pure) * 1e6,
    )


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
