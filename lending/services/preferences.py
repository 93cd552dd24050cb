"""How a customer wants to be spoken to."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.contact_policy import OPTIONAL_CHANNELS
from lending.errors import InvalidInput
from lending.models import ContactOptOut, Customer


def set_language(*, customer: Customer, language: str) -> None:
    """The language of later text messages. Raises ``InvalidInput`` for one we do not speak."""
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput.field("language", "unknown language")
    if customer.language != language:
        Customer.objects.filter(pk=customer.pk).update(language=language)
        customer.language = language


def set_contact(*, customer: Customer, wishes: Mapping[str, bool], now: datetime) -> None:
    """``{"sms": False}``: no texts about debts; True takes it back; what is left out stays.

    Raises ``InvalidInput`` for a channel that cannot be switched off, such as the letter.
    """
    if not set(wishes) <= {channel.value for channel in OPTIONAL_CHANNELS}:
        raise InvalidInput.field("contact", _("This channel cannot be switched off."))
    with transaction.atomic():
        for channel, is_wanted in wishes.items():
            if is_wanted:
                ContactOptOut.objects.filter(customer=customer, channel=channel).delete()
            else:
                ContactOptOut.objects.get_or_create(
                    customer=customer, channel=channel, defaults={"since": now}
                )
