"""Why: reasons in plain language, and asking for a person."""

from rest_framework import serializers

from lending.api.serializers.applications import ReasonAnswer
from lending.api.serializers.fields import Answer, Body, Text


class ReviewRequestBody(Body):
    reason = Text(max_length=500, required=False, allow_blank=True, default="")


class ExplanationAnswer(Answer):
    state = serializers.CharField()
    next = serializers.ListField(child=serializers.CharField())
    reasons = ReasonAnswer(many=True)
