"""What a product offers, layer upon layer: base → sub-product → campaign (1 + N + N). Pure.

A layer states only what differs. ``resolve`` stacks layers into frozen ``LoanTerms`` and tells for
every value which layer it comes from. A layer may tighten what stands above it and never loosen
it; the order of every field stands in ``term_fields``. Every path to published terms leads through
``resolve``: drafts, publications, children laid anew, what-if.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from products.domain.layers import (
    BASE,
    CAMPAIGN,
    SUB_PRODUCT,
    Layer,
    PriceLayer,
    Provenance,
    SaleLimit,
)
from products.domain.term_check import check_consistent
from products.domain.term_fields import (
    FIELDS,
    InvalidTerms,
    is_not_looser,
    plain,
    read_value,
    value_when_absent,
)

__all__ = [
    "BASE",
    "CAMPAIGN",
    "SUB_PRODUCT",
    "InvalidTerms",
    "Layer",
    "LoanTerms",
    "LooserThanParent",
    "PriceLayer",
    "Provenance",
    "ResolvedTerms",
    "SaleLimit",
    "resolve",
]

_SALE_LIMITS = ("budget_amount", "budget_count", "quota_per_day", "quota_per_officer")


class LooserThanParent(ValueError):
    """A layer loosens what a layer above it fixed; ``parent`` is the product that forbids it."""

    def __init__(self, field: str, value: Any, inherited: Any, parent: str) -> None:
        super().__init__(
            f"{field}: {plain(value)} is looser than {plain(inherited)} of {parent}"
        )
        self.field, self.value, self.inherited, self.parent = field, value, inherited, parent

    @property
    def rule(self) -> str:
        """The order that was broken, in one word (``term_orders``)."""
        return FIELDS[self.field].order.name


@dataclass(frozen=True, kw_only=True)
class LoanTerms:
    """Everything a loan of this product is bound by. Amounts in yuan, rates as yearly fractions.

    ``price_layers`` tell how the spread came about, base first; empty in copies frozen before
    they were kept.
    """

    product_code: str
    product_version_id: int | None
    name_zh: str
    name_en: str
    age_min: int
    age_max: int
    counties: tuple[str, ...]
    segments: tuple[str, ...]
    white_lists: tuple[str, ...]
    excluded_lists: tuple[str, ...]
    industries: tuple[str, ...]
    employers: tuple[str, ...]
    amount_min: Decimal
    amount_max: Decimal
    amount_step: Decimal
    limit_factor: Decimal
    limit_cap: Decimal
    self_service_cap: Decimal
    officer_cap: Decimal
    starter_limit: Decimal
    debt_percent_max: int
    lpr_tenor: str
    spread_bp_by_grade: Mapping[str, int]
    tiers: Mapping[str, Mapping[str, Any]]
    rate_floor: Decimal
    rate_cap: Decimal
    coupon_bp_max: int
    repricing: str
    fees: Mapping[str, Decimal]
    penalty_uplift: Decimal
    term_months: tuple[int, ...]
    methods: tuple[str, ...]
    day_count: str
    rounding: str
    month_end: str
    is_revolving: bool
    due_day_rule: str
    grace_days: int
    allocation_order: tuple[str, ...]
    principal_first_after_days: int
    early_repayment_options: tuple[str, ...]
    early_repayment_fee_rate: Decimal
    early_repayment_lock_days: int
    purpose_class: str
    purposes: tuple[str, ...]
    forbidden_purposes: tuple[str, ...]
    strategies: tuple[str, ...]
    strategy_code: str
    consent_kinds: tuple[str, ...]
    questions: tuple[str, ...]
    documents: tuple[str, ...]
    contract_template: str
    offer_days: int
    officers: tuple[str, ...]
    budget_amount: Decimal | None
    budget_count: int | None
    quota_per_day: int | None
    quota_per_officer: int | None
    price_layers: tuple[PriceLayer, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe copy for freezing in a contract: decimals as strings, tuples as lists."""
        written = {f.name: plain(getattr(self, f.name)) for f in fields(self)}
        written["price_layers"] = [layer.as_dict() for layer in self.price_layers]
        return written

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "LoanTerms":
        """The inverse of ``as_dict``; raises ``InvalidTerms`` for a missing or misshapen value.

        A copy frozen before a field existed gets what its absence meant.
        """
        if not {"product_code", "product_version_id"} <= set(written):
            raise InvalidTerms("the copy names no product")
        values = {
            name: read_value(name, written.get(name))
            for name, field in FIELDS.items()
            if name in written or not field.may_be_absent
        }
        _fill_absent(values)
        return cls(
            product_code=written["product_code"],
            product_version_id=written["product_version_id"],
            price_layers=tuple(map(PriceLayer.from_dict, written.get("price_layers", ()))),
            **values,
        )


@dataclass(frozen=True)
class ResolvedTerms:
    """``sale_limits``: each layer's own budget and quotas, which count all that is sold below it.

    ``codes`` are the products of the stack, base first.
    """

    terms: LoanTerms
    provenance: tuple[Provenance, ...]
    sale_limits: tuple[SaleLimit, ...]
    codes: tuple[str, ...]

    def origin(self, field: str) -> Provenance:
        """Where one value comes from."""
        return next(one for one in self.provenance if one.field == field)


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
        _lay(layer, values, origin)
    check_consistent(values)
    last = layers[-1]
    terms = LoanTerms(
        product_code=last.product_code, product_version_id=last.version_id,
        price_layers=_price_layers(layers), **values,
    )
    return ResolvedTerms(
        terms,
        tuple(Provenance.of(name, values[name], origin[name]) for name in FIELDS),
        tuple(_sale_limits(layers)),
        tuple(layer.product_code for layer in layers),
    )


def _lay(layer: Layer, values: dict[str, Any], origin: dict[str, Layer]) -> None:
    """``layer``'s own words on top of ``values``; the first layer must state everything."""
    is_base = not values
    for name, written in layer.values.items():
        value = read_value(name, written)
        if not is_base and not is_not_looser(name, value, values[name]):
            raise LooserThanParent(name, value, values[name], origin[name].product_code)
        values[name], origin[name] = value, layer
    if is_base:
        missing = [
            name for name, field in FIELDS.items() if name not in values and not field.may_be_absent
        ]
        if missing:
            raise InvalidTerms(f"no layer states {', '.join(missing)}", field=missing[0])
        _fill_absent(values)
        origin.update(dict.fromkeys(set(values) - set(origin), layer))


def _fill_absent(values: dict[str, Any]) -> None:
    values.update({
        name: value_when_absent(name, values) for name in FIELDS if name not in values
    })


def _price_layers(layers: Sequence[Layer]) -> tuple[PriceLayer, ...]:
    names: dict[str, Any] = {}
    found = []
    for layer in layers:
        names |= {key: layer.values[key] for key in ("name_zh", "name_en") if key in layer.values}
        if "spread_bp_by_grade" in layer.values:
            spreads = read_value("spread_bp_by_grade", layer.values["spread_bp_by_grade"])
            found.append(PriceLayer.of(layer, names["name_zh"], names["name_en"], spreads))
    return tuple(found)


def _sale_limits(layers: Sequence[Layer]) -> Sequence[SaleLimit]:
    return [
        SaleLimit(name, read_value(name, layer.values[name]), layer.product_code)
        for layer in layers
        for name in _SALE_LIMITS
        if layer.values.get(name) is not None
    ]
