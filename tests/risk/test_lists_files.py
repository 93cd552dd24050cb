"""Files as banks and strangers send them: encodings, spreadsheets, bombs."""

import io
import zipfile
from datetime import date, datetime

import pytest

from risk.list_files import xlsx_rows
from risk.list_files.problems import FileProblem
from risk.models import ListEntry, ListImport
from risk.selectors import lists as selectors
from risk.services import list_imports
from risk.services.lists import ListProblem
from tests.risk.listed import checked, csv_of, id_number_of, new_list, row, xlsx_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_list(now: datetime) -> None:
    new_list(now)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_gives_the_same_people(
    now: datetime, encoding: str, told: str, delimiter: str
) -> None:
    content = csv_of([row(i) for i in range(3)]).decode().replace(",", delimiter).encode(encoding)
    made = checked(content, now=now)
    assert (made.state, made.encoding, made.rows_good) == ("checked", told, 3)
    entry = ListEntry.objects.order_by("row_no").first()
    assert entry is not None
    assert entry.payload == {
        "name": "陈桂英",
        "id_number": id_number_of(0),
        "employer": "羊木小学",
    }
    assert (entry.row_no, entry.tier) == (2, "teacher")


def test_rare_letters_of_gb18030_are_read(now: datetime) -> None:
    made = checked(csv_of([row(1, name="㐂𠮷")], encoding="gb18030"), now=now)
    assert made.rows_good == 1
    assert ListEntry.objects.get().payload["name"] == "㐂𠮷"


def test_a_damaged_file_names_the_byte_and_the_row(now: datetime) -> None:
    good = csv_of([row(1), row(2)])
    at = good.index("陈桂英".encode(), 80)
    made = checked(good[:at] + b"\xff" + good[at + 1 :], now=now)
    assert (made.state, made.problem, made.encoding) == ("failed", "wrong_encoding", "utf-8")
    assert made.problem_detail["byte"] == at
    assert made.problem_detail["row"] == 3
    assert not made.parts.exists()

    chinese = csv_of([row(1), row(2)], encoding="gb18030")
    made = checked(chinese[:-5] + b"\xff\xff\r\n", now=now)
    assert (made.problem, made.problem_detail["row"]) == ("wrong_encoding", 3)

    with pytest.raises(ListProblem) as problem:
        checked(csv_of([row(1)], encoding="utf-16")[:-1], now=now)
    assert problem.value.code == "wrong_encoding"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old_excel"),
        (b"abc\x00\x01\x02", "not_text"),
    ],
)
def test_what_is_no_list_is_refused_at_once(now: datetime, content: bytes, code: str) -> None:
    with pytest.raises(ListProblem) as problem:
        checked(content, now=now)
    assert problem.value.code == code
    assert not ListImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("姓名,单位\r\n陈桂英,小学\r\n".encode(), "no_id_column"),
        (csv_of([]), "no_rows"),
        (b"\r\n\r\n", "no_heading"),
        (b"id_number\n" + b"x" * 200_000, "line_too_long"),
        (b'id_number,name\n"' + b"x\n" * 120_000, "csv_form"),
    ],
)
def test_a_file_without_form_fails_with_its_reason(
    now: datetime, content: bytes, code: str
) -> None:
    made = checked(content, now=now)
    assert (made.state, made.problem) == ("failed", code)


def test_too_many_rows_are_refused_before_anything_is_stored(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_imports, "CSV_ROWS_MAX", 3)
    assert checked(csv_of([row(i) for i in range(3)]), now=now).rows_good == 3
    with pytest.raises(ListProblem) as problem:
        checked(csv_of([row(i) for i in range(4)]), now=now)
    assert (problem.value.code, problem.value.detail) == ("too_many_rows", {"most": 3})
    monkeypatch.setattr(xlsx_rows, "XLSX_ROWS_MAX", 3)
    made = checked(xlsx_of([["id_number"], *([id_number_of(i)] for i in range(4))]), now=now)
    assert made.problem == "too_many_rows"


def test_too_many_bytes_are_refused(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_imports, "CSV_BYTES_MAX", 1024 * 1024)
    with pytest.raises(ListProblem) as problem:
        checked(csv_of([]) + b"x" * 1024 * 1024, now=now)
    assert (problem.value.code, problem.value.detail) == ("too_large", {"most_mb": 1})


def test_a_spreadsheet_is_read_by_its_first_sheet(now: datetime) -> None:
    mangled = float(id_number_of(3))
    content = xlsx_of(
        [
            ["姓名", "身份证号", "分层", "有效期"],
            ["陈桂英", id_number_of(1), "教师", 46568],
            ["李国强", f"'{id_number_of(2)}", "", "2027-06-30"],
            [],
            ["王秀英", mangled, "", ""],
            ["赵一", '=A1&"1"', "", ""],
            ["=1+1", id_number_of(5), "", ""],
        ]
    )
    made = checked(content, now=now, file_name="名单.xlsx")
    assert (made.format, made.state, made.problem) == ("xlsx", "checked", "")
    entries = list(ListEntry.objects.order_by("row_no"))
    assert [(e.row_no, e.valid_to) for e in entries] == [
        (2, date(2027, 7, 1)),
        (3, date(2027, 7, 1)),
    ]
    errors = [(e.row_no, e.code, e.field) for e in selectors.row_errors(made.pk)]
    assert errors == [
        (5, "mangled_id", "id_number"),
        (6, "formula", "id_number"),
        (7, "formula", "name"),
    ]


def test_a_zip_bomb_is_stopped_unread(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of([["id_number"], [id_number_of(1)]]))) as good,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", b" " * 5_000_000 + b"</sheetData>")
            bad.writestr(name, content)
    assert len(bomb.getvalue()) < 50_000
    monkeypatch.setattr(xlsx_rows, "SHEET_BYTES_MAX", 4_000_000)
    assert checked(bomb.getvalue(), now=now).problem == "xlsx_bomb"


@pytest.mark.parametrize(
    ("member", "content", "code"),
    [
        (
            "xl/worksheets/sheet1.xml",
            b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>',
            "xlsx_bomb",
        ),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row", "xlsx_form"),
        ("xl/worksheets/sheet1.xml", b"<w><row r='x'></row></w>", "xlsx_form"),
        ("xl/worksheets/sheet1.xml", b"<w><row r='9'/><row r='2'/></w>", "xlsx_form"),
        ("xl/workbook.xml", b"<workbook/>", "xlsx_form"),
        ("xl/worksheets/sheet1.xml", b"<w><row><c t='s'><v>99</v></c></row></w>", "xlsx_form"),
    ],
)
def test_a_forged_spreadsheet_fails_quietly(
    now: datetime, member: str, content: bytes, code: str
) -> None:
    forged = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of([["id_number"], [id_number_of(1)]]))) as good,
        zipfile.ZipFile(forged, "w") as bad,
    ):
        for name in good.namelist():
            bad.writestr(name, content if name == member else good.read(name))
    assert checked(forged.getvalue(), now=now).problem == code


def test_half_an_archive_is_no_spreadsheet() -> None:
    half = xlsx_of([["id_number"], [id_number_of(1)]])[:-400]
    with pytest.raises(FileProblem) as problem:
        list(xlsx_rows.records(io.BytesIO(half)))
    assert problem.value.code == "xlsx_form"
