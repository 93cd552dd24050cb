"""A strategy's tables, read from JSON: every unreadable cell is named by row and column."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeGuard

from risk.domain.cells import CELL_TYPES, Cell, InvalidCell, read_cell
from risk.domain.factors import PRICE_FACTORS
from risk.domain.features import FEATURES
from risk.domain.strategy_parts import GROUPS
from risk.domain.table_outputs import DECIDED, STAGES, read_output
from risk.domain.tables import OTHERWISE_ID, Table, columns_of

ROWS_MAX, COLUMNS_MAX, TABLES_MAX = 10_000, 30, 50
PROBLEMS_MAX = 100
_ID_MAX = 20
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """Where and why a table cannot be used. ``row`` is a row's id or "otherwise", ``column`` an input's
    or output's name; both are empty for the table as a whole."""

    table: str
    row: str
    column: str
    code: str
    text: str

    def __str__(self) -> str:
        places = (self.row and f"row {self.row}", self.column)
        place = ", ".join(part for part in places if part)
        return f"table {self.table}{f' ({place})' if place else ''}: {self.text}"


class InvalidTable(ValueError):
    """``problems``: what was found, at most 100."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:3]))
        self.problems = tuple(problems[:PROBLEMS_MAX])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What tables may name: ``types`` of features and formulas, closed ``words`` of text inputs,
    ``reasons`` that have a sentence, and the features each formula rests on."""

    types: Mapping[str, str]
    words: Mapping[str, Collection[str]]
    reasons: Collection[str]
    factors: Mapping[str, frozenset[str]]


def read_tables(rows: Any, about: Vocabulary) -> tuple[Table, ...]:
    """In the order written; raises ``InvalidTable`` with every problem found."""
    if not isinstance(rows, list) or len(rows) > TABLES_MAX:
        raise InvalidTable([Problem("", "", "", "tables", f"a list of at most {TABLES_MAX} tables")])
    tables: list[Table] = []
    problems: list[Problem] = []
    codes: set[str] = set()
    for row in rows:
        reader = _Reader(row if isinstance(row, Mapping) else {}, about)
        reader.check(reader.code not in codes, "code_taken", "the code is taken")
        codes.add(reader.code)
        table = reader.table()
        problems += reader.problems
        if table is not None:
            tables.append(table)
    if problems:
        raise InvalidTable(problems)
    return tuple(tables)


@dataclass
class _Reader:
    """Reads one table and collects what is wrong with it."""

    row: Mapping[str, Any]
    about: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)  # the same stand in many rows

    @property
    def code(self) -> str:
        return str(self.row.get("code"))[:40]

    def check(self, holds: bool, code: str, text: str, row: str = "", column: str = "") -> bool:
        if not holds and len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(self.code, row, column, code, text))
        return holds

    def table(self) -> Table | None:
        row = self.row
        written, otherwise = row.get("rows"), row.get("otherwise")
        if not self.head_is_sound() or not self.columns_are_sound():
            return None
        if not isinstance(written, list) or len(written) > ROWS_MAX:
            self.check(False, "rows", f"rows are a list of at most {ROWS_MAX}")
            return None
        sound = [one for number, one in enumerate(written, 1) if self.row_is_sound(number, one)]
        whens = [self.when(one["id"], one["when"]) for one in sound]
        thens = [self.then(one["id"], one["then"]) for one in sound]
        last: tuple[Any, ...] | None = None
        if otherwise is not None and self.has_cells(otherwise, "outputs", OTHERWISE_ID):
            last = self.then(OTHERWISE_ID, otherwise)
        if self.problems:
            return None
        return Table(
            code=row["code"], zh=row["zh"], en=row["en"], group=row.get("group", "ability"),
            stage=row["stage"], is_first=row["hit"] == "first",
            columns=columns_of(row["inputs"], whens), outputs=tuple(row["outputs"]),
            ids=tuple(one["id"] for one in sound), then=tuple(thens), otherwise=last,
        )  # fmt: skip

    def head_is_sound(self) -> bool:
        row = self.row
        named = all(isinstance(row.get(word), str) and row[word] for word in ("zh", "en"))
        stages, groups = ", ".join(STAGES), ", ".join(GROUPS)
        self.check(bool(_CODE.fullmatch(self.code)), "code", "a code is small letters, digits and _")
        self.check(named, "words", "a table needs a name in both languages")
        self.check(row.get("stage") in STAGES, "stage", f"the stage is one of {stages}")
        self.check(row.get("hit") in ("first", "collect"), "hit", "hit is first or collect")
        self.check(row.get("group", "ability") in GROUPS, "group", f"the group is one of {groups}")
        return not self.problems

    def columns_are_sound(self) -> bool:
        inputs, outputs = self.row.get("inputs"), self.row.get("outputs")
        if not _are_names(inputs) or not _are_names(outputs):
            return self.check(False, "columns", "inputs and outputs are lists of different names")
        stage, kinds = self.row["stage"], self.kinds
        self.check(len(inputs) + len(outputs) <= COLUMNS_MAX, "columns", f"at most {COLUMNS_MAX} columns")
        for name in inputs:
            kind = kinds.get(name, "")
            self.check(bool(kind), "unknown_input", "nothing has this name here", "", name)
            self.check(not kind or kind in CELL_TYPES, "type", f"a {kind} cannot be a column", "", name)
            if stage == "price" and kind:
                strangers = sorted(self.about.factors.get(name, frozenset({name})) - PRICE_FACTORS)
                text = f"a price may not follow {', '.join(strangers)}"
                self.check(not strangers, "price_factor", text, "", name)
        gives = f"a {stage} table gives {', '.join(STAGES[stage])}"
        for name in outputs:
            self.check(name in STAGES[stage], "unknown_output", gives, "", name)
        self.check(stage != "admission" or "outcome" in outputs, "no_outcome", gives)
        return not self.problems

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        return {**self.about.types, **DECIDED[self.row["stage"]]}

    def row_is_sound(self, number: int, row: Any) -> bool:
        identity = row.get("id") if isinstance(row, Mapping) else None
        if not isinstance(identity, str) or not 0 < len(identity) <= _ID_MAX or not identity.isprintable():
            return self.check(False, "row_id", f"row {number} needs an id of 1 to {_ID_MAX} characters")
        is_free = identity not in self.taken and identity != OTHERWISE_ID
        self.taken.add(identity)
        return all((
            self.check(is_free, "row_id_taken", "the row's id is taken", identity),
            self.has_cells(row.get("when"), "inputs", identity),
            self.has_cells(row.get("then"), "outputs", identity),
        ))  # fmt: skip

    def has_cells(self, cells: Any, part: str, row: str) -> bool:
        count = len(self.row[part])
        is_right = isinstance(cells, list) and len(cells) == count
        return self.check(is_right, "row_length", f"{count} cells of {part} are needed", row)

    def when(self, row: str, texts: Sequence[Any]) -> tuple[Cell, ...]:
        return tuple(self.cell(row, *pair) for pair in zip(self.row["inputs"], texts, strict=True))

    def cell(self, row: str, name: str, text: Any) -> Cell:
        if isinstance(text, str) and (name, text) in self.cells:
            return self.cells[name, text]
        try:
            cell = read_cell(text, self.kinds[name], words_of(self.about, name))
        except InvalidCell as error:
            self.check(False, error.code, error.text, row, name)
            return None
        self.cells[name, text] = cell
        return cell

    def then(self, row: str, texts: Sequence[Any]) -> tuple[Any, ...]:
        values = {}
        for name, text in zip(self.row["outputs"], texts, strict=True):
            try:
                values[name] = read_output(name, text, self.about.reasons)
            except InvalidCell as error:
                values[name] = None
                self.check(False, error.code, error.text, row, name)
        refers = values.get("outcome") in {"refer", "decline"} or self.row["stage"] == "review"
        if refers and values.get("reason") is None:
            text = "who is referred or declined is told a reason"
            self.check(False, "no_reason", text, row, "reason")
        return tuple(values.values())


def words_of(about: Vocabulary, name: str) -> Collection[str]:
    """The closed vocabulary of a text input; empty = any word."""
    if name in about.words:
        return about.words[name]
    return FEATURES[name].allowed if name in FEATURES else ()


def _are_names(names: Any) -> TypeGuard[list[str]]:
    return (
        isinstance(names, list)
        and bool(names)
        and all(isinstance(name, str) for name in names)
        and len(set(names)) == len(names)
    )
