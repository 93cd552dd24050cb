"""Offers and what accepting one leads to: schedule preview and cost sheet."""

from typing import Any

from rest_framework import serializers

from lending.api.serializers.applications import ApplicationAnswer, application_answer, is_english
from lending.api.serializers.fields import (
    Amount,
    AmountText,
    Answer,
    Body,
    Rate,
    Text,
    Whole,
    amount_text,
    rate_text,
    time_text,
)
from lending.models import LoanContract, Offer


class AcceptRequest(Body):
    offer_id = serializers.UUIDField()
    amount = AmountText()
    term_months = Whole(min_value=1, max_value=600)
    method = Text(max_length=20)


class OfferAnswer(Answer):
    id = serializers.UUIDField()
    label = serializers.CharField()
    amount_min = Amount()
    amount_max = Amount()
    amount_step = Amount()
    annual_rate = Rate()
    apr = Rate()
    term_months = serializers.IntegerField()
    method = serializers.CharField()
    seasonal_months = serializers.ListField(child=serializers.IntegerField())
    provenance = serializers.ListField(child=serializers.DictField())
    expires_at = serializers.DateTimeField()


class InstalmentPreview(Answer):
    n = serializers.IntegerField()
    due = serializers.DateField()
    principal = Amount()
    interest = Amount()
    amount = Amount()
    balance = Amount()


class SchedulePreview(Answer):
    instalments = InstalmentPreview(many=True)
    total_interest = Amount()


class AcceptAnswer(Answer):
    state = serializers.CharField()
    next = serializers.ListField(child=serializers.CharField())
    application = ApplicationAnswer()
    contract_no = serializers.CharField()
    amount = Amount()
    annual_rate = Rate()
    apr = Rate()
    term_months = serializers.IntegerField()
    method = serializers.CharField()
    schedule = SchedulePreview()
    cost_sheet = serializers.DictField()


def offer_answer(offer: Offer) -> dict[str, Any]:
    return {
        "id": str(offer.pk),
        "label": offer.label_en if is_english() else offer.label_zh,
        "amount_min": amount_text(offer.amount_min),
        "amount_max": amount_text(offer.amount_max),
        "amount_step": amount_text(offer.amount_step),
        "annual_rate": rate_text(offer.annual_rate),
        "apr": rate_text(offer.apr),
        "term_months": offer.term_months,
        "method": offer.method,
        "seasonal_months": offer.seasonal_months,
        "provenance": offer.provenance,
        "expires_at": time_text(offer.expires_at),
    }


def contract_figures(contract: LoanContract) -> dict[str, Any]:
    """What was agreed, with schedule preview and cost sheet as they stand in the contract."""
    return {
        "contract_no": contract.contract_no,
        "amount": amount_text(contract.amount),
        "annual_rate": rate_text(contract.annual_rate),
        "apr": rate_text(contract.apr),
        "term_months": contract.term_months,
        "method": contract.method,
        "schedule": contract.schedule_preview,
        "cost_sheet": contract.cost_sheet,
    }


def accept_answer(contract: LoanContract) -> dict[str, Any]:
    application = application_answer(contract.application)
    return {
        "state": application["state"],
        "next": application["next"],
        "application": application,
        **contract_figures(contract),
    }
