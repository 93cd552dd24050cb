"""How much: what the person can carry, the matrix of segment and grade, layers, and the product's
caps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from products.domain.terms import LoanTerms
from products.money import CENT, ZERO
from risk.domain.conditions import Known, Test


@dataclass(frozen=True, slots=True)
class Layer:
    """A list or segment layer: while ``test`` holds the limit is multiplied by ``percent``."""

    code: str
    test: Test
    percent: int


@dataclass(frozen=True, slots=True)
class TableStep:
    """What a row of a limit table says: multiply by ``percent``, hold to ``cap`` yuan; ``None`` = nothing.

    ``name`` is the provenance step, such as "table land_and_herd L1".
    """

    name: str
    percent: int | None
    cap: Decimal | None


@dataclass(frozen=True, slots=True)
class LimitRules:
    """``months`` of free income by grade; ``caps`` in yuan by segment, then grade; debt share in
    percent.

    What is owed here already is taken to be repaid over ``carry_months``: that part of a month is
    not free, so that one customer has one total over all products.
    """

    months: Mapping[str, int]
    carry_months: int
    caps: Mapping[str, Mapping[str, Decimal]]
    layers: tuple[Layer, ...]
    debt_percent: int


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` is a multiple of the product's step or 0.00; ``steps`` tell how it came about."""

    amount: Decimal
    steps: tuple[Mapping[str, str], ...]


def free_monthly(known: Known, rules: LimitRules, terms: LoanTerms) -> Decimal | None:
    """Yuan a month left for a new instalment after the debt share (the strategy's or the product's,
    whichever is lower) and what is owed; ``None`` if unknown.
    """
    income, obligation = known.get("monthly_income"), known.get("bureau_obligation")
    owed_here = known.get("outstanding_principal")
    if income is None or obligation is None or owed_here is None:
        return None
    percent = min(rules.debt_percent, terms.debt_percent_max)
    free: Decimal = income * percent / 100 - obligation - owed_here / rules.carry_months
    return max(free.quantize(CENT, ROUND_FLOOR), ZERO)


def cannot_be_told(known: Known, rules: LimitRules) -> bool:
    """Whether a layer that lowers the limit may hold or not; one that lifts it is then left out."""
    return any(layer.percent < 100 and layer.test(known, {}) is None for layer in rules.layers)


def compute_limit(
    known: Known,
    *,
    grade: str,
    terms: LoanTerms,
    rules: LimitRules,
    regulatory_cap: Decimal | None,
    tier: str = "",
    tables: Sequence[TableStep] = (),
) -> Limit | None:
    """The limit for this person under these terms; ``None`` while income or segment are unknown.

    ``tier`` is the list's tier that the product knows, or empty; ``tables`` what limit tables say.
    """
    free = free_monthly(known, rules, terms)
    segment, thin = known.get("segment"), known.get("thin_file")
    if free is None or segment is None or thin is None or segment not in rules.caps:
        return None
    matrix = rules.caps[segment][grade]
    capacity = free * rules.months[grade]
    steps = [_step("capacity", capacity), _step(f"matrix {segment} {grade}", matrix)]
    amount = min(capacity, matrix)
    for layer in rules.layers:
        if layer.test(known, {}):
            amount = amount * layer.percent / 100
            steps.append({"step": f"layer {layer.code}", "percent": str(layer.percent)})
    for row in tables:
        if row.percent is not None:
            amount = amount * row.percent / 100
            steps.append({"step": row.name, "percent": str(row.percent)})
    if tier:
        percent = terms.tiers[tier]["limit_percent"]
        amount = amount * percent / 100
        steps.append({"step": f"tier {tier}", "percent": str(percent)})
    amount *= terms.limit_factor
    steps.append({"step": "product factor", "factor": str(terms.limit_factor)})
    table_caps = [(row.name, row.cap) for row in tables if row.cap is not None]
    for name, cap in (*_caps(capacity, terms, thin, regulatory_cap), *table_caps):
        if cap < amount:
            amount = cap
            steps.append(_step(name, cap))
    rounded = round_down(amount, terms.amount_step)
    steps.append(_step("rounded down", rounded))
    return Limit(rounded if rounded >= terms.amount_min else ZERO, tuple(steps))


def _caps(
    capacity: Decimal, terms: LoanTerms, thin: bool, regulatory_cap: Decimal | None
) -> Sequence[tuple[str, Decimal]]:
    caps = [
        ("cap capacity", capacity),  # a layer may lift the matrix, never what a person can carry
        ("cap product limit", terms.limit_cap),
        ("cap product amount", terms.amount_max),
        ("cap self service", terms.self_service_cap),
    ]
    if regulatory_cap is not None:
        caps.append(("cap regulation", regulatory_cap))
    if thin:
        caps.append(("cap starter", terms.starter_limit))
    return caps


def round_down(amount: Decimal, step: Decimal) -> Decimal:
    """To a whole multiple of ``step`` (half-way or not, always down), two decimals."""
    return ((amount / step).to_integral_value(ROUND_FLOOR) * step).quantize(CENT)


def _step(name: str, value: Any) -> dict[str, str]:
    return {"step": name, "value": str(Decimal(value).quantize(CENT))}
