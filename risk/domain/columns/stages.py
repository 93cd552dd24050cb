"""What a strategy's tables say at each stage, for everybody: the counterpart of ``risk.domain.stages``."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from risk.domain.columns.conditions import Known
from risk.domain.columns.features import encode
from risk.domain.columns.limit import LimitTables
from risk.domain.columns.tables import ColumnTable
from risk.domain.columns.truth import Mask
from risk.domain.columns.whole import UNKNOWN, Column
from risk.domain.table_outputs import DECIDED
from risk.domain.tables import Table

#: What a table may say against a person: code, outcome. Equal ones are one saying.
Saying = tuple[str, str]
Stages = Mapping[str, Sequence[ColumnTable]]


def column_stages(
    tables: Mapping[str, Sequence[Table]], types: Mapping[str, str]
) -> dict[str, tuple[ColumnTable, ...]]:
    """Every stage's tables; raises ``NotInColumns``. Authority comes after the core and is left out."""
    return {
        stage: tuple(ColumnTable(table, {**types, **DECIDED[stage]}) for table in rows)
        for stage, rows in tables.items()
        if stage != "authority"
    }


def sayings(table: Table) -> list[Saying]:
    """All that an admission or review table may say."""
    found = []
    for row in [*range(len(table.ids)), *([] if table.otherwise is None else [-1])]:
        outcome = table.output(row, "outcome") if table.stage == "admission" else "refer"
        code = table.output(row, "reason")
        if outcome != "pass" and code is not None:
            found.append((code, outcome))
    return list(dict.fromkeys(found))


def said(
    tables: Sequence[ColumnTable], known: Known, size: int
) -> tuple[list[tuple[Saying, Mask]], list[tuple[str, Mask]]]:
    """Who is told what, and whom a table (by code) cannot be told for."""
    found, untold = [], []
    for one in tables:
        hits = one.look_up(known, size)
        for row, who in hits.rows():
            is_admission = one.table.stage == "admission"
            outcome = one.table.output(row, "outcome") if is_admission else "refer"
            if outcome != "pass":
                found.append(((one.table.output(row, "reason"), outcome), who))
        untold.append((one.table.code, hits.unknown))
    return found, untold


def limit_tables(
    tables: Sequence[ColumnTable], known: Known, size: int, *, asked: Mask
) -> LimitTables:
    cap = np.full(size, UNKNOWN, dtype=np.int64)
    unknown = np.zeros(size, dtype=np.bool_)
    percents: list[Column] = []
    for one in tables:
        hits = one.look_up(known, size)
        unknown |= hits.unknown
        shared = np.full(size, 100, dtype=np.int64)  # one row a person at most: one column does
        for row, who in hits.rows():
            who = who & asked
            percent: Any = one.table.output(row, "limit_percent")
            if percent is not None and one.table.is_first:
                shared[who] = percent
            elif percent is not None:
                percents.append(np.where(who, percent, 100).astype(np.int64))
            held: Any = one.table.output(row, "limit_cap")
            if held is not None:
                cents = encode(held, "money")
                lower = who & ((cap == UNKNOWN) | (cents < cap))
                cap = np.where(lower, cents, cap)
        if one.table.is_first and (shared != 100).any():
            percents.append(shared)
    return LimitTables(percents, cap, unknown)


def price_moves(tables: Sequence[ColumnTable], known: Known, size: int) -> tuple[Column, Mask]:
    """Basis points added to the spread, and whom a table cannot be told for."""
    moves, unknown = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    for one in tables:
        hits = one.look_up(known, size)
        unknown |= hits.unknown
        for row, who in hits.rows():
            bp: Any = one.table.output(row, "spread_bp")
            if bp:
                moves[who] += bp
    return moves, unknown
