"""How public pages write amounts, rates and ways of repaying."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

register = template.Library()

METHODS = {
    "equal_instalment": _("the same every month"),
    "equal_principal": _("a little less every month"),
    "interest_only": _("interest first, principal at the end"),
    "bullet": _("all at the end"),
    "quarterly_interest": _("interest every quarter"),
    "seasonal": _("after the harvest"),
    "flexible": _("borrow and repay at will"),
}


@register.filter
def percent(rate: Decimal) -> str:
    """0.0723 → 7.23"""
    return str((rate * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


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
