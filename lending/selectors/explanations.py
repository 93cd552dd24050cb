"""Why: the decision's reasons in plain language, what a reviewer added, and what would help."""

from datetime import date
from typing import Any

from lending.domain.application_flow import State
from lending.models import LoanApplication, ManualReview
from risk import selectors as risk_selectors
from risk.selectors import explanations as risk_explanations

#: The person refused a purely automated decision; what the machine thinks stays with the reviewer.
HUMAN_ASKED = "HUMAN_ASKED"
_HUMAN_ASKED = {
    "code": HUMAN_ASKED,
    "kind": "refer",
    "text_zh": "您要求由人工审核，客户经理会为您办理。",
    "text_en": "You asked for a person to decide; a loan officer will.",
}

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


def of_application(
    application: LoanApplication, *, for_staff: bool = False
) -> list[dict[str, Any]]:
    """``[{"code", "kind", "text_zh", "text_en"}]``; empty before a decision.

    Who asked for a person is not told what the machine thinks while that person decides; staff are.
    """
    reasons: list[dict[str, Any]] = []
    if application.wants_person and application.state == State.IN_REVIEW and not for_staff:
        return [_HUMAN_ASKED]
    if application.decision_id:
        decision = risk_selectors.decision(application.decision_id)
        reasons = [
            {"code": r.code, "kind": r.kind, "text_zh": r.text_zh, "text_en": r.text_en}
            for r in decision.reasons
        ]
    if application.wants_person and for_staff:
        reasons.insert(0, _HUMAN_ASKED)
    verdict = application.reviews.order_by("-at").first()
    if verdict is not None and verdict.verdict == ManualReview.Verdict.DECLINE:
        zh, en = verdict_words(verdict.reason_code)
        reasons.insert(
            0, {"code": verdict.reason_code, "kind": "decline", "text_zh": zh, "text_en": en}
        )
    return reasons


def verdict_words(reason_code: str) -> tuple[str, str]:
    """What a reviewer's reason is to the applicant, in Chinese and English."""
    return _REVIEW_WORDS[reason_code]


def what_helps(application: LoanApplication) -> list[dict[str, str]]:
    """At most three things the person could do: ``[{"code", "text_zh", "text_en"}]``, no figures.

    Only where the machine's own answer stands: a person's verdict is explained by that person.
    """
    if not _is_the_machines(application):
        return []
    assert application.decision_id is not None
    return [
        {"code": row.code, "text_zh": row.text_zh, "text_en": row.text_en}
        for row in risk_explanations.what_helps(application.decision_id)
    ]


def try_again_after(application: LoanApplication) -> date | None:
    """From when on waiting alone would have changed the refusal, where it would."""
    if not _is_the_machines(application) or application.state != State.DECLINED:
        return None
    assert application.decision_id is not None
    return risk_explanations.try_again_after(application.decision_id)


def _is_the_machines(application: LoanApplication) -> bool:
    answered = application.state in (State.DECLINED, State.OFFERED)
    return bool(
        answered and application.decision_id is not None and not application.reviews.exists()
    )
