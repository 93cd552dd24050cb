"""What an applicant types, one small form a page. Services judge values; forms explain slips."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lending.domain.contact_numbers import normalised_id_number, normalised_mobile
from lending.forms import customer_choices
from lending.forms.customer_base import (
    CustomerForm,
    MoneyInput,
    PhoneInput,
    plain,
    plain_amount,
)

_NO_AMOUNT = _("Please enter an amount, for example 20000.")


class MobileForm(CustomerForm):
    mobile = forms.CharField(
        label=_("Your mobile number"),
        help_text=_("We send you a code by text message. It is free."),
        error_messages={"required": _("Please enter your mobile number.")},
        widget=PhoneInput(
            kind="tel",
            group="3-4",
            css="digits",
            inputmode="numeric",
            autocomplete="tel-national",
            maxlength=20,
        ),
    )

    def clean_mobile(self) -> str:
        written = plain(self.cleaned_data["mobile"])
        digits = sum(c.isdigit() for c in written)
        if normalised_mobile(written) is None and 5 <= digits < 11:
            raise forms.ValidationError(
                _("A mobile number has 11 digits. You entered %(n)d."), params={"n": digits}
            )
        return written


class CodeForm(CustomerForm):
    otp = forms.CharField(
        label=_("The 6-digit code"),
        error_messages={"required": _("Please enter the code from the text message.")},
        widget=PhoneInput(
            css="digits code", inputmode="numeric", autocomplete="one-time-code", maxlength=8
        ),
    )

    def clean_otp(self) -> str:
        code = plain(self.cleaned_data["otp"]).replace(" ", "")
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise forms.ValidationError(_("The code has 6 digits. Please check the text message."))
        return code


class ChoiceForm(CustomerForm):
    """One question answered by a tap."""

    answer = forms.ChoiceField(
        label="",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose one."),
            "invalid_choice": _("Please choose one."),
        },
    )

    def __init__(
        self,
        *args: Any,
        question: str,
        codes: tuple[str, ...] | None = None,
        label: Any = "",
        hint: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.renamed = {question: "answer"}
        field = self.fields["answer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = customer_choices.pairs(question, codes)
        field.label, field.help_text = label, hint


class AmountForm(CustomerForm):
    """An amount in yuan; empty is allowed only where the question says so."""

    answer = forms.CharField(label="", widget=MoneyInput())

    def __init__(
        self,
        *args: Any,
        question: str,
        label: Any = "",
        hint: Any = "",
        required: bool = True,
        missing: Any = _NO_AMOUNT,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.renamed = {question: "answer"}
        field = self.fields["answer"]
        field.label, field.help_text, field.required = label, hint, required
        field.error_messages["required"] = missing
        if hint:
            field.widget.attrs["aria-describedby"] = "id_answer-hint"

    def clean_answer(self) -> str:
        return plain_amount(self.cleaned_data["answer"])


class TextForm(CustomerForm):
    """A short answer in words (the employer's name, for one)."""

    answer = forms.CharField(
        label="", max_length=40, widget=PhoneInput(autocomplete="off", maxlength=40)
    )

    def __init__(
        self, *args: Any, question: str, label: Any = "", hint: Any = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.renamed = {question: "answer"}
        self.fields["answer"].label, self.fields["answer"].help_text = label, hint

    def clean_answer(self) -> str:
        return plain(self.cleaned_data["answer"])


class IdentityForm(CustomerForm):
    name = forms.CharField(
        label=_("Name"),
        error_messages={"required": _("Please enter your name.")},
        widget=PhoneInput(autocomplete="name", maxlength=40),
    )
    id_number = forms.CharField(
        label=_("ID number"),
        help_text=_("18 characters; the last may be the letter X."),
        error_messages={"required": _("Please enter your ID number.")},
        widget=PhoneInput(
            css="digits",
            group="6-8-4",
            autocapitalize="characters",
            autocomplete="off",
            spellcheck="false",
            maxlength=24,
        ),
    )
    address = forms.CharField(
        label=_("Address on the card"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "maxlength": 200}),
    )
    valid_until = forms.CharField(
        label=_("Valid until"),
        required=False,
        help_text=_(
            "On the back of the card, for example 2035-06-30. Leave empty if it says long-term."
        ),
        widget=PhoneInput(autocomplete="off", inputmode="numeric", maxlength=12),
    )

    def clean_name(self) -> str:
        return plain(self.cleaned_data["name"])

    def clean_address(self) -> str:
        return " ".join(self.cleaned_data["address"].split())

    def clean_id_number(self) -> str:
        written = "".join(plain(self.cleaned_data["id_number"]).replace("-", "").split()).upper()
        if normalised_id_number(written) is None:
            if len(written) == 15 and written.isdigit():
                raise forms.ValidationError(
                    _("This is an old 15-digit number. Please use the 18-digit one.")
                )
            if len(written) != 18:
                raise forms.ValidationError(
                    _("An ID number has 18 characters. You entered %(n)d."),
                    params={"n": len(written)},
                )
            raise forms.ValidationError(
                _("One character is not right. Please compare with your card.")
            )
        return written

    def clean_valid_until(self) -> str:
        written = plain(self.cleaned_data["valid_until"])
        digits = "".join(c for c in written if c.isascii() and c.isdigit())
        if len(digits) == 8:
            return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        return written


class ConsentForm(CustomerForm):
    """One tick box for each text, none ticked for the person."""

    def __init__(self, *args: Any, texts: Sequence[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = texts
        for text in texts:
            self.fields[text["kind"]] = forms.BooleanField(
                label=text["title"],
                required=text["required"],
                error_messages={
                    "required": _("We cannot go on without: %(title)s") % {"title": text["title"]}
                },
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The texts with their bound boxes, in order."""
        return [{**text, "field": self[text["kind"]]} for text in self.texts]

    def answers(self) -> tuple[list[str], list[str]]:
        """Kinds accepted and kinds refused, as ticked, also when a needed one is missing."""
        accepted = [t["kind"] for t in self.texts if self.data.get(t["kind"])]
        return accepted, [t["kind"] for t in self.texts if t["kind"] not in accepted]


class CardForm(CustomerForm):
    card_number = forms.CharField(
        label=_("Bank card number"),
        help_text=_("Your own debit card, 16 to 19 digits."),
        error_messages={"required": _("Please enter your card number.")},
        widget=PhoneInput(
            kind="tel",
            group="4",
            css="digits",
            inputmode="numeric",
            autocomplete="off",
            maxlength=28,
        ),
    )
    mobile = forms.CharField(
        label=_("Mobile number left with the bank"),
        required=False,
        widget=PhoneInput(
            kind="tel",
            group="3-4",
            css="digits",
            inputmode="numeric",
            autocomplete="tel-national",
            maxlength=20,
        ),
    )

    def clean_card_number(self) -> str:
        number = "".join(plain(self.cleaned_data["card_number"]).replace("-", "").split())
        if number.isdigit() and not 16 <= len(number) <= 19:
            raise forms.ValidationError(
                _("A card number has 16 to 19 digits. You entered %(n)d."),
                params={"n": len(number)},
            )
        return number

    def clean_mobile(self) -> str:
        return plain(self.cleaned_data["mobile"])
