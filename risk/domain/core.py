"""The core of a decision for one person: what stands before offers are built.

The counterpart of ``risk.domain.columns``: both give the same for everybody. An approval here has a
limit and a price; plans that cannot be repaid may still lower the limit or leave no offer at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from products.domain.pricing import price
from products.money import ZERO
from risk.contracts import APPROVE
from risk.domain.case import Case
from risk.domain.decide import weigh
from risk.domain.strategy import CompiledStrategy


@dataclass(frozen=True, slots=True)
class Core:
    """``limit`` before plans are fitted, 0.00 unless approved or suggested; ``rate`` before coupons,
    only when approved. ``reasons``: codes of what declined or referred; ``fired``: of all that spoke;
    ``unknown``: rules and admission tables that cannot be told. Each sorted, once.
    """

    outcome: str
    score: int | None
    grade: str | None
    segment: str | None
    limit: Decimal
    rate: Decimal | None
    reasons: tuple[str, ...]
    fired: tuple[str, ...]
    unknown: tuple[str, ...]


def core(strategy: CompiledStrategy, inputs: Mapping[str, Any]) -> Core:
    """Raises what ``decide.evaluate`` would raise."""
    case = Case(strategy, inputs)
    outcome, found = weigh(case)
    own = [code for code, _, then in found.fired if then == outcome]
    noted = [note["code"] for note in found.notes if note["kind"] != "info"]
    rate = None
    if outcome == APPROVE and found.grade is not None:
        lpr = Decimal(inputs["lpr"])
        cost = price(
            case.terms, found.grade, lpr, tier=case.tier, adjustments=found.adjustments
        )
        rate = cost.annual_rate
    return Core(
        outcome=outcome,
        score=found.scored[0] if found.scored else None,
        grade=found.grade,
        segment=case.known.get("segment"),
        limit=found.limit.amount if found.limit else ZERO,
        rate=rate,
        reasons=codes([*own, *noted]),
        fired=codes(code for code, _, _ in found.fired),
        unknown=codes(found.unknown),
    )


def codes(given: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(sorted(set(given)))
