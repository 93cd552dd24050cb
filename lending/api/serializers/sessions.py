"""Logging in with an SMS code."""

from rest_framework import serializers

from lending.api.serializers.fields import Answer, Body, Text


class SessionRequest(Body):
    mobile = Text(max_length=30)
    otp = Text(max_length=10)


class SessionAnswer(Answer):
    token = serializers.CharField()
    customer_id = serializers.UUIDField()
    expires_at = serializers.DateTimeField()
