"""The machine's decision on a submitted application, run in a worker and safe to run twice."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from lending import jobs
from lending.domain.application_flow import Action, Role, State
from lending.models import LoanApplication, Offer
from lending.selectors import business_day
from lending.selectors import consents as consent_selectors
from lending.selectors import signals as signal_selectors
from lending.services import moves, sms
from products import selectors as product_selectors
from risk import contracts as risk_contracts
from risk import services as risk_services

log = structlog.get_logger(__name__)

OFFER_LIVES = timedelta(days=7)
#: A referred application waits at least so long for its person, however old the draft was.
REVIEW_LIVES = timedelta(days=30)
#: A decision that has not come by then is asked for again by the sweeper.
STUCK_AFTER = timedelta(seconds=30)


def subject_of(application: LoanApplication) -> risk_contracts.Subject:
    """What risk may know of the person, from the application's own columns."""
    card = application.bank_card
    return risk_contracts.Subject(
        application_id=application.pk,
        name=application.name or "",
        id_number=application.id_number or "",
        mobile=application.customer.mobile,
        card_number=card.card_number if card else None,
        address=application.address or "",
        declared={key: str(value) for key, value in application.profile.items()},
    )


def gather(*, application_id: UUID, now: datetime) -> None:
    """Ask the sources the person has agreed to, while they still type."""
    application = LoanApplication.objects.select_related(
        "customer", "bank_card", "legal_entity"
    ).get(pk=application_id)
    if application.state not in (State.CONSENTED, State.SUBMITTED):
        return
    risk_services.gather(
        subject=subject_of(application),
        consents=consent_selectors.accepted_ids(application),
        purpose="loan_approval",
        now=now,
        round=application.decision_round,
        terms=product_selectors.resolved_terms(application.product_version_id).terms,
    )


def decide(*, application_id: UUID, now: datetime) -> None:
    """submitted → scoring → offered | in_review | declined. The decision itself is one stored row a round."""
    with transaction.atomic():
        application = moves.locked(application_id)
        if application.state == State.SUBMITTED:
            moves.move(
                application, action=Action.START_SCORING, role=Role.SYSTEM, actor="decide", now=now
            )
        elif application.state != State.SCORING:
            return
    application = LoanApplication.objects.select_related(
        "customer", "bank_card", "legal_entity"
    ).get(pk=application_id)
    decision = risk_services.decide(_request(application, now))
    with transaction.atomic():
        application = moves.locked(application_id)
        if application.state != State.SCORING:
            return  # another worker was faster
        application.decision_id = decision.id
        application.decided_at = now
        _settle(application, decision, now)


def _request(application: LoanApplication, now: datetime) -> risk_contracts.DecisionRequest:
    today = business_day.current(application.legal_entity)
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    return risk_contracts.DecisionRequest(
        subject=subject_of(application),
        round=application.decision_round,
        terms=terms,
        lpr=product_selectors.parameter(f"LPR_{terms.lpr_tenor}", today),
        requested_amount=application.requested_amount,
        purpose=application.purpose,
        consents=consent_selectors.accepted_ids(application),
        as_of=application.submitted_at or now,
        business_date=today,
        signals=signal_selectors.of_application(application),
    )


def _settle(application: LoanApplication, decision: risk_contracts.Decision, now: datetime) -> None:
    data: dict[str, Any] = {"outcome": decision.outcome}
    if decision.outcome == "approve" and decision.offers:
        make_offers(application=application, drafts=decision.offers, now=now)
        application.expires_at = now + OFFER_LIVES
        action = Action.APPROVE
    elif decision.outcome == "decline":
        action = Action.DECLINE
        data["reasons"] = [reason.code for reason in decision.reasons]
    else:  # also an approval without an offer: a person looks, nothing is invented
        application.expires_at = max(application.expires_at, now + REVIEW_LIVES)
        action = Action.REFER
    moves.move(application, action=action, role=Role.SYSTEM, actor="decide", now=now, data=data)
    tell_result(application=application, now=now)


def make_offers(
    *, application: LoanApplication, drafts: tuple[risk_contracts.OfferDraft, ...], now: datetime
) -> None:
    """Store 1–3 offers for the application's current round; older ones are void."""
    application.offers.filter(state=Offer.State.OPEN).update(state=Offer.State.VOID)
    for position, draft in enumerate(drafts, start=1):
        Offer.objects.create(
            application=application,
            round=application.decision_round,
            position=position,
            label_zh=draft.label_zh,
            label_en=draft.label_en,
            amount_min=draft.amount_min,
            amount_max=draft.amount_max,
            amount_step=draft.amount_step,
            annual_rate=draft.annual_rate,
            apr=draft.apr,
            term_months=draft.term_months,
            method=draft.method,
            seasonal_months=list(getattr(draft, "seasonal_months", ()) or ()),
            provenance=[dict(step) for step in draft.provenance],
            created_at=now,
            expires_at=now + OFFER_LIVES,
        )


def tell_result(*, application: LoanApplication, now: datetime) -> None:
    """One text per result, so that the person may close the page and still hear."""
    template = {
        State.OFFERED: "offer_ready",
        State.IN_REVIEW: "in_review",
        State.DECLINED: "declined",
    }[State(application.state)]
    parameters: dict[str, str] = {}
    if template == "offer_ready":
        best: Decimal = max(
            offer.amount_max for offer in application.offers.filter(state=Offer.State.OPEN)
        )
        expires_on = timezone.localdate(now + OFFER_LIVES)
        parameters = {"amount": f"{best:,.0f}", "expires_on": expires_on.isoformat()}
    customer = application.customer
    sms.queue(
        template=template,
        event_key=f"{application.pk}:{application.version}",
        mobile=customer.mobile,
        parameters=parameters,
        language=customer.language,
        now=now,
    )


def revive(*, now: datetime, limit: int = 200) -> int:
    """Ask again for decisions that never came; returns how many."""
    with transaction.atomic():
        stuck = list(
            LoanApplication.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state__in=[State.SUBMITTED, State.SCORING], state_since__lt=now - STUCK_AFTER)
            .exclude(pk__in=list(jobs.asked_recently("lending.decide_application", now)))
            .order_by("state_since")[:limit]
        )
        for application in stuck:
            jobs.decide_application(application.pk, now)
    return len(stuck)
