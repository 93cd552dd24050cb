"""The first sheet of an XLSX file as records, with the standard library alone.

A stranger's archive of XML: what it unpacks to is bounded before and while reading, a DOCTYPE
(entities) ends it, and cells come out as text. A formula is marked, never taken for its value; a
number is marked, because a spreadsheet keeps only fifteen digits of an ID number.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO
from xml.parsers import expat

from risk.domain.list_columns import COLUMNS_MAX, HeadingProblem, columns_of
from risk.domain.list_rows import CELL_MAX, FORMULA_MARK, NUMBER_MARK
from risk.list_files.problems import XLSX_ROWS_MAX, FileProblem

SHEET_BYTES_MAX = 300 * 1024 * 1024
STRINGS_BYTES_MAX = 100 * 1024 * 1024
STRINGS_MAX = 1_000_000
SMALL_BYTES_MAX = 1024 * 1024
_CHUNK = 64 * 1024
_PIECES_MAX = 200
_1904 = (date(1904, 1, 1) - date(1899, 12, 30)).days


def records(file: BinaryIO) -> Iterator[list[str]]:
    """Every row of the first sheet, rows left out by the spreadsheet as empty records.

    Raises ``FileProblem``: no workbook, a bomb, too many rows.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            yield from _rows(archive)
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, EOFError, NotImplementedError):
        raise FileProblem("xlsx_form") from None
    except (ValueError, OSError, RuntimeError, IndexError, OverflowError):  # zlib, passwords, lies
        raise FileProblem("xlsx_form") from None


def as_csv(file: BinaryIO) -> Iterator[bytes]:
    """The first sheet's known columns as CSV in UTF-8, in pieces, row by row: read from any place.

    A spreadsheet can only be read from its beginning; a worker that goes on in the middle needs
    lines. Marks of formulas and numbers stay in the cells. Raises ``FileProblem``.
    """
    rows = records(file)
    heading = next(rows, [])
    try:
        columns = columns_of(heading)
    except HeadingProblem as problem:
        raise FileProblem(problem.code) from None
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for cells in rows:
        count = len(cells)
        kept = [cells[at] if at < count else "" for at in columns.values()]
        writer.writerow(kept if any(kept) else [])
        if text.tell() > _CHUNK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _rows(archive: zipfile.ZipFile) -> Iterator[list[str]]:
    sheet, days_from_1904 = _first_sheet(archive)
    strings = _strings(archive)
    cells = _Sheet(strings, days_from_1904)
    for _ in _parsed(archive, sheet, SHEET_BYTES_MAX, cells):
        yield from cells.taken()
    yield from cells.taken()


def _parsed(archive: zipfile.ZipFile, name: str, most: int, handler: Any) -> Iterator[None]:
    """Feed one member to ``handler`` (start, end, text) in pieces; at most ``most`` bytes of it."""
    info = archive.getinfo(name)
    if info.file_size > most:
        raise FileProblem("xlsx_bomb")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            most -= len(chunk)
            if most < 0:
                raise FileProblem("xlsx_bomb")
            parser.Parse(chunk, False)
            yield
    parser.Parse(b"", True)


def _refuse_doctype(*_: Any) -> None:
    raise FileProblem("xlsx_bomb")


class _Elements:
    """Names and attributes of the elements of a small part."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found.append((_local(name), {_local(k): v for k, v in attributes.items()}))

    def end(self, name: str) -> None:
        """Nothing to do."""

    def text(self, text: str) -> None:
        """Nothing to keep."""


def _elements(archive: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    elements = _Elements()
    for _ in _parsed(archive, name, SMALL_BYTES_MAX, elements):
        pass
    return elements.found


def _first_sheet(archive: zipfile.ZipFile) -> tuple[str, int]:
    """(member's name, days to add to a date's number) of the workbook's first sheet."""
    workbook = _elements(archive, "xl/workbook.xml")
    wanted = next(attributes["id"] for name, attributes in workbook if name == "sheet")
    old = any(n == "workbookPr" and a.get("date1904") in ("1", "true") for n, a in workbook)
    relations = _elements(archive, "xl/_rels/workbook.xml.rels")
    target = next(a["Target"] for n, a in relations if n == "Relationship" and a["Id"] == wanted)
    name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return name, _1904 if old else 0


class _Strings:
    """The shared texts, in order; phonetic readings (rPh) are no part of a text."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._reading = self._phonetic = False

    def start(self, name: str, _: dict[str, str]) -> None:
        local = _local(name)
        if local == "si":
            self._pieces = []
        elif local == "rPh":
            self._phonetic = True
        self._reading = local == "t" and not self._phonetic

    def end(self, name: str) -> None:
        local = _local(name)
        self._reading = False
        if local == "rPh":
            self._phonetic = False
        elif local == "si":
            if len(self.found) >= STRINGS_MAX:
                raise FileProblem("xlsx_bomb")
            self.found.append("".join(self._pieces)[: CELL_MAX + 1])

    def text(self, text: str) -> None:
        if self._reading:
            _keep(self._pieces, text)


def _strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    strings = _Strings()
    for _ in _parsed(archive, "xl/sharedStrings.xml", STRINGS_BYTES_MAX, strings):
        pass
    return strings.found


class _Sheet:
    """Rows of a sheet as they come; ``taken`` hands over those that are complete."""

    def __init__(self, strings: list[str], date_shift: int) -> None:
        self._strings, self._shift = strings, date_shift
        self._rows: list[list[str]] = []
        self._number = 0  # of the last row handed over or waiting
        self._row: list[str] = []
        self._place, self._kind, self._formula = 0, "", False
        self._pieces: list[str] = []
        self._reading = False

    def taken(self) -> list[list[str]]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "c":
            self._place = _place(attributes.get("r", "")) if "r" in attributes else len(self._row)
            self._kind, self._formula = attributes.get("t", "n"), False
            self._pieces = []
        elif local == "f":
            self._formula = True
        elif local == "row":
            self._begin_row(int(attributes.get("r", self._number + 1)))
        self._reading = local in ("v", "t")

    def text(self, text: str) -> None:
        if self._reading:
            _keep(self._pieces, text)

    def end(self, name: str) -> None:
        local = _local(name)
        self._reading = False
        if local == "c":
            self._set(self._place, self._value())
        elif local == "row":
            self._rows.append(self._row)

    def _begin_row(self, number: int) -> None:
        if number <= self._number:
            raise FileProblem("xlsx_form")
        if number > XLSX_ROWS_MAX + 1:
            raise FileProblem("too_many_rows", most=XLSX_ROWS_MAX)
        self._rows.extend([] for _ in range(number - self._number - 1))
        self._number, self._row = number, []

    def _set(self, place: int, value: str) -> None:
        if place >= COLUMNS_MAX:
            return
        self._row.extend("" for _ in range(place + 1 - len(self._row)))
        self._row[place] = value

    def _value(self) -> str:
        if self._formula:
            return FORMULA_MARK
        text = "".join(self._pieces)[: CELL_MAX + 1]
        if self._kind == "s":
            return self._strings[int(text)]
        if self._kind in ("str", "inlineStr", "d", "b", "e"):
            return text
        if not text:
            return ""
        whole = text.partition(".")[0]
        if self._shift and whole.isascii() and whole.isdigit():  # only dates are read as numbers
            text = str(int(whole) + self._shift)
        return NUMBER_MARK + text


def _keep(pieces: list[str], text: str) -> None:
    """A cell may be long, not endless: one text of megabytes is no list of people."""
    if len(pieces) >= _PIECES_MAX or len(text) > _CHUNK:
        raise FileProblem("xlsx_bomb")
    pieces.append(text)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _place(reference: str) -> int:
    """``C7`` → 2"""
    place = 0
    for letter in reference:
        if not letter.isalpha():
            break
        place = place * 26 + ord(letter.upper()) - 64
    return place - 1
