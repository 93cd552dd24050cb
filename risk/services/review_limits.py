"""Limits that a person sets: what they cost, and who may grant them. Under the decision's own strategy."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

from products.domain.terms import LoanTerms
from risk import selectors
from risk.contracts import OfferDraft
from risk.domain.case_offers import reprice as reprice_offers
from risk.domain.decide import authority_for as role_for
from risk.strategies import compiled_version


def reprice(
    *,
    decision_id: UUID,
    limit: Decimal,
    terms: LoanTerms,
    lpr: Decimal,
    today: date,
    without: Collection[str] = (),
) -> tuple[OfferDraft, ...]:
    """Offers at the limit a person set, under today's terms and LPR, at the decision's grade.

    ``without`` names coupons that nothing is left of. The decision's strategy version is used. The
    limit is held to the product's caps; instalments to the person's income where it is known. Raises
    ``selectors.NoDecision``.
    """
    record = selectors.record_of(decision_id)
    inputs = {
        **record.inputs,
        "terms": terms.as_dict(),
        "lpr": str(lpr),
        "business_date": today.isoformat(),
        "coupons": [
            row for row in record.inputs.get("coupons", ()) if row["code"] not in without
        ],
    }
    strategy = compiled_version(record.strategy_version_id)
    return reprice_offers(strategy, inputs, grade=record.grade or None, limit=limit)


def authority_for(*, decision_id: UUID, amount: Decimal) -> str | None:
    """The role (officer | manager | head_office) that may approve ``amount`` yuan alone, by the bands
    of the decision's own strategy; ``None`` when it has none for this case.

    While something a band reads is unknown, the highest role it may ask for. Raises
    ``selectors.NoDecision``.
    """
    record = selectors.record_of(decision_id)
    strategy = compiled_version(record.strategy_version_id)
    return role_for(strategy, record.inputs, amount)
