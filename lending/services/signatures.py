"""Signing by SMS code. In one transaction: contract signed, payout requested, outbox row written."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.application_flow import Action, Role, State
from lending.errors import InvalidInput
from lending.models import Customer, LoanApplication, LoanContract
from lending.selectors import business_day, parameters
from lending.services import coupons, disbursements, moves
from lending.services import otp as otp_service
from lending.services.identity import IdentityInUse, id_index
from lending.services.offers import ExpiredOffer


def sign(
    *,
    application_id: UUID,
    customer: Customer,
    otp: str,
    document_sha256: str,
    cost_sheet_seconds: Any,
    client_ip: str,
    user_agent: str,
    now: datetime,
) -> LoanApplication:
    """accepted → signed → disbursing. Refuses another paper, too short a reading, a bad code.

    The code is checked last and outside the transaction: five guesses are counted whatever happens.
    """
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        _check(application, document_sha256, cost_sheet_seconds, now)
    otp_service.verify_code(
        mobile=customer.mobile, purpose="sign", code=otp, now=now, application_id=application.pk
    )
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        # once more: another tab may have chosen another offer while the code was compared
        contract = _check(application, document_sha256, cost_sheet_seconds, now)
        moves.move(
            application, action=Action.SIGN, role=Role.CUSTOMER, actor=str(customer.pk), now=now
        )
        contract.signed_at = now
        contract.evidence = {
            "document_sha256": document_sha256,
            "cost_sheet_seconds": int(cost_sheet_seconds),
            "client_ip": client_ip,
            "user_agent": user_agent[:300],
            "signed_by": "sms_code",
            "signed_at": now.isoformat(),
        }
        contract.save(update_fields=["signed_at", "evidence"])
        coupons.settle_uses(application=application, contract=contract, now=now)
        _establish_identity(customer, application)
        disbursements.request(application=application, contract=contract, now=now)
        moves.move(
            application, action=Action.PAY_OUT, role=Role.CUSTOMER, actor=str(customer.pk), now=now
        )
    return application


def _check(
    application: LoanApplication, document_sha256: str, seconds: Any, now: datetime
) -> LoanContract:
    """The paper to sign, after everything that can be refused. Caller holds the lock."""
    moves.require_state(application, State.ACCEPTED)
    contract = _live_contract(application)
    if contract.offer.expires_at <= now:
        raise ExpiredOffer(
            _("This offer is no longer open. Please apply again: it takes a minute.")
        )
    if document_sha256 not in (contract.html_sha256, contract.pdf_sha256) or not document_sha256:
        raise InvalidInput.field(
            "document_sha256",
            _("The contract has changed. Please read it again before signing."),
            "document_changed",
        )
    try:
        enough = not isinstance(seconds, bool) and int(seconds) >= reading_seconds(application)
    except (TypeError, ValueError, OverflowError):
        enough = False
    if not enough:
        raise InvalidInput.field(
            "cost_sheet_seconds",
            _("Please take the time to read what the loan costs."),
            "cost_sheet_unread",
        )
    return contract


def reading_seconds(application: LoanApplication) -> int:
    """How long the cost sheet must have been before the person's eyes (综合融资成本明示), a dated number."""
    today = business_day.current(application.legal_entity)
    return int(parameters.value("COST_SHEET_READING_SECONDS", today))


def _live_contract(application: LoanApplication) -> LoanContract:
    return LoanContract.objects.select_related("offer").get(
        application=application, voided_at__isnull=True
    )


def _establish_identity(customer: Customer, application: LoanApplication) -> None:
    """From the first contract on, this customer is this person; the database allows each ID card once."""
    index = id_index(application.id_number or "")
    customer.name, customer.id_number = application.name, application.id_number
    customer.address, customer.id_number_index = application.address, index
    try:
        with transaction.atomic():
            customer.save(update_fields=["name", "id_number", "address", "id_number_index"])
    except IntegrityError:
        raise IdentityInUse(
            _(
                "This ID card is registered with another phone number. Please log in with that number or "
                "call your loan officer."
            )
        ) from None
