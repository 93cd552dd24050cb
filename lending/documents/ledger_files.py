"""Tables as files: CSV line by line (UTF-8 with a byte order mark, RFC 4180), or one sheet of XLSX."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from lending.domain.spreadsheet_cells import harmless

_BATCH = 500
_WIDTH = 16


def csv_parts(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file in parts of some hundred lines, made while they are sent."""
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")  # spreadsheet programs then read it as UTF-8
    writer = csv.writer(buffer)
    writer.writerow([harmless(cell) for cell in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([harmless(cell) for cell in row])
        if number % _BATCH == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def xlsx_file(sheet: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A temporary file at its beginning; it goes when it is closed. Memory holds one row at a time."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(sheet)
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        page.set_column(0, len(header) - 1, _WIDTH)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, [str(cell) for cell in header], bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                value = harmless(cell)
                if isinstance(value, Decimal):
                    page.write_number(number, column, value, money)  # a spreadsheet keeps 15 digits
                elif value != "":
                    page.write_string(number, column, str(value))
    file.seek(0)
    return file
