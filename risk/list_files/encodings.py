"""What kind of file this is and in which letters it is written, told from its bytes alone."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from risk.list_files.problems import FileProblem

CHUNK = 1024 * 1024
UTF8, GB18030, UTF16 = "utf-8", "gb18030", "utf-16"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: So many Chinese characters before the first wrong byte: a damaged UTF-8 file, not a GB18030 one.
_SURELY_UTF8 = 4
_HAN = re.compile("[\u4e00-\u9fff]")


def format_of(start: bytes) -> str:
    """``csv`` or ``xlsx`` by the first bytes, whatever the name says.

    Raises ``FileProblem``: empty, or the old Excel format, which nobody reads safely.
    """
    if not start:
        raise FileProblem("empty_file")
    if start.startswith(_OLE):
        raise FileProblem("old_excel")
    return "xlsx" if start.startswith(_ZIP) else "csv"


def encoding_of(file: BinaryIO) -> str:
    """``utf-8``, ``utf-16`` (only with its mark) or else ``gb18030``; reads the file to its end.

    A file that begins as UTF-8 Chinese and breaks later is called UTF-8: read as GB18030 it would
    silently give wrong names. Raises ``FileProblem`` for bytes that are no text.
    """
    file.seek(0)
    start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF16
    if b"\x00" in start:
        raise FileProblem("not_text")
    if start.startswith(codecs.BOM_UTF8):
        return UTF8
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    chinese = 0
    while chunk := file.read(CHUNK):
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode("utf-8", "ignore")
            chinese += len(_HAN.findall(before))
            return UTF8 if chinese >= _SURELY_UTF8 else GB18030
        if chinese < _SURELY_UTF8 and not text.isascii():
            chinese += len(_HAN.findall(text))
    return UTF8 if _complete(decoder) or chinese >= _SURELY_UTF8 else GB18030


def as_utf8(file: BinaryIO) -> Iterator[bytes]:
    """A UTF-16 file as UTF-8 in pieces: its line ends cannot be found among raw bytes.

    Raises ``FileProblem`` with the place of the first wrong byte.
    """
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-16")()
    done = 0
    while True:
        chunk = file.read(CHUNK)
        try:
            yield decoder.decode(chunk, final=not chunk).encode("utf-8")
        except UnicodeError as error:
            start = error.start if isinstance(error, UnicodeDecodeError) else 0
            raise FileProblem("wrong_encoding", byte=done + start, encoding=UTF16) from None
        if not chunk:
            return
        done += len(chunk)


def _complete(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
