"""Customer lists at size: a file of a million rows into force, and one person against all lists.

In a database of its own on an embedded PostgreSQL, through the same services a worker calls. The
process that reads is measured from outside the file's making, so its memory is the import's.
"""

import multiprocessing
import os
import random
import resource
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from bench.database import database
from bench.report import Row, percentile

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SECONDS_FOR_A_MILLION = 60
_MATCHES = 2_000
_NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
_TODAY = date(2026, 11, 24)


def rows(small: bool) -> list[Row]:
    count = 100_000 if small else 1_000_000
    with database() as url, tempfile.TemporaryDirectory(prefix="shandai-lists-") as folder:
        path = Path(folder) / "list.csv"
        write_file(path, count)
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            figures = pool.apply(_measure, (url, str(path), count))
    must = max(_SECONDS_FOR_A_MILLION * count / 1_000_000, 1)
    return [
        Row(f"list of {count:,} rows, file to force", "s", figures["seconds"], must),
        Row("list import, memory gained", "MB", figures["memory_mb"], 150, note="flat in the rows"),
        Row(
            f"a person against all lists of {count:,}, p95",
            "ms",
            figures["match_ms"],
            1.0,
            note=f"p50 {figures['match_p50_ms']:.2f}",
        ),
    ]


def id_number_of(serial: int) -> str:
    """The ``serial``-th invented ID number of the file: a different person each."""
    born = date(1950, 1, 1) + timedelta(days=serial % 20_000)
    body = f"510812{born:%Y%m%d}{serial // 20_000:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


def write_file(path: Path, count: int) -> None:
    """A CSV as a bank writes it."""
    with path.open("w", encoding="utf-8-sig") as file:
        file.write("姓名,身份证号,单位,分层\n")
        for serial in range(count):
            file.write(f"陈桂{serial % 7},{id_number_of(serial)},朝天区第{serial % 99}小学,教师\n")


def _measure(url: str, path: str, count: int) -> dict[str, Any]:
    """In a process of its own: prepare, import, match."""
    os.environ.update(DATABASE_URL=url, DJANGO_ENV="test", DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from risk.selectors import lists as selectors
    from risk.services import list_checking, list_imports, lists

    call_command("migrate", verbosity=0)
    for code in ("schools", "others"):
        lists.create_list(
            code=code,
            name_zh="名单",
            name_en="A list",
            kind="white",
            source="bench",
            legal_basis="bench",
            valid_from=_TODAY,
            valid_to=None,
            author="bench",
            now=_NOW,
        )
    started = time.perf_counter()
    with Path(path).open("rb") as file:
        made = list_imports.upload(
            list_code="schools",
            file=file,
            file_name="list.csv",
            mode="add",
            default_tier="",
            valid_to=None,
            author="bench",
            now=_NOW,
        )
    before = psutil.Process().memory_info().rss
    while list_checking.check_some(import_id=made.pk, now=_NOW, today=_TODAY):
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    made = list_imports.confirm(import_id=made.pk, now=_NOW)
    seconds = time.perf_counter() - started
    if made.rows_good != count:
        raise RuntimeError(f"{made.rows_good} of {count} rows")
    return {
        "seconds": seconds,
        "memory_mb": max(peak - before, 0) / 1e6,
        **_match(selectors, count),
    }


def _match(selectors: Any, count: int) -> dict[str, float]:
    from django.db import connection

    chance = random.Random(7)
    times = []
    with connection.cursor() as cursor:  # autovacuum does it within a minute
        cursor.execute("VACUUM (ANALYZE) risk_listentry")
    for turn in range(_MATCHES):
        number = id_number_of(chance.randrange(count + count // 4))  # a fifth is on no list
        started = time.perf_counter()
        selectors.matches(id_number=number, on=_TODAY)
        if turn >= _MATCHES // 10:  # the first ones warm connection and cache
            times.append((time.perf_counter() - started) * 1_000)
    return {"match_ms": percentile(times, 0.95), "match_p50_ms": percentile(times, 0.5)}
