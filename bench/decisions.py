"""Deciding by columns: replay and back-test of 1,000,000 stored decisions, and the core by itself.

Measured on an embedded PostgreSQL of its own. The decisions are invented people with a row of numbers
each, encrypted one by one as the platform keeps them; their whole inputs, which neither way opens, are
left empty. ``rows`` starts the server, ``python -m bench.decisions N`` is the measured process.
"""

import io
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.database import database
from bench.report import Row
from deploy.place import PROJECT

_DAY = date(2026, 11, 24)
_NOW = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
_MILLION = 1_000_000
_PEOPLE = 5_000
_COPIED = 20_000


def rows(*, small: bool) -> list[Row]:
    """``small`` measures 100,000 decisions and reckons up to a million."""
    count = 100_000 if small else _MILLION
    with database() as address:
        found = _measured(address, count)
    scale = _MILLION / count
    note = f"{count:,} measured, {found['in_columns']:.0f} in columns, {found['alone']:.0f} one by one"
    return [
        Row("core of a decision, by columns", "rows/s", found["core"], 500_000, lower_is_better=False,
            note=f"{found['core'] * found['scalar_us'] / 1e6:.0f} x the scalar core"),
        Row("row of numbers kept beside a decision", "ms", found["keep_ms"], 1),
        Row("replay of 1,000,000 decisions: outcome, score, grade, limit", "s",
            found["replay_s"] * scale, 30,
            note=f"{note}, {found['equal']:.3f} % equal, two processes; bytes: replay_decisions"),
        Row("back-test of 1,000,000 applications", "s", found["backtest_s"] * scale, 30,
            note=f"{count:,} measured, {found['steps']:.0f} steps of progress"),
    ]  # fmt: skip


def _measured(address: str, count: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.decisions", str(count)],
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

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.core.management import call_command

    for command in ("migrate", "seed_products", "seed_strategies"):
        call_command(command, verbosity=0, stdout=sys.stderr)
    count = int(sys.argv[1])
    people = list(_people(min(_PEOPLE, count)))
    found = _core(people) | {"keep_ms": _keep_ms(people)}
    _store(people, count)
    print(json.dumps(found | _replayed(count) | _backtested(count)))


def _people(count: int) -> Iterator[dict[str, Any]]:
    """The ten sample people with other figures each time."""
    from products import selectors
    from risk.domain.sample_customers import purpose_for, sample_inputs
    from risk.selectors.what_if import sample_customers, side

    terms = selectors.resolved_terms(selectors.current_version("shandai", _DAY).pk).terms
    here, samples, chance = side(terms, _DAY), sample_customers(), random.Random(1)
    for i in range(count):
        sample = samples[i % len(samples)]
        inputs = sample_inputs(
            sample, terms=terms, lpr=here.lpr, business_date=_DAY - timedelta(days=i % 700),
            purpose=purpose_for(sample, terms), extra={},
        )  # fmt: skip
        for name, value in {
            "declared_income": f"{chance.randrange(800, 20_000)}.00",
            "bureau_obligation": f"{chance.choice((0, 0, chance.randrange(4_000)))}.50",
            "bureau_history_months": chance.randrange(120),
            "bureau_overdue_months_24": chance.choice((0, 0, 0, 0, 1, 2, 7)),
            "multi_applications_30d": chance.randrange(6),
            "multi_lenders_3m": chance.choice((0, 0, 1, 2, 7)),
            "carrier_tenure_months": chance.randrange(80),
            "outstanding_principal": f"{chance.choice((0, 0, 20_000))}.00",
        }.items():
            inputs["facts"][name] |= {"value": value, "state": "answered"}
        yield inputs


def _core(people: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """People a second by columns, microseconds a person by the scalar core."""
    from risk.domain.columns.batch import batch_of_inputs
    from risk.domain.columns.evaluate import evaluate_columns
    from risk.domain.core import core

    strategy, batch = _strategy(), batch_of_inputs(list(people) * 4)
    evaluate_columns(strategy, batch)
    started = time.perf_counter()
    for _ in range(10):
        evaluate_columns(strategy, batch)
    rate = 10 * batch.size / (time.perf_counter() - started)
    started = time.perf_counter()
    for inputs in people[:1_000]:
        core(strategy.scalar, inputs)
    return {"core": rate, "scalar_us": (time.perf_counter() - started) * 1e6 / 1_000}


def _strategy() -> Any:
    from risk import vectors
    from risk.strategies import published_version

    return vectors.column_version(published_version("default", _DAY).pk)


def _keep_ms(people: Sequence[Mapping[str, Any]]) -> float:
    """What keeping the row of numbers adds to a decision."""
    from django.db import connection, transaction

    from risk import vectors

    spent = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for i, inputs in enumerate(people[:300]):
            started = time.perf_counter()
            vectors.keep(UUID(int=i + 1), inputs, "refer", Decimal(1_000))
            spent.append(time.perf_counter() - started)
        transaction.set_rollback(True)
    return sorted(spent)[len(spent) // 2] * 1_000


def _store(people: Sequence[Mapping[str, Any]], count: int) -> None:
    """Records and rows by COPY: whoever's core approves was offered the limit."""
    from django.db import connection, transaction

    from products import encryption
    from risk import vectors
    from risk.domain.columns.results import OUTCOMES
    from risk.domain.columns.vector import encode_row
    from risk.domain.core import core
    from risk.domain.decide import ENGINE_VERSION
    from risk.strategies import published_version

    version, strategy = published_version("default", _DAY), _strategy()
    layout, terms = vectors.keep_frame(people[0]["terms"])
    kept = []
    for inputs in people:
        said = core(strategy.scalar, inputs)
        outcome = OUTCOMES.index(said.outcome)
        row = encode_row(inputs, core_outcome=outcome, core_limit=said.limit)
        shared = (
            said.outcome, "\\N" if said.score is None else said.score, said.grade or "", said.limit,
            inputs["business_date"], json.dumps(list(said.reasons)),
        )  # fmt: skip
        kept.append((row, shared))
    chance = random.Random(2)
    for start in range(0, count, _COPIED):
        records, numbers = io.StringIO(), io.StringIO()
        for i in range(start, min(start + _COPIED, count)):
            row, (outcome, score, grade, limit, day, reasons) = kept[i % len(kept)]
            one, at = UUID(int=chance.getrandbits(128)), _NOW - timedelta(seconds=i)
            sealed = encryption.encrypt(row, context=f"{vectors.CONTEXT}{one}").hex()
            records.write(
                f"{one}\t{one}\t1\tshandai\t{version.pk}\t{version.sha256}\t{ENGINE_VERSION}\t{at}\t{day}"
                f"\t\\\\x\t\\\\x\t-\t-\t{outcome}\t{score}\t{grade}\t{limit}\t{reasons}\t1\n"
            )
            numbers.write(f"{one}\t{layout}\t{terms}\t\\\\x{sealed}\n")
        with transaction.atomic(), connection.cursor() as cursor:
            records.seek(0)
            numbers.seek(0)
            cursor.copy_expert(f"COPY risk_decisionrecord ({_COLUMNS}) FROM STDIN", records)
            cursor.copy_expert(
                "COPY risk_decisionvector (decision_id, layout_id, terms_id, numbers) FROM STDIN",
                numbers,
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


_COLUMNS = (
    "id, application_id, round, product_code, strategy_version_id, strategy_sha256, engine_version,"
    " as_of, business_date, inputs, result, inputs_sha256, result_sha256, outcome, score, grade,"
    " limit_amount, reason_codes, took_ms"
)


def _replayed(count: int) -> dict[str, float]:
    from risk.replay import replay_all

    started = time.perf_counter()
    report = replay_all(since=None, under=None, fast=True, processes=2)
    elapsed = time.perf_counter() - started
    if report.count != count or report.different:
        raise RuntimeError(f"{report.count} of {count} replayed, {report.different} different")
    return {
        "replay_s": elapsed, "equal": 100 * report.equal / count,
        "in_columns": report.in_columns, "alone": report.one_by_one,
    }  # fmt: skip


def _backtested(count: int) -> dict[str, float]:
    """A version with fewer lenders allowed and a harder last grade, against the one in force."""
    from risk.models import BacktestRun, StrategyVersion
    from risk.services import backtests
    from risk.strategies import published_version

    standing = published_version("default", _DAY)
    definition = StrategyVersion.objects.get(pk=standing.pk).definition
    definition["grades"][-1]["from"] += 25
    for rule in definition["rules"]:
        if rule["code"] == "MANY_LENDERS":
            rule["when"]["value"] = 2
    from risk.domain.canonical import sha256_of

    draft = StrategyVersion.objects.create(
        strategy=standing.strategy, number=2, definition=definition, author="bench",
        sha256=sha256_of(definition), created_at=_NOW,
    )  # fmt: skip
    started, steps = time.perf_counter(), 0
    run_id, _ = backtests.start(
        version_id=draft.pk, filters=backtests.Filters(wanted=count), on=_DAY, author="bench",
        now=_NOW,
    )  # fmt: skip
    while backtests.advance(run_id=run_id):
        steps += 1
    elapsed = time.perf_counter() - started
    run = BacktestRun.objects.get(pk=run_id)
    if run.state != "done" or run.done != count:
        raise RuntimeError(f"the run ended as {run.state}: {run.problem}, {run.done} of {count}")
    return {"backtest_s": elapsed, "steps": steps}


if __name__ == "__main__":
    main()
