"""The few questions; which of them are needed, the product decides."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from lending.api.serializers.fields import AmountText, Body, Text


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": 9999})
class CountField(serializers.Field):  # type: ignore[type-arg]
    """A whole number, as a JSON number or as digits in a string (phone keyboards send both)."""

    default_error_messages = {"invalid": _("A valid integer is required.")}

    def to_internal_value(self, data: object) -> int:
        if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) <= 4:
            data = int(data)
        if not isinstance(data, int) or isinstance(data, bool) or not 0 <= data <= 9999:
            self.fail("invalid")
        return data

    def to_representation(self, value: object) -> object:
        return value


class ProfileRequest(Body):
    occupation = Text(max_length=40, required=False)
    industry = Text(max_length=40, required=False)
    employer = Text(max_length=40, required=False)
    monthly_income = AmountText(required=False)
    household_size = CountField(required=False)
    marital_status = Text(max_length=40, required=False)
    years_in_trade = CountField(required=False)
