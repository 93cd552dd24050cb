"""What a product offers, layer upon layer: base → sub-product → campaign (1 + N + N). Pure.

A layer states only what differs. ``resolve`` stacks layers into frozen ``LoanTerms`` and tells for
every value which layer it comes from. A layer may tighten what stands above it and never loosen
it; the order of every field stands in ``term_fields``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from products.domain.term_fields import (
    VALUE_FIELDS,
    InvalidTerms,
    check_consistent,
    is_not_looser,
    plain,
    read_value,
)

__all__ = [
    "BASE",
    "CAMPAIGN",
    "SUB_PRODUCT",
    "InvalidTerms",
    "Layer",
    "LoanTerms",
    "LooserThanParent",
    "Provenance",
    "ResolvedTerms",
    "resolve",
]

BASE, SUB_PRODUCT, CAMPAIGN = "base", "sub_product", "campaign"


class LooserThanParent(ValueError):
    """A layer loosens what a layer above it fixed; ``parent`` is the product that forbids it."""

    def __init__(self, field: str, value: Any, inherited: Any, parent: str) -> None:
        super().__init__(
            f"{field}: {plain(value)} is looser than {plain(inherited)} of {parent}"
        )
        self.field, self.value, self.inherited, self.parent = field, value, inherited, parent


@dataclass(frozen=True)
class LoanTerms:
    """Everything a loan of this product is bound by. Amounts in yuan, rates as yearly fractions."""

    product_code: str
    product_version_id: int | None
    name_zh: str
    name_en: str
    purpose_class: str
    purposes: tuple[str, ...]
    forbidden_purposes: tuple[str, ...]
    amount_min: Decimal
    amount_max: Decimal
    amount_step: Decimal
    term_months: tuple[int, ...]
    methods: tuple[str, ...]
    day_count: str
    rounding: str
    month_end: str
    lpr_tenor: str
    spread_bp_by_grade: Mapping[str, int]
    rate_floor: Decimal
    rate_cap: Decimal
    penalty_uplift: Decimal
    grace_days: int
    early_repayment_fee_rate: Decimal
    is_revolving: bool
    age_min: int
    age_max: int
    counties: tuple[str, ...]
    limit_factor: Decimal
    limit_cap: Decimal
    starter_limit: Decimal
    strategy_code: str
    contract_template: str
    consent_kinds: tuple[str, ...]
    questions: tuple[str, ...]
    segments: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe copy for freezing in a contract: decimals as strings, tuples as lists."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "LoanTerms":
        """The inverse of ``as_dict``; raises ``InvalidTerms`` for a missing or misshapen value."""
        if not {"product_code", "product_version_id"} <= set(written):
            raise InvalidTerms("the copy names no product")
        return cls(
            product_code=written["product_code"],
            product_version_id=written["product_version_id"],
            **{name: read_value(name, written.get(name)) for name in VALUE_FIELDS},
        )


@dataclass(frozen=True)
class Layer:
    """One product version's own words: only what differs, as JSON-safe ``values``."""

    layer: str
    product_code: str
    version: int
    version_id: int | None
    author: str
    effective_from: date
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Provenance:
    """Where one value comes from."""

    field: str
    value: Any
    layer: str
    product_code: str
    version: int
    author: str
    effective_from: date

    def as_dict(self) -> dict[str, Any]:
        return {
            "field": self.field, "value": plain(self.value), "layer": self.layer,
            "product_code": self.product_code, "version": self.version, "author": self.author,
            "effective_from": self.effective_from.isoformat(),
        }


@dataclass(frozen=True)
class ResolvedTerms:
    terms: LoanTerms
    provenance: tuple[Provenance, ...]


def resolve(layers: Sequence[Layer]) -> ResolvedTerms:
    """Stack ``layers`` (base first) into terms with provenance.

    Raises ``LooserThanParent`` with the field, both values and the layer that forbids it;
    ``InvalidTerms`` for unknown fields, missing values and contradictions such as a floor above
    the cap.
    """
    if not layers:
        raise InvalidTerms("there is no layer")
    values: dict[str, Any] = {}
    origin: dict[str, Layer] = {}
    for layer in layers:
        for name, written in layer.values.items():
            value = read_value(name, written)
            if name in values and not is_not_looser(name, value, values[name]):
                raise LooserThanParent(name, value, values[name], origin[name].product_code)
            values[name], origin[name] = value, layer
    missing = [name for name in VALUE_FIELDS if name not in values]
    if missing:
        raise InvalidTerms(f"no layer states {', '.join(missing)}")
    check_consistent(values)
    last = layers[-1]
    terms = LoanTerms(product_code=last.product_code, product_version_id=last.version_id, **values)
    return ResolvedTerms(
        terms, tuple(_provenance(name, values[name], origin[name]) for name in VALUE_FIELDS)
    )


def _provenance(name: str, value: Any, layer: Layer) -> Provenance:
    return Provenance(
        field=name, value=value, layer=layer.layer, product_code=layer.product_code,
        version=layer.version, author=layer.author, effective_from=layer.effective_from,
    )
