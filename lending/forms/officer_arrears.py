"""What staff write down about a borrower in arrears: a promise, a contact, its end, a note."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lending.domain.collection_rules import RESULTS, SAID_BY
from lending.domain.contact_policy import Channel, Pause
from lending.services.contacts import NOTE_MAX
from lending.views.officer import arrears_words

BY_PEOPLE = (Channel.CALL, Channel.VISIT, Channel.WECHAT)


def _choices(codes: Any, table: Any) -> list[tuple[str, Any]]:
    return [(str(code), table[str(code)]) for code in codes]


class PromiseForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount, ¥"), max_digits=11, decimal_places=2, min_value=0
    )
    promised_on = forms.DateField(
        label=_("To be paid by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    said_by = forms.ChoiceField(label=_("Who said it"), choices=_choices(SAID_BY, arrears_words.SAID_BY))


class ContactForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("Way of contact"), choices=_choices(BY_PEOPLE, arrears_words.CHANNELS)
    )


class ResultForm(forms.Form):
    attempt = forms.UUIDField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        label=_("How it ended"), choices=[("", "–"), *_choices(RESULTS, arrears_words.RESULTS)]
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )


class PauseForm(forms.Form):
    kind = forms.ChoiceField(label=_("Why"), choices=_choices(Pause, arrears_words.PAUSES))
    step = forms.ChoiceField(choices=[("begin", "begin"), ("end", "end")], widget=forms.HiddenInput)
