"""One to three offers that suit the person: method and term by segment, amount by what can be
repaid.

Deterministic: the same terms, limit, price and start day give the same offers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from products.domain.apr import apr
from products.domain.coupons import Reduction
from products.domain.pricing import Price
from products.domain.schedule import InvalidSchedule, Schedule, for_terms
from products.domain.terms import LoanTerms
from risk.contracts import OfferDraft
from risk.domain.limits import round_down

OFFERS_MAX = 3
_SHRINKS_MAX = 20
#: Principal falls due in one or few large payments: the whole year's income carries it, not one
#: month's.
BALLOON_METHODS = frozenset(
    {"interest_only", "bullet", "quarterly_interest", "seasonal", "flexible"}
)
_BALLOON_TERM_MAX = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """A wish of the strategy: this method over about this many months."""

    method: str
    term_months: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What every offer of one decision shares. ``free_monthly`` ``None`` = income unknown (a person
    decided).
    """

    terms: LoanTerms
    price: Price
    limit: Decimal
    free_monthly: Decimal | None
    start: date
    seasonal_months: tuple[int, ...]
    labels: Mapping[str, Mapping[str, str]]
    reduction: Reduction
    seasonal_shares: Mapping[int, int] | None = None

    @property
    def annual_rate(self) -> Decimal:
        """After the coupons."""
        return self.reduction.rate


def build_offers(frame: Frame, plans: Sequence[Plan]) -> tuple[OfferDraft, ...]:
    """At most three offers in the strategy's order, only methods and terms the product sells.

    When no wished plan fits, the product's longest equal-instalment term is tried, so that a small
    income gets a small loan rather than none. Empty if nothing can be repaid.
    """
    offers: list[OfferDraft] = []
    seen: set[tuple[str, int]] = set()
    for plan in (*plans, *_fallbacks(frame.terms)):
        if len(offers) == OFFERS_MAX or (offers and plan not in plans):
            break
        term = _nearest_term(plan, frame.terms)
        if term is None or (plan.method, term) in seen:
            continue
        seen.add((plan.method, term))
        offer = _offer(frame, plan.method, term)
        if offer is not None:
            offers.append(offer)
    return tuple(offers)


def person_set_offers(frame: Frame, plans: Sequence[Plan]) -> tuple[OfferDraft, ...]:
    """Offers after a person set the limit: never empty while the product sells anything.

    If the machine's own repayment test leaves nothing, the longest level plan is offered at the
    limit the person answers for, and its provenance says so.
    """
    offers = build_offers(frame, plans)
    if offers:
        return offers
    open_frame = replace(frame, free_monthly=None)
    return build_offers(open_frame, tuple(_fallbacks(frame.terms)))[:1]


def _fallbacks(terms: LoanTerms) -> Iterable[Plan]:
    longest = max(terms.term_months)
    level = [
        method for method in ("equal_instalment", "equal_principal") if method in terms.methods
    ]
    for method in (*level, *terms.methods):
        yield Plan(method, longest)


def _nearest_term(plan: Plan, terms: LoanTerms) -> int | None:
    """The longest sold term not above the wish, else the shortest sold; balloons stay within a
    year.
    """
    if plan.method not in terms.methods:
        return None
    wished = (
        min(plan.term_months, _BALLOON_TERM_MAX)
        if plan.method in BALLOON_METHODS
        else plan.term_months
    )
    fitting = [months for months in terms.term_months if months <= wished]
    if fitting:
        return max(fitting)
    return None if plan.method in BALLOON_METHODS else min(terms.term_months)


def _offer(frame: Frame, method: str, term: int) -> OfferDraft | None:
    fitted = _fit(frame, method, term)
    if fitted is None:
        return None
    amount, schedule = fitted
    if method == "seasonal":
        term = _term_in_use(schedule, frame.terms, term)
    terms, label = frame.terms, frame.labels[method]
    limits: list[dict[str, Any]] = [{"step": "limit", "value": str(frame.limit)}]
    if amount < frame.limit:
        limits.append({"step": "repayment capacity", "value": str(amount)})
    return OfferDraft(
        amount_min=terms.amount_min,
        amount_max=amount,
        amount_step=terms.amount_step,
        annual_rate=frame.annual_rate,
        apr=apr(amount, frame.start, schedule.flows()),
        term_months=term,
        method=method,
        provenance=(
            *(dict(step) for step in (*frame.price.steps, *frame.reduction.steps)), *limits
        ),
        label_zh=label["zh"].replace("{months}", str(term)),
        label_en=label["en"].replace("{months}", str(term)),
        seasonal_months=frame.seasonal_months if method == "seasonal" else (),
        seasonal_shares=(frame.seasonal_shares or {}) if method == "seasonal" else {},
        coupons=tuple(coupon.code for coupon in frame.reduction.used),
        rate_before=frame.price.annual_rate if frame.reduction.used else None,
    )


def _term_in_use(schedule: Schedule, terms: LoanTerms, term: int) -> int:
    """The shortest sold term that still holds the last payment: with both harvests in the first
    half year nobody should read "12 months".
    """
    start, end = schedule.start, schedule.maturity
    months = (end.year - start.year) * 12 + end.month - start.month + (end.day > start.day)
    return min((sold for sold in terms.term_months if months <= sold <= term), default=term)


def _fit(frame: Frame, method: str, term: int) -> tuple[Decimal, Schedule] | None:
    """The largest amount within limit and capacity, and its schedule. Payments grow with the
    amount, so one look at the full amount gives the share that fits; rounding may need a step or
    two less.
    """
    terms, amount = frame.terms, frame.limit
    for _ in range(_SHRINKS_MAX):
        if amount < terms.amount_min or amount <= 0:
            return None
        schedule = _schedule(frame, method, term, amount)
        if schedule is None:
            return None
        share = _affordable_share(schedule, frame, method, term)
        if share >= 1:
            return amount, schedule
        smaller = round_down(amount * share, terms.amount_step)
        amount = min(smaller, amount - terms.amount_step)
    return None


def _schedule(frame: Frame, method: str, term: int, amount: Decimal) -> Schedule | None:
    try:
        return for_terms(
            frame.terms,
            principal=amount,
            annual_rate=frame.annual_rate,
            term_months=term,
            method=method,
            start=frame.start,
            seasonal_months=(frame.seasonal_months or None) if method == "seasonal" else None,
            seasonal_shares=frame.seasonal_shares if method == "seasonal" else None,
        )
    except InvalidSchedule:  # this product cannot be repaid this way over this term: not an offer
        return None


def _affordable_share(schedule: Schedule, frame: Frame, method: str, term: int) -> Decimal:
    """1 or more when every payment fits. Level plans: each instalment against a month's free
    income; balloons: all payments of the term against the term's free income.
    """
    if frame.free_monthly is None:
        return Decimal(1)
    if method in BALLOON_METHODS:
        return frame.free_monthly * term / schedule.total_amount
    return frame.free_monthly / max(row.amount for row in schedule.instalments)


def offer_as_dict(offer: OfferDraft) -> dict[str, Any]:
    """JSON-safe form of an offer, as decisions keep it."""
    return {
        "amount_min": str(offer.amount_min),
        "amount_max": str(offer.amount_max),
        "amount_step": str(offer.amount_step),
        "annual_rate": str(offer.annual_rate),
        "apr": str(offer.apr),
        "term_months": offer.term_months,
        "method": offer.method,
        "seasonal_months": list(offer.seasonal_months),
        "seasonal_shares": {str(month): share for month, share in offer.seasonal_shares.items()},
        "coupons": list(offer.coupons),
        "rate_before": None if offer.rate_before is None else str(offer.rate_before),
        "provenance": [
            {key: str(value) for key, value in step.items()} for step in offer.provenance
        ],
        "label_zh": offer.label_zh,
        "label_en": offer.label_en,
    }
