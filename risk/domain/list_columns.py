"""The heading of a list's file: which column is which, under Chinese or English names. Pure."""

import unicodedata
from collections.abc import Sequence

_NAMES = {
    "id_number": (
        "身份证号",
        "身份证号码",
        "身份证",
        "证件号码",
        "证件号",
        "公民身份号码",
        "客户身份证号",
        "id_number",
        "idnumber",
        "id",
        "id_no",
    ),
    "name": ("姓名", "客户姓名", "客户名称", "name"),
    "tier": ("分层", "客户分层", "层级", "tier"),
    "employer": ("单位", "工作单位", "单位名称", "employer"),
    "valid_to": ("有效期", "有效期至", "截止日期", "到期日", "valid_to", "valid_until"),
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}
COLUMNS_MAX = 200
_DELIMITERS = (",", ";", "\t")


class HeadingProblem(ValueError):
    """``code``: no_heading, no_id_column, column_twice, too_many_columns."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def columns_of(heading: Sequence[str]) -> dict[str, int]:
    """Field → place of its column, in any order; unknown columns are left out.

    Raises ``HeadingProblem``: nothing in it, no column of ID numbers, one field twice.
    """
    if len(heading) > COLUMNS_MAX:
        raise HeadingProblem("too_many_columns")
    found: dict[str, int] = {}
    for place, cell in enumerate(heading):
        field = _FIELD_OF.get(_plain(cell))
        if field is None:
            continue
        if field in found:
            raise HeadingProblem("column_twice")
        found[field] = place
    if not any(cell.strip() for cell in heading):
        raise HeadingProblem("no_heading")
    if "id_number" not in found:
        raise HeadingProblem("no_id_column")
    return found


def delimiter_of(line: str) -> str:
    """What separates the heading's names: the most frequent of comma, semicolon and tab."""
    return max(_DELIMITERS, key=line.count)


def _plain(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).strip().strip("*'\ufeff").strip().lower()
    return "".join(text.split()) if not text.isascii() else text.replace(" ", "_")
