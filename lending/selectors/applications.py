"""Reading applications: whose, where they stand, what comes next."""

import time
from typing import Any
from uuid import UUID

from lending.domain.application_flow import MACHINE_STATES, OPEN_STATES, State
from lending.errors import NotFound
from lending.models import Customer, LoanApplication
from lending.selectors import consents as consent_selectors
from products import selectors as product_selectors

_POLL_S = 0.08
WAIT_MAX_S = 10.0


def of_customer(application_id: Any, customer: Customer) -> LoanApplication:
    """The customer's own application; ``NotFound`` for anything else."""
    application = _with_relations().filter(pk=application_id, customer=customer).first()
    if application is None:
        raise NotFound
    return application


def _with_relations():  # type: ignore[no-untyped-def]
    return LoanApplication.objects.select_related(
        "customer", "bank_card", "officer__branch", "legal_entity"
    )


def latest_open(customer: Customer) -> LoanApplication | None:
    """The newest application that still needs somebody, for resuming; None when there is none."""
    return (
        _with_relations()
        .filter(customer=customer, state__in=[*OPEN_STATES, State.SIGNED, State.DISBURSING])
        .order_by("-created_at")
        .first()
    )


def latest(customer: Customer) -> LoanApplication | None:
    """The newest application whatever became of it; None for somebody who never applied."""
    return _with_relations().filter(customer=customer).order_by("-created_at").first()


def missing_answers(application: LoanApplication) -> list[str]:
    """Questions of the product that are not answered yet, in the product's order."""
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    return [question for question in terms.questions if question not in application.profile]


def next_steps(application: LoanApplication) -> list[str]:
    """What may be done now, first things first: the ``next`` of every API answer."""
    state = application.state
    if state in (State.DRAFT, State.IDENTIFIED, State.CONSENTED):
        return _unfinished(application) or ["submit"]
    if state in MACHINE_STATES or state == State.IN_REVIEW:
        return ["wait"]
    if state == State.SIGNED:  # the bank sent the money back: another card
        return ["bank-card", "payout"]
    return {
        State.OFFERED: ["offers"],
        State.ACCEPTED: ["contract", "sign"],
        State.DECLINED: ["explanation", "review-request"],
        State.DISBURSED: ["done"],
    }.get(State(state), ["start"])


def _unfinished(application: LoanApplication) -> list[str]:
    steps = []
    if application.state == State.DRAFT:
        steps.append("identity")
    if application.state in (State.DRAFT, State.IDENTIFIED):
        steps.append("consents")
    if missing_answers(application):
        steps.append("profile")
    if application.bank_card_id is None:
        steps.append("bank-card")
    return steps


def wait_for_change(application_id: UUID, state: str, seconds: float) -> str:
    """Wait (at most ``seconds`` ≤ 10) while a machine state stays ``state``; returns the state then.

    A state in which a person must act is returned at once: waiting would only hold the line.
    """
    deadline = time.monotonic() + min(max(seconds, 0.0), WAIT_MAX_S)
    while state in MACHINE_STATES and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        now_state = LoanApplication.objects.values_list("state", flat=True).get(pk=application_id)
        if now_state != state and now_state not in MACHINE_STATES:
            return now_state
        state = now_state
    return state


def consent_summary(application: LoanApplication) -> dict[str, bool]:
    """kind → accepted, as answered."""
    return {kind: row.accepted for kind, row in consent_selectors.answers(application).items()}
