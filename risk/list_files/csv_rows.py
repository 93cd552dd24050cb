"""A CSV file as records, from any byte on: what was read stays read after a crash.

Lines are cut as bytes (a line end never stands inside a character of UTF-8 or GB18030), so the
place of the next record is known exactly without reading ahead.
"""

import csv
from collections.abc import Callable, Iterator

from risk.domain.list_columns import delimiter_of
from risk.list_files.problems import FileProblem

LINE_BYTES_MAX = 64 * 1024
#: Where to start → pieces of the file from there on, in order.
Pieces = Callable[[int], Iterator[bytes]]


class CsvRows:
    """Records of one file. ``position`` is the byte after the last record, ``record_no`` its number.

    Raises ``FileProblem`` while reading: a wrong byte, an endless line, a broken quote.
    """

    def __init__(self, pieces: Pieces, *, encoding: str) -> None:
        self._pieces, self._encoding = pieces, encoding
        self.position, self.record_no = 0, 0
        self._delimiter = ","

    def heading(self) -> list[str]:
        """The first record; afterwards ``records`` goes on behind it."""
        lines = self._lines(0)
        first = next(lines, "")
        if not first.strip():
            raise FileProblem("no_heading")
        self._delimiter = delimiter_of(first)
        # a heading in quotes may run over several lines: give back what was taken
        reader = csv.reader(_with_first(first, lines), delimiter=self._delimiter)
        try:
            cells = next(reader)
        except csv.Error:
            raise FileProblem("csv_form", row=1) from None
        self.record_no = 1
        return cells

    def records(self, *, position: int, record_no: int) -> Iterator[list[str]]:
        """Every record from ``position`` on, the first of them number ``record_no`` + 1.

        An empty line is an empty record: numbers stay those a spreadsheet shows.
        """
        self.position, self.record_no = position, record_no
        reader = csv.reader(self._lines(position), delimiter=self._delimiter)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise FileProblem("csv_form", row=self.record_no + 1) from None
            self.record_no += 1
            yield cells

    def _lines(self, position: int) -> Iterator[str]:
        self.position, rest = position, b""
        for piece in self._pieces(position):
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            for line in lines:
                yield self._text(line, len(line) + 1) + "\n"
            if len(rest) > LINE_BYTES_MAX:
                raise FileProblem("line_too_long", row=self.record_no + 1)
        if rest:
            yield self._text(rest, len(rest))

    def _text(self, line: bytes, size: int) -> str:
        """One line in letters; afterwards ``position`` stands behind it."""
        if size > LINE_BYTES_MAX:
            raise FileProblem("line_too_long", row=self.record_no + 1)
        start, self.position = self.position, self.position + size
        try:
            text = line.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise FileProblem(
                "wrong_encoding",
                row=self.record_no + 1,
                byte=start + error.start,
                encoding=self._encoding,
            ) from None
        return text.removeprefix("\ufeff") if not start else text


def _with_first(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others
