"""Writing entries of a list by the ten thousand: COPY into a scratch table, then one INSERT.

The caller holds the transaction. Personal data leaves this process encrypted only.
"""

import io
import json
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from products.encryption import ID_NUMBER_PURPOSE, blind_indexer, encrypt
from risk.domain.list_rows import ListRow
from risk.models import ListEntry, ListImport

_as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_TABLE = ListEntry._meta.db_table
_SCRATCH = """
CREATE TEMPORARY TABLE IF NOT EXISTS risk_list_batch (
    id bigint, row_no integer, person_index text, tier text, payload bytea, valid_to date
) ON COMMIT DELETE ROWS;
TRUNCATE risk_list_batch;
"""
_IDS = f"SELECT nextval(pg_get_serial_sequence('{_TABLE}', 'id')) FROM generate_series(1, %s)"  # noqa: S608
_INSERT = f"""
INSERT INTO {_TABLE} (id, list_id, list_import_id, row_no, person_index, tier, payload, valid_to,
                      removed_by)
SELECT id, %s, %s, row_no, person_index, tier, payload, valid_to, ''
FROM risk_list_batch ORDER BY row_no
ON CONFLICT (person_index, list_import_id) DO NOTHING
"""  # noqa: S608
_DUPLICATES = f"""
SELECT b.row_no, e.row_no FROM risk_list_batch b
JOIN {_TABLE} e ON e.person_index = b.person_index AND e.list_import_id = %s
WHERE e.row_no <> b.row_no ORDER BY b.row_no
"""  # noqa: S608


class NumberedRow(NamedTuple):
    """A clean row and its number in the file."""

    number: int
    row: ListRow


class Duplicate(NamedTuple):
    """A row whose person stands in an earlier row of the same import."""

    number: int
    first: int


def write(*, list_import: ListImport, rows: Sequence[NumberedRow]) -> list[Duplicate]:
    """Store ``rows`` as entries of ``list_import``; the first row of a person counts.

    Returns the rows not stored because their person was there already.
    """
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SCRATCH)
        cursor.execute(_IDS, [len(rows)])
        ids = [row[0] for row in cursor.fetchall()]
        lines = _lines(ids, rows, list_import.valid_to)
        cursor.copy_expert("COPY risk_list_batch FROM STDIN", lines)
        cursor.execute(_INSERT, [list_import.list_id, list_import.pk])
        if cursor.rowcount == len(rows):
            return []
        cursor.execute(_DUPLICATES, [list_import.pk])
        return [Duplicate(*row) for row in cursor.fetchall()]


def payload_context(entry_id: int) -> str:
    """What the encrypted payload of an entry is bound to, as its field reads it."""
    return f"{_TABLE}|payload|{entry_id}"


def _lines(ids: Sequence[int], rows: Sequence[NumberedRow], valid_to: date | None) -> io.StringIO:
    """The batch in COPY's text format. No cell needs escaping: codes, hex digits and dates only."""
    index_of = blind_indexer(purpose=ID_NUMBER_PURPOSE)
    text = io.StringIO()
    for entry_id, (number, row) in zip(ids, rows, strict=True):
        plain = {"employer": row.employer, "id_number": row.id_number, "name": row.name}
        sealed = encrypt(_as_json(plain).encode(), context=payload_context(entry_id))
        end = row.valid_to or valid_to
        text.write(
            f"{entry_id}\t{number}\t{index_of(row.id_number)}\t{row.tier}\t"
            f"\\\\x{sealed.hex()}\t{end.isoformat() if end else chr(92) + 'N'}\n"
        )
    text.seek(0)
    return text
