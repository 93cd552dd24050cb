"""The machine's decision on a submitted application, run in a worker and safe to run twice."""

from datetime import date, datetime, timedelta
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
from lending.selectors import coupons as coupon_selectors
from lending.selectors import signals as signal_selectors
from lending.selectors.explanations import HUMAN_ASKED
from lending.services import human_reviews, letters, moves, offer_making, sms
from products import selectors as product_selectors
from products.domain.coupons import Coupon
from products.selectors.coupons import coupons_on
from risk import contracts as risk_contracts
from risk import services as risk_services

log = structlog.get_logger(__name__)

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
    try:
        decision = risk_services.decide(_request(application, now))
    except product_selectors.MissingParameter as error:
        log.error("decision.parked", problem=str(error))  # stays in scoring; the sweeper asks again
        return
    with transaction.atomic():
        application = moves.locked(application_id)
        if application.state != State.SCORING:
            return  # another worker was faster
        application.decision_id = decision.id
        application.decided_at = now
        _settle(application, decision, now)


def _request(application: LoanApplication, now: datetime) -> risk_contracts.DecisionRequest:
    today = business_day.current(application.legal_entity)
    resolved = product_selectors.resolved_terms(application.product_version_id)
    terms = resolved.terms
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
        signals=signal_selectors.of_application(application, today=today),
        product_path=resolved.codes,
        coupons=_coupons(application, resolved.codes, today),
    )


def _without(
    application: LoanApplication, decision: risk_contracts.Decision, gone: frozenset[str]
) -> tuple[risk_contracts.OfferDraft, ...]:
    """The decision's offers, priced without coupons that were spent a moment ago."""
    today = business_day.current(application.legal_entity)
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    return risk_services.reprice(
        decision_id=decision.id,
        limit=decision.limit,
        terms=terms,
        lpr=product_selectors.parameter(f"LPR_{terms.lpr_tenor}", today),
        today=today,
        without=gone,
    )


def _coupons(application: LoanApplication, path: tuple[str, ...], on: date) -> tuple[Coupon, ...]:
    """Coupons in force for the product that something is left of for this customer."""
    found = coupons_on(product_path=path, on=on)
    spent = coupon_selectors.spent(
        coupons=found,
        customer_id=application.customer_id,
        on=on,
        application_id=application.pk,
    )
    return tuple(coupon for coupon in found if coupon.code not in spent)


def _settle(application: LoanApplication, decision: risk_contracts.Decision, now: datetime) -> None:
    data: dict[str, Any] = {"outcome": decision.outcome}
    if application.wants_person:  # the machine's answer is a suggestion to the person who decides
        human_reviews.start_clock(application=application, reason="", now=now)
        application.expires_at = max(application.expires_at, now + REVIEW_LIVES)
        action = Action.REFER
        data["reasons"] = [HUMAN_ASKED]
    elif decision.outcome == "approve" and decision.offers:
        offer_making.make_offers(
            application=application,
            drafts=decision.offers,
            redraft=lambda gone: _without(application, decision, gone),
            now=now,
        )
        application.expires_at = now + offer_making.offer_lives(application)
        action = Action.APPROVE
    elif decision.outcome == "decline":
        action = Action.DECLINE
        data["reasons"] = [reason.code for reason in decision.reasons]
    else:  # also an approval without an offer: a person looks, nothing is invented
        application.expires_at = max(application.expires_at, now + REVIEW_LIVES)
        action = Action.REFER
    moves.move(application, action=action, role=Role.SYSTEM, actor="decide", now=now, data=data)
    if action == Action.DECLINE:
        letters.write(application=application, now=now)
    tell_result(application=application, now=now)


def tell_result(*, application: LoanApplication, now: datetime) -> None:
    """One text per result, so that the person may close the page and still hear."""
    template = {
        State.OFFERED: "offer_ready",
        State.IN_REVIEW: "in_review",
        State.DECLINED: "declined",
    }[State(application.state)]
    if template == "declined" and application.reviews.exists():
        template = "declined_by_person"  # the review the other text offers has been had
    parameters: dict[str, str] = {}
    if template == "offer_ready":
        best: Decimal = max(
            offer.amount_max for offer in application.offers.filter(state=Offer.State.OPEN)
        )
        expires_on = timezone.localdate(now + offer_making.offer_lives(application))
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
