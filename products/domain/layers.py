"""One layer of a product, and what a resolved value remembers of the layer it comes from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from products.domain.term_readers import plain

BASE, SUB_PRODUCT, CAMPAIGN = "base", "sub_product", "campaign"


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


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one value comes from."""

    field: str
    value: Any
    layer: str
    product_code: str
    version: int
    author: str
    effective_from: date

    @classmethod
    def of(cls, field: str, value: Any, layer: Layer) -> "Provenance":
        return cls(
            field, value, layer.layer, layer.product_code, layer.version, layer.author,
            layer.effective_from,
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "field": self.field, "value": plain(self.value), "layer": self.layer,
            "product_code": self.product_code, "version": self.version, "author": self.author,
            "effective_from": self.effective_from.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class PriceLayer:
    """The spreads one layer states, in basis points over the LPR by grade."""

    layer: str
    product_code: str
    version: int
    author: str
    effective_from: str
    name_zh: str
    name_en: str
    spread_bp_by_grade: Mapping[str, int]

    @classmethod
    def of(
        cls, layer: Layer, name_zh: str, name_en: str, spreads: Mapping[str, int]
    ) -> "PriceLayer":
        return cls(
            layer.layer, layer.product_code, layer.version, layer.author,
            layer.effective_from.isoformat(), name_zh, name_en, spreads,
        )

    def as_dict(self) -> dict[str, Any]:
        return {name: plain(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "PriceLayer":
        spreads = MappingProxyType({str(k): int(v) for k, v in written["spread_bp_by_grade"].items()})
        return cls(**{**written, "spread_bp_by_grade": spreads})


@dataclass(frozen=True, slots=True)
class SaleLimit:
    """A budget or quota a layer states; it counts what ``product_code`` and all below it sell.

    ``field``: budget_amount (yuan) | budget_count | quota_per_day | quota_per_officer.
    """

    field: str
    value: Decimal | int
    product_code: str
