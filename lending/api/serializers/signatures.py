"""Signing by SMS code."""

from lending.api.serializers.fields import Body, Text, Whole


class SignRequest(Body):
    otp = Text(max_length=10)
    document_sha256 = Text(min_length=64, max_length=64)
    cost_sheet_seconds = Whole(min_value=0, max_value=1_000_000)
