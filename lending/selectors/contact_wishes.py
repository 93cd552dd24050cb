"""Through which channels a customer may be spoken to about debts."""

from lending.domain.contact_policy import OPTIONAL_CHANNELS
from lending.models import ContactOptOut, Customer


def of_customer(customer: Customer) -> dict[str, bool]:
    """``{"sms": True, …}``; False: switched off."""
    off = set(ContactOptOut.objects.filter(customer=customer).values_list("channel", flat=True))
    return {channel.value: channel.value not in off for channel in OPTIONAL_CHANNELS}
