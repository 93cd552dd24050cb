"""Invented people and files for the tests of customer lists."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from bench.lists import id_number_of
from risk.models import CustomerList, ListImport
from risk.services import list_checking, list_imports, lists

HEADING = "姓名,身份证号,单位,分层,有效期"
__all__ = ["HEADING", "checked", "csv_of", "id_number_of", "live", "new_list", "row", "xlsx_of"]


def row(serial: int, **other: str) -> str:
    """One line of a CSV with a good person, or with ``other`` cells."""
    cells = {
        "name": "陈桂英",
        "id_number": id_number_of(serial),
        "employer": "羊木小学",
        "tier": "教师",
        "valid_to": "",
        **other,
    }
    return ",".join(cells.values())


def csv_of(lines: Iterable[str], *, encoding: str = "utf-8", heading: str = HEADING) -> bytes:
    return "\r\n".join([heading, *lines, ""]).encode(encoding)


def xlsx_of(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook; a cell that begins with ``=`` is a real formula, numbers are numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for at, cells in enumerate(rows):
            sheet.write_row(at, 0, cells)
        book.add_worksheet("其他").write(0, 0, "not to be read")
    return out.getvalue()


def new_list(now: datetime, code: str = "teachers", **other: Any) -> CustomerList:
    fields = {
        "name_zh": "教师名单",
        "name_en": "Teachers",
        "kind": "white",
        "source": "朝天区教育局",
        "legal_basis": "数据共享协议 2026-03",
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "author": "risk",
        "now": now,
        **other,
    }
    return lists.create_list(code=code, **fields)


def checked(content: bytes, *, now: datetime, code: str = "teachers", **other: Any) -> ListImport:
    """The file uploaded and read to its end, as a worker does it."""
    settings = {
        "file_name": "名单.csv",
        "mode": "add",
        "default_tier": "",
        "valid_to": None,
        "author": "risk",
        **other,
    }
    made = list_imports.upload(list_code=code, file=io.BytesIO(content), now=now, **settings)
    while list_checking.check_some(import_id=made.pk, now=now, today=now.date()):
        pass
    return ListImport.objects.get(pk=made.pk)


def live(content: bytes, *, now: datetime, at: datetime | None = None, **other: Any) -> ListImport:
    made = checked(content, now=now, **other)
    return list_imports.confirm(import_id=made.pk, now=at or now)
