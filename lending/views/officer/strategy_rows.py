"""Sheets ready to show: to be typed into, or read in words; differences and problems beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lending.forms.strategy_sheets import Shown, page_rows, shown
from lending.views.officer import strategy_words as words
from risk.selectors import strategy_editor as editor

PROBLEMS_SHOWN = 40
FIELDS_MAX = 7_500  # below DATA_UPLOAD_MAX_NUMBER_FIELDS, with room for the bench


@dataclass(frozen=True)
class Heading:
    name: str
    label: str
    kind: str


@dataclass
class SheetView:
    """One sheet on a page. ``wrong``: (row on the page, column) → sentences."""

    key: str
    title: str
    headings: list[Heading]
    shown: Shown
    wrong: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    q: str = ""
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_fixed(self) -> bool:
        return self.shown.sheet.is_fixed

    @property
    def is_paged(self) -> bool:
        return self.shown.total > page_rows(self.shown.sheet)

    @property
    def max_rows(self) -> int:
        """How many rows one form of this width may send."""
        return FIELDS_MAX // (len(self.headings) + 1)

    @property
    def place(self) -> tuple[int, int]:
        """First and last row of a run, counted from 1."""
        first, _, last = self.shown.window.partition("-")
        return int(first) + 1, int(last or 0)

    @property
    def before(self) -> int | None:
        first = int(self.shown.window.partition("-")[0]) if self.shown.is_run else 0
        return max(first - page_rows(self.shown.sheet), 0) if first else None

    @property
    def after(self) -> int | None:
        last = int(self.shown.window.partition("-")[2]) if self.shown.is_run else 0
        return last if 0 < last < self.shown.total else None


@dataclass(frozen=True)
class ProblemLine:
    """``place`` is the id of the cell on this page, or empty when it stands in another part."""

    part: str
    part_word: str
    place: str
    where: str
    sentence: str
    severity: str


def names(definition: Mapping[str, Any]) -> dict[str, str]:
    """Feature → its name in the reader's language."""
    which = int(words.is_english())
    return {name: pair[which] for name, pair in editor.names(definition).items()}


def sheet_view(one: Shown, named: Mapping[str, str], q: str = "") -> SheetView:
    sheet = one.sheet
    headings = [Heading(c.name, words.column(c, named), c.kind) for c in sheet.columns]
    return SheetView(sheet.key, str(words.SHEETS.get(sheet.key, sheet.key)), headings, one, q=q, named=named)


def views(definition: Mapping[str, Any], part: str, start: int = 0, q: str = "") -> list[SheetView]:
    """The sheets of a stored part, a page of each."""
    named = names(definition)
    return [
        sheet_view(shown(sheet, start, q), named, q) for sheet in editor.sheets_of(definition, part)
    ]


# ── problems ──
def place_problems(
    found: Sequence[editor.Problem], part: str, sheets: Sequence[SheetView], definition: Mapping[str, Any]
) -> list[ProblemLine]:
    """Marks the cells of this page and gives every problem as a line; ``definition`` is the one checked."""
    by_key = {one.key: one for one in sheets}
    checked: dict[tuple[str, str], editor.Sheet] = {}
    named = names(definition)
    lines = []
    for problem in found:
        name = (problem.part, problem.sheet)
        if problem.part and name not in checked:
            for sheet in editor.sheets_of(definition, problem.part):
                checked[problem.part, sheet.key] = sheet
        sentence = words.problem(problem)
        sheet = checked.get(name)
        place = ""
        if problem.part == part and problem.sheet in by_key:
            place = _mark(by_key[problem.sheet], problem, sheet, sentence)
        lines.append(
            ProblemLine(problem.part, words.part(problem.part, definition) if problem.part else "",
                        place, _where(problem, sheet, named), sentence, problem.severity)
        )
    return lines


def _mark(
    view: SheetView, problem: editor.Problem, sheet: editor.Sheet | None, sentence: str
) -> str:
    if problem.row < 0:
        if problem.severity != "note":
            view.notes.append(sentence)
        return f"sheet-{view.key}"
    at = _row_on_page(view.shown, problem.row, sheet)
    if at is None:
        return ""
    if problem.severity == editor.ERROR:
        view.wrong.setdefault((at, problem.column), []).append(sentence)
    return f"{view.key}-{at}-{problem.column}"


def _row_on_page(one: Shown, row: int, sheet: editor.Sheet | None) -> int | None:
    """Where a row of the checked sheet stands on the page: by its place, else by its name."""
    name = sheet.rows[row][0] if sheet and row < len(sheet.rows) and sheet.columns else ""
    places = one.places or [int(mark) if mark else -1 for mark in one.marks]
    for at, place in enumerate(places):
        if place == row and (one.sheet.is_fixed or not name or one.rows[at][0] in {name, ""}):
            return at
    return next((at for at, cells in enumerate(one.rows) if name and cells[0] == name), None)


def _where(problem: editor.Problem, sheet: editor.Sheet | None, named: Mapping[str, str]) -> str:
    if sheet is None:
        return ""
    parts = [str(words.SHEETS.get(sheet.key, sheet.key))]
    if 0 <= problem.row < len(sheet.rows):
        parts.append(row_name(sheet.rows[problem.row][0], sheet, named) or str(problem.row + 1))
    for column in sheet.columns:
        if column.name == problem.column:
            parts.append(words.column(column, named))
    return " · ".join(parts)


def row_name(name: str, sheet: editor.Sheet, named: Mapping[str, str]) -> str:
    """What the first cell of a row says to a reader."""
    if not sheet.columns:
        return name
    return cell_words(name, sheet.columns[0].kind, {}, named)


# ── cells in words ──
def cell_words(
    text: str, kind: str, definition: Mapping[str, Any], named: Mapping[str, str]
) -> str:
    """A cell for somebody who reads."""
    if kind == "condition":
        return editor.condition_sentence(
            text, definition, english=words.is_english(), say=words.value
        )
    if kind.startswith("choice_"):
        return str(words.choices(kind).get(text, text))
    if kind in {"fixed", "feature", "input"}:
        if text in words.NUMBERS:
            return str(words.NUMBERS[text])
        return named.get(text) or str(words.choices("method").get(text, text))
    return text


def difference_views(
    found: Sequence[editor.SheetDiff], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Parts that differ, each with its sheets and rows in words."""
    named = {**names(before), **names(after)}
    parts: dict[str, dict[str, Any]] = {}
    for one in found:
        group = parts.setdefault(one.part, {
            "part": one.part, "title": words.part(one.part, after), "sheets": [], "count": 0,
        })
        group["count"] += one.count
        group["sheets"].append({
            "title": words.SHEETS.get(one.sheet, one.sheet),
            "rows": [_change(change, one.sheet, before, after, named) for change in one.changes],
            "more": one.count - len(one.changes),
        })
    return list(parts.values())


def _change(
    change: editor.RowChange, sheet: str, before: Mapping[str, Any], after: Mapping[str, Any],
    named: Mapping[str, str],
) -> dict[str, Any]:
    word, colour = words.KINDS[change.kind]
    cells = [
        {
            "label": words.column(cell.column, named),
            "before": cell_words(cell.before, cell.column.kind, before, named),
            "after": cell_words(cell.after, cell.column.kind, after, named),
            "typed_before": cell.before if cell.column.kind == "condition" else "",
            "typed_after": cell.after if cell.column.kind == "condition" else "",
        }
        for cell in change.cells if cell.column.kind not in {"fixed", "hidden"}
    ]
    name = words.NUMBERS.get(change.row) or named.get(change.row) or change.row
    return {"name": name, "word": word, "colour": colour, "cells": cells, "kind": change.kind,
            "place_before": change.place_before, "place_after": change.place_after}
