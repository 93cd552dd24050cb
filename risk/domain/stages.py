"""What a strategy's tables say at each stage of a decision, and what an unknown row means there.

Stages run over a ``Case``: admission with the rules, limit and price while these are made, review once
the limit is known, authority at the end. Every look-up that could matter is put into the trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from products.domain.pricing import Adjustment
from risk.contracts import REFER
from risk.domain.limits import TableStep
from risk.domain.table_outputs import ROLES
from risk.domain.tables import Hit, Table
from risk.domain.values import NotOfType, read_money

#: Rule code, group, outcome: what fired.
Fired = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The tables of one evaluation with all that is known to them; ``trace`` grows as they are used."""

    tables: Mapping[str, Sequence[Table]]
    known: Mapping[str, Any]
    trace: list[dict[str, Any]]

    def admission(self) -> tuple[list[Fired], list[str]]:
        """Reasons that refer or decline, and codes of tables that cannot be told."""
        fired, unknown = [], []
        for table, hit in self._hits("admission"):
            for row in hit.rows:
                outcome = table.output(row, "outcome")
                if outcome != "pass":
                    fired.append((table.output(row, "reason"), table.group, outcome))
            unknown += [table.code] if hit.unknown else []
        return list(dict.fromkeys(fired)), unknown

    def limit(self) -> tuple[TableStep, ...] | None:
        """Percentages and caps of the rows that hold; ``None`` when a table cannot be told."""
        steps: list[TableStep] = []
        is_unknown = False
        for table, hit in self._hits("limit"):
            is_unknown |= bool(hit.unknown)
            for row in hit.rows:
                percent, cap = table.output(row, "limit_percent"), table.output(row, "limit_cap")
                steps.append(TableStep(f"table {table.code} {table.row_id(row)}", percent, cap))
        return None if is_unknown else tuple(steps)

    def review(self) -> tuple[list[Fired], list[str]]:
        """Reasons to have a person look, and codes of tables that cannot be told."""
        fired, unknown = [], []
        for table, hit in self._hits("review"):
            fired += [(table.output(row, "reason"), table.group, REFER) for row in hit.rows]
            unknown += [table.code] if hit.unknown else []
        return list(dict.fromkeys(fired)), unknown

    def price(self, *, for_person: bool = False) -> tuple[Adjustment, ...] | None:
        """What is added to or taken off the spread; ``None`` when a table cannot be told.

        ``for_person``: a person answers for the loan and what is unknown stays so; the table gives the
        dearest it may come to, and takes nothing off.
        """
        adjustments: list[Adjustment] = []
        is_unknown = False
        for table, hit in self._hits("price"):
            is_unknown |= bool(hit.unknown)
            for row, bp in _dearest(table, hit) if hit.unknown else _moves(table, hit.rows):
                name = f"table {table.code} {table.row_id(row)}"
                adjustments.append(Adjustment(name, bp, table.zh, table.en))
        return None if is_unknown and not for_person else tuple(adjustments)

    def authority(self) -> tuple[str | None, bool]:
        """The highest role the rows ask for (``None`` = no row asks), and whether it is certain.

        While a table cannot be told, the highest that may be asked for.
        """
        roles: list[str] = []
        is_certain = True
        for table, hit in self._hits("authority"):
            is_certain &= not hit.unknown
            roles += [table.output(row, "role") for row in hit.thinkable]
        return (max(roles, key=ROLES.index) if roles else None), is_certain

    def _hits(self, stage: str) -> list[tuple[Table, Hit]]:
        hits = [(table, table.look_up(self.known)) for table in self.tables.get(stage, ())]
        self.trace.extend(table.trace(hit, self.known) for table, hit in hits)
        return hits


def _moves(table: Table, rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rows that move the price, with their basis points."""
    return [(row, bp) for row in rows if (bp := table.output(row, "spread_bp"))]


def _dearest(table: Table, hit: Hit) -> list[tuple[int, int]]:
    """One row of a "first" table, or all that add up in a collecting one."""
    dear = [move for move in _moves(table, hit.thinkable) if move[1] > 0]
    return sorted(dear, key=lambda move: -move[1])[:1] if table.is_first else dear


def wished(amount: Any) -> Decimal | None:
    """The amount asked for: 0.00 when nobody named one, ``None`` (unknown) when it cannot be read."""
    if amount is None:
        return Decimal("0.00")
    try:
        return read_money(amount)
    except NotOfType:
        return None
