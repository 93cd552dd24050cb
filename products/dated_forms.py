"""Forms of the admin for rows with days: a new value, a new county, an end."""

from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from products import parameter_words as words
from products.domain.parameter_codes import KINDS
from products.models import OperatingArea, RegulatoryParameter
from products.services import operating_area, parameters


def _day(label: Any, help_text: Any) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )


def _text(label: Any, length: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, help_text=help_text, widget=UnfoldAdminTextInputWidget()
    )


class DatedForm(forms.Form):
    """Filled in by ``author`` on ``today``; ``save`` calls one service or says why it refused."""

    def __init__(self, *args: Any, author: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.author, self.today = author, today

    def save(self) -> models.Model | None:
        """The row, or None with the refusal beside its field."""
        try:
            return self.write()
        except ValueError as error:
            field, sentence = words.refusal(error)
            self.add_error(field if field in self.fields else None, sentence)
            return None

    def write(self) -> models.Model:
        raise NotImplementedError


class NewValueForm(DatedForm):
    """A new value of a number, from a day on."""

    code = forms.ChoiceField(label=_("Number of the law"), widget=UnfoldAdminSelectWidget())
    value = forms.DecimalField(
        label=_("New value"), max_digits=18, decimal_places=6,
        help_text=_("In the unit named beside the number: 3.00 for 3.00 %."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )
    day = _day(_("Valid from"), _("The value before ends on this day and stays on record."))
    basis = _text(
        _("Basis"), parameters.BASIS_MAX, _("Which text says so: who published it, when, which article.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (code, f"{words.label(code)} ({words.unit(code)}) · {code}") for code in KINDS
        ]

    def write(self) -> RegulatoryParameter:
        given = self.cleaned_data
        kind = KINDS[given["code"]]
        return parameters.set_parameter(
            code=given["code"], value=kind.stored(given["value"]), basis=given["basis"],
            valid_from=given["day"], today=self.today, author=self.author,
        )


class NewCountyForm(DatedForm):
    """A county joins the operating area."""

    county = _text(_("County code"), 6, _("Six digits, as in the first six of an ID number."))
    name_zh = _text(_("Chinese name"), 40)
    name_en = _text(_("English name"), 60)
    day = _day(_("Served from"), _("The first day the bank lends there."))
    basis = _text(_("Basis"), parameters.BASIS_MAX, _("Which licence or approval says so."))

    def write(self) -> OperatingArea:
        given = self.cleaned_data
        return operating_area.add_county(
            county=given["county"], name_zh=given["name_zh"], name_en=given["name_en"],
            basis=given["basis"], valid_from=given["day"], today=self.today, author=self.author,
        )


class EndForm(DatedForm):
    """The last word on a row: the first day it holds no more."""

    day = _day(_("Ends on"), _("The first day it no longer holds. An end can be moved nearer, never away."))

    def __init__(self, *args: Any, row: models.Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row

    def write(self) -> models.Model:
        end = (
            operating_area.end_county
            if isinstance(self.row, OperatingArea)
            else parameters.end_parameter
        )
        return end(row_id=self.row.pk, on=self.cleaned_data["day"], today=self.today)
