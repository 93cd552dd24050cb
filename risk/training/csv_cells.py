"""The cells of any CSV: encoding, separator, quoted line breaks, ragged rows."""

import codecs
import csv
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

_BYTES_MAX = 500_000_000
_COLUMNS_MAX = 5_000
_LOOKED_AT = 100_000
_QUOTED = re.compile(r'"[^"]*("|$)')
_WIDTHS_WRONG = 0.5


class UnusableTable(ValueError):
    """The file cannot be trained on; the message says in one line what to change."""


@dataclass(frozen=True)
class Cells:
    """Trimmed cells under unique names. Rows of another width are ``skipped``."""

    header: tuple[str, ...]
    rows: list[list[str]]
    skipped: int
    sha256: str


def read_cells(path: Path) -> Cells:
    """The file as cells. Raises ``UnusableTable``."""
    content = _content(path)
    text = _decoded(content)
    lines = _lines(text)
    if len(lines) < 2:
        raise UnusableTable("the file has no rows")
    header = [name or f"column {at}" for at, name in enumerate(lines[0], start=1)]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise UnusableTable(f"two columns have the same name: {twice[0]!r:.60}")
    rows = [line for line in lines[1:] if len(line) == len(header)]
    skipped = len(lines) - 1 - len(rows)
    if skipped > _WIDTHS_WRONG * (len(lines) - 1):
        raise UnusableTable(
            f"{skipped} of {len(lines) - 1} rows have more or fewer cells than the header"
        )
    return Cells(tuple(header), rows, skipped, hashlib.sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _BYTES_MAX:
            raise UnusableTable(f"the file is larger than {_BYTES_MAX} bytes")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, UnusableTable):
            raise
        raise UnusableTable(f"{str(path)!r:.200}: {getattr(error, 'strerror', error)}") from None


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        raise UnusableTable("the file is not text")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusableTable("the file is neither UTF-8 nor GB 18030 nor marked UTF-16")


def _lines(text: str) -> list[list[str]]:
    """Rows with something in them; the separator is the one seen most in the first line."""
    start = _QUOTED.sub("", text[:_LOOKED_AT]).lstrip("\r\n")
    first = re.split(r"[\r\n]", start, maxsplit=1)[0]
    delimiter = max(",;\t|", key=first.count)
    if first.count(delimiter) >= _COLUMNS_MAX:
        raise UnusableTable(f"more than {_COLUMNS_MAX} columns")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [[cell.strip() for cell in line] for line in reader if any(line)]
    except csv.Error as error:
        raise UnusableTable(f"not a CSV: {error}") from None
