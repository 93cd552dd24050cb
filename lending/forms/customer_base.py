"""Common parts of the applicant's forms: forgiving input, the right keyboards, services' messages.

Full-width digits, spaces and a pasted ¥ are forgiven here: a person cannot see them as wrong.
"""

import unicodedata
from typing import Any

from django import forms

from lending.errors import DomainError


def plain(text: Any) -> str:
    """Half-width, trimmed, without control characters: １３８ → 138."""
    folded = unicodedata.normalize("NFKC", str(text or ""))
    return "".join(c for c in folded if unicodedata.category(c) != "Cc").strip()


def plain_amount(text: Any) -> str:
    """``¥ ２０,０００元`` → ``20000``; anything else is left for the service to refuse."""
    return plain(text).replace(",", "").replace(" ", "").lstrip("¥").rstrip("元")


class PhoneInput(forms.TextInput):
    """A text field that brings up the right keyboard and, with JavaScript, groups the digits."""

    is_money = False

    def __init__(
        self, *, kind: str = "text", group: str = "", css: str = "", **attributes: Any
    ) -> None:
        attributes = {name.replace("_", "-"): value for name, value in attributes.items()}
        if group:
            attributes["data-group"] = group
        if css:
            attributes["class"] = css
        super().__init__(attrs=attributes)
        self.input_type = kind


class MoneyInput(PhoneInput):
    is_money = True

    def __init__(self) -> None:
        super().__init__(css="digits", inputmode="numeric", autocomplete="off", maxlength=16)


class CustomerForm(forms.Form):
    """Base: no browser validation (our words are kinder), services' messages land on the fields."""

    use_required_attribute = False
    #: field of a service → field of this form, where they differ
    renamed: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.help_text and isinstance(field.widget, PhoneInput):
                field.widget.attrs.setdefault("aria-describedby", f"id_{name}-hint")

    def take(self, error: DomainError) -> None:
        """Show a service's refusal: beside the named fields, else on top."""
        placed = False
        for name, messages in error.errors.items():
            field = self.renamed.get(name, name)
            if field in self.fields:
                for message in messages:
                    self.add_error(field, str(message))
                placed = True
        if not placed:
            self.add_error(None, str(error.message))

    def mark_wrong(self) -> None:
        """Join each wrong field with its message for screen readers."""
        for name in self.errors:
            if name in self.fields:
                attributes = self.fields[name].widget.attrs
                attributes["aria-invalid"] = "true"
                known = attributes.get("aria-describedby", "")
                attributes["aria-describedby"] = f"id_{name}-wrong {known}".strip()
