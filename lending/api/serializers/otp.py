"""Asking for an SMS code."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from lending.api.serializers.fields import Body, Text


class OtpRequest(Body):
    """``mobile`` is needed to log in; to sign, the code always goes to the logged-in number."""

    mobile = Text(max_length=30, required=False)
    purpose = serializers.ChoiceField(choices=["login", "sign"])
    application = serializers.UUIDField(required=False)

    def validate(self, attrs: dict) -> dict:  # type: ignore[type-arg]
        needed = "mobile" if attrs["purpose"] == "login" else "application"
        if needed not in attrs:
            raise serializers.ValidationError({needed: [_("This field is required.")]})
        return attrs
