"""Rows of numbers by the thousand, straight from PostgreSQL's binary COPY.

A cursor would bring every row as text in hex and build Python values of it: more work than deciding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

_HEADER = b"PGCOPY\n\xff\r\n\0"
_HEADER_BYTES, _TRAILER_BYTES = 19, 2
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
#: What every query selects last: the row's layout and terms (0: none) and its sealed numbers.
TAIL = "coalesce(v.layout_id, 0)::bigint, coalesce(v.terms_id, 0)::bigint, coalesce(v.numbers, '')"
_TAIL_FIELDS = (("layout", ">i8"), ("terms", ">i8"))


@dataclass(frozen=True, slots=True)
class StoredRows:
    """``fields`` by name (structured, ``layout`` and ``terms`` among them); ``numbers`` empty where no
    row is kept. Ids are as text.
    """

    ids: Sequence[str]
    fields: NDArray[Any]
    numbers: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.ids)

    def first(self, count: int) -> "StoredRows":
        return StoredRows(self.ids[:count], self.fields[:count], self.numbers[:count])


def read(sql: str, values: Mapping[str, Any], fields: Sequence[tuple[str, str]]) -> StoredRows:
    """``sql`` selects a decision's id, then ``fields`` (name, numpy type) never null, then ``TAIL``."""
    head = _prefix((*fields, *_TAIL_FIELDS))
    rows = _Rows()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, values).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", rows)
    size = head.itemsize
    found = np.frombuffer(b"".join([row[:size] for row in rows.kept]), dtype=head)
    return StoredRows(
        ids=[_id_text(row[6:22].hex()) for row in rows.kept],
        fields=found,
        numbers=[row[size:] for row in rows.kept],
    )


def moment(microseconds: int) -> datetime:
    """A ``timestamptz`` as COPY writes it."""
    return _EPOCH + timedelta(microseconds=microseconds)


class _Rows:
    """A file for COPY, which writes one row a call."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def write(self, data: bytes) -> None:
        if data.startswith(_HEADER):
            data = data[_HEADER_BYTES:]
        if len(data) > _TRAILER_BYTES:
            self.kept.append(data)


def _prefix(fields: Sequence[tuple[str, str]]) -> np.dtype[Any]:
    """The fixed part of a row: a count, then a length before each value; the last is that of the
    numbers."""
    parts: list[tuple[str, str]] = [("count", ">i2"), ("id_bytes", ">i4"), ("id", "V16")]
    for name, kind in fields:
        parts += [(f"{name}_bytes", ">i4"), (name, kind)]
    return np.dtype([*parts, ("numbers_bytes", ">i4")])


def _id_text(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
