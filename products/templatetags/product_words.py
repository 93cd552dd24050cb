"""How public pages write amounts, rates and ways of repaying."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

register = template.Library()

#: The same words as in the application, so that a person meets one name for one thing.
METHODS = {
    "equal_instalment": _("The same amount every month"),
    "equal_principal": _("A little less every month"),
    "interest_only": _("Interest monthly, the loan at the end"),
    "bullet": _("Everything at the end"),
    "quarterly_interest": _("Interest each quarter, the loan at the end"),
    "seasonal": _("Most of it after the harvest"),
    "flexible": _("Borrow and repay when you like"),
}


@register.filter
def percent(rate: Decimal) -> str:
    """0.0723 → 7.23"""
    return str((rate * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


@register.filter
def share(part: Decimal) -> str:
    """0.500000 → 50: a share in percent without needless zeros."""
    return f"{(part * 100).normalize():f}"


@register.filter
def plain(number: Decimal) -> str:
    """A number as SVG and sentences take it, whatever the language: 94.67."""
    return f"{number:.2f}"


@register.filter
def yuan(amount: Decimal) -> str:
    """12000.00 → 12,000; cents stay when there are any."""
    whole = amount == amount.to_integral_value()
    return f"{amount:,.0f}" if whole else f"{amount:,.2f}"


@register.filter
def method_word(method: str) -> Any:
    return METHODS.get(method, method)


@register.filter
def in_language(thing: Any, field: str) -> str:
    """``product|in_language:"name"`` → name_zh or name_en by the page's language."""
    suffix = "en" if (get_language() or "").startswith("en") else "zh"
    return str(getattr(thing, f"{field}_{suffix}"))
