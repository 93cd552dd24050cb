"""Every rule of a strategy with its truth for one person, and the values it compared.

Reads the same JSON the engine compiles; each comparison is compiled by itself, so that what is shown
is what the engine does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from products.domain.calendar import add_months
from risk.contracts import DECLINE
from risk.domain.case import Case
from risk.domain.changeable import WAITING
from risk.domain.conditions import compile_condition
from risk.domain.features import types
from risk.domain.values import written


@dataclass(frozen=True, slots=True)
class Comparison:
    """``wanted``: the value of the rule, or of the product's term ``term``. ``truth``: yes, no, unknown
    (``None``).
    """

    feature: str
    op: str
    wanted: Any
    term: str
    value: Any
    truth: bool | None


@dataclass(frozen=True, slots=True)
class RuleTruth:
    code: str
    group: str
    then: str
    truth: bool | None
    comparisons: tuple[Comparison, ...]


def rule_truths(definition: Mapping[str, Any], case: Case) -> tuple[RuleTruth, ...]:
    """All rules in the strategy's order."""
    kinds = types()
    return tuple(
        RuleTruth(
            code=row["code"],
            group=row["group"],
            then=row["then"],
            truth=compile_condition(row["when"], kinds)(case.known, case.term_values),
            comparisons=tuple(_compared(leaf, case, kinds) for leaf in leaves(row["when"])),
        )
        for row in definition["rules"]
    )


def leaves(condition: Any) -> Iterator[Mapping[str, Any]]:
    """The comparisons inside a condition, in order."""
    if isinstance(condition, Mapping):
        if "feature" in condition:
            yield condition
        else:
            for inner in condition.values():
                yield from leaves(inner)
    elif isinstance(condition, list):
        for inner in condition:
            yield from leaves(inner)


def _compared(leaf: Mapping[str, Any], case: Case, kinds: Mapping[str, str]) -> Comparison:
    term = str(leaf.get("terms", ""))
    wanted = case.term_values.get(term) if term else leaf.get("value")
    return Comparison(
        feature=leaf["feature"],
        op=leaf["op"],
        wanted=sorted(wanted) if isinstance(wanted, frozenset | set) else written(wanted),
        term=term,
        value=written(case.known.get(leaf["feature"])),
        truth=compile_condition(leaf, kinds)(case.known, case.term_values),
    )


def try_again_on(rows: tuple[RuleTruth, ...], case: Case) -> date | None:
    """The first day on which everything that refused the person has passed by waiting alone.

    ``None`` where nothing refused them, or where waiting alone changes nothing.
    """
    days = []
    for row in rows:
        if not row.truth or row.then != DECLINE:
            continue
        day = _passes_on(row, case)
        if day is None:
            return None
        days.append(day)
    return max(days, default=None)


def _passes_on(row: RuleTruth, case: Case) -> date | None:
    """A minor comes of age; what a rule reads of the last months grows old."""
    ages = [c.wanted for c in row.comparisons if c.feature == "age" and c.op == "lt" and c.wanted]
    if ages and "birth_date" in case.known:
        return add_months(case.known["birth_date"], 12 * max(int(age) for age in ages))
    months = [WAITING.get(comparison.feature) for comparison in row.comparisons]
    if not months or None in months:
        return None
    return add_months(case.start, max(month for month in months if month is not None))
