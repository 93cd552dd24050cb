"""What a reviewer needs on one page: what was said, what the sources say, what the machine thought."""

from typing import Any

from lending.models import LoanApplication
from lending.selectors.signals import outstanding_principal
from risk import selectors as risk_selectors


def evidence(application: LoanApplication) -> dict[str, Any]:
    """declared, sources (no raw data), decision with assessments and reasons, history, reviews."""
    return {
        "declared": application.profile,
        "requested_amount": application.requested_amount,
        "purpose": application.purpose,
        "sources": risk_selectors.evidence(application.pk, 1),
        "decision": risk_selectors.decision(application.decision_id)
        if application.decision_id
        else None,
        "outstanding_principal": outstanding_principal(application.customer_id),
        "moves": list(application.moves.order_by("version")),
        "reviews": list(application.reviews.select_related("reviewer").order_by("at")),
        "request": getattr(application, "reviewrequest", None),
    }
