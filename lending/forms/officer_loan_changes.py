"""The form in which staff ask for a change of a loan: the fields that its kind needs, and no others."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.domain.loan_changes import REASON_MAX, VOUCHER_BYTES_MAX, VOUCHER_KINDS, ChangeKind
from lending.domain.servicing.plan import LOWER, SHORTEN
from lending.errors import DomainError
from lending.forms.customer_base import plain, plain_amount
from products.money import InvalidAmount, parse_amount

_PERCENT = re.compile(r"\d{1,2}(\.\d{1,4})?", re.ASCII)
_COMPONENTS = (
    ("penalty", pgettext_lazy("component", "Penalty interest")),
    ("compound", pgettext_lazy("component", "Compound interest")),
    ("interest", pgettext_lazy("owed", "Interest due")),
)
_CHOICES = (
    (SHORTEN, _("Keep the instalment, end sooner")),
    (LOWER, _("Keep the last day, pay less each time")),
)
_MEANS = (("cash", pgettext_lazy("voucher", "Cash")), ("transfer", pgettext_lazy("voucher", "Transfer")))
#: Fields of each kind; the reason is everywhere, a scan wherever a paper may prove something.
_FIELDS: dict[ChangeKind, tuple[str, ...]] = {
    ChangeKind.REPAYMENT: ("amount", "value_date", "means", "voucher_no", "voucher"),
    ChangeKind.PARTIAL_EARLY: ("amount", "choice", "value_date", "means", "voucher_no", "voucher"),
    ChangeKind.PAYOFF: ("amount", "value_date", "means", "voucher_no", "voucher"),
    ChangeKind.RECOVERY: ("amount", "value_date", "means", "voucher_no", "voucher"),
    ChangeKind.REVERSAL: ("voucher",),
    ChangeKind.WAIVER: ("component", "amount", "value_date", "voucher"),
    ChangeKind.REFUND: ("amount",),
    ChangeKind.EXTENSION: ("months", "voucher"),
    ChangeKind.RESTRUCTURING: ("months", "annual_percent", "voucher"),
    ChangeKind.WRITE_OFF: ("voucher",),
}
#: field of the service → field of this form
_RENAMED = {"annual_rate": "annual_percent"}


def _fields() -> dict[str, forms.Field]:
    return {
        "amount": forms.CharField(
            label=_("Amount in yuan"), max_length=16,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        ),
        "component": forms.ChoiceField(label=_("What is waived"), choices=_COMPONENTS),
        "choice": forms.ChoiceField(label=_("The rest of the plan"), choices=_CHOICES),
        "value_date": forms.DateField(
            label=_("Counts from"), help_text=_("The day the money was handed over."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        ),
        "means": forms.ChoiceField(label=_("How it was paid"), choices=_MEANS),
        "voucher_no": forms.CharField(label=_("Voucher number"), max_length=40),
        "voucher": forms.FileField(
            label=_("Scanned paper"), required=False,
            help_text=_("A picture or a PDF of at most 2 MB; kept encrypted."),
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        ),
        "months": forms.IntegerField(label=_("Months"), min_value=1, max_value=360),
        "annual_percent": forms.CharField(
            label=_("New rate, % a year"), required=False, max_length=8,
            help_text=_("Empty: the rate stays. Never above the contract's."),
        ),
        "reason": forms.CharField(
            label=_("Reason"), max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("What happened, so that the second person can check it."),
        ),
    }


class LoanChangeForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args: Any, kind: ChangeKind, **options: Any) -> None:
        super().__init__(*args, **options)
        known = _fields()
        self.kind = kind
        self.fields = {name: known[name] for name in (*_FIELDS[kind], "reason")}

    def clean_amount(self) -> Decimal:
        try:
            return parse_amount(plain_amount(self.cleaned_data["amount"]))
        except InvalidAmount:
            raise forms.ValidationError(
                _("Please enter an amount above zero with at most two decimals.")
            ) from None

    def clean_annual_percent(self) -> str:
        text = plain(self.cleaned_data["annual_percent"]).rstrip("%")
        if text and not _PERCENT.fullmatch(text):
            raise forms.ValidationError(_("Please enter a percentage such as 5.4."))
        return str(Decimal(text) / 100) if text else ""

    def clean_voucher(self) -> bytes | None:
        file = self.cleaned_data["voucher"]
        if file is None:
            return None
        if file.size > VOUCHER_BYTES_MAX:
            raise forms.ValidationError(_("Please take a picture or a PDF of at most 2 MB."))
        return bytes(file.read())

    def words(self) -> dict[str, Any]:
        """The arguments of ``loan_changes.propose``."""
        said = self.cleaned_data
        options = {name: said[name] for name in ("component", "choice", "means", "months") if name in said}
        if said.get("annual_percent"):
            options["annual_rate"] = said["annual_percent"]
        return {
            "amount": said.get("amount"),
            "value_date": said.get("value_date"),
            "options": options,
            "voucher_no": plain(said.get("voucher_no")) if self.kind in VOUCHER_KINDS else "",
            "voucher": said.get("voucher"),
            "reason": said["reason"],
        }

    def take(self, error: DomainError) -> None:
        """A service's refusal beside its fields, else on top."""
        placed = False
        for name, messages in error.errors.items():
            field = _RENAMED.get(name, name)
            if field in self.fields:
                placed = True
                for message in messages:
                    self.add_error(field, str(message))
        if not placed:
            self.add_error(None, str(error.message))
