"""What staff enter about customer lists. Days are last days here; what is stored begins a day later."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.errors import DomainError
from lending.views.officer.list_words import KINDS, MODES, TIERS

_LAST_DAY = date(2200, 12, 31)
_REASON_MAX = 200


class ListForm(forms.Form):
    """Base: our words instead of the browser's; services' messages land on the fields."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
            field.error_messages["invalid"] = _("Please check this value.")

    def take(self, error: DomainError) -> None:
        """Show a refusal beside its fields, else on top."""
        placed = [name for name in error.errors if name in self.fields]
        for name in placed:
            for message in error.errors[name]:
                self.add_error(name, str(message))
        if not placed:
            self.add_error(None, str(error.message))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in cleaned.items():
            if isinstance(value, str) and not value.isprintable():
                self.add_error(name, _("The text contains characters that cannot be shown."))
        return cleaned


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _end(last: date | None) -> date | None:
    """The last day → the first day it no longer holds."""
    if last is None:
        return None
    if last > _LAST_DAY:
        raise forms.ValidationError(_("This day is too far away. Leave it empty for no end."))
    return last + timedelta(days=1)


def _text(label: Any, most: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewListForm(ListForm):
    code = forms.RegexField(
        label=pgettext_lazy("name", "Code"),
        regex=r"^(?!new$)[a-z][a-z0-9_-]{1,39}\Z",
        max_length=40,
        help_text=_("Small letters, digits and hyphens; products name the list by it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    name_zh = _text(_("Chinese name"), 60)
    name_en = _text(_("English name"), 60)
    source = _text(
        _("Supplied by"), 120, help_text=_("The office or company the people come from.")
    )
    legal_basis = _text(
        _("Legal basis"),
        300,
        help_text=_("The law, contract or consent that allows us to keep it."),
    )
    valid_from = _day(_("First day"), required=True)
    valid_to = _day(_("Last day"), help_text=_("Empty: no end."))

    def clean_valid_to(self) -> date | None:
        return _end(self.cleaned_data["valid_to"])


class UploadForm(ListForm):
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=200,
        help_text=_(
            "CSV up to 256 MB and 2,000,000 rows, or XLSX up to 25 MB and 200,000 rows. The first row "
            "names the columns: 身份证号 (needed), 姓名, 分层, 单位, 有效期."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    mode = forms.ChoiceField(label=_("What the file does"), choices=list(MODES.items()))
    default_tier = forms.ChoiceField(
        label=_("Customer tier"),
        required=False,
        choices=[("", _("None")), *TIERS.items()],
        help_text=_("For rows that state none."),
    )
    valid_to = _day(_("Last day"), help_text=_("For rows that state none. Empty: no end."))

    def clean_valid_to(self) -> date | None:
        return _end(self.cleaned_data["valid_to"])


class PersonForm(ListForm):
    id_number = _text(_("ID number"), 40)
    name = _text(_("Name"), 60, required=False)
    employer = _text(_("Employer"), 60, required=False)
    tier = forms.ChoiceField(
        label=_("Customer tier"), required=False, choices=[("", _("None")), *TIERS.items()]
    )
    valid_to = _day(_("Last day"), help_text=_("Empty: no end."))
    reason = _text(_("Reason"), _REASON_MAX)

    def clean_valid_to(self) -> date | None:
        return _end(self.cleaned_data["valid_to"])
