"""Offers for one case: the price at a grade, the plans in the order the person is shown them.

Pure, as all of a decision is. A person's own limit is priced by the same code as the machine's.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from products.domain.coupons import reduce
from products.domain.law import reviewed_amount_max
from products.domain.pricing import Adjustment, price
from risk.contracts import OfferDraft
from risk.domain.case import Case
from risk.domain.limits import free_monthly
from risk.domain.offers import Frame, Plan, build_offers, person_set_offers
from risk.domain.strategy import CompiledStrategy

#: Term of a method that a tier prefers and the strategy has no plan for.
_TIER_MONTHS = 12


def offers_at(
    case: Case, grade: str, limit: Decimal, adjustments: Sequence[Adjustment]
) -> Sequence[OfferDraft]:
    """The machine's offers; empty when no plan can be repaid."""
    return build_offers(_frame(case, grade, limit, adjustments), _plans(case))


def reprice(
    strategy: CompiledStrategy, inputs: Mapping[str, Any], *, grade: str | None, limit: Decimal
) -> tuple[OfferDraft, ...]:
    """Offers at a limit a person set, priced at ``grade`` (unknown → the strategy's worst grade).

    ``inputs`` carry the terms, LPR and business date of today; the limit is held to the product's
    caps.
    """
    case = Case(strategy, inputs)
    capped = min(limit, reviewed_amount_max(case.terms))
    grade = grade or strategy.worst_grade
    adjustments = case.desk(grade=grade, limit_amount=capped).price(for_person=True) or ()
    frame = _frame(case, grade, capped, adjustments)
    return person_set_offers(frame, _plans(case))


def _frame(case: Case, grade: str, limit: Decimal, adjustments: Sequence[Adjustment]) -> Frame:
    terms = case.terms
    cost = price(
        terms, grade, Decimal(case.inputs["lpr"]), tier=case.tier, adjustments=adjustments
    )
    months, shares = case.income_months()
    return Frame(
        terms=terms,
        price=cost,
        reduction=reduce(
            cost.annual_rate, case.coupons(), floor=terms.rate_floor, bp_max=terms.coupon_bp_max
        ),
        limit=limit,
        free_monthly=free_monthly(case.known, case.strategy.limit, case.terms),
        start=case.start,
        seasonal_months=months,
        seasonal_shares=shares,
        labels=case.strategy.labels,
    )


def _plans(case: Case) -> Sequence[Plan]:
    segment = case.known.get("segment", case.strategy.segments[-1].code)
    plans = case.strategy.plans[segment]
    preferred = case.terms.tiers[case.tier]["methods"] if case.tier else ()
    first = [plan for method in preferred for plan in plans if plan.method == method]
    wished = {plan.method for plan in first}
    added = [Plan(method, _TIER_MONTHS) for method in preferred if method not in wished]
    return (*first, *added, *(plan for plan in plans if plan not in first))
