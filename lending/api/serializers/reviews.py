"""Referred applications for staff: worklist, evidence, verdict. Personal data stays masked."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from lending.api.serializers.applications import ProductAnswer, product_answer
from lending.api.serializers.fields import (
    Amount,
    AmountText,
    Answer,
    Body,
    Text,
    Whole,
    amount_text,
    time_text,
)
from lending.models import ApplicationMove, LoanApplication, ManualReview
from lending.services.reviews import APPROVE_REASONS, DECLINE_REASONS
from products.encryption import mask_id_number, mask_mobile, mask_name


class VerdictRequest(Body):
    """``adjust`` is an approval whose limit differs from the machine's; both name the limit."""

    action = serializers.ChoiceField(choices=["approve", "adjust", "decline"])
    limit = AmountText(required=False, allow_null=True)
    reason_code = serializers.ChoiceField(choices=[*APPROVE_REASONS, *DECLINE_REASONS])
    note = Text(max_length=1000)
    version = Whole(min_value=0, max_value=2_000_000_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] != "decline" and attrs.get("limit") is None:
            raise serializers.ValidationError({"limit": [_("This field is required.")]})
        return attrs


class ReferredRow(Answer):
    id = serializers.UUIDField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    product = ProductAnswer()
    customer_no = serializers.CharField()
    name_masked = serializers.CharField()
    requested_amount = Amount(allow_null=True)
    purpose = serializers.CharField()
    officer = serializers.CharField(allow_null=True)
    branch = serializers.CharField()
    waiting_since = serializers.DateTimeField()


class EvidenceAnswer(ReferredRow):
    id_number_masked = serializers.CharField()
    mobile_masked = serializers.CharField()
    declared = serializers.DictField()
    sources = serializers.ListField(child=serializers.DictField())
    decision = serializers.DictField(allow_null=True)
    outstanding_principal = Amount()
    moves = serializers.ListField(child=serializers.DictField())
    reviews = serializers.ListField(child=serializers.DictField())
    review_request = serializers.CharField(allow_null=True)


class VerdictAnswer(Answer):
    id = serializers.UUIDField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    verdict = serializers.CharField()
    approved_limit = Amount(allow_null=True)
    decided_at = serializers.DateTimeField()


def referred_row(application: LoanApplication) -> dict[str, Any]:
    return {
        "id": str(application.pk),
        "state": str(application.state),
        "version": application.version,
        "product": product_answer(application),
        "customer_no": application.customer.customer_no,
        "name_masked": mask_name(application.name or ""),
        "requested_amount": amount_text(application.requested_amount),
        "purpose": application.purpose,
        "officer": application.officer.display_name if application.officer else None,
        "branch": application.branch.name,
        "waiting_since": time_text(application.state_since),
    }


def evidence_answer(application: LoanApplication, evidence: Mapping[str, Any]) -> dict[str, Any]:
    request = evidence["request"]
    return {
        **referred_row(application),
        "id_number_masked": mask_id_number(application.id_number or ""),
        "mobile_masked": mask_mobile(application.customer.mobile),
        "declared": evidence["declared"],
        "sources": plain(list(evidence["sources"])),
        "decision": plain(evidence["decision"]),
        "outstanding_principal": amount_text(evidence["outstanding_principal"]),
        "moves": [_move(move) for move in evidence["moves"]],
        "reviews": [_review(review) for review in evidence["reviews"]],
        "review_request": request.reason if request is not None else None,
    }


def verdict_answer(review: ManualReview, application: LoanApplication) -> dict[str, Any]:
    return {
        "id": str(application.pk),
        "state": str(application.state),
        "version": application.version,
        "verdict": str(review.verdict),
        "approved_limit": amount_text(review.approved_limit),
        "decided_at": time_text(review.at),
    }


def plain(value: Any) -> Any:
    """Frozen values of the house as JSON: decimals and dates as text, dataclasses as objects."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(member) for member in value]
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value) if not isinstance(value, Decimal) else f"{value:f}"


def _move(move: ApplicationMove) -> dict[str, Any]:
    return {
        "version": move.version,
        "action": str(move.action),
        "from": str(move.from_state),
        "to": str(move.to_state),
        "role": str(move.role),
        "at": time_text(move.at),
    }


def _review(review: ManualReview) -> dict[str, Any]:
    return {
        "verdict": str(review.verdict),
        "round": review.round,
        "machine_limit": amount_text(review.machine_limit),
        "approved_limit": amount_text(review.approved_limit),
        "reason_code": review.reason_code,
        "note": review.note,
        "reviewer": review.reviewer.get_username(),
        "at": time_text(review.at),
    }
