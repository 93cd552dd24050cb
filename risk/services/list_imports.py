"""A file for a list: taken in, checked by ``list_checking``, put into force, taken back.

uploaded → checking → checked → live → undone; a later ``replace`` makes it superseded, undoing that
brings it back. failed and cancelled end it before it was ever in force.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from products.domain.tiers import TIERS
from risk.list_files import encodings
from risk.list_files.problems import (
    CSV_BYTES_MAX,
    CSV_ROWS_MAX,
    XLSX_BYTES_MAX,
    FileProblem,
)
from risk.models import ListEntry, ListImport, ListImportPart
from risk.services.lists import ListProblem, locked

PART_BYTES = 1024 * 1024
#: What a replacement has put out of force can be brought back so long, then its entries are erased.
RESTORABLE_FOR = timedelta(days=30)
_ERASED_AT_ONCE = 50_000
_UNFINISHED = (ListImport.State.UPLOADED, ListImport.State.CHECKING)


def upload(
    *,
    list_code: str,
    file: BinaryIO,
    file_name: str,
    mode: str,
    default_tier: str,
    valid_to: date | None,
    author: str,
    now: datetime,
) -> ListImport:
    """Keep the file (seekable, as it came) in encrypted pieces, to be checked by a worker.

    Raises ``ListProblem``: the list is closed, or the file cannot be a list at all.
    """
    if default_tier and default_tier not in TIERS:
        raise ListProblem("unknown_tier", field="default_tier")
    if mode not in ListImport.Mode.values:
        raise ListProblem("unknown_mode", field="mode")
    try:
        made = _described(file)
    except FileProblem as problem:
        raise ListProblem(problem.code, **problem.detail) from None
    made.mode, made.default_tier, made.valid_to = mode, default_tier, valid_to
    made.file_name = "".join(c for c in file_name if c.isprintable())[-120:]
    made.author, made.created_at = author, now
    with transaction.atomic():
        made.list = locked(list_code)
        made.save(force_insert=True)
        try:
            store_parts(list_import=made, pieces=_pieces(file, made.encoding))
        except FileProblem as problem:
            raise ListProblem(problem.code, **problem.detail) from None
    return made


def store_parts(*, list_import: ListImport, pieces: Iterable[bytes]) -> None:
    """Keep the file, encrypted, in parts of exactly ``PART_BYTES`` (the last one may be shorter)."""
    waiting, number = b"", 0
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PART_BYTES:
            content, waiting = waiting[:PART_BYTES], waiting[PART_BYTES:]
            ListImportPart.objects.create(list_import=list_import, number=number, content=content)
            number += 1
    if waiting:
        ListImportPart.objects.create(list_import=list_import, number=number, content=waiting)


def confirm(*, import_id: UUID, now: datetime) -> ListImport:
    """Put a checked import into force: one row changes, and with ``replace`` those before it.

    Raises ``ListProblem``: ``not_checked``, ``no_rows``, ``list_closed``.
    """
    with transaction.atomic():
        found = _locked_import(import_id, active_only=True)
        if found.state != ListImport.State.CHECKED:
            raise ListProblem("not_checked", state=found.state)
        if not found.rows_good:
            raise ListProblem("no_rows")
        if found.mode == ListImport.Mode.REPLACE:
            ListImport.objects.filter(list=found.list, state=ListImport.State.LIVE).update(
                state=ListImport.State.SUPERSEDED, superseded_by=found
            )
        found.state, found.live_at = ListImport.State.LIVE, now
        found.save(update_fields=["state", "live_at"])
    return found


def undo(*, import_id: UUID, author: str, now: datetime) -> ListImport:
    """Take a live import back; what it had replaced is in force again.

    Raises ``ListProblem``: ``not_live``, ``too_late`` (what it replaced has been erased).
    """
    with transaction.atomic():
        found = _locked_import(import_id)
        if found.state != ListImport.State.LIVE:
            raise ListProblem("not_live", state=found.state)
        assert found.live_at is not None  # a constraint says so
        replaced = ListImport.objects.filter(superseded_by=found)
        if found.live_at + RESTORABLE_FOR <= now and replaced.exists():
            raise ListProblem("too_late", days=RESTORABLE_FOR.days)
        replaced.update(state=ListImport.State.LIVE, superseded_by=None)
        found.state, found.undone_at, found.undone_by = ListImport.State.UNDONE, now, author
        found.save(update_fields=["state", "undone_at", "undone_by"])
    return found


def cancel(*, import_id: UUID) -> ListImport:
    """Give up an import that was never in force; a worker at it finds its claim gone and stops."""
    with transaction.atomic():
        found = _locked_import(import_id)
        if found.state not in (*_UNFINISHED, ListImport.State.CHECKED):
            raise ListProblem("not_cancellable", state=found.state)
        found.state, found.claim = ListImport.State.CANCELLED, None
        found.save(update_fields=["state", "claim"])
        found.parts.all().delete()
    return found


def unfinished(*, older_than: datetime, limit: int = 50) -> list[UUID]:
    """Imports that wait for a worker: nobody holds them, and they are not brand-new."""
    rows = ListImport.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()),
        state__in=_UNFINISHED,
        created_at__lt=older_than,
    )
    return list(rows.order_by("created_at").values_list("pk", flat=True)[:limit])


def give_up(*, older_than: datetime, now: datetime) -> int:
    """Fail what no worker could finish for hours, so that nobody tries for ever; returns how many."""
    with transaction.atomic():
        stuck = ListImport.objects.filter(state__in=_UNFINISHED, created_at__lt=older_than)
        found = list(stuck.select_for_update().values_list("pk", flat=True)[:50])
        ListImport.objects.filter(pk__in=found).update(
            state=ListImport.State.FAILED, problem="gave_up", claim=None, checked_at=now
        )
        ListImportPart.objects.filter(list_import__in=found).delete()
    return len(found)


def erase_old(*, now: datetime, rounds: int = 4) -> int:
    """Delete entries that can no longer come into force, a slice at a time; returns how many.

    Those of failed and cancelled imports at once, of undone and superseded ones after 30 days.
    """
    before, State = now - RESTORABLE_FOR, ListImport.State
    due = ListImport.objects.filter(erased_at__isnull=True).filter(
        Q(state__in=[State.FAILED, State.CANCELLED])
        | Q(state=State.UNDONE, undone_at__lt=before)
        | Q(state=State.SUPERSEDED, superseded_by__live_at__lt=before)
    )
    erased = 0
    for _ in range(rounds):
        found = due.order_by("created_at").first()
        if found is None:
            break
        count = _erase_some(found.pk)
        erased += count
        if count < _ERASED_AT_ONCE:
            ListImport.objects.filter(pk=found.pk).update(erased_at=now)
    return erased


def _erase_some(import_id: UUID) -> int:
    table = ListEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table}"  # noqa: S608  (no text of a person)
            " WHERE list_import_id = %s ORDER BY row_no LIMIT %s)",
            [import_id, _ERASED_AT_ONCE],
        )
        return cursor.rowcount


def _locked_import(import_id: UUID, *, active_only: bool = False) -> ListImport:
    """The import under its list's lock, which everybody takes first."""
    known = ListImport.objects.select_related("list").filter(pk=import_id).first()
    if known is None:
        raise ListProblem("no_import")
    locked(known.list.code, active_only=active_only)
    return (
        ListImport.objects.select_for_update(of=("self",)).select_related("list").get(pk=import_id)
    )


def _described(file: BinaryIO) -> ListImport:
    """An unsaved import with what the bytes say: format, encoding, size, digest.

    Raises ``FileProblem``.
    """
    size = file.seek(0, 2)
    file.seek(0)
    kind = encodings.format_of(file.read(8))
    most = CSV_BYTES_MAX if kind == ListImport.Format.CSV else XLSX_BYTES_MAX
    if size > most:
        raise FileProblem("too_large", most_mb=most // 1024 // 1024)
    file.seek(0)
    digest, lines = hashlib.sha256(), 0
    while chunk := file.read(PART_BYTES):
        digest.update(chunk)
        lines += chunk.count(b"\n")
    is_csv = kind == ListImport.Format.CSV
    if is_csv and lines > CSV_ROWS_MAX + 1:
        raise FileProblem("too_many_rows", most=CSV_ROWS_MAX)
    return ListImport(
        format=kind,
        encoding=encodings.encoding_of(file) if is_csv else "",
        file_bytes=size,
        sha256=digest.hexdigest(),
    )


def _pieces(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    if encoding == encodings.UTF16:
        yield from encodings.as_utf8(file)
        return
    file.seek(0)
    yield from iter(lambda: file.read(PART_BYTES), b"")
