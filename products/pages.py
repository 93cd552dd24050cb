"""What the public pages say of a product, worked out from the same terms as every loan."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from products.domain.apr import apr
from products.domain.pricing import rate_band
from products.domain.schedule import Schedule, for_terms
from products.domain.terms import LoanTerms
from products.models import Product
from products.selectors import parameter, published_products, resolved_terms

EXAMPLE_PRINCIPAL = Decimal("20000.00")
_EXAMPLE_METHOD = "equal_instalment"


@dataclass(frozen=True)
class Example:
    """20,000 yuan (or the product's most) over a year at one rate; ``apr`` from the dated cash flows."""

    principal: Decimal
    term_months: int
    annual_rate: Decimal
    apr: Decimal
    first_amount: Decimal
    total_interest: Decimal
    schedule: Schedule


@dataclass(frozen=True)
class Shown:
    """One product on the page: its terms and what the cheapest and dearest grade really cost a year."""

    product: Product
    terms: LoanTerms
    cheapest: Example
    dearest: Example


def shown_products(on: date) -> list[Shown]:
    """Base and sub-products on sale on ``on``, in their order."""
    return [_shown(product, resolved.terms, on) for product, resolved in published_products(on)]


def shown_product(code: str, on: date) -> Shown | None:
    """One product on sale, or None."""
    return next((shown for shown in shown_products(on) if shown.product.code == code), None)


def _shown(product: Product, terms: LoanTerms, on: date) -> Shown:
    lpr = parameter(f"LPR_{terms.lpr_tenor}", on)
    low, high = rate_band(terms, lpr)
    version_id = terms.product_version_id or 0
    return Shown(product, terms, _example(version_id, low, on), _example(version_id, high, on))


@lru_cache(maxsize=256)
def _example(product_version_id: int, annual_rate: Decimal, on: date) -> Example:
    terms = resolved_terms(product_version_id).terms
    term = 12 if 12 in terms.term_months else terms.term_months[0]
    method = _EXAMPLE_METHOD if _EXAMPLE_METHOD in terms.methods else terms.methods[0]
    principal = min(EXAMPLE_PRINCIPAL, terms.amount_max)
    schedule = for_terms(
        terms, principal=principal, annual_rate=annual_rate, term_months=term, method=method, start=on
    )
    return Example(
        principal=principal,
        term_months=term,
        annual_rate=annual_rate,
        apr=apr(principal, on, schedule.flows()),
        first_amount=schedule.instalments[0].amount,
        total_interest=schedule.total_interest,
        schedule=schedule,
    )
