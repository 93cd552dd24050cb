"""The contract to read before signing: HTML, PDF, and the hash that the signature names."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from lending.api.serializers.fields import Amount, Answer, Rate, time_text
from lending.api.serializers.offers import SchedulePreview, contract_figures
from lending.models import LoanContract


class ContractAnswer(Answer):
    contract_no = serializers.CharField()
    sha256 = serializers.CharField(
        help_text="of the HTML's bytes; the sign call names it as document_sha256"
    )
    document_sha256 = serializers.CharField()
    html = serializers.CharField()
    html_url = serializers.URLField()
    pdf_url = serializers.URLField()
    pdf_sha256 = serializers.CharField(allow_null=True)
    amount = Amount()
    annual_rate = Rate()
    apr = Rate()
    term_months = serializers.IntegerField()
    method = serializers.CharField()
    schedule = SchedulePreview()
    cost_sheet = serializers.DictField()
    created_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)


def contract_answer(contract: LoanContract, request: Request) -> dict[str, Any]:
    address = {"application_id": contract.application_id}
    return {
        **contract_figures(contract),
        "sha256": contract.html_sha256,
        "document_sha256": contract.html_sha256,
        "html": bytes(contract.html).decode(),
        "html_url": request.build_absolute_uri(reverse("api:contract-html", kwargs=address)),
        "pdf_url": request.build_absolute_uri(reverse("api:contract-pdf", kwargs=address)),
        "pdf_sha256": contract.pdf_sha256 or None,
        "created_at": time_text(contract.created_at),
        "signed_at": time_text(contract.signed_at),
    }
