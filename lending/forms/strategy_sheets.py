"""Sheets as a browser sends them: equally long lists a column, a mark a row, and which rows were shown.

A page shows at most ``PAGE_ROWS`` rows of a sheet; ``merge`` puts what came back into the whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from risk.selectors.strategy_editor import Row, Sheet, SheetRefused

PAGE_ROWS = 200
CELLS_MAX = 6_000
#: Kept as a mapping: two rows of one name cannot both stand.
_MAPPINGS = frozenset({"reasons", "crops", "seasons"})
_WIDE = {"hidden", "fixed"}


@dataclass
class Shown:
    """Rows on a page. ``marks`` say which stored row each was ("" = new); ``window`` which rows the
    page shows, as "first-last" (without the last) or a list; ``total`` rows are stored.
    """

    sheet: Sheet
    rows: list[Row]
    marks: list[str]
    window: str
    total: int
    places: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.window == f"0-{self.total}"

    @property
    def is_run(self) -> bool:
        """A run of neighbouring rows, where rows may be added and moved."""
        return "-" in self.window


def page_rows(sheet: Sheet) -> int:
    return max(min(PAGE_ROWS, CELLS_MAX // max(len(sheet.columns), 1)), 20)


def shown(sheet: Sheet, start: int = 0, wanted: str = "") -> Shown:
    """A page of a stored sheet from row ``start`` on, or the rows that hold a word."""
    size, total = page_rows(sheet), len(sheet.rows)
    if wanted and total > size:
        word = wanted.casefold()
        found = [i for i, row in enumerate(sheet.rows) if any(word in cell.casefold() for cell in row)]
        places = found[:size]
        window = ",".join(map(str, places)) or ","
    else:
        first = start if 0 <= start < total else 0
        places = list(range(first, min(first + size, total)))
        window = f"{first}-{first + len(places)}"
    rows = [list(sheet.rows[i]) for i in places]
    return Shown(sheet, rows, [str(i) for i in places], window, total)


def posted(data: QueryDict, sheets: Sequence[Sheet]) -> dict[str, Shown]:
    """What was sent of these sheets; raises ``SheetRefused`` for a page that is not whole."""
    found = {}
    for sheet in sheets:
        window = data.get(f"{sheet.key}.window")
        if window is None:
            continue
        marks = data.getlist(f"{sheet.key}.mark")
        columns = [_column(data, sheet, index, len(marks)) for index in range(len(sheet.columns))]
        rows = [list(cells) for cells in zip(*columns, strict=True)] if columns else []
        found[sheet.key] = Shown(sheet, rows, marks, _window(window, len(sheet.rows)), len(sheet.rows))
    return found


def _column(data: QueryDict, sheet: Sheet, index: int, count: int) -> list[str]:
    column = sheet.columns[index]
    sent = data.getlist(f"{sheet.key}.{column.name}")
    if not sent and column.kind in _WIDE:
        return [""] * count
    if len(sent) != count:
        raise SheetRefused("uneven")
    return [" ".join(text.split()) for text in sent]


def _window(text: str, total: int) -> str:
    """The window if it lies within the stored rows; raises ``SheetRefused``."""
    first, dash, last = text.partition("-")
    numbers = [first, last] if dash else [part for part in text.split(",") if part]
    if len(text) > 2_000 or not all(part.isascii() and part.isdecimal() for part in numbers):
        raise SheetRefused("uneven")
    values = [int(part) for part in numbers]
    if any(value > total for value in values) or values != sorted(values):
        raise SheetRefused("uneven")
    return text


def merge(one: Shown) -> list[Row]:
    """The whole sheet with the page put back; sets ``places``, the row each sent row has become (-1 =
    an empty row, left out). Raises ``SheetRefused`` for two rows of one name where one would be lost.
    """
    stored = [list(row) for row in one.sheet.rows]
    if one.sheet.is_fixed:
        one.places = list(range(len(one.rows)))
        first = int(one.window.partition("-")[0] or 0)
        return [*stored[:first], *one.rows, *stored[first + len(one.rows):]][: len(stored)]
    whole = _run(one, stored) if one.is_run else _found(one, stored)
    if one.sheet.key in _MAPPINGS:
        names = [row[0] for row in whole if row[0]]
        if len(names) != len(set(names)):
            raise SheetRefused("duplicate")
    return whole


def _run(one: Shown, stored: list[Row]) -> list[Row]:
    first, _, last = one.window.partition("-")
    filled = [row for row in one.rows if _says(one.sheet, row)]
    places = iter(range(int(first), int(first) + len(filled)))
    one.places = [next(places) if _says(one.sheet, row) else -1 for row in one.rows]
    return [*stored[: int(first)], *filled, *stored[int(last):]]


def _found(one: Shown, stored: list[Row]) -> list[Row]:
    """Rows that a search had found go back to their places; those not sent back are gone."""
    sent: dict[int, list[int]] = {}
    at = -1
    for index, mark in enumerate(one.marks):
        at = int(mark) if mark.isascii() and mark.isdecimal() and len(mark) < 6 else at
        sent.setdefault(at, []).append(index)
    looked_at = {int(part) for part in one.window.split(",") if part}
    whole: list[Row] = []
    one.places = [-1] * len(one.rows)
    for number in range(-1, len(stored)):
        if number >= 0 and number not in looked_at:
            whole.append(stored[number])
            continue
        for index in sent.get(number, []):
            if _says(one.sheet, one.rows[index]):
                one.places[index] = len(whole)
                whole.append(one.rows[index])
    return whole


def _says(sheet: Sheet, row: Row) -> bool:
    pairs = zip(sheet.columns, row, strict=True)
    return any(cell for column, cell in pairs if column.kind not in _WIDE)


# ── the toolbar without a script ──
def change(one: Shown, action: str, at: int | None) -> bool:
    """Insert, copy, delete or move a row of the page; False without a row to do it to."""
    blank = [""] * len(one.sheet.columns)
    last = len(one.rows) - 1
    if action == "insert":
        place = last + 1 if at is None else min(at + 1, last + 1)
        one.rows.insert(place, blank)
        one.marks.insert(place, "")
        return True
    if at is None or not 0 <= at <= last:
        return False
    if action == "copy":
        one.rows.insert(at + 1, [*_copied(one.sheet, one.rows[at])])
        one.marks.insert(at + 1, "")
    elif action == "delete":
        del one.rows[at], one.marks[at]
    elif action in {"up", "down"}:
        other = at - 1 if action == "up" else at + 1
        if 0 <= other <= last:
            for part in (one.rows, one.marks):
                part[at], part[other] = part[other], part[at]
    else:
        return False
    return True


def _copied(sheet: Sheet, row: Row) -> Row:
    """A copy has no name of its own yet where names must differ."""
    is_named = sheet.columns[0].kind == "code"
    return [f"{row[0]}_2" if is_named and row[0] else row[0], *row[1:]]


def selected(data: Mapping[str, Any], key: str) -> int | None:
    """The row of this sheet that is picked on the page."""
    name, _, number = str(data.get("at", "")).rpartition(".")
    if name == key and number.isascii() and number.isdecimal() and len(number) < 6:
        return int(number)
    return None
