"""What posters and tables say about products: names and the true annual rate (lowest to highest)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import get_language

from products import selectors as product_selectors
from products.domain.apr import apr
from products.domain.pricing import rate_band
from products.domain.schedule import for_terms
from products.domain.terms import LoanTerms

_EXAMPLE_MONTHS = 12


@dataclass(frozen=True)
class ProductOnPoster:
    """``apr_low``/``apr_high``: effective yearly rates of a typical loan, fractions with four decimals."""

    code: str
    name_zh: str
    name_en: str
    tagline_zh: str
    tagline_en: str
    amount_max: Decimal
    apr_low: Decimal
    apr_high: Decimal

    @property
    def name(self) -> str:
        return self.name_en if _english() else self.name_zh

    @property
    def tagline(self) -> str:
        return self.tagline_en if _english() else self.tagline_zh


def of_products(on: date) -> dict[str, ProductOnPoster]:
    """code → name, line and true rates of everything in force on ``on``, campaigns too."""
    found = {}
    for code in product_selectors.product_names():
        try:
            version = product_selectors.current_version(code, on)
        except product_selectors.NoVersion:
            continue
        product, terms = version.product, product_selectors.resolved_terms(version.pk).terms
        lpr = product_selectors.parameter(f"LPR_{terms.lpr_tenor}", on)
        low, high = _true_rates(product.code, terms.product_version_id or 0, lpr, on, _Terms(terms))
        found[product.code] = ProductOnPoster(
            code=product.code, name_zh=product.name_zh, name_en=product.name_en,
            tagline_zh=product.tagline_zh, tagline_en=product.tagline_en, amount_max=terms.amount_max,
            apr_low=low, apr_high=high,
        )
    return found


class _Terms:
    """Carries terms through the cache without being part of its key (the version id is)."""

    def __init__(self, terms: LoanTerms) -> None:
        self.terms = terms

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Terms)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=64)
def _true_rates(
    code: str, version_id: int, lpr: Decimal, on: date, held: _Terms
) -> tuple[Decimal, Decimal]:
    terms = held.terms
    months = min(terms.term_months, key=lambda m: abs(m - _EXAMPLE_MONTHS))
    method = "equal_instalment" if "equal_instalment" in terms.methods else terms.methods[0]
    rates = []
    for rate in rate_band(terms, lpr):
        plan = for_terms(
            terms, principal=terms.amount_max, annual_rate=rate, term_months=months, method=method, start=on
        )
        flows = [(row.due, row.amount) for row in plan.instalments]
        rates.append(apr(terms.amount_max, on, flows, places=4))
    return rates[0], rates[1]


def _english() -> bool:
    return (get_language() or "").startswith("en")
