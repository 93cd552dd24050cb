"""What posters and tables say about products: names and the true annual rate (lowest to highest)."""

import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.utils.translation import get_language

from products import selectors as product_selectors
from products.domain.law import online_amount_max

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ProductOnPoster:
    """``amount_max`` is what can be lent by phone; ``apr_low``/``apr_high`` are the true rates
    over all grades, terms and ways of repaying, as on the public page: four decimals; both None
    while the day's LPR has not been entered.
    """

    code: str
    name_zh: str
    name_en: str
    tagline_zh: str
    tagline_en: str
    amount_max: Decimal
    apr_low: Decimal | None
    apr_high: Decimal | None

    @property
    def name(self) -> str:
        return self.name_en if _english() else self.name_zh

    @property
    def tagline(self) -> str:
        return self.tagline_en if _english() else self.tagline_zh


def of_products(on: date) -> dict[str, ProductOnPoster]:
    """code → name, line and true rates of everything in force on ``on``, campaigns too.

    Kept for a minute per process: a product published now may take that long to show.
    """
    read_at, day, found = _kept
    if not found or day != on or time.monotonic() - read_at > _KEPT_S:
        found = _read(on)
        _kept[:] = [time.monotonic(), on, found]
    return found


_KEPT_S = 60.0
_kept: list[Any] = [0.0, None, {}]


def _read(on: date) -> dict[str, ProductOnPoster]:
    found = {}
    for code in product_selectors.product_names():
        try:
            version = product_selectors.current_version(code, on)
        except product_selectors.NoVersion:
            continue
        product, terms = version.product, product_selectors.resolved_terms(version.pk).terms
        band = _rates(terms.product_version_id or 0, on)
        found[product.code] = ProductOnPoster(
            code=product.code,
            name_zh=product.name_zh,
            name_en=product.name_en,
            tagline_zh=product.tagline_zh,
            tagline_en=product.tagline_en,
            amount_max=online_amount_max(terms),
            apr_low=band[0] if band else None,
            apr_high=band[1] if band else None,
        )
    return found


def _rates(product_version_id: int, on: date) -> tuple[Decimal, Decimal] | None:
    """True rates, or None on a day whose LPR nobody entered: no price rather than a wrong one."""
    try:
        return product_selectors.true_rates(product_version_id, on)
    except product_selectors.MissingParameter as error:
        log.error("marketing.product_without_rate", problem=str(error))
        return None


def _english() -> bool:
    return (get_language() or "").startswith("en")
