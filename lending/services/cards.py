"""The bank card the money goes to: the applicant's own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import events, jobs
from lending.domain.application_flow import State
from lending.domain.contact_numbers import normalised_card, normalised_mobile
from lending.errors import InvalidInput
from lending.models import BankCard, Customer, LoanApplication
from lending.services import moves, traits
from products.encryption import blind_index

#: Before handing in, and again when the bank sent the money back.
EDITABLE_STATES = (State.DRAFT, State.IDENTIFIED, State.CONSENTED, State.SIGNED)


def card_index(card_number: str) -> str:
    return blind_index(card_number, purpose="card")


def bind(
    *, application_id: UUID, customer: Customer, card_number: str, mobile: str, now: datetime
) -> LoanApplication:
    """Choose the card for the payout. Whether it is the person's own is asked as a source (four elements)."""
    number, reserved_mobile = normalised_card(card_number), normalised_mobile(mobile)
    errors: dict[str, list[Any]] = {}
    if number is None:
        errors["card_number"] = [
            _("Please check the card number: 16 to 19 digits from the front of the card.")
        ]
    if reserved_mobile is None:
        errors["mobile"] = [_("Please enter the mobile number you left with the bank.")]
    if number is None or reserved_mobile is None:
        raise InvalidInput(_("Please check the marked fields."), errors=errors)
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.require_state(application, *EDITABLE_STATES)
        card = _card_of(customer, number, reserved_mobile, now)
        traits.card_bound(application=application, card=card, now=now)
        if application.bank_card_id != card.pk:
            application.bank_card = card
            application.save(update_fields=["bank_card"])
            events.record("application.card_bound", at=now, application=application)
        if application.state == State.CONSENTED:
            jobs.gather_sources(application.pk, now)
    return application


def _card_of(customer: Customer, number: str, mobile: str, now: datetime) -> BankCard:
    card, created = BankCard.objects.get_or_create(
        customer=customer,
        card_index=card_index(number),
        defaults={
            "card_number": number,
            "last_four": number[-4:],
            "mobile": mobile,
            "created_at": now,
        },
    )
    if not created and card.mobile != mobile:
        card.mobile = mobile
        card.save(update_fields=["mobile"])
    return card
