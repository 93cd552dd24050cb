"""Why: reasons in plain language, and asking for a person."""

from rest_framework import serializers

from lending.api.serializers.applications import ReasonAnswer
from lending.api.serializers.fields import Answer, Body, Text


class ReviewRequestBody(Body):
    reason = Text(max_length=500, required=False, allow_blank=True, default="")


class HelpAnswer(Answer):
    """One thing the person could do; what it may bring, never how much."""

    code = serializers.CharField()
    text_zh = serializers.CharField()
    text_en = serializers.CharField()


class ExplanationAnswer(Answer):
    state = serializers.CharField()
    next = serializers.ListField(child=serializers.CharField())
    reasons = ReasonAnswer(many=True)
    what_helps = HelpAnswer(many=True)
    try_again_after = serializers.DateField(
        allow_null=True, help_text="from when on waiting alone would have changed the refusal"
    )
    wants_person = serializers.BooleanField(help_text="asked that a person decides")
    review_due_at = serializers.DateTimeField(
        allow_null=True, help_text="until when a person answers, while one is at it"
    )
