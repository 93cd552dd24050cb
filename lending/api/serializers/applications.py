"""Applications: what starts one, and the one answer every step gives."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from lending.api.serializers.fields import (
    Amount,
    AmountText,
    Answer,
    Body,
    Degrees,
    Text,
    amount_text,
    time_text,
)
from lending.domain.application_flow import State
from lending.models import IdCardReading, LoanApplication
from lending.selectors import applications, explanations, loans
from products import selectors as product_selectors
from products.encryption import mask_card, mask_id_number, mask_name

_EXPLAINED_STATES = (State.DECLINED, State.IN_REVIEW)


class LocationRequest(Body):
    """Where the applicant is, in degrees; kept to 0.01°, encrypted."""

    lat = Degrees(90)
    lon = Degrees(180)


class StartRequest(Body):
    qr_code = Text(max_length=40)
    purpose = Text(max_length=40)
    requested_amount = AmountText(required=False, allow_null=True)
    location = LocationRequest(required=False, allow_null=True)


class WithdrawalRequest(Body):
    reason = Text(max_length=100, required=False, allow_blank=True, default="")


class ProductAnswer(Answer):
    code = serializers.CharField()
    name = serializers.CharField()


class ReadFields(Answer):
    """What the camera read; shown in full, to this person only, until they confirm it."""

    name = serializers.CharField(allow_null=True, required=False)
    id_number = serializers.CharField(allow_null=True, required=False)
    address = serializers.CharField(allow_null=True, required=False)
    valid_until = serializers.CharField(allow_null=True, required=False)


class IdentityAnswer(Answer):
    state = serializers.CharField(help_text="none, queued, read, unreadable or confirmed")
    problem = serializers.CharField(allow_null=True)
    name_masked = serializers.CharField(allow_null=True)
    id_number_masked = serializers.CharField(allow_null=True)
    read_fields = ReadFields(allow_null=True)


class ReasonAnswer(Answer):
    code = serializers.CharField()
    text = serializers.CharField()


class ApplicationAnswer(Answer):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=[state.value for state in State])
    product = ProductAnswer()
    next = serializers.ListField(child=serializers.CharField())
    purpose = serializers.CharField()
    requested_amount = Amount(allow_null=True)
    qr_code = serializers.CharField()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()
    offers_expire_at = serializers.DateTimeField(allow_null=True)
    identity = IdentityAnswer()
    consents = serializers.DictField(child=serializers.BooleanField())
    profile = serializers.DictField()
    bank_card = serializers.CharField(allow_null=True)
    reasons = ReasonAnswer(many=True)
    loan_id = serializers.UUIDField(allow_null=True)


class ApplicationRow(Answer):
    """One line of the list of one's own applications."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=[state.value for state in State])
    product = ProductAnswer()
    next = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def product_answer(application: LoanApplication) -> dict[str, str]:
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    return {
        "code": application.product_code,
        "name": terms.name_en if is_english() else terms.name_zh,
    }


def application_row(application: LoanApplication) -> dict[str, Any]:
    return {
        "id": str(application.pk),
        "state": str(application.state),
        "product": product_answer(application),
        "next": applications.next_steps(application),
        "created_at": time_text(application.created_at),
    }


def application_answer(application: LoanApplication) -> dict[str, Any]:
    """The answer of every step: where the application stands and what comes next."""
    offers_expire = None
    if application.state == State.OFFERED:
        offers_expire = application.offers.filter(state="open").order_by("expires_at").first()
    return {
        **application_row(application),
        "purpose": application.purpose,
        "requested_amount": amount_text(application.requested_amount),
        "qr_code": application.qr_code,
        "submitted_at": time_text(application.submitted_at),
        "decided_at": time_text(application.decided_at),
        "expires_at": time_text(application.expires_at),
        "offers_expire_at": time_text(offers_expire.expires_at) if offers_expire else None,
        "identity": identity_answer(application),
        "consents": applications.consent_summary(application),
        "profile": application.profile,
        "bank_card": mask_card(application.bank_card.card_number)
        if application.bank_card
        else None,
        "reasons": reasons_answer(application) if application.state in _EXPLAINED_STATES else [],
        "loan_id": _loan_id(application),
    }


def identity_answer(application: LoanApplication) -> dict[str, Any]:
    """Masked once confirmed; before that the camera's own reading, in full, for confirming."""
    if application.id_number:
        return {
            "state": "confirmed",
            "problem": None,
            "name_masked": mask_name(application.name),
            "id_number_masked": mask_id_number(application.id_number),
            "read_fields": None,
        }
    reading = application.readings.defer("front", "back").order_by("-created_at").first()
    is_read = reading is not None and reading.state == IdCardReading.State.READ
    return {
        "state": str(reading.state) if reading else "none",
        "problem": (reading.problem or None) if reading else None,
        "name_masked": None,
        "id_number_masked": None,
        "read_fields": _read_fields(reading.fields) if is_read else None,
    }


def _read_fields(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields.get(name) for name in ("name", "id_number", "address", "valid_until")}


def reasons_answer(application: LoanApplication) -> list[dict[str, str]]:
    return [
        {"code": reason["code"], "text": reason["text_en"] if is_english() else reason["text_zh"]}
        for reason in explanations.of_application(application)
    ]


def _loan_id(application: LoanApplication) -> str | None:
    if application.state != State.DISBURSED:
        return None
    loan = loans.first_of(application)
    return str(loan.pk) if loan else None
