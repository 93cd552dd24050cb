"""The form of a rate coupon or subsidy: percents and last days as people write them.

``values`` speaks the language of ``products.services.coupons``; ``add_problems`` brings its answers
back to the fields that were typed.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.forms.customer_base import plain
from lending.forms.customer_choices import PURPOSES
from products import selectors as product_selectors

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_PERCENT = Decimal("0.01")
_DAYS = (MinValueValidator(date(2020, 1, 1)), MaxValueValidator(date(2099, 12, 30)))
#: field of the form → field of the coupon, where their names differ
_NAMES = {"fixed_percent": "fixed_rate", "share_percent": "share_max", "last_day": "valid_to"}
_RESERVED = "new"


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CodeList(forms.CharField):
    """Codes with commas or spaces between them → a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=600, **options)

    def clean(self, value: Any) -> list[str]:
        text = str(super().clean(value))
        return list(dict.fromkeys(code for code in re.split(r"[,，、;；\s]+", plain(text)) if code))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class CouponForm(forms.Form):
    code = forms.CharField(
        label=pgettext_lazy("name", "Code"), max_length=40,
        help_text=_("Small letters, digits and dashes; it never changes."),
        validators=[RegexValidator(_CODE, _("Small letters, digits and dashes, please."))],
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=40)
    name_en = forms.CharField(label=_("English name"), max_length=60)
    kind = forms.ChoiceField(
        label=_("Who pays"),
        choices=[("coupon", _("The bank (rate coupon)")), ("subsidy", _("A funder (subsidy)"))],
    )
    effect = forms.ChoiceField(
        label=_("What it does"),
        choices=[("bp_off", _("Basis points off")), ("fixed_rate", _("A fixed rate"))],
    )
    bp_off = forms.IntegerField(
        label=_("Basis points off"), required=False, min_value=0, max_value=1000,
        help_text=_("30 = 0.30 percentage points a year."),
    )
    fixed_percent = forms.DecimalField(
        label=_("Fixed rate, % a year"), required=False, max_digits=6, decimal_places=4,
        min_value=Decimal(0), max_value=Decimal(99),
    )
    share_percent = forms.DecimalField(
        label=_("Subsidy: at most this share of the rate, %"), required=False, max_digits=4,
        decimal_places=2, min_value=Decimal(0), max_value=Decimal(99),
    )
    funder = forms.CharField(label=_("Subsidy: who pays it"), required=False, max_length=60)
    legal_basis = forms.CharField(
        label=_("Subsidy: the rule it stands on"), required=False, max_length=200
    )
    valid_from = forms.DateField(label=_("First day"), widget=_day(), validators=_DAYS)
    last_day = forms.DateField(label=_("Last day"), widget=_day(), validators=_DAYS)
    stack_group = forms.CharField(
        label=_("Stacking group"), max_length=40, initial="default",
        help_text=_("Of one group the best counts; different groups add up."),
        validators=[RegexValidator(_CODE, _("Small letters, digits and dashes, please."))],
    )
    budget_amount = forms.DecimalField(
        label=_("Budget in yuan of interest"), required=False, max_digits=13, decimal_places=2,
        min_value=Decimal("0.01"),
    )
    budget_count = forms.IntegerField(
        label=_("Budget in loans"), required=False, min_value=1, max_value=999_999_999
    )
    per_customer = forms.IntegerField(
        label=_("Times a person"), required=False, min_value=1, max_value=9_999
    )
    product_codes = forms.MultipleChoiceField(
        label=_("Only these products and what derives from them"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 7}),
    )
    purposes = forms.MultipleChoiceField(
        label=_("Only these purposes"), required=False, choices=list(PURPOSES.items()),
        widget=forms.SelectMultiple(attrs={"size": 7}),
    )
    tiers = CodeList(label=_("Only these tiers"))
    lists = CodeList(label=_("Only people on these lists"))
    segments = CodeList(label=_("Only these segments"))

    def __init__(self, *args: Any, english: bool = False, fixed_code: bool = False, **kw: Any):
        super().__init__(*args, **kw)
        names = product_selectors.product_names()
        products = self.fields["product_codes"]
        assert isinstance(products, forms.MultipleChoiceField)
        products.choices = [(code, en if english else zh) for code, (zh, en) in names.items()]
        if fixed_code:
            del self.fields["code"]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if code == _RESERVED:
            raise forms.ValidationError(_("Another coupon has this code."))
        return code

    def values(self) -> dict[str, Any]:
        """The cleaned form as a coupon's values; fields of the other kind or effect are emptied."""
        data = dict(self.cleaned_data)
        data.pop("code", None)
        fixed, share = data.pop("fixed_percent"), data.pop("share_percent")
        last_day = data.pop("last_day")
        is_subsidy = data["kind"] == "subsidy"
        is_fixed = data["effect"] == "fixed_rate"
        return {
            **data,
            "valid_to": last_day + timedelta(days=1),
            "bp_off": 0 if is_fixed else data["bp_off"] or 0,
            "fixed_rate": fixed * _PERCENT if is_fixed and fixed is not None else None,
            "share_max": share * _PERCENT if is_subsidy and share is not None else None,
            "funder": data["funder"] if is_subsidy else "",
            "legal_basis": data["legal_basis"] if is_subsidy else "",
        }

    def add_problems(self, errors: Mapping[str, Sequence[Any]]) -> None:
        """The service's refusals beside the fields that were typed."""
        typed = {coupon: form for form, coupon in _NAMES.items()}
        for field, messages in errors.items():
            name = typed.get(field, field)
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


def initial(row: Any) -> dict[str, Any]:
    """A coupon's row as the form shows it."""
    names = [name for name in CouponForm.base_fields if name not in _NAMES]
    return {
        **{name: getattr(row, name) for name in names},
        "bp_off": row.bp_off or None,
        "fixed_percent": _percent(row.fixed_rate),
        "share_percent": _percent(row.share_max),
        "last_day": row.valid_to - timedelta(days=1),
    }


def _percent(share: Decimal | None) -> str | None:
    return None if share is None else f"{(share / _PERCENT).normalize():f}"
