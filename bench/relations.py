"""Relations at size: a person's ring two hops far, and the counts of one application, in many traits.

In a database of its own on an embedded PostgreSQL. The bank it invents has families of three at a
door, village phones of forty, rings of eight, one market hall of thousands, and lent devices.
"""

import multiprocessing
import os
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bench.database import database
from bench.report import Row, percentile

_ASKED = 400
_NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
_PEOPLE = """
INSERT INTO lending_customer (id, customer_no, mobile, mobile_index, language, accepts_marketing, created_at)
SELECT md5('c' || n)::uuid, 'C' || n, ''::bytea, 'm' || n, 'en', false, %(now)s
FROM generate_series(1, %(count)s) n"""
_APPLICATIONS = """
INSERT INTO lending_loanapplication (id, customer_id, legal_entity_id, product_code, product_version_id,
    branch_id, qr_code, source_token, channel, state, version, purpose, profile, decision_round,
    created_at, submitted_at, state_since, expires_at, id_number_index)
SELECT md5('a' || n)::uuid, md5('c' || n)::uuid, b.legal_entity_id, 'shandai', v.id, b.id, '', '', 'api',
    CASE WHEN n %% 9 = 0 THEN 'declined' ELSE 'disbursed' END, 0, '', '{}', 1,
    t.at, t.at, t.at, t.at, 'i' || n
FROM generate_series(1, %(count)s) n
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - (n %% 400) * interval '12 hours' AS at) t
CROSS JOIN (SELECT * FROM lending_branch ORDER BY id LIMIT 1) b
CROSS JOIN (SELECT id FROM products_productversion ORDER BY id LIMIT 1) v"""
#: kind → what the n-th person shows; the same text is the same value.
_VALUES = {
    "mobile": "'m' || n",
    "identity": "'i' || n",
    "card": "'k' || CASE WHEN n %% 500 < 2 THEN n / 500 * 500 ELSE n END",
    "address": "CASE WHEN n %% 20 = 0 THEN 'hall' WHEN n %% 1000 < 8 THEN 'ring' || n / 1000"
    " ELSE 'door' || n / 3 END",
    "device": "CASE WHEN n %% 7 = 0 THEN 'phone' || n / 280 ELSE 'own' || n END",
}
_TRAITS = """
INSERT INTO lending_applicationtrait (application_id, customer_id, kind, value_index, at)
SELECT md5('a' || n)::uuid, md5('c' || n)::uuid, '{kind}', rpad(md5('{kind}' || {value}), 64, '0'),
    %(now)s::timestamptz - (n %% 400) * interval '12 hours'
FROM generate_series(1, %(count)s) n"""


def rows(small: bool) -> list[Row]:
    count = 300_000 if small else 1_000_000
    with database() as url, multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(_measure, (url, count // len(_VALUES)))
    at_size = f"in {count:,} traits"
    return [
        Row(f"a ring two hops far {at_size}, p95", "ms", found["ring"][1], 20.0,
            note=f"p50 {found['ring'][0]:.2f}, largest ring {found['largest']}"),
        Row(f"counts of one application {at_size}, p95", "ms", found["counts"][1], 20.0,
            note=f"p50 {found['counts'][0]:.2f}"),
        Row(f"all signals of one application {at_size}, p50", "ms", found["signals"][0], 12.0,
            note=f"p95 {found['signals'][1]:.2f}; before relations {found['before']:.2f}"),
    ]  # fmt: skip


def _measure(url: str, people: int) -> dict[str, Any]:
    """In a process of its own: fill, then ask for people spread over the bank."""
    os.environ.update(DATABASE_URL=url, DJANGO_ENV="test", DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from lending.models import LoanApplication
    from lending.selectors import relations, signals

    call_command("migrate", verbosity=0)
    _fill(people)
    asked = [1 + place * people // _ASKED for place in range(_ASKED)]
    asked += [n - n % 1000 + 3 for n in asked[:50]]  # members of rings
    applications = {
        row.pk: row
        for row in LoanApplication.objects.select_related("customer", "bank_card").filter(
            pk__in=[_uuid("a", n) for n in asked]
        )
    }
    largest = max(relations.ring_of(_uuid("c", n), as_of=_NOW).size for n in asked)
    return {
        "largest": largest,
        "ring": _times(lambda n: relations.ring_of(_uuid("c", n), as_of=_NOW), asked),
        "counts": _times(
            lambda n: relations.sightings(
                application_id=_uuid("a", n), customer_id=_uuid("c", n), identity="", as_of=_NOW
            ),
            asked,
        ),
        "signals": _times(
            lambda n: signals.of_application(applications[_uuid("a", n)], as_of=_NOW), asked
        ),
        "before": _times(lambda n: _before(applications[_uuid("a", n)]), asked)[0],
    }


def _before(application: Any) -> None:
    """What was asked before there were relations."""
    from lending.selectors import signals

    signals._counts(application)
    signals._owed(application)


def _times(ask: Any, asked: list[int]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    took = []
    for n in asked:
        begun = time.perf_counter()
        ask(n)
        took.append((time.perf_counter() - begun) * 1000)
    return percentile(took, 0.5), percentile(took, 0.95)


def _uuid(letter: str, n: int) -> UUID:
    import hashlib

    return UUID(hashlib.md5(f"{letter}{n}".encode()).hexdigest())  # noqa: S324  (an invented key)


def _fill(people: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from lending.models import Branch, LegalEntity

    call_command("seed_products", verbosity=0)
    entity = LegalEntity.objects.create(code="B", name="bench", name_en="bench")
    Branch.objects.create(legal_entity=entity, code="B", name="bench", county="510802")
    given = {"now": _NOW, "count": people}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, given)
        cursor.execute(_APPLICATIONS, given)
        for kind, value in _VALUES.items():
            cursor.execute(_TRAITS.format(kind=kind, value=value), given)
        cursor.execute("VACUUM ANALYZE")
