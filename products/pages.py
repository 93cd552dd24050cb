"""What the public pages say of a product, worked out from the same terms as every loan."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from products.domain.apr import apr
from products.domain.law import online_amount_max, reviewed_amount_max
from products.domain.pricing import rate_band
from products.domain.schedule import Schedule, for_terms
from products.domain.terms import LoanTerms
from products.models import Product
from products.selectors import parameter, published_products, resolved_terms, true_rates

EXAMPLE_PRINCIPAL = Decimal("20000.00")
_EXAMPLE_MONTHS = 12
_EXAMPLE_METHOD = "equal_instalment"


@dataclass(frozen=True)
class Example:
    """``principal`` yuan at one rate over one term; ``apr`` from the dated cash flows."""

    principal: Decimal
    term_months: int
    annual_rate: Decimal
    apr: Decimal
    schedule: Schedule

    @property
    def monthly(self) -> Decimal:
        return self.schedule.instalments[0].amount

    @property
    def total_interest(self) -> Decimal:
        return self.schedule.total_interest

    @property
    def interest_in_100(self) -> Decimal:
        """Of every 100 yuan paid back, how many are interest."""
        return (100 * self.total_interest / self.schedule.total_amount).quantize(Decimal("0.01"))

    @property
    def principal_in_100(self) -> Decimal:
        return 100 - self.interest_in_100


@dataclass(frozen=True)
class Cost:
    """The same loan over one term at the product's lowest and at its highest rate."""

    term_months: int
    cheapest: Example
    dearest: Example


@dataclass(frozen=True)
class Shown:
    """One product on the page. ``amount_max`` is what the machine lends by phone, ``reviewed_max``
    what can be lent once staff have looked; rates are fractions."""

    product: Product
    terms: LoanTerms
    amount_max: Decimal
    reviewed_max: Decimal
    apr_low: Decimal
    apr_high: Decimal
    rate_low: Decimal
    rate_high: Decimal

    @property
    def months_min(self) -> int:
        return min(self.terms.term_months)

    @property
    def months_max(self) -> int:
        return max(self.terms.term_months)


def shown_products(on: date) -> list[Shown]:
    """Base and sub-products on sale on ``on``, in their order.

    Raises ``MissingParameter`` without an LPR for the day: no price is shown rather than a wrong
    one.
    """
    return [_shown(product, resolved.terms, on) for product, resolved in published_products(on)]


def shown_product(code: str, on: date) -> Shown | None:
    """One product on sale, or None."""
    for product, resolved in published_products(on):
        if product.code == code:
            return _shown(product, resolved.terms, on)
    return None


def costs(shown: Shown, on: date) -> list[Cost]:
    """What 20,000 yuan (or the product's most) costs over each term, level payments."""
    version_id = shown.terms.product_version_id or 0
    return [
        Cost(
            months,
            _example(version_id, shown.rate_low, months, on),
            _example(version_id, shown.rate_high, months, on),
        )
        for months in sorted(shown.terms.term_months)
    ]


def typical(rows: list[Cost]) -> Cost:
    """The row nearest to a year, to be shown in full."""
    return min(rows, key=lambda row: abs(row.term_months - _EXAMPLE_MONTHS))


def _shown(product: Product, terms: LoanTerms, on: date) -> Shown:
    low, high = rate_band(terms, parameter(f"LPR_{terms.lpr_tenor}", on))
    apr_low, apr_high = true_rates(terms.product_version_id or 0, on)
    return Shown(
        product, terms, online_amount_max(terms), reviewed_amount_max(terms), apr_low, apr_high,
        low, high,
    )


@lru_cache(maxsize=512)
def _example(product_version_id: int, annual_rate: Decimal, months: int, on: date) -> Example:
    terms = resolved_terms(product_version_id).terms
    principal = min(EXAMPLE_PRINCIPAL, terms.amount_max)
    schedule = for_terms(
        terms, principal=principal, annual_rate=annual_rate, term_months=months,
        method=_EXAMPLE_METHOD if _EXAMPLE_METHOD in terms.methods else terms.methods[0], start=on,
    )
    true_rate = apr(principal, on, schedule.flows())
    return Example(principal, months, annual_rate, true_rate, schedule)
