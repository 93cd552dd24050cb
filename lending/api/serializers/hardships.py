"""A borrower tells that paying has become hard."""

from typing import Any

from rest_framework import serializers

from lending.api.serializers.fields import Answer, Body, time_text
from lending.domain.collection_rules import HARDSHIP_REASONS
from lending.models import ContactPause


class HardshipRequest(Body):
    reason = serializers.ChoiceField(choices=HARDSHIP_REASONS)


class HardshipAnswer(Answer):
    loan_id = serializers.UUIDField()
    reason = serializers.CharField()
    told_at = serializers.DateTimeField()
    quiet_until = serializers.DateTimeField(help_text="until then nobody asks for the money")


def hardship_answer(pause: ContactPause) -> dict[str, Any]:
    return {
        "loan_id": str(pause.loan_id),
        "reason": pause.reason,
        "told_at": time_text(pause.since),
        "quiet_until": time_text(pause.until),
    }
