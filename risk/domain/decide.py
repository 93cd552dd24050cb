"""The decision on one page: inputs and a strategy in, a JSON-safe result out.

Pure and deterministic — no clock, no chance, no I/O — so the same inputs and strategy give the same
bytes for ever under one ``ENGINE_VERSION``. Raise that version whenever a result could change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from products.domain.pricing import Adjustment
from products.money import ZERO
from risk.contracts import APPROVE, DECLINE, REFER, OfferDraft
from risk.domain.assessments import assess
from risk.domain.case import Case
from risk.domain.case_offers import offers_at
from risk.domain.limits import Limit, cannot_be_told, compute_limit
from risk.domain.offers import offer_as_dict
from risk.domain.reasons import approval_notes, gap_reasons, reason, weak_points
from risk.domain.scorecard import Points
from risk.domain.stages import Desk, Fired
from risk.domain.strategy import CompiledStrategy
from risk.domain.trace import trace_of

ENGINE_VERSION = "2.0"
#: Older versions whose results are the same but for the version's name: these strategies had no
#: tables and no formulas, and without them nothing changed.
SAME_RESULTS = frozenset({"1.2"})


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
    authority: str | None = None
    adjustments: Sequence[Adjustment] = ()
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

    Order of weight: a rule or admission table that certainly declines; anything unknown or
    unavailable, or a rule or table that refers; then score, limit, review triggers and offers.
    Unknown never approves. Strategies with tables or formulas add ``authority``, the role that may
    approve the machine's limit alone.
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
    fired, unknown = case.run_all()
    gaps = [gap for gap in case.gaps if gap.feature in strategy.required]
    scored = strategy.scorecard.score(case.known)
    score = scored[0] if scored else None
    grade = None if score is None else strategy.grade(score)
    limit, is_told = _limit(case, grade, score)
    unsure = bool(gaps or unknown or scored is None or "segment" not in case.known or not is_told)
    found = Found(fired, unknown, scored, grade, unsure=unsure)
    if found.declines:
        return DECLINE, found
    if unsure or fired:
        return _refer(case, found, limit, gap_reasons(strategy, gaps, unsure))
    return _price(case, found, limit)


def _price(case: Case, found: Found, limit: Limit | None) -> tuple[str, Found]:
    """Nothing stands against the person: score, limit, review triggers and price decide."""
    strategy = case.strategy
    if found.grade is None:
        found.notes = [reason(strategy, "SCORE_TOO_LOW", DECLINE), *weak_points(case, found.scored)]
        return DECLINE, found
    if limit is None or found.grade not in case.terms.spread_bp_by_grade:
        return _refer(case, found, None, _incomplete(case))
    if limit.amount <= 0:
        found.notes = [reason(strategy, "ABILITY_INSUFFICIENT", DECLINE)]
        return DECLINE, found
    found.fired, unknown = _desk(case, found.scored, limit.amount).review()
    if found.fired or unknown:
        return _refer(case, found, limit, _incomplete(case) if unknown else [])
    adjustments = _desk(case, found.scored, limit.amount).price()
    if adjustments is None:
        return _refer(case, found, limit, _incomplete(case))
    found.limit, found.adjustments = limit, adjustments
    return APPROVE, found


def _incomplete(case: Case) -> list[dict[str, str]]:
    return [reason(case.strategy, "DATA_INCOMPLETE", REFER)]


def _offered(case: Case, found: Found) -> dict[str, Any]:
    """The offers; without one that can be repaid it is a decline after all."""
    limit, grade, found.limit = found.limit, found.grade, None
    if limit is None or grade is None:
        raise ValueError("an approval has a limit and a grade")
    found.offers = offers_at(case, grade, limit.amount, found.adjustments)
    if not found.offers:
        found.notes = [reason(case.strategy, "ABILITY_INSUFFICIENT", DECLINE)]
        return _result(case, DECLINE, found)
    highest = max(offer.amount_max for offer in found.offers)
    found.authority, is_certain = _desk(case, found.scored, highest).authority()
    if not is_certain:
        found.offers = ()
        return _result(case, *_refer(case, found, limit, _incomplete(case)))
    found.limit = Limit(highest, limit.steps)
    found.notes = approval_notes(case, found.limit.amount)
    return _result(case, APPROVE, found)


def _refer(
    case: Case, found: Found, limit: Limit | None, notes: list[dict[str, str]]
) -> tuple[str, Found]:
    """To a person, with the limit the machine would have named and who may grant it."""
    found.limit, found.notes = limit, notes
    if limit is not None and found.authority is None:
        found.authority, _ = _desk(case, found.scored, limit.amount).authority()
    return REFER, found


def authority_for(
    strategy: CompiledStrategy, inputs: Mapping[str, Any], amount: Decimal
) -> str | None:
    """The role (officer, manager, head_office) that may approve ``amount`` yuan alone.

    While something the bands read is unknown, the highest role they may ask for; ``None`` when no
    band speaks of this case.
    """
    case = Case(strategy, inputs)
    role, _ = _desk(case, strategy.scorecard.score(case.known), amount).authority()
    return role


def _desk(
    case: Case, scored: tuple[int, Sequence[Points]] | None, amount: Decimal | None = None
) -> Desk:
    score = scored[0] if scored else None
    grade = None if score is None else case.strategy.grade(score)
    return case.desk(score=score, grade=grade, limit_amount=amount)


def _limit(case: Case, grade: str | None, score: int | None) -> tuple[Limit | None, bool]:
    """The limit, and whether tables and lowering layers could be told."""
    if grade is None:
        return None, True
    tables = case.desk(grade=grade, score=score).limit()
    if tables is None or cannot_be_told(case.known, case.strategy.limit):
        return None, False
    written_cap = case.inputs.get("regulatory_cap")
    cap = None if written_cap is None else Decimal(written_cap)
    limit = compute_limit(
        case.known,
        grade=grade,
        terms=case.terms,
        rules=case.strategy.limit,
        regulatory_cap=cap,
        tier=case.tier,
        tables=tables,
    )
    return limit, True


def _result(case: Case, outcome: str, found: Found) -> dict[str, Any]:
    strategy, scored = case.strategy, found.scored
    score, points = scored if scored else (None, None)
    reasons = [reason(strategy, code, then) for code, _, then in found.fired if then == outcome]
    result = {
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
        "trace": trace_of(case, fired=found.fired, scored=found.scored, limit=found.limit),
        "strategy": strategy.sha256,
        "engine": ENGINE_VERSION,
    }
    if strategy.has_tables:
        result["authority"] = found.authority
    return result
