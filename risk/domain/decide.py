"""The decision on one page: inputs and a strategy in, a JSON-safe result out.

Pure and deterministic — no clock, no chance, no I/O — so the same inputs and strategy give the same
bytes for ever under one ``ENGINE_VERSION``. Raise that version whenever a result could change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from products.domain.coupons import reduce
from products.domain.law import reviewed_amount_max
from products.domain.pricing import price
from products.money import ZERO
from risk.contracts import APPROVE, DECLINE, REFER, OfferDraft
from risk.domain.assessments import assess
from risk.domain.case import Case, Fired
from risk.domain.limits import Limit, compute_limit, free_monthly
from risk.domain.offers import Frame, Plan, build_offers, offer_as_dict, person_set_offers
from risk.domain.reasons import approval_notes, gap_reasons, reason, weak_points
from risk.domain.scorecard import Points
from risk.domain.strategy import CompiledStrategy
from risk.domain.values import written

ENGINE_VERSION = "1.2"
#: Term of a method that a tier prefers and the strategy has no plan for.
_TIER_MONTHS = 12
_DERIVED_SHOWN = (
    "age",
    "thin_file",
    "stability_years",
    "verified_income",
    "monthly_income",
    "debt_burden_percent",
    "segment",
)


@dataclass
class Found:
    """What the evaluation found; turned into the result at the end."""

    fired: Sequence[Fired] = ()
    unknown: Sequence[str] = ()
    scored: tuple[int, Sequence[Points]] | None = None
    grade: str | None = None
    limit: Limit | None = None
    offers: Sequence[OfferDraft] = ()
    notes: list[dict[str, str]] = field(default_factory=list)
    unsure: bool = False

    @property
    def declines(self) -> bool:
        return any(then == DECLINE for _, _, then in self.fired)


def precheck(strategy: CompiledStrategy, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """A decline that needs no outside source (a minor, an age outside the product), or ``None``."""
    case = Case(strategy, inputs)
    early = _early_decline(case)
    return None if early is None else _result(case, DECLINE, early)


def _early_decline(case: Case) -> Found | None:
    fired, unknown = case.run([rule for rule in case.strategy.rules if rule.precheck])
    found = Found(fired, unknown, unsure=True)
    return found if found.declines else None


def evaluate(strategy: CompiledStrategy, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The whole decision; see ``risk.contracts.Decision`` for the meaning of the result's fields.

    Order of weight: a rule that certainly declines; anything unknown or unavailable, or a rule that
    refers; then score, limit and offers. Unknown never approves.
    """
    return evaluate_both(strategy, inputs)[0]


def evaluate_both(
    strategy: CompiledStrategy, inputs: Mapping[str, Any]
) -> tuple[dict[str, Any], str, Decimal]:
    """The whole decision, and the outcome and limit that stood before plans were fitted."""
    case = Case(strategy, inputs)
    outcome, found = weigh(case)
    limit = found.limit.amount if found.limit else ZERO
    result = _offered(case, found) if outcome == APPROVE else _result(case, outcome, found)
    return result, outcome, limit


def weigh(case: Case) -> tuple[str, Found]:
    """Everything before plans are fitted. "approve": a limit above zero stands, at a priced grade;
    whether it can be repaid by a plan is seen when the offers are built.
    """
    early = _early_decline(case)
    if early is not None:
        return DECLINE, early
    strategy = case.strategy
    fired, unknown = case.run(strategy.rules)
    gaps = [gap for gap in case.gaps if gap.feature in strategy.required]
    scored = strategy.scorecard.score(case.known)
    grade = strategy.grade(scored[0]) if scored else None
    unsure = bool(gaps or unknown or scored is None or "segment" not in case.known)
    found = Found(fired, unknown, scored, grade, _limit(case, grade), unsure=unsure)
    if found.declines:
        found.limit = None
        return DECLINE, found
    if unsure or fired:
        found.notes = gap_reasons(strategy, gaps, unsure)
        return REFER, found
    return _priced(case, found), found


def _priced(case: Case, found: Found) -> str:
    """Nothing stands against the person: score and limit decide."""
    strategy, limit = case.strategy, found.limit
    if found.grade is None:
        found.notes = [reason(strategy, "SCORE_TOO_LOW", DECLINE), *weak_points(case, found.scored)]
        found.limit = None
        return DECLINE
    if limit is None or found.grade not in case.terms.spread_bp_by_grade:
        found.notes = [reason(strategy, "DATA_INCOMPLETE", REFER)]
        found.limit = None
        return REFER
    if limit.amount > 0:
        return APPROVE
    found.notes = [reason(strategy, "ABILITY_INSUFFICIENT", DECLINE)]
    found.limit = None
    return DECLINE


def _offered(case: Case, found: Found) -> dict[str, Any]:
    """The offers; without one that can be repaid it is a decline after all."""
    limit, grade, found.limit = found.limit, found.grade, None
    if limit is None or grade is None:
        raise ValueError("an approval has a limit and a grade")
    found.offers = build_offers(_frame(case, grade, limit.amount), _plans(case))
    if not found.offers:
        found.notes = [reason(case.strategy, "ABILITY_INSUFFICIENT", DECLINE)]
        return _result(case, DECLINE, found)
    found.limit = Limit(max(offer.amount_max for offer in found.offers), limit.steps)
    found.notes = approval_notes(case, found.limit.amount)
    return _result(case, APPROVE, found)


def reprice(
    strategy: CompiledStrategy, inputs: Mapping[str, Any], *, grade: str | None, limit: Decimal
) -> tuple[OfferDraft, ...]:
    """Offers at a limit a person set, priced at ``grade`` (unknown → the strategy's worst grade).

    ``inputs`` carry the terms, LPR and business date of today; the limit is held to the product's
    caps.
    """
    case = Case(strategy, inputs)
    capped = min(limit, reviewed_amount_max(case.terms))
    frame = _frame(case, grade or strategy.worst_grade, capped)
    return person_set_offers(frame, _plans(case))


def _limit(case: Case, grade: str | None) -> Limit | None:
    if grade is None:
        return None
    written_cap = case.inputs.get("regulatory_cap")
    cap = None if written_cap is None else Decimal(written_cap)
    return compute_limit(
        case.known,
        grade=grade,
        terms=case.terms,
        rules=case.strategy.limit,
        regulatory_cap=cap,
        tier=case.tier,
    )


def _frame(case: Case, grade: str, limit: Decimal) -> Frame:
    terms = case.terms
    cost = price(terms, grade, Decimal(case.inputs["lpr"]), tier=case.tier)
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


def _result(case: Case, outcome: str, found: Found) -> dict[str, Any]:
    strategy, scored = case.strategy, found.scored
    score, points = scored if scored else (None, None)
    reasons = [reason(strategy, code, then) for code, _, then in found.fired if then == outcome]
    return {
        "outcome": outcome,
        "score": score,
        "grade": strategy.grade(score) if score is not None else None,
        "limit": str(found.limit.amount if found.limit else ZERO),
        "offers": [offer_as_dict(offer) for offer in found.offers],
        "reasons": [*reasons, *found.notes],
        "assessments": assess(
            strategy,
            fired=found.fired,
            points=points,
            known=case.known,
            facts=case.inputs["facts"],
            unsure=found.unsure,
        ),
        "trace": _trace(case, found),
        "strategy": strategy.sha256,
        "engine": ENGINE_VERSION,
    }


def _trace(case: Case, found: Found) -> dict[str, Any]:
    """For the bank: which rules fired, which bin gave which points, how the limit came about."""
    points = found.scored[1] if found.scored else ()
    return {
        "rules": [list(row) for row in found.fired],
        "points": [[part.feature, part.bin, part.points] for part in points],
        "gaps": [[gap.feature, gap.source, gap.kind] for gap in case.gaps],
        "segments": case.segments,
        "lists": sorted(case.white_lists or ()),
        "tier": case.tier,
        "derived": {
            name: written(case.known[name]) for name in _DERIVED_SHOWN if name in case.known
        },
        "limit": list(found.limit.steps) if found.limit else [],
    }
