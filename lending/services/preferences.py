"""How a customer wants to be spoken to."""

from django.conf import settings

from lending.errors import InvalidInput
from lending.models import Customer


def set_language(*, customer: Customer, language: str) -> None:
    """The language of later text messages. Raises ``InvalidInput`` for one we do not speak."""
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput.field("language", "unknown language")
    if customer.language != language:
        Customer.objects.filter(pk=customer.pk).update(language=language)
        customer.language = language
