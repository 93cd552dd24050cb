"""What coupons have cost so far, whose budget is spent, and which uses should not be."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, Least

from lending.domain.application_flow import State
from lending.domain.coupons import Usage, refusal
from lending.models import CouponUse, LoanContract, Offer
from products import selectors as product_selectors
from products.domain.coupons import Coupon
from products.money import ZERO
from products.selectors import coupons as coupon_rows

YEARLY_MAX = "SUBSIDY_YEARLY_MAX"
_COST = Coalesce("benefit", "benefit_max")


@dataclass(frozen=True)
class Usages:
    """``of`` each coupon that has live uses, and the customer's subsidies of the year in yuan."""

    of: dict[str, Usage]
    subsidies: Decimal


def usages(
    codes: Collection[str], *, customer_id: UUID, on: date, but: UUID | None = None
) -> Usages:
    """What live uses add up to, in one query; those of application ``but`` are left out.

    A reserved subsidy counts in any year, a used one in the year it was signed.
    """
    yearly = Q(customer_id=customer_id, kind="subsidy") & (
        Q(state="reserved") | Q(used_at__year=on.year)
    )
    rows = _live().filter(Q(coupon_code__in=codes) | yearly)
    if but is not None:
        rows = rows.exclude(application_id=but)
    found = rows.values("coupon_code").annotate(
        amount=Sum(_COST),
        uses=Count("id"),
        own=Count("id", filter=Q(customer_id=customer_id)),
        subsidies=Sum(_COST, filter=yearly),
    )
    of, subsidies = {}, ZERO
    for row in found.order_by():
        of[row["coupon_code"]] = Usage(row["amount"], row["uses"], row["own"])
        subsidies += row["subsidies"] or ZERO
    return Usages(of, subsidies)


def spent(
    *, coupons: Sequence[Coupon], customer_id: UUID, on: date, application_id: UUID | None = None
) -> frozenset[str]:
    """Codes of ``coupons`` that nothing is left of for this customer on ``on``.

    The application's own reservations do not count against it. Without a yearly maximum for the day
    no subsidy may be given: the law that allowed it has ended.
    """
    if not coupons:
        return frozenset()
    codes = {coupon.code for coupon in coupons}
    used = usages(codes, customer_id=customer_id, on=on, but=application_id)
    none_left = any(c.is_subsidy for c in coupons) and used.subsidies >= yearly_max(on)
    return frozenset(
        coupon.code
        for coupon in coupons
        if refusal(coupon, used.of.get(coupon.code, Usage())) or (coupon.is_subsidy and none_left)
    )


def yearly_max(on: date) -> Decimal:
    """Yuan of subsidies one person may get in the year of ``on``; zero where the law states none."""
    try:
        return product_selectors.parameter(YEARLY_MAX, on)
    except product_selectors.MissingParameter:
        return ZERO


def figures(codes: Collection[str]) -> dict[str, dict[str, Usage]]:
    """code → state (``reserved``, ``used``) → what its uses add up to, for the desk."""
    rows = (
        _live()
        .filter(coupon_code__in=codes)
        .values("coupon_code", "state")
        .annotate(amount=Sum(_COST), uses=Count("id"))
        .order_by()
    )
    found: dict[str, dict[str, Usage]] = {}
    for row in rows:
        usage = Usage(row["amount"], row["uses"])
        found.setdefault(row["coupon_code"], {})[row["state"]] = usage
    return found


def stale(now: datetime) -> QuerySet[CouponUse]:
    """Reserved, though no open or chosen offer of its round can be signed any more."""
    offers = Offer.objects.filter(
        application_id=OuterRef("application_id"), round=OuterRef("round"),
        state__in=[Offer.State.OPEN, Offer.State.ACCEPTED], expires_at__gt=now,
    )
    signable = Q(application__state__in=[State.OFFERED, State.ACCEPTED]) & Exists(offers)
    return CouponUse.objects.filter(~signable, state="reserved")


def broken_coupon_uses(now: datetime) -> Iterator[dict[str, str]]:
    """I11: no coupon beyond its budgets, no use without a signed contract."""
    # What was reserved is held against the budget; single cents may move when a schedule is signed.
    held = Sum(
        Case(When(state="used", then=Least("benefit", "benefit_max")), default=F("benefit_max"))
    )
    totals = {
        row["coupon_code"]: row
        for row in _live().values("coupon_code").annotate(held=held, uses=Count("id")).order_by()
    }
    coupons = coupon_rows.published(totals)
    for code, row in totals.items():
        coupon = coupons.get(code)
        if coupon is None:
            yield _breach(code, "used, but never published")
            continue
        if coupon.budget_amount is not None and row["held"] > coupon.budget_amount:
            yield _breach(code, f"¥{row['held']} of ¥{coupon.budget_amount}")
        if coupon.budget_count is not None and row["uses"] > coupon.budget_count:
            yield _breach(code, f"{row['uses']} of {coupon.budget_count} uses")
        if coupon.per_customer is not None:
            yield from _too_often(coupon, coupon.per_customer)
    signed = LoanContract.objects.filter(
        application_id=OuterRef("application_id"), signed_at__isnull=False
    )
    for pk in CouponUse.objects.filter(~Exists(signed), state="used").values_list("pk")[:50]:
        yield _breach(pk[0], "used without a signed contract")


def _too_often(coupon: Coupon, most: int) -> Iterator[dict[str, str]]:
    often = _live().filter(coupon_code=coupon.code).values("customer_id").annotate(n=Count("id"))
    for row in often.filter(n__gt=most).order_by()[:50]:
        yield _breach(coupon.code, f"customer {row['customer_id']} has {row['n']}")


def _live() -> QuerySet[CouponUse]:
    return CouponUse.objects.filter(state__in=["reserved", "used"])


def _breach(row: object, detail: str) -> dict[str, str]:
    return {"invariant": "I11", "row": str(row), "detail": detail}
