"""What a coupon does to the rates of today, before and after, for the person who releases it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from lending.domain.coupons import Lowering, interest_saved
from products import selectors as product_selectors
from products.domain.coupons import BP_OFF_MAX, Coupon, reduce
from products.domain.pricing import rate_band
from products.domain.terms import LoanTerms
from products.money import ZERO
from products.selectors import coupons as coupon_rows

SAMPLE_AMOUNT, SAMPLE_MONTHS, SAMPLE_METHOD = Decimal(20_000), 12, "equal_instalment"
_ROWS_MAX = 12


@dataclass(frozen=True)
class Effect:
    """One rate of a product today, what the coupon makes of it, and the interest it saves."""

    product_code: str
    rate_before: Decimal
    rate_after: Decimal
    amount: Decimal
    term_months: int
    method: str
    saved: Decimal = ZERO
    seasonal_months: tuple[int, ...] = ()
    seasonal_shares: Mapping[int, int] = field(default_factory=dict)


def effects(coupon: Coupon, on: date) -> list[Effect]:
    """Lowest and highest rate of each product in the coupon's scope that is on sale on ``on``.

    Alone, without other coupons and before the product's own limit for them. Raises
    ``MissingParameter`` without an LPR for the day.
    """
    rows: list[Effect] = []
    for product, resolved in product_selectors.published_products(on):
        path = coupon_rows.product_path(product.code)
        if coupon.product_codes and set(path).isdisjoint(coupon.product_codes):
            continue
        lpr = product_selectors.parameter(f"LPR_{resolved.terms.lpr_tenor}", on)
        for rate in dict.fromkeys(rate_band(resolved.terms, lpr)):
            rows.append(_effect(coupon, resolved.terms, rate, on))
    return rows[:_ROWS_MAX]


def _effect(coupon: Coupon, terms: LoanTerms, rate: Decimal, on: date) -> Effect:
    after = reduce(rate, [coupon], floor=terms.rate_floor, bp_max=BP_OFF_MAX).rate
    months = min(terms.term_months, key=lambda n: (abs(n - SAMPLE_MONTHS), n))
    amount = min(max(SAMPLE_AMOUNT, terms.amount_min), terms.amount_max)
    method = SAMPLE_METHOD if SAMPLE_METHOD in terms.methods else terms.methods[0]
    effect = Effect(terms.product_code, rate, after, amount, months, method)
    if after == rate:
        return effect
    step = Lowering(coupon.code, rate, after)
    return replace(
        effect, saved=interest_saved(terms, step, amount=amount, plan=effect, start=on)
    )
