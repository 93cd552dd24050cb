"""Numbers as people write them: 1,234.5 · １２３ · 12% · ¥5000 · 1.234,5 — and days, told apart."""

import math
import re
import unicodedata
from collections.abc import Iterable

#: Words that say "nothing here", compared in lower case.
GAPS = frozenset(
    {
        "", "na", "n/a", "nan", "null", "none", "nil", "?", "-", "--", "—", ".", "\\n", "#n/a",
        "#value!", "#div/0!", "#ref!", "missing", "无数据", "缺失", "空",
    }
)  # fmt: skip
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([, ]\d{3})+(\.\d*)?", re.ASCII)
_POINT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?", re.ASCII)
_COMMA_DECIMAL = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_SURELY_COMMA_DECIMAL = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+,\d*|\d{4,},\d+|\d*,(\d\d?|\d{4,}))")
_DAY = re.compile(
    r"(1[89]|20|99)\d\d([-/.年])\d{1,2}([-/.月])\d{1,2}日?([ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?)?",
    re.ASCII,
)
_AROUND = "%¥￥$€元 \u00a0"
_LONGEST = 60


def is_gap(cell: str) -> bool:
    return cell.lower() in GAPS


def is_day(cell: str) -> bool:
    """A calendar day as 2024-01-31, 2024/1/31 or 2024年1月31日, with or without a time."""
    return len(cell) <= _LONGEST and _DAY.fullmatch(unicodedata.normalize("NFKC", cell)) is not None


def read_numbers(cells: Iterable[str]) -> dict[str, float | None]:
    """Each different cell's number, ``None`` for what is none. A percent sign is left away:
    ``12%`` is 12. Whether a comma cuts thousands or decimals is told from all cells together.
    """
    different = dict.fromkeys(cells)
    decimal_comma = any(
        "," in cell and _SURELY_COMMA_DECIMAL.fullmatch(_bare(cell)) for cell in different
    ) and not any(
        "," in cell and "." in cell and _THOUSANDS.fullmatch(_bare(cell)) for cell in different
    )
    return {cell: read_number(cell, decimal_comma=decimal_comma) for cell in different}


def read_number(cell: str, *, decimal_comma: bool = False) -> float | None:
    """A finite number, or ``None``."""
    if len(cell) > _LONGEST:
        return None
    if _PLAIN.fullmatch(cell):
        text = cell
    else:
        text = _bare(cell)
        if decimal_comma and _POINT_THOUSANDS.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        elif decimal_comma and _COMMA_DECIMAL.fullmatch(text):
            text = text.replace(",", ".")
        elif _THOUSANDS.fullmatch(text):
            text = text.replace(",", "").replace(" ", "")
        if not _PLAIN.fullmatch(text):
            return None
    number = float(text)
    return number if math.isfinite(number) else None


def _bare(cell: str) -> str:
    """Half-width, without currency and percent signs."""
    return unicodedata.normalize("NFKC", cell).replace("−", "-").strip(_AROUND)
