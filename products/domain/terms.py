"""What a product offers, layer upon layer: base → sub-product → campaign (1 + N + N). Pure.

A layer states only what differs. ``resolve`` stacks layers into frozen ``LoanTerms`` and tells for every
value which layer it comes from. A layer may tighten what stands above it and never loosen it:

====================================================  =====================================================
fields                                                a deeper layer may …
====================================================  =====================================================
amount_max, limit_factor, limit_cap, starter_limit,   only lower (limit_factor: within the base's cap)
rate_cap, age_max, grace_days
amount_min, rate_floor, age_min, penalty_uplift       only raise
purposes, term_months, methods, counties              only a subset
forbidden_purposes, consent_kinds, questions          only add
spread_bp_by_grade                                    change freely between the inherited floor and cap
everything else                                       set (names, segments, strategy, documents)
====================================================  =====================================================
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

BASE, SUB_PRODUCT, CAMPAIGN = "base", "sub_product", "campaign"


class LooserThanParent(ValueError):
    """A layer loosens what a layer above it fixed."""

    def __init__(self, field: str, value: Any, inherited: Any, parent: str) -> None:
        super().__init__(f"{field}: {value!r} is looser than {inherited!r} of {parent}")
        self.field, self.value, self.inherited, self.parent = field, value, inherited, parent


class InvalidTerms(ValueError):
    """A value is missing, of the wrong type, or contradicts another one."""


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
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "LoanTerms":
        """The inverse of ``as_dict``; raises ``InvalidTerms`` for a missing or misshapen value."""
        return cls(
            product_code=written["product_code"],
            product_version_id=written["product_version_id"],
            **{name: _read(name, written.get(name)) for name in VALUE_FIELDS},
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
            "field": self.field, "value": _plain(self.value), "layer": self.layer,
            "product_code": self.product_code, "version": self.version, "author": self.author,
            "effective_from": self.effective_from.isoformat(),
        }


@dataclass(frozen=True)
class ResolvedTerms:
    terms: LoanTerms
    provenance: tuple[Provenance, ...]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidTerms(f"{value!r} is not a text")
    return value


def _decimal(value: Any) -> Decimal:
    if isinstance(value, float | bool) or value is None:
        raise InvalidTerms(f"{value!r} is not an exact number")
    number = Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise InvalidTerms(f"{value!r} is not a plain number")
    return number


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidTerms(f"{value!r} is not a whole number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidTerms(f"{value!r} is not yes or no")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in _sequence(value))


def _wholes(value: Any) -> tuple[int, ...]:
    return tuple(_whole(item) for item in _sequence(value))


def _sequence(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise InvalidTerms(f"{value!r} is not a list")
    return value


def _spreads(value: Any) -> Mapping[str, int]:
    if not isinstance(value, Mapping) or not value:
        raise InvalidTerms(f"{value!r} is not a table of spreads")
    if any(isinstance(bp, bool) or not isinstance(bp, int) for bp in value.values()):
        raise InvalidTerms("spreads are whole basis points")
    return MappingProxyType({_text(grade): bp for grade, bp in sorted(value.items())})


def _lower(value: Any, inherited: Any) -> bool:
    return bool(value <= inherited)


def _higher(value: Any, inherited: Any) -> bool:
    return bool(value >= inherited)


def _subset(value: Any, inherited: Any) -> bool:
    return set(value) <= set(inherited)


def _superset(value: Any, inherited: Any) -> bool:
    return set(value) >= set(inherited)


def _same(value: Any, inherited: Any) -> bool:
    return bool(value == inherited)


def _free(value: Any, inherited: Any) -> bool:
    return True


Reader = Callable[[Any], Any]
Order = Callable[[Any, Any], bool]

#: field → (how it is read, what counts as not looser than the inherited value)
VALUE_FIELDS: Mapping[str, tuple[Reader, Order]] = {
    "name_zh": (_text, _free),
    "name_en": (_text, _free),
    "purpose_class": (_text, _free),
    "purposes": (_texts, _subset),
    "forbidden_purposes": (_texts, _superset),
    "amount_min": (_decimal, _higher),
    "amount_max": (_decimal, _lower),
    "amount_step": (_decimal, _free),
    "term_months": (_wholes, _subset),
    "methods": (_texts, _subset),
    "day_count": (_text, _same),
    "rounding": (_text, _same),
    "month_end": (_text, _same),
    "lpr_tenor": (_text, _free),
    "spread_bp_by_grade": (_spreads, _free),
    "rate_floor": (_decimal, _higher),
    "rate_cap": (_decimal, _lower),
    "penalty_uplift": (_decimal, _higher),
    "grace_days": (_whole, _lower),
    "early_repayment_fee_rate": (_decimal, _free),
    "is_revolving": (_flag, _free),
    "age_min": (_whole, _higher),
    "age_max": (_whole, _lower),
    "counties": (_texts, _subset),
    "limit_factor": (_decimal, _lower),
    "limit_cap": (_decimal, _lower),
    "starter_limit": (_decimal, _lower),
    "strategy_code": (_text, _free),
    "contract_template": (_text, _free),
    "consent_kinds": (_texts, _superset),
    "questions": (_texts, _superset),
    "segments": (_texts, _free),
}


def resolve(layers: Sequence[Layer]) -> ResolvedTerms:
    """Stack ``layers`` (base first) into terms with provenance.

    Raises ``LooserThanParent`` with the field, both values and the layer that forbids it; ``InvalidTerms``
    for unknown fields, missing values and contradictions such as a floor above the cap.
    """
    if not layers:
        raise InvalidTerms("there is no layer")
    values: dict[str, Any] = {}
    origin: dict[str, Layer] = {}
    for layer in layers:
        for name in layer.values:
            if name not in VALUE_FIELDS:
                raise InvalidTerms(f"unknown field {name}")
        for name, written in layer.values.items():
            value = _read(name, written)
            if name in values and not VALUE_FIELDS[name][1](value, values[name]):
                raise LooserThanParent(name, value, values[name], origin[name].product_code)
            values[name], origin[name] = value, layer
    missing = [name for name in VALUE_FIELDS if name not in values]
    if missing:
        raise InvalidTerms(f"no layer states {', '.join(missing)}")
    _check_consistent(values)
    last = layers[-1]
    terms = LoanTerms(product_code=last.product_code, product_version_id=last.version_id, **values)
    return ResolvedTerms(terms, tuple(_provenance(name, values[name], origin[name]) for name in VALUE_FIELDS))


def _provenance(name: str, value: Any, layer: Layer) -> Provenance:
    return Provenance(
        field=name, value=value, layer=layer.layer, product_code=layer.product_code,
        version=layer.version, author=layer.author, effective_from=layer.effective_from,
    )


def _check_consistent(values: Mapping[str, Any]) -> None:
    if values["amount_step"] <= 0 or values["amount_min"] <= 0:
        raise InvalidTerms("amount_min and amount_step must be positive")
    for low, high in (("amount_min", "amount_max"), ("rate_floor", "rate_cap"), ("age_min", "age_max")):
        if values[low] > values[high]:
            raise InvalidTerms(f"{low} is above {high}")
    for name in ("purposes", "term_months", "methods", "counties"):
        if not values[name]:
            raise InvalidTerms(f"{name} is empty")
    if set(values["purposes"]) & set(values["forbidden_purposes"]):
        raise InvalidTerms("a purpose is both allowed and forbidden")


def _read(name: str, written: Any) -> Any:
    try:
        return VALUE_FIELDS[name][0](written)
    except InvalidTerms as error:
        raise InvalidTerms(f"{name}: {error}") from None
    except (ArithmeticError, TypeError, ValueError):
        raise InvalidTerms(f"{name}: {written!r} cannot be read") from None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value
