"""How the ledger's pages write accounts and splits."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def account_name(account: Any) -> str:
    """The account's name in the reader's language."""
    return str(account.name_en if (get_language() or "").startswith("en") else account.name)


@register.filter
def debit(amount: Decimal) -> Decimal | None:
    """The amount in the debit column; None on the other side."""
    return amount if amount > 0 else None


@register.filter
def credit(amount: Decimal) -> Decimal | None:
    """The amount in the credit column, positive; None on the other side."""
    return -amount if amount < 0 else None
