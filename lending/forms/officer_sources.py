"""The form of a source's switch and daily limits, in yuan as people write them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lending.forms.customer_base import plain, plain_amount
from lending.services.audit import REASON_MIN
from risk.selectors.sources import Setting
from risk.services.sources import BUDGET_FEN_MAX, CALLS_MAX

_FEN = Decimal(100)


class _Yuan(forms.DecimalField):
    """¥ 1,200.50 → Decimal; empty is no limit."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(plain_amount(value))


class SourceForm(forms.Form):
    """``cleaned_data`` speaks yuan; ``values`` what the service takes. ``seen`` numbers the setting
    that stood on the page.
    """

    is_enabled = forms.BooleanField(
        label=_("Ask this source"), required=False,
        help_text=_("Switched off, nobody is asked: an older answer stands in, or a person decides."),
    )
    daily_budget = _Yuan(
        label=_("Money a day, ¥"), required=False, min_value=Decimal(0),
        max_value=BUDGET_FEN_MAX / _FEN, decimal_places=2, max_digits=9,
        help_text=_("Empty: no limit."),
    )
    daily_calls_max = forms.IntegerField(
        label=_("Questions a day"), required=False, min_value=0, max_value=CALLS_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}), help_text=_("Empty: no limit."),
    )
    reason = forms.CharField(
        label=_("Why"), min_length=REASON_MIN, max_length=300,
        help_text=_("Kept on record with your name."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def clean_reason(self) -> str:
        reason = plain(self.cleaned_data["reason"])
        if len(reason) < REASON_MIN:
            raise forms.ValidationError(_("Please say why, for those who come after you."))
        return reason

    def values(self) -> dict[str, Any]:
        budget = self.cleaned_data["daily_budget"]
        return {
            "is_enabled": self.cleaned_data["is_enabled"],
            "daily_budget_fen": None if budget is None else int(budget * _FEN),
            "daily_calls_max": self.cleaned_data["daily_calls_max"],
            "reason": self.cleaned_data["reason"],
            "seen": self.cleaned_data["seen"],
        }


def initial(setting: Setting) -> dict[str, Any]:
    budget = setting.daily_budget_fen
    return {
        "is_enabled": setting.is_enabled,
        "daily_budget": None if budget is None else Decimal(budget) / _FEN,
        "daily_calls_max": setting.daily_calls_max,
        "seen": setting.number,
    }
