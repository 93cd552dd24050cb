"""Machine approval + manual adjustment: a person decides a referred application, bounded and on record."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.application_flow import Action, Role, State
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import Customer, LoanApplication, ManualReview, Officer, ReviewRequest
from lending.selectors import business_day, parameters, worklists
from lending.selectors import coupons as coupon_selectors
from lending.services import (
    audit,
    decisions,
    human_reviews,
    letters,
    moves,
    offer_making,
    review_limits,
    traits,
)
from lending.services.applications import clean_amount, in_progress, open_ones
from products import selectors as product_selectors
from products.domain.terms import LoanTerms
from products.selectors.coupons import coupons_on
from risk import selectors as risk_selectors
from risk import services as risk_services
from risk.contracts import OfferDraft

APPROVE_REASONS = ("identity_checked", "income_checked", "known_customer", "other_evidence")
DECLINE_REASONS = (
    "identity_doubtful",
    "income_too_low",
    "purpose_doubtful",
    "too_much_debt",
    "other_reason",
)
NOTE_MIN, NOTE_MAX = 4, 1000


class AlreadyDecided(IllegalState):
    """Somebody was faster; the message names them and the time."""

    code = "already_decided"


def request_review(
    *, application_id: UUID, customer: Customer, reason: str, now: datetime
) -> LoanApplication:
    """An applicant asks for a person (once, and before any person decided): declined → in_review.

    Before the machine has answered it is asked to leave the answer to a person. Raises ``IllegalState``
    also while another application is open: two at once could be paid twice over the person's limit.
    """
    if len(reason) > 500 or "\x00" in reason:
        raise InvalidInput.field("reason", _("Please keep it under 500 characters."))
    with transaction.atomic():
        moves.take_turns(customer)
        application = moves.locked(application_id, customer=customer)
        if application.state in human_reviews.BEFORE_THE_ANSWER:
            return human_reviews.ask_for_person(
                application_id=application_id, customer=customer, now=now
            )
        asked = ReviewRequest.objects.filter(application=application).exists()
        if asked or application.reviews.exists():
            raise IllegalState(_("A person has already looked at this application."))
        if open_ones(customer).exclude(pk=application.pk).exists():
            raise in_progress()
        application.expires_at = max(application.expires_at, now + decisions.REVIEW_LIVES)
        moves.move(
            application,
            action=Action.REQUEST_REVIEW,
            role=Role.CUSTOMER,
            actor=str(customer.pk),
            now=now,
        )
        human_reviews.start_clock(application=application, reason=reason, now=now)
        traits.wrote(application=application, texts=[reason], now=now)
    return application


def approve(
    *,
    application_id: UUID,
    reviewer: User,
    limit: Any,
    reason_code: str,
    note: str,
    expected_version: int,
    now: datetime,
) -> ManualReview:
    """in_review → offered under ``limit``, within the reviewer's authority and the product's caps."""
    amount = clean_amount("limit", limit)
    _check_note(reason_code, APPROVE_REASONS, note)
    officer = _officer_of(reviewer)
    with transaction.atomic():
        application = _for_review(application_id, reviewer, expected_version)
        terms = product_selectors.resolved_terms(application.product_version_id).terms
        review_limits.check(amount, officer, terms, application)
        review = _record(
            application, reviewer, ManualReview.Verdict.APPROVE, amount, reason_code, note, now
        )
        offers = _repriced(application, amount, terms, _spent(application))
        if not offers:
            raise InvalidInput.field(
                "limit", _("No offer fits this limit. Please choose another one.")
            )
        application.decision_round += 1
        offer_making.make_offers(
            application=application,
            drafts=offers,
            redraft=lambda gone: _repriced(application, amount, terms, gone | _spent(application)),
            now=now,
        )
        application.expires_at = now + offer_making.offer_lives(application)
        application.decided_at = now
        _finish(application, Action.APPROVE, officer, now, {"review_id": str(review.pk)})
    return review


def decline(
    *,
    application_id: UUID,
    reviewer: User,
    reason_code: str,
    note: str,
    expected_version: int,
    now: datetime,
) -> ManualReview:
    """in_review → declined, with a reason the applicant is told."""
    _check_note(reason_code, DECLINE_REASONS, note)
    officer = _officer_of(reviewer)
    with transaction.atomic():
        application = _for_review(application_id, reviewer, expected_version)
        review = _record(
            application, reviewer, ManualReview.Verdict.DECLINE, None, reason_code, note, now
        )
        application.decided_at = now
        _finish(application, Action.DECLINE, officer, now, {"review_id": str(review.pk)})
    return review


def _officer_of(reviewer: User) -> Officer:
    officer = Officer.objects.filter(user=reviewer, user__is_active=True).first()
    if officer is None:
        raise NotPermitted(_("Only loan officers and managers may decide."))
    return officer


def _for_review(application_id: UUID, reviewer: User, expected_version: int) -> LoanApplication:
    if not worklists.visible_applications(reviewer).filter(pk=application_id).exists():
        raise NotFound
    application = moves.locked(application_id)
    if application.state != State.IN_REVIEW or application.version != expected_version:
        raise _already_decided(application)
    return application


def _repriced(
    application: LoanApplication, limit: Decimal, terms: LoanTerms, without: frozenset[str]
) -> tuple[OfferDraft, ...]:
    """Offers under the person's limit, priced by the machine's own grade."""
    if application.decision_id is None:
        raise IllegalState(_("This application has not been decided by the machine yet."))
    today = business_day.current(application.legal_entity)
    return risk_services.reprice(
        decision_id=application.decision_id,
        limit=limit,
        terms=terms,
        lpr=parameters.lpr(terms.lpr_tenor, today),
        today=today,
        without=without,
    )


def _spent(application: LoanApplication) -> frozenset[str]:
    """Coupons that nothing is left of since the machine decided."""
    today = business_day.current(application.legal_entity)
    path = product_selectors.resolved_terms(application.product_version_id).codes
    return coupon_selectors.spent(
        coupons=coupons_on(product_path=path, on=today),
        customer_id=application.customer_id,
        on=today,
        application_id=application.pk,
    )


def _already_decided(application: LoanApplication) -> AlreadyDecided:
    last = application.reviews.select_related("reviewer__officer").order_by("-at").first()
    if last is None:
        return AlreadyDecided(_("This application has changed meanwhile. Please open it again."))
    officer = getattr(last.reviewer, "officer", None)
    return AlreadyDecided(
        _("%(name)s already decided this at %(time)s.")
        % {
            "name": officer.display_name if officer else last.reviewer.get_username(),
            "time": timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M"),
        }
    )


def _check_note(reason_code: str, allowed: tuple[str, ...], note: str) -> None:
    errors: dict[str, list[Any]] = {}
    if reason_code not in allowed:
        errors["reason_code"] = [_("Please choose a reason.")]
    if not NOTE_MIN <= len(note.strip()) <= NOTE_MAX or "\x00" in note:
        errors["note"] = [_("Please write what you checked (4 to 1000 characters).")]
    if errors:
        raise InvalidInput(_("Please check the marked fields."), errors=errors)


def _record(
    application: LoanApplication,
    reviewer: User,
    verdict: str,
    limit: Decimal | None,
    reason_code: str,
    note: str,
    now: datetime,
) -> ManualReview:
    return ManualReview.objects.create(
        application=application,
        round=application.decision_round,
        reviewer=reviewer,
        verdict=verdict,
        machine_limit=_machine_limit(application),
        approved_limit=limit,
        reason_code=reason_code,
        note=note.strip(),
        at=now,
    )


def _machine_limit(application: LoanApplication) -> Decimal | None:
    if application.decision_id is None:
        return None
    limit = risk_selectors.decision(application.decision_id).limit
    return limit if limit and limit > 0 else None


def _finish(
    application: LoanApplication,
    action: Action,
    officer: Officer,
    now: datetime,
    data: dict[str, Any],
) -> None:
    moves.move(
        application, action=action, role=Role.OFFICER, actor=officer.staff_no, now=now, data=data
    )
    human_reviews.stop_clock(application=application, now=now)
    if action == Action.DECLINE:
        letters.write(application=application, now=now)
    audit.record(
        actor=officer.staff_no,
        action=f"review.{action}",
        subject_type="application",
        subject_id=str(application.pk),
        now=now,
        detail=data,
    )
    decisions.tell_result(application=application, now=now)
    events.record("review.decided", at=now, application=application, data={"verdict": str(action)})
