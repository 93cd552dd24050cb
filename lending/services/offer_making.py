"""Offers from the machine's drafts, with the coupons in their price reserved in the same moment."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from lending.domain.coupons import plan_uses
from lending.models import LoanApplication, Offer
from lending.selectors import business_day
from lending.services import coupons
from products import selectors as product_selectors
from products.selectors import coupons as coupon_rows
from risk.contracts import OfferDraft

#: Drafts priced anew without the coupons of these codes.
Redraft = Callable[[frozenset[str]], Sequence[OfferDraft]]
_TRIES_MAX = 20


def offer_lives(application: LoanApplication) -> timedelta:
    """How long an offer of this product stands."""
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    return timedelta(days=terms.offer_days)


def make_offers(
    *,
    application: LoanApplication,
    drafts: Sequence[OfferDraft],
    redraft: Redraft,
    now: datetime,
) -> None:
    """Store 1–3 offers for a locked application's current round; older ones are void.

    A coupon whose budget is spent meanwhile falls out and the drafts are priced anew without it: what
    is offered is reserved, and what is not reserved is not offered.
    """
    drafts = _reserved(application, drafts, redraft, now)
    expires_at = now + offer_lives(application)
    application.offers.filter(state=Offer.State.OPEN).update(state=Offer.State.VOID)
    for position, draft in enumerate(drafts, start=1):
        Offer.objects.create(
            application=application,
            round=application.decision_round,
            position=position,
            label_zh=draft.label_zh,
            label_en=draft.label_en,
            amount_min=draft.amount_min,
            amount_max=draft.amount_max,
            amount_step=draft.amount_step,
            annual_rate=draft.annual_rate,
            apr=draft.apr,
            term_months=draft.term_months,
            method=draft.method,
            seasonal_months=list(draft.seasonal_months),
            seasonal_shares={str(month): share for month, share in draft.seasonal_shares.items()},
            coupons=list(draft.coupons),
            rate_before=draft.rate_before,
            provenance=[dict(step) for step in draft.provenance],
            created_at=now,
            expires_at=expires_at,
        )


def _reserved(
    application: LoanApplication, drafts: Sequence[OfferDraft], redraft: Redraft, now: datetime
) -> Sequence[OfferDraft]:
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    start = business_day.current(application.legal_entity)
    gone: set[str] = set()
    for _ in range(_TRIES_MAX):
        codes = {code for draft in drafts for code in draft.coupons}
        uses = plan_uses(
            loans=drafts,
            coupons=list(coupon_rows.published(codes).values()),
            terms=terms,
            start=start,
            days=terms.offer_days,
        )
        try:
            coupons.reserve(application=application, uses=uses, now=now)
            return drafts
        except coupons.BudgetSpent as spent:
            gone.add(spent.code)
            drafts = redraft(frozenset(gone))
    raise coupons.BudgetSpent(", ".join(sorted(gone)), "amount")
