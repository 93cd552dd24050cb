"""Why: the decision's reasons in plain language, and what a reviewer added."""

from typing import Any

from lending.models import LoanApplication, ManualReview
from risk import selectors as risk_selectors

_REVIEW_WORDS = {
    "identity_doubtful": ("我们没能确认您的身份信息", "We could not confirm your identity details"),
    "income_too_low": (
        "按目前的收入，还款压力会太大",
        "Repaying would weigh too much on your present income",
    ),
    "purpose_doubtful": (
        "借款用途不清楚或不在本产品范围内",
        "The purpose is unclear or outside this product",
    ),
    "too_much_debt": ("您目前的借款已经较多", "You already owe a good deal"),
    "other_reason": (
        "客户经理综合考虑后没有通过",
        "The loan officer decided against it on the whole",
    ),
}


def of_application(application: LoanApplication) -> list[dict[str, Any]]:
    """``[{"code", "kind", "text_zh", "text_en"}]``; empty before a decision."""
    reasons: list[dict[str, Any]] = []
    if application.decision_id:
        decision = risk_selectors.decision(application.decision_id)
        reasons = [
            {"code": r.code, "kind": r.kind, "text_zh": r.text_zh, "text_en": r.text_en}
            for r in decision.reasons
        ]
    verdict = application.reviews.order_by("-at").first()
    if verdict is not None and verdict.verdict == ManualReview.Verdict.DECLINE:
        zh, en = _REVIEW_WORDS[verdict.reason_code]
        reasons.insert(
            0, {"code": verdict.reason_code, "kind": "decline", "text_zh": zh, "text_en": en}
        )
    return reasons
