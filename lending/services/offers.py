"""Choosing an offer: amount and plan become a contract to read, nothing is signed yet."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.application_flow import Action, Role, State
from lending.errors import DomainError, InvalidInput, NotFound
from lending.models import Customer, LoanApplication, LoanContract, Offer
from lending.services import contracts, moves, sale_limits
from lending.services.applications import clean_amount
from products.encryption import row_uuid


class ExpiredOffer(DomainError):
    code = "offer_expired"
    status = 409


def accept(
    *,
    application_id: UUID,
    customer: Customer,
    offer_id: Any,
    amount: Any,
    term_months: Any,
    method: Any,
    now: datetime,
) -> LoanContract:
    """offered → accepted, contract drafted. Raises ``ExpiredOffer``, ``InvalidInput``, ``NotFound``."""
    chosen_amount = clean_amount("amount", amount)
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.require_state(application, State.OFFERED)
        offer = _open_offer(application, offer_id, now)
        _check_choice(offer, chosen_amount, term_months, method)
        offer.state = Offer.State.ACCEPTED
        offer.save(update_fields=["state"])
        sale_limits.require_room(application=application, amount=chosen_amount)
        contract = contracts.draft(
            application=application, offer=offer, amount=chosen_amount, now=now
        )
        moves.move(
            application, action=Action.ACCEPT, role=Role.CUSTOMER, actor=str(customer.pk), now=now
        )
    return contract


def reopen(*, application_id: UUID, customer: Customer, now: datetime) -> LoanApplication:
    """accepted → offered: the person wants to choose again; the unsigned contract is void."""
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.move(
            application,
            action=Action.CHANGE_OFFER,
            role=Role.CUSTOMER,
            actor=str(customer.pk),
            now=now,
        )
        application.offers.filter(state=Offer.State.ACCEPTED).update(state=Offer.State.OPEN)
        application.contracts.filter(voided_at__isnull=True).update(voided_at=now)
    return application


def _open_offer(application: LoanApplication, offer_id: Any, now: datetime) -> Offer:
    try:
        offer = application.offers.filter(pk=row_uuid(offer_id)).first()
    except ValueError:
        offer = None
    if offer is None:
        raise NotFound(_("We cannot find this offer."))
    if offer.state != Offer.State.OPEN or offer.expires_at <= now:
        raise ExpiredOffer(
            _("This offer is no longer open. Please apply again: it takes a minute.")
        )
    return offer


def _check_choice(offer: Offer, amount: Decimal, term_months: Any, method: Any) -> None:
    errors: dict[str, list[Any]] = {}
    if not offer.amount_min <= amount <= offer.amount_max:
        errors["amount"] = [
            _("Please choose an amount between %(low)s and %(high)s yuan.")
            % {"low": f"{offer.amount_min:,.0f}", "high": f"{offer.amount_max:,.0f}"}
        ]
    elif amount % offer.amount_step != 0:
        errors["amount"] = [
            _("Please choose a multiple of %(step)s yuan.") % {"step": f"{offer.amount_step:,.0f}"}
        ]
    if str(term_months) != str(offer.term_months):
        errors["term_months"] = [_("This offer runs for %(n)s months.") % {"n": offer.term_months}]
    if method != offer.method:
        errors["method"] = [_("This offer has another way of repaying.")]
    if errors:
        raise InvalidInput(_("Please check the marked fields."), errors=errors)
