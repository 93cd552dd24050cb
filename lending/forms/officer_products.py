"""The forms of the product factory: a derived product, and the terms one version states itself."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.errors import DomainError
from lending.forms import term_texts
from lending.services.product_refusals import field_errors
from lending.views.officer.product_words import DUE_DAY_RULES, REPRICINGS, TERMS
from products.domain.term_fields import FIELDS, InvalidTerms, read_value

NOT_EDITED = frozenset({"fees"})
#: Codes the addresses of the desk use themselves.
_RESERVED = frozenset({"derive", "versions"})
_TEXT_MAX = 8000
_INHERIT = ("", _("as above"))
_CHOICES = {
    "lpr_tenor": (_INHERIT, ("1Y", "1Y"), ("5Y", "5Y")),
    "purpose_class": (_INHERIT, ("BUSINESS", "BUSINESS"), ("CONSUMPTION", "CONSUMPTION")),
    "is_revolving": (_INHERIT, ("yes", _("yes")), ("no", _("no"))),
    "due_day_rule": (_INHERIT, *DUE_DAY_RULES.items()),
    "repricing": (_INHERIT, *REPRICINGS.items()),
}


def day(label: Any, *, required: bool = True) -> forms.DateField:
    """A day as the browser's own date field sends it."""
    return forms.DateField(
        label=label, required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(date(2020, 1, 1)), MaxValueValidator(date(2100, 1, 1))],
    )


class _FactoryForm(forms.Form):
    """The services' messages land beside the fields; our words instead of the browser's."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def take(self, message: Any, errors: Mapping[str, Iterable[Any]]) -> None:
        """Show a refusal: beside the named fields, else on top."""
        for name, messages in errors.items() or [("", [message])]:
            for text in messages:
                self.add_error(name if name in self.fields else None, str(text))

    def take_error(self, error: DomainError) -> None:
        self.take(error.message, error.errors)

    def mark_wrong(self) -> None:
        """Join each wrong field with its message for screen readers."""
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs |= {
                    "aria-invalid": "true", "aria-describedby": f"id_{name}-wrong",
                }


class DeriveForm(_FactoryForm):
    parent = forms.ChoiceField(label=_("Derived from"))
    code = forms.CharField(
        label=_("Product code"), max_length=20,
        help_text=_("3 to 20 small letters, digits and hyphens; it stands in the printed code"),
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    tagline_zh = forms.CharField(label=_("Promise in Chinese"), max_length=80)
    tagline_en = forms.CharField(label=_("Promise in English"), max_length=120)
    valid_from = day(_("First day"))
    valid_to = day(_("Ends on"), required=False)

    def __init__(self, *args: Any, parents: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = list(parents)  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if code in _RESERVED:
            raise forms.ValidationError(_("This code is already used."))
        return code

    @property
    def words(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[name]
            for name in ("name_zh", "name_en", "tagline_zh", "tagline_en")
        }


class TermsForm(_FactoryForm):
    """An optional text for every term: empty means as the layer above has it.

    ``values`` after a successful ``is_valid``: JSON-safe, readable by every reader of the terms.
    """

    valid_from = day(_("First day"))
    valid_to = day(_("Ends on"), required=False)
    note = forms.CharField(
        label=_("Why"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("for the second person"),
    )
    in_flight = forms.ChoiceField(
        label=_("Applications not yet handed in"),
        choices=[
            ("keep", pgettext_lazy("in flight", "keep the version they began with")),
            ("move", pgettext_lazy("in flight", "move to this version")),
        ],
    )

    def __init__(self, *args: Any, version: Any, **kwargs: Any) -> None:
        self._kept = {k: v for k, v in version.values.items() if k in NOT_EDITED}
        self.values: dict[str, Any] = {}
        kwargs["initial"] = _initial(version)
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            if name not in NOT_EDITED:
                self.fields[name] = forms.CharField(
                    label=TERMS[name].label, help_text=TERMS[name].help, required=False,
                    max_length=_TEXT_MAX, widget=_widget(name),
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.values = dict(self._kept)
        for name in FIELDS:
            text = cleaned.get(name, "")
            if name in self.fields and text:
                self._read(name, text)
        return cleaned

    def _read(self, name: str, text: str) -> None:
        try:
            value = term_texts.parse(TERMS[name].kind, text)
            read_value(name, value)
        except term_texts.Inherit:
            return
        except term_texts.Unreadable as error:
            self.add_error(name, str(error.message))
        except InvalidTerms as error:
            self.take("", field_errors(error))
        else:
            self.values[name] = value


def _widget(name: str) -> forms.Widget:
    if name in _CHOICES:
        return forms.Select(choices=_CHOICES[name])
    kind = TERMS[name].kind
    if kind in ("tiers", "codes"):
        return forms.Textarea(attrs={"rows": 5 if kind == "tiers" else 1, "spellcheck": "false"})
    return forms.TextInput(attrs={"autocomplete": "off"})


def _initial(version: Any) -> dict[str, Any]:
    own = {
        name: term_texts.written(TERMS[name].kind, read_value(name, value))
        for name, value in version.values.items()
    }
    return {
        **own, "valid_from": version.valid_from, "valid_to": version.valid_to,
        "note": version.note, "in_flight": version.in_flight,
    }
