"""What a coupon costs on one application, and whether its budget still bears that. Pure.

The cost is the interest the person saves: the schedule at the rate before the coupon against the
schedule at the rate after it. Amounts in yuan, rates as yearly fractions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol

from products.domain.coupons import Coupon
from products.domain.schedule import for_terms
from products.domain.terms import LoanTerms
from products.money import ZERO


class Plan(Protocol):
    """How a loan is repaid."""

    @property
    def term_months(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def seasonal_months(self) -> Sequence[int]: ...
    @property
    def seasonal_shares(self) -> Mapping[Any, int]: ...


class Loan(Plan, Protocol):
    """What an offer says about the loan: its largest amount, its plan, and where its rate is from."""

    @property
    def amount_max(self) -> Decimal: ...
    @property
    def provenance(self) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True)
class PlannedUse:
    """One coupon an application's offers stand on; ``benefit_max`` bounds the interest saved."""

    coupon: Coupon
    rate_before: Decimal
    rate_after: Decimal
    benefit_max: Decimal


@dataclass(frozen=True)
class Usage:
    """What live uses of a coupon add up to: yuan, loans, and loans of the one customer asked about."""

    amount: Decimal = ZERO
    count: int = 0
    own: int = 0


@dataclass(frozen=True)
class Lowering:
    """One coupon's step in a price."""

    code: str
    rate_before: Decimal
    rate_after: Decimal


def lowerings(provenance: Sequence[Mapping[str, Any]]) -> Iterator[Lowering]:
    """The steps of a price that coupons made, by the ``code`` they carry."""
    rate: Decimal | None = None
    for step in provenance:
        after = Decimal(str(step["rate"])) if step.get("rate") is not None else rate
        if step.get("code") and rate is not None and after is not None and after < rate:
            yield Lowering(str(step["code"]), rate, after)
        rate = after


def interest_saved(
    terms: LoanTerms, step: Lowering, *, amount: Decimal, plan: Plan, start: date
) -> Decimal:
    """Interest of ``amount`` on the plan at the rate before, less that at the rate after."""
    before, after = (
        for_terms(
            terms,
            principal=amount,
            annual_rate=rate,
            term_months=plan.term_months,
            method=plan.method,
            start=start,
            seasonal_months=tuple(plan.seasonal_months) or None,
            seasonal_shares={int(month): share for month, share in plan.seasonal_shares.items()}
            or None,
        ).total_interest
        for rate in (step.rate_before, step.rate_after)
    )
    return max(before - after, ZERO)


def plan_uses(
    *,
    loans: Sequence[Loan],
    coupons: Sequence[Coupon],
    terms: LoanTerms,
    start: date,
    days: int,
) -> tuple[PlannedUse, ...]:
    """The uses of a round's offers, by code: for each coupon the dearest offer and first day.

    ``days`` is how long the offers live: a month may be three days longer next week, and the budget
    must bear the day the person chooses.
    """
    known = {coupon.code: coupon for coupon in coupons}
    planned: dict[str, PlannedUse] = {}
    for loan in loans:
        for step in lowerings(loan.provenance):
            if step.code not in known:
                continue
            benefit = max(
                interest_saved(
                    terms, step, amount=loan.amount_max, plan=loan, start=start + timedelta(day)
                )
                for day in range(days + 1)
            )
            before = planned.get(step.code)
            if before is None or benefit > before.benefit_max:
                planned[step.code] = PlannedUse(
                    known[step.code], step.rate_before, step.rate_after, benefit
                )
    return tuple(planned[code] for code in sorted(planned))


def refusal(coupon: Coupon, usage: Usage, benefit: Decimal | None = None) -> str | None:
    """Why no further use fits the coupon's own budgets: ``amount``, ``count``, ``customer`` or None.

    Without ``benefit``: whether anything is left at all.
    """
    if coupon.budget_count is not None and usage.count >= coupon.budget_count:
        return "count"
    if coupon.per_customer is not None and usage.own >= coupon.per_customer:
        return "customer"
    if coupon.budget_amount is None:
        return None
    left = coupon.budget_amount - usage.amount
    return "amount" if left <= 0 or (benefit is not None and benefit > left) else None
