"""The ledger: postings at 16 clients, and a bank's trial balance over a million postings.

Clients are 2 processes of 8 threads that call ``ledger.post`` as the services do; ``python -m
bench.ledger …`` is one measured process.
"""

import json
import os
import subprocess
import sys
import threading
import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bench.database import database
from bench.report import Row
from deploy.place import PROJECT

_DAY = date(2026, 11, 24)
_NOW = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
_PROCESSES, _THREADS = 2, 8
_READY = b"ready"
_ACCOUNTS = ("1301", "1132", "1133", "2011")


def rows(*, small: bool) -> list[Row]:
    """``small``: two seconds of posting, 100,000 postings to balance instead of a million."""
    seconds, count = (2, 100_000) if small else (10, 1_000_000)
    with database() as address:
        month_ms = _run(address, "balance", str(count))["month_ms"]
        found = _posted(address, seconds)
    return [
        Row(
            "postings at 16 clients", "postings/s", found["postings_s"], 1_000,
            lower_is_better=False, note=f"{found['journals_s']:,.0f} journals a second",
        ),
        Row(
            "trial balance of a bank, one month", "ms", month_ms, 1_000,
            note=f"{count:,} postings of a year",
        ),
    ]


def _environment(address: str) -> dict[str, str]:
    return {**os.environ, "DJANGO_ENV": "test", "DATABASE_URL": address}


def _run(address: str, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.ledger", *words],
        cwd=PROJECT, env=_environment(address), stdout=subprocess.PIPE, check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _posted(address: str, seconds: int) -> dict[str, float]:
    """All clients begin together, when the last process has said that it is ready."""
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.ledger", "post", str(seconds)],
            cwd=PROJECT, env=_environment(address), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(_PROCESSES)
    ]
    for client in clients:
        assert client.stdout is not None
        while client.stdout.readline().strip() != _READY:
            pass
    for client in clients:
        assert client.stdin is not None
        client.stdin.write(b"begin\n")
        client.stdin.flush()
    written = [json.loads(client.communicate()[0].splitlines()[-1]) for client in clients]
    return {
        "postings_s": sum(one["postings"] for one in written) / seconds,
        "journals_s": sum(one["journals"] for one in written) / seconds,
    }


def main() -> None:
    """One measured process; its figures are the last line it prints."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    job, *words = sys.argv[1:]
    jobs = {"balance": _balance, "post": _post}
    print(json.dumps(jobs[job](*words)))


def _prepare() -> None:
    """Tables, accounts and branches; nothing else of the demo bank is needed."""
    from django.core.management import call_command

    from lending.domain.postings import CHART_OF_ACCOUNTS
    from lending.models import Account, Branch, LegalEntity

    call_command("migrate", "lending", verbosity=0, stdout=sys.stderr)
    bank = LegalEntity.objects.create(code="B", name="B", name_en="B")
    for number in range(8):
        Branch.objects.create(
            legal_entity=bank, code=f"B{number}", name=f"B{number}", county="510000"
        )
    for code, (name, name_en, kind) in CHART_OF_ACCOUNTS.items():
        Account.objects.create(code=code, name=name, name_en=name_en, kind=kind)


def _post(seconds: str) -> dict[str, Any]:
    from lending.models import Branch

    begin = threading.Barrier(_THREADS + 1)
    branches = list(Branch.objects.select_related("legal_entity").order_by("pk"))
    counts = [[0, 0] for _ in range(_THREADS)]
    threads = [
        threading.Thread(
            target=_client, args=(counts[number], branches[number::_THREADS], begin, seconds)
        )
        for number in range(_THREADS)
    ]
    for thread in threads:
        thread.start()
    print(_READY.decode(), flush=True)
    sys.stdin.readline()
    begin.wait()
    for thread in threads:
        thread.join()
    return {"journals": sum(c[0] for c in counts), "postings": sum(c[1] for c in counts)}


def _client(counts: list[int], branches: list[Any], begin: threading.Barrier, seconds: str) -> None:
    """Journals of 2 to 5 lines, each in a transaction of its own, until the time is over."""
    from uuid import uuid4

    from django.db import connection

    from lending.domain.postings import Line
    from lending.services import ledger

    connection.ensure_connection()
    begin.wait()
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        others = _ACCOUNTS[: 1 + counts[0] % 4]
        amount = Decimal(100 + counts[0] % 900)
        branch = branches[counts[0] % len(branches)]
        lines = (
            Line("1011", amount * len(others)), *(Line(code, -amount) for code in others)
        )
        ledger.post(
            kind="bench", source_type="bench", source_id=uuid4().hex, lines=lines,
            legal_entity=branch.legal_entity, branch=branch, accounting_date=_DAY, now=_NOW,
        )
        counts[0] += 1
        counts[1] += len(lines)
    connection.close()


# half as many journals as postings, over a year, every branch and the accounts of loans
_JOURNALS = """
INSERT INTO lending_journal (id, kind, source_type, source_id, product_code, legal_entity_id,
    accounting_date, currency, created_at)
SELECT gen_random_uuid(), 'fill', 'fill', i::text, 'shandai', (SELECT min(id) FROM lending_legalentity),
    %(day)s::date - i %% 365, 'CNY', now()
FROM generate_series(1, %(count)s / 2) AS i
"""
_POSTINGS = """
INSERT INTO lending_posting (journal_id, account_id, branch_id, accounting_date, amount)
SELECT j.id, a.id, b.id, j.accounting_date, side * (1 + j.source_id::int % 5000)
FROM lending_journal j
CROSS JOIN (VALUES (1), (-1)) AS s(side)
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM lending_branch) b
    ON b.n = j.source_id::int % 8
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM lending_account) a
    ON a.n = (j.source_id::int + side) % 13
WHERE j.kind = 'fill'
"""


def _balance(count: str) -> dict[str, Any]:
    from django.db import connection

    from lending.models import LegalEntity
    from lending.selectors.trial_balances import trial_balance

    _prepare()
    with connection.cursor() as cursor:
        for verb in ("DISABLE", "ENABLE"):  # a million deferred checks are not what is measured
            cursor.execute(f"ALTER TABLE lending_posting {verb} TRIGGER posting_zero_sum")
            cursor.execute(f"ALTER TABLE lending_journal {verb} TRIGGER journal_has_postings")
            if verb == "DISABLE":
                cursor.execute(_JOURNALS, {"day": _DAY, "count": int(count)})
                cursor.execute(_POSTINGS)
        cursor.execute("VACUUM ANALYZE lending_posting")
    bank = LegalEntity.objects.get()
    took = []
    for _ in range(5):
        started = time.perf_counter()
        trial_balance(bank, first=_DAY.replace(day=1), last=_DAY)
        took.append((time.perf_counter() - started) * 1_000)
    return {"month_ms": sorted(took)[2]}


if __name__ == "__main__":
    main()
