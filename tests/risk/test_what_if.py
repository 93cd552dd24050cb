"""Runs over stored decisions: right counts, frozen terms, and no loss when a worker dies."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from products import selectors as product_selectors
from products.domain.terms import LoanTerms
from products.models import Product, ProductVersion
from products.services import versions
from risk.domain.canonical import sha256_of
from risk.domain.decide import ENGINE_VERSION, evaluate
from risk.domain.what_if import compare, read_outcome, summary
from risk.models import DecisionRecord, WhatIfRun
from risk.selectors import what_if
from risk.services import what_if as what_if_runs
from risk.strategies import compiled_version
from tests.risk.applicants import FARMER, inputs
from tests.risk.conftest import ROOT

pytestmark = pytest.mark.django_db
SPREADS = {"A": 150, "B": 250, "C": 350, "D": 500, "E": 700}


@pytest.fixture
def shop(db: None, strategy: Any) -> None:
    """The seeded products and the published strategy."""
    call_command("seed_products", verbosity=0)


@pytest.fixture
def draft(shop: None, today: dt.date) -> ProductVersion:
    """The base, cheaper and up to 15,000 yuan only."""
    return drafted("shandai", today, spread_bp_by_grade=SPREADS, limit_cap="15000.00")


def drafted(code: str, today: dt.date, **changes: Any) -> ProductVersion:
    product = Product.objects.get(code=code)
    standing = product_selectors.current_version(code, today)
    return versions.draft_version(
        product=product,
        values={**standing.values, **changes},
        valid_from=today + dt.timedelta(days=30),
        author="product.manager",
    )


def store(
    count: int, strategy: Any, *, product: str = "shandai", at: dt.datetime, **said: Any
) -> list[DecisionRecord]:
    """Decisions of different farmers: every third one owes much, every fifth one is overdue."""
    terms = _terms(product, at.date())
    rows = []
    for i in range(count):
        facts: dict[str, Any] = {"land_mu": f"{5 + i % 17}.00", **said}
        if i % 3 == 0:
            facts["bureau_obligation"] = "1400.00"
        if i % 5 == 0:
            facts["bureau_overdue_now"] = "5000.00"
        rows.append(record(strategy, terms, inputs(facts_of(facts), terms=terms), at, i))
    return DecisionRecord.objects.bulk_create(rows)


def facts_of(changes: dict[str, Any]) -> dict[str, Any]:
    return {**FARMER, **changes}


def record(
    strategy: Any, terms: LoanTerms, given: dict[str, Any], at: dt.datetime, i: int
) -> DecisionRecord:
    result = evaluate(compiled_version(strategy.pk), given)
    return DecisionRecord(
        application_id=uuid4(),
        round=1,
        product_code=terms.product_code,
        strategy_version=strategy,
        strategy_sha256=strategy.sha256,
        engine_version=ENGINE_VERSION,
        as_of=at + dt.timedelta(seconds=i),
        business_date=at.date(),
        inputs=given,
        result=result,
        inputs_sha256=sha256_of(given),
        result_sha256=sha256_of(result),
        outcome=result["outcome"],
        score=result["score"],
        grade=result["grade"] or "",
        limit_amount=Decimal(result["limit"]),
        took_ms=1,
    )


def _terms(code: str, on: dt.date) -> LoanTerms:
    version = product_selectors.current_version(code, on)
    return product_selectors.resolved_terms(version.pk).terms


def started(version: ProductVersion, now: dt.datetime, **other: Any) -> UUID:
    run_id, _ = what_if_runs.start(
        version_id=version.pk, on=now.date(), author="product.manager", now=now, **other
    )
    return run_id


def finished(run_id: UUID) -> what_if_runs.RunView:
    while what_if_runs.advance(run_id=run_id):
        pass
    return what_if_runs.view(run_id)


def by_hand(records: list[DecisionRecord], draft: ProductVersion, strategy: Any) -> dict[str, Any]:
    """The same sum without the run: every record evaluated twice, straight through."""
    compiled = compiled_version(strategy.pk)
    sides = (_terms("shandai", dt.date(2026, 11, 24)), versions.check(version=draft).terms)
    found = []
    for row in records:
        before, after = (
            read_outcome(evaluate(compiled, {**row.inputs, "terms": side.as_dict()}))
            for side in sides
        )
        found.append(compare(before, after))
    return summary(found)


def test_the_counts_are_those_made_by_hand(draft: Any, strategy: Any, now: dt.datetime) -> None:
    records = store(230, strategy, at=now)
    run = finished(started(draft, now))
    assert (run.state, run.total, run.done) == ("done", 230, 230)
    assert run.summary == by_hand(records, draft, strategy)
    assert run.summary["count"] == 230
    assert run.summary["kinds"]["same"] == sum(i % 5 == 0 for i in range(230))
    assert set(run.summary["kinds"]) == {"same", "better", "mixed"}
    assert run.per_product == (("shandai", 230),)


def test_only_the_newest_are_looked_at_and_one_round_each(
    draft: Any, strategy: Any, now: dt.datetime
) -> None:
    old = store(3, strategy, at=now - dt.timedelta(days=9))
    new = store(2, strategy, at=now)
    second = record(
        strategy, _terms("shandai", now.date()), new[0].inputs, now - dt.timedelta(hours=1), 0
    )
    second.application_id, second.round = new[1].application_id, 2
    second.save(force_insert=True)
    run_id = started(draft, now, wanted=3)
    finished(run_id)
    chosen = WhatIfRun.objects.get(pk=run_id).decision_ids
    assert chosen == [str(new[1].pk), str(new[0].pk), str(old[2].pk)]


def test_a_product_with_few_applications_looks_at_those_above_it(
    shop: None, strategy: Any, now: dt.datetime, today: dt.date
) -> None:
    store(40, strategy, at=now)
    store(7, strategy, product="lishangdai", at=now)
    store(2, strategy, product="building-mall", at=now)
    draft = drafted("building-mall", today, amount_max="9000.00")
    run = finished(started(draft, now, wanted=30))
    assert run.per_product == (("building-mall", 2), ("lishangdai", 7), ("shandai", 21))
    assert (run.total, run.before_code) == (30, "building-mall")


def test_a_new_product_is_compared_with_the_one_above_it(
    shop: None, strategy: Any, now: dt.datetime, today: dt.date
) -> None:
    parent = Product.objects.get(code="lishangdai")
    fresh = Product.objects.create(
        code="tile-mall", kind="campaign", parent=parent, name_zh="瓷砖城", name_en="Tile mall"
    )
    draft = versions.draft_version(
        product=fresh, values={"amount_max": "9000.00"}, valid_from=today, author="product.manager"
    )
    store(4, strategy, product="lishangdai", at=now)
    run = finished(started(draft, now))
    assert (run.before_code, run.total) == ("lishangdai", 4)


def test_nothing_to_look_at_is_an_answer(draft: Any, strategy: Any, now: dt.datetime) -> None:
    run = finished(started(draft, now))
    assert (run.state, run.total, run.summary["count"]) == ("done", 0, 0)


def test_the_version_in_force_has_nothing_to_be_compared_with(shop: None, now: Any) -> None:
    standing = product_selectors.current_version("shandai", now.date())
    with pytest.raises(what_if.NothingToCompare):
        started(standing, now)
    with pytest.raises(product_selectors.NoVersion):
        what_if_runs.start(version_id=10**9, on=now.date(), author="x", now=now)


def test_one_run_of_a_version_at_a_time(draft: Any, strategy: Any, now: dt.datetime) -> None:
    store(2, strategy, at=now)
    first = started(draft, now)
    assert what_if_runs.start(version_id=draft.pk, on=now.date(), author="other", now=now) == (
        first,
        False,
    )
    finished(first)
    assert started(draft, now) != first


def test_terms_are_frozen_when_the_run_starts(draft: Any, strategy: Any, now: Any) -> None:
    records = store(120, strategy, at=now)
    expected = by_hand(records, draft, strategy)
    run_id = started(draft, now)
    what_if_runs.advance(run_id=run_id)
    what_if_runs.advance(run_id=run_id)
    assert not what_if_runs.view(run_id).is_outdated
    versions.revise(version=draft, values={**draft.values, "limit_cap": "2000.00"})
    run = finished(run_id)
    assert (run.summary, run.is_outdated) == (expected, True)


def test_a_cancelled_run_stops(draft: Any, strategy: Any, now: dt.datetime) -> None:
    store(150, strategy, at=now)
    run_id = started(draft, now)
    what_if_runs.advance(run_id=run_id)
    what_if_runs.advance(run_id=run_id)
    assert what_if_runs.cancel(run_id=run_id)
    run = finished(run_id)
    assert (run.state, run.done, run.summary) == ("cancelled", 100, None)
    assert not what_if_runs.cancel(run_id=run_id)


def test_a_case_that_cannot_be_decided_again_ends_the_run_and_says_so(
    draft: Any, strategy: Any, now: dt.datetime
) -> None:
    row = store(1, strategy, at=now)[0]
    broken = {key: value for key, value in row.inputs.items() if key != "business_date"}
    row.pk, row.application_id, row.inputs = uuid4(), uuid4(), broken
    row.save(force_insert=True)
    run = finished(started(draft, now))
    assert (run.state, run.problem, run.done) == ("failed", "KeyError", 0)


def test_examples_are_ids_of_changed_decisions(draft: Any, strategy: Any, now: Any) -> None:
    store(40, strategy, at=now)
    run = finished(started(draft, now))
    assert set(run.examples) == set(run.summary["kinds"]) - {"same"}
    assert all(1 <= len(kept) <= what_if_runs.EXAMPLES_A_KIND for kept in run.examples.values())
    ids = {UUID(text) for kept in run.examples.values() for text in kept}
    assert DecisionRecord.objects.filter(pk__in=ids).count() == len(ids)


@pytest.mark.parametrize(
    "change", ["done = total + 1", "state = 'done'", "state = 'lost'", "total = 5, state = 'done'"]
)
def test_the_database_refuses_a_run_that_cannot_be(draft: Any, now: Any, change: str) -> None:
    started(draft, now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE risk_whatifrun SET {change}")


def test_samples_are_compared_without_a_row_written(draft: Any, strategy: Any, now: Any) -> None:
    before = _terms("shandai", now.date())
    after = versions.check(version=draft).terms
    rows = what_if.samples(before=before, after=after, on=now.date())
    kinds = Counter(row.difference.kind for row in rows)
    assert kinds == {"mixed": 8, "better": 2}
    teacher = rows[0].difference
    assert (teacher.before.amount_max, teacher.after.amount_max) == (Decimal(54200), Decimal(15000))
    assert teacher.rate_delta == Decimal("-0.003000")
    assert {row.difference.kind for row in what_if.samples(before=None, after=after, on=now.date())} == {
        "new"
    }


WORKER = """
import os, sys, time, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from uuid import UUID
from risk.services import what_if as what_if_runs
kill_in = int(sys.argv[3])
real = what_if_runs.compare
seen = 0
def counted(before, after):
    global seen
    seen += 1
    if seen == kill_in:
        print("here", flush=True)
        time.sleep(60)
    return real(before, after)
what_if_runs.compare = counted
while what_if_runs.advance(run_id=UUID(sys.argv[1])):
    pass
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_nothing_and_counts_nobody_twice(
    draft: Any, strategy: Any, now: dt.datetime
) -> None:
    """A real process is killed in the middle of the second chunk; another one goes on."""
    records = store(250, strategy, at=now)
    run_id = started(draft, now)
    name = connection.settings_dict["NAME"]
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(run_id), name, "150"],
        cwd=ROOT,
        env={**os.environ},
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "here\n"
        assert not what_if_runs.advance(run_id=run_id)  # held: the second worker goes away
        worker.send_signal(signal.SIGKILL)
    assert what_if_runs.view(run_id).done == 100
    assert what_if_runs.unattended() == []
    WhatIfRun.objects.filter(pk=run_id).update(lease_until=now - dt.timedelta(days=9_000))
    assert what_if_runs.unattended() == [run_id]
    _wait_until_free(run_id)
    run = finished(run_id)
    assert (run.state, run.done) == ("done", 250)
    assert run.summary == by_hand(records, draft, strategy)


def _wait_until_free(run_id: UUID) -> None:
    """The server notices the closed connection within a moment and lets the row go."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with transaction.atomic():
            if WhatIfRun.objects.select_for_update(skip_locked=True).filter(pk=run_id).exists():
                return
        time.sleep(0.05)
    raise AssertionError("the row is still held")
