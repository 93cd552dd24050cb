"""Reading an uploaded list in a worker: slice by slice, each batch committed with its progress.

A worker claims the import with a lease, reads for some seconds and lets go; whoever comes next goes
on where the last batch ended. A worker that died, or lost its claim, has left whole batches only.
"""

import io
import time
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from risk.domain.list_columns import HeadingProblem, columns_of
from risk.domain.list_rows import RowProblem, clean_row
from risk.list_files import encodings, xlsx_rows
from risk.list_files.csv_rows import CsvRows
from risk.list_files.problems import FileProblem
from risk.models import ListImport, ListImportPart, ListRowError
from risk.services import list_entries
from risk.services.list_entries import NumberedRow
from risk.services.list_imports import PART_BYTES, store_parts

LEASE = timedelta(seconds=60)
BATCH_ROWS = 10_000
ERRORS_KEPT = 1_000
#: How long one task may keep its worker from others, whose people wait for a text message.
SLICE_S = 2.0


class _ClaimLost(Exception):
    """Cancelled, or another worker took over: what is not committed is dropped."""


def check_some(*, import_id: UUID, now: datetime, today: date, slice_s: float = SLICE_S) -> bool:
    """Go on reading new rows for about ``slice_s`` seconds; ``True`` when there is more to read.

    Ends in ``checked`` or ``failed``. ``False`` also when there was nothing to claim.
    """
    claimed = _claim(import_id)
    if claimed is None:
        return False
    try:
        if claimed.format == ListImport.Format.XLSX and not claimed.encoding:
            _unfold(claimed)
            _let_go(claimed)
            return True
        work = _Check(claimed, today=today, slice_s=slice_s)
        if work.go_on():
            _let_go(claimed)
            return True
        _finish(claimed, now=now)
    except FileProblem as problem:
        _fail(claimed, problem, now=now)
    except _ClaimLost:
        pass
    return False


class _Check:
    """One worker's turn at one file."""

    def __init__(self, list_import: ListImport, *, today: date, slice_s: float) -> None:
        self._import, self._today, self._slice_s = list_import, today, slice_s
        self._good: list[NumberedRow] = []
        self._bad: list[ListRowError] = []

    def go_on(self) -> bool:
        """Read until the time is over (``True``) or the file (``False``)."""
        ends_at = time.monotonic() + self._slice_s
        for number, position in self._records():
            if len(self._good) + len(self._bad) >= BATCH_ROWS:
                self._commit(number, position)
                if time.monotonic() > ends_at:
                    return True
        return False

    def _records(self) -> Iterator[tuple[int, int]]:
        """Each record's number and the byte behind it, once the record has been taken."""
        encoding = self._import.encoding
        if encoding == encodings.UTF16:  # kept as UTF-8
            encoding = encodings.UTF8
        rows = CsvRows(partial(_pieces, self._import), encoding=encoding)
        heading = rows.heading()
        columns = _columns(heading)
        position, number = rows.position, rows.record_no
        if self._import.rows_done:
            position, number = self._import.position, self._import.rows_done
        for cells in rows.records(position=position, record_no=number):
            self._take(cells, rows.record_no, columns, len(heading))
            yield rows.record_no, rows.position
        self._commit(rows.record_no, rows.position)

    def _take(self, cells: list[str], number: int, columns: dict[str, int], width: int) -> None:
        """Sort one record to the good or the bad; an empty line is neither."""
        count = len(cells)
        written = {field: cells[at] for field, at in columns.items() if at < count and cells[at]}
        if not written and not any(cell.strip() for cell in cells):
            return
        try:
            if count > width and any(cells[width:]):
                raise RowProblem("too_many_cells", "")
            row = clean_row(written, default_tier=self._import.default_tier, today=self._today)
        except RowProblem as problem:
            self._bad.append(
                ListRowError(
                    list_import=self._import,
                    row_no=number,
                    code=problem.code,
                    field=problem.field,
                    excerpt=problem.excerpt,
                )
            )
        else:
            self._good.append(NumberedRow(number, row))

    def _commit(self, number: int, position: int) -> None:
        """The batch with its progress, or nothing of it. Raises ``_ClaimLost``."""
        kept = self._import.rows_bad + self._import.rows_duplicate
        with transaction.atomic():
            twice = list_entries.write(list_import=self._import, rows=self._good)
            errors = self._bad + [
                ListRowError(
                    list_import=self._import, row_no=n, code="duplicate", first_row_no=first
                )
                for n, first in twice
            ]
            errors.sort(key=lambda error: error.row_no)
            ListRowError.objects.bulk_create(errors[: max(ERRORS_KEPT - kept, 0)])
            changed = _mine(self._import).update(
                rows_total=F("rows_total") + len(self._good) + len(self._bad),
                rows_good=F("rows_good") + len(self._good) - len(twice),
                rows_bad=F("rows_bad") + len(self._bad),
                rows_duplicate=F("rows_duplicate") + len(twice),
                rows_done=number,
                position=position,
                lease_until=Now() + LEASE,
            )
            if not changed:
                raise _ClaimLost
        self._import.rows_bad += len(self._bad)
        self._import.rows_duplicate += len(twice)
        self._good, self._bad = [], []


def _pieces(list_import: ListImport, position: int) -> Iterator[bytes]:
    """The kept file from a byte on."""
    number, start = divmod(position, PART_BYTES)
    while True:
        part = ListImportPart.objects.filter(list_import=list_import, number=number).first()
        if part is None:
            return
        yield part.content[start:]
        number, start = number + 1, 0


def _unfold(list_import: ListImport) -> None:
    """Keep a spreadsheet as CSV instead, once: from there it is read like any other file."""
    content = io.BytesIO(b"".join(_pieces(list_import, 0)))
    with transaction.atomic():
        list_import.parts.all().delete()
        store_parts(list_import=list_import, pieces=xlsx_rows.as_csv(content))
        if not _mine(list_import).update(encoding=encodings.UTF8):
            raise _ClaimLost


def _columns(heading: list[str]) -> dict[str, int]:
    try:
        return columns_of(heading)
    except HeadingProblem as problem:
        raise FileProblem(problem.code) from None


def _claim(import_id: UUID) -> ListImport | None:
    """The import with our mark on it, or ``None`` when it is done or in somebody's hands."""
    claim = uuid.uuid4()
    changed = ListImport.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()),
        pk=import_id,
        state__in=[ListImport.State.UPLOADED, ListImport.State.CHECKING],
    ).update(state=ListImport.State.CHECKING, claim=claim, lease_until=Now() + LEASE)
    return ListImport.objects.get(pk=import_id) if changed else None


def _mine(list_import: ListImport) -> QuerySet[ListImport]:
    """The import while our mark is on it: a write through it fails once it is somebody else's."""
    return ListImport.objects.filter(
        pk=list_import.pk, claim=list_import.claim, state=ListImport.State.CHECKING
    )


def _let_go(list_import: ListImport) -> None:
    _mine(list_import).update(claim=None, lease_until=None)


def _finish(list_import: ListImport, *, now: datetime) -> None:
    with transaction.atomic():
        done = _mine(list_import).filter(rows_total__gt=0)
        if not done.update(
            state=ListImport.State.CHECKED, checked_at=now, claim=None, lease_until=None
        ):
            raise FileProblem("no_rows")
        list_import.parts.all().delete()


def _fail(list_import: ListImport, problem: FileProblem, *, now: datetime) -> None:
    with transaction.atomic():
        if _mine(list_import).update(
            state=ListImport.State.FAILED,
            problem=problem.code,
            problem_detail=problem.detail,
            checked_at=now,
            claim=None,
            lease_until=None,
        ):
            list_import.parts.all().delete()
