"""Reading rate coupons and subsidies: those on offer on a day, and the rows the desk lists."""

import hashlib
import json
from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from products.domain.coupons import Coupon
from products.models import Product, RateCoupon

SUBSIDY_PARAMETERS = ("SUBSIDY_BP_MAX", "SUBSIDY_SHARE_MAX", "SUBSIDY_YEARLY_MAX")


def coupons_on(*, product_path: tuple[str, ...], on: date) -> tuple[Coupon, ...]:
    """Published coupons that hold on ``on`` for a product with this path (base → product), by code.

    One query. Whom else they are for is ``products.domain.coupons.applicable``'s question.
    """
    rows = RateCoupon.objects.filter(state="published", valid_from__lte=on, valid_to__gt=on)
    found = (coupon_of(row) for row in rows.order_by("code"))
    return tuple(
        coupon
        for coupon in found
        if not coupon.product_codes or not set(product_path).isdisjoint(coupon.product_codes)
    )


def coupon_of(row: RateCoupon) -> Coupon:
    """The row as the pure arithmetic knows it."""
    return Coupon(
        id=str(row.pk), code=row.code, name_zh=row.name_zh, name_en=row.name_en, kind=row.kind,
        effect=row.effect, bp_off=row.bp_off, fixed_rate=row.fixed_rate,
        product_codes=tuple(row.product_codes), purposes=tuple(row.purposes),
        tiers=tuple(row.tiers), lists=tuple(row.lists), segments=tuple(row.segments),
        stack_group=row.stack_group, valid_from=row.valid_from, valid_to=row.valid_to,
        share_max=row.share_max, funder=row.funder, budget_amount=row.budget_amount,
        budget_count=row.budget_count, per_customer=row.per_customer,
    )


def fingerprint(row: RateCoupon) -> str:
    """What a checker saw, in 16 characters: it changes with every value of the coupon."""
    values = {**coupon_of(row).as_dict(), "legal_basis": row.legal_basis, "author": row.author}
    written = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def published(codes: Collection[str]) -> dict[str, Coupon]:
    """Coupons that are or were published, by code; for what was promised under them."""
    rows = RateCoupon.objects.filter(code__in=codes, state__in=["published", "retired"])
    return {row.code: coupon_of(row) for row in rows}


def all_coupons() -> QuerySet[RateCoupon]:
    """Every coupon in every state; the caller pages."""
    return RateCoupon.objects.all()


def by_code(code: str) -> RateCoupon | None:
    """One coupon in whatever state, or None."""
    return RateCoupon.objects.filter(code=code).first()


def product_path(product_code: str) -> tuple[str, ...]:
    """Codes from the base down to the product; empty for an unknown one."""
    product = Product.objects.select_related("parent__parent").filter(code=product_code).first()
    path: list[str] = []
    while product is not None:
        path.insert(0, product.code)
        product = product.parent
    return tuple(path)
