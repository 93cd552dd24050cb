"""What-if: the ten samples under two terms, and 1,000 stored applications decided again.

Measured in a process of its own on an embedded PostgreSQL, with encrypted records as the platform
keeps them: ``rows`` starts both, ``python -m bench.what_if N`` is the measured process.
"""

import json
import os
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bench.database import database
from bench.report import Row
from deploy.place import PROJECT

_DAY = date(2026, 11, 24)
_NOW = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
_ROUNDS = 20


def rows(*, small: bool) -> list[Row]:
    """``small`` decides 300 applications and reckons up to 1,000."""
    count = 300 if small else 1_000
    with database() as address:
        found = _measured(address, count)
    note = f"{found['per_decision_ms']:.2f} ms a decision, reading included; {count} measured"
    return [
        Row("what-if of ten sample customers", "ms", found["samples_ms"], 300),
        Row("what-if of 1,000 applications", "s", found["run_s"] * 1_000 / count, 10, note=note),
    ]


def _measured(address: str, count: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.what_if", str(count)],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_ENV": "test", "DATABASE_URL": address},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """The measured process: a seeded bank, ``count`` decisions, both figures as one JSON line."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command

    for command in ("migrate", "seed_products", "seed_strategies"):
        call_command(command, verbosity=0, stdout=sys.stderr)
    count = int(sys.argv[1])
    draft = _draft()
    _store(count)
    samples_ms = _samples_ms(draft)
    run_s = _run_s(draft)
    print(json.dumps({
        "samples_ms": samples_ms, "run_s": run_s, "per_decision_ms": run_s / count / 2 * 1_000,
    }))


def _draft() -> Any:
    """The base a little dearer and smaller."""
    from products import selectors
    from products.models import Product
    from products.services import versions

    values = {**selectors.current_version("shandai", _DAY).values, "limit_cap": "30000.00"}
    values["spread_bp_by_grade"] = {**values["spread_bp_by_grade"], "A": 200}
    return versions.draft_version(
        product=Product.objects.get(code="shandai"), values=values, author="bench",
        valid_from=_DAY + timedelta(days=30),
    )


def _terms(version_id: int) -> Any:
    from products import selectors

    return selectors.resolved_terms(version_id).terms


def _store(count: int) -> None:
    """Decisions of the ten sample people, over and over."""
    from products import selectors
    from risk.domain.canonical import sha256_of
    from risk.domain.decide import ENGINE_VERSION, evaluate
    from risk.domain.sample_customers import purpose_for, sample_inputs
    from risk.models import DecisionRecord
    from risk.selectors.what_if import sample_customers, side
    from risk.strategies import compiled_version, published_version

    terms = _terms(selectors.current_version("shandai", _DAY).pk)
    version = published_version("default", _DAY)
    here, people = side(terms, _DAY), sample_customers()
    kept = []
    for i in range(count):
        sample = people[i % len(people)]
        inputs = sample_inputs(
            sample, terms=terms, lpr=here.lpr, business_date=_DAY,
            purpose=purpose_for(sample, terms), extra={},
        )
        result = evaluate(compiled_version(version.pk), inputs)
        kept.append(DecisionRecord(
            application_id=uuid4(), round=1, product_code="shandai", strategy_version=version,
            strategy_sha256=version.sha256, engine_version=ENGINE_VERSION,
            as_of=_NOW + timedelta(seconds=i), business_date=_DAY, inputs=inputs, result=result,
            inputs_sha256=sha256_of(inputs), result_sha256=sha256_of(result),
            outcome=result["outcome"], score=result["score"], grade=result["grade"] or "",
            limit_amount=result["limit"], took_ms=1,
        ))
    DecisionRecord.objects.bulk_create(kept, batch_size=500)


def _samples_ms(draft: Any) -> float:
    from products import selectors
    from risk.selectors import what_if

    before, after = _terms(selectors.current_version("shandai", _DAY).pk), _terms(draft.pk)
    what_if.samples(before=before, after=after, on=_DAY)
    started = time.perf_counter()
    for _ in range(_ROUNDS):
        what_if.samples(before=before, after=after, on=_DAY)
    return (time.perf_counter() - started) / _ROUNDS * 1_000


def _run_s(draft: Any) -> float:
    from risk.services import what_if as what_if_runs

    started = time.perf_counter()
    run_id, _ = what_if_runs.start(version_id=draft.pk, on=_DAY, author="bench", now=_NOW)
    while what_if_runs.advance(run_id=run_id):
        pass
    elapsed = time.perf_counter() - started
    run = what_if_runs.view(run_id)
    if run.state != "done":
        raise RuntimeError(f"the run ended as {run.state}: {run.problem}")
    return elapsed


if __name__ == "__main__":
    main()
