"""The form in which staff write when a crop or herd brings its money."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.forms.customer_base import CustomerForm, plain
from products.domain.income_calendar import InvalidShares, read_shares

_KINDS = [("crop", gettext_lazy("Crop")), ("herd", gettext_lazy("Herd"))]


class _Percent(forms.CharField):
    """What was typed for one month; whether it is a percent is judged with the other months."""

    widget = forms.NumberInput(
        attrs={"min": 0, "max": 100, "step": 1, "inputmode": "numeric", "data-part": ""}
    )

    def __init__(self, month: int) -> None:
        super().__init__(required=False, max_length=8, label=MONTHS[month])

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value))


class CalendarForm(CustomerForm):
    """Names, the twelve shares, the first day, and where the knowledge comes from."""

    name_zh = forms.CharField(max_length=40, label=gettext_lazy("Name in Chinese"))
    name_en = forms.CharField(max_length=60, label=gettext_lazy("Name in English"))
    source = forms.CharField(
        max_length=300,
        label=gettext_lazy("Where this comes from"),
        help_text=gettext_lazy("A report, the farming office, the officers of the county."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("In force from"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for month in MONTHS:
            self.fields[f"m{month}"] = _Percent(month)

    def months(self) -> list[forms.BoundField]:
        """The twelve fields, January first."""
        return [self[f"m{month}"] for month in MONTHS]

    def clean(self) -> dict[str, Any]:
        """The months judged together; each wrong one beside its field, a wrong sum below them all."""
        typed = {month: self.cleaned_data.get(f"m{month}") for month in MONTHS}
        try:
            return {**self.cleaned_data, "shares": read_shares(typed)}
        except InvalidShares as wrong:
            for month in wrong.problems:
                self.add_error(f"m{month}", _("A whole number from 0 to 100."))
            if wrong.total is not None:
                message = _("The twelve months add up to %(total)s%%, not to 100%%.")
                self.add_error(None, message % {"total": wrong.total})
            return self.cleaned_data

    def total(self) -> int:
        """The sum of what is a number, for the line below the fields."""
        typed = [plain(field.value())[:4] for field in self.months()]
        return sum(int(text) for text in typed if text.isascii() and text.isdigit())

    def take_day(self, first: date, last: date) -> None:
        """The service refused the first day: say which ones it takes."""
        message = _("Choose a day from %(first)s to %(last)s.")
        self.add_error(
            "valid_from", message % {"first": first.isoformat(), "last": last.isoformat()}
        )


class NewCalendarForm(CalendarForm):
    """Also which crop or herd, and where."""

    crop = forms.RegexField(
        # "new" is the address of this form
        regex=r"^(?!new$)[a-z][a-z0-9_]{0,29}\Z",
        max_length=30,
        label=gettext_lazy("Code of the crop or herd"),
        help_text=gettext_lazy(
            "As the land register and the questions name it: rice, pigs, silkworms."
        ),
        error_messages={
            "invalid": gettext_lazy("Small letters, digits and _ only, a letter first.")
        },
    )
    kind = forms.ChoiceField(choices=_KINDS, label=gettext_lazy("Kind"))
    county = forms.ChoiceField(required=False, label=gettext_lazy("County"))

    field_order = ["crop", "kind", "county"]

    def __init__(self, *args: Any, counties: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["county"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Every county")), *counties]
