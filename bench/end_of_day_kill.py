"""The same day twice from one state: closed in peace in a copy of the database, and here killed -9 in the
middle and taken up again. Every row of the close is compared as text.
"""

import os
import subprocess
import sys
import time

from deploy.place import PROJECT

_TABLES = (
    ("lending_loanaccount", "id"), ("lending_loanday", "account_id, day"),
    ("lending_instalment", "id"), ("lending_loan", "id"),
)
_COPY = "close_in_peace"


def figures(*, small: bool) -> dict[str, float]:
    """``differ``: rows that are not equal; ``killed``, ``chunks``: how far it was when it died."""
    from django.db import connection

    day = _copied()
    killed, chunks = _killed(0.6 if small else 0.5)
    _closed_by_command(_address(connection.settings_dict["NAME"]))
    _closed_by_command(_address(_COPY))
    differ = sum(_differences(table, key) for table, key in _TABLES)
    differ += _sums(day, "") != _sums(day, _COPY)
    return {"differ": float(differ), "killed": float(killed), "chunks": float(chunks)}


def _copied() -> str:
    from django.db import connection

    from lending.models import BusinessDay

    day = str(BusinessDay.objects.get().current_date)
    name = connection.settings_dict["NAME"]
    connection.close()
    with _session("postgres") as cursor:
        cursor.execute(f'CREATE DATABASE {_COPY} TEMPLATE "{name}"')
    return day


def _session(database: str):  # type: ignore[no-untyped-def]
    import contextlib

    import psycopg2

    @contextlib.contextmanager
    def opened():  # type: ignore[no-untyped-def]
        link = psycopg2.connect(_address(database))
        link.autocommit = True
        try:
            yield link.cursor()
        finally:
            link.close()

    return opened()


def _address(database: str) -> str:
    from django.db import connection

    found = connection.get_connection_params()
    return f"postgresql://{found['user']}@/{database}?host={found['host']}&port={found.get('port') or 5432}"


def _command(address: str) -> "subprocess.Popen[bytes]":
    code = (
        "import sys, django; django.setup();"
        " from lending.services import end_of_day_chunks as chunks;"
        f" chunks.CHUNK_LOANS = {_chunk_loans()};"
        " from django.core.management import call_command;"
        " from bench.end_of_day_book import alone; alone(); call_command('close_day', '--ahead')"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, env={**os.environ, "DATABASE_URL": address},
        stdout=subprocess.DEVNULL,
    )


def _chunk_loans() -> int:
    from lending.services import end_of_day_chunks

    return end_of_day_chunks.CHUNK_LOANS


def _closed_by_command(address: str) -> None:
    if _command(address).wait():
        raise RuntimeError("the day could not be closed")


def _killed(share: float) -> tuple[int, int]:
    """Kill the command when so large a share of the chunks is done."""
    from django.db import connection

    from lending.models import EndOfDayChunk

    before = EndOfDayChunk.objects.order_by("-run_id").values_list("run_id", flat=True).first()
    running = _command(_address(connection.settings_dict["NAME"]))
    while running.poll() is None:
        chunks = EndOfDayChunk.objects.filter(run_id__gt=before)
        all_of_them, done = chunks.count(), chunks.filter(state="done").count()
        if all_of_them and done >= share * all_of_them:
            break
        time.sleep(0.002)
    running.kill()
    running.wait()
    chunks = EndOfDayChunk.objects.filter(run_id__gt=before)
    return chunks.filter(state="done").count(), chunks.count()


def _differences(table: str, key: str) -> int:
    """Rows that are not the same text here and in the copy."""
    from django.db import connection

    statement = f"SELECT md5(t::text) FROM {table} t ORDER BY {key}"
    found = []
    for name in (connection.settings_dict["NAME"], _COPY):
        with _session(name) as cursor:
            cursor.execute(statement)
            found.append([row[0] for row in cursor])
    pairs = zip(found[0], found[1], strict=False)
    return sum(a != b for a, b in pairs) + abs(len(found[0]) - len(found[1]))


def _sums(day: str, name: str) -> list[tuple[object, ...]]:
    """The day's journals, without the ids drawn for them."""
    from django.db import connection

    with _session(name or connection.settings_dict["NAME"]) as cursor:
        cursor.execute(
            "SELECT j.kind, j.source_id, p.account_id, p.branch_id, p.amount FROM lending_journal j"
            " JOIN lending_posting p ON p.journal_id = j.id WHERE j.source_type = 'end_of_day'"
            " AND j.accounting_date = %s ORDER BY 1, 2, 3, 4",
            [day],
        )
        return list(cursor.fetchall())
