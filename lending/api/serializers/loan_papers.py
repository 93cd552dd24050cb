"""Papers about a loan, and the statement's lines."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from lending.api.serializers.fields import Amount, Answer, time_text
from lending.models import LoanPaper


class PaperAnswer(Answer):
    paper_no = serializers.CharField()
    kind = serializers.CharField()
    verification_code = serializers.CharField()
    verify_url = serializers.URLField()
    pdf_url = serializers.URLField()
    pdf_sha256 = serializers.CharField(allow_null=True, help_text="null until a worker has printed it")
    business_date = serializers.DateField()
    created_at = serializers.DateTimeField()


class StatementLineAnswer(Answer):
    date = serializers.DateField()
    kind = serializers.CharField()
    amount = Amount()
    principal = Amount()
    interest = Amount()
    charges = Amount()
    balance = Amount()
    note = serializers.CharField(allow_blank=True)


class StatementAnswer(Answer):
    period_from = serializers.DateField()
    period_to = serializers.DateField()
    balance = Amount()
    due = Amount()
    paid = Amount()
    interest_paid = Amount()
    charges_paid = Amount()
    lines = StatementLineAnswer(many=True)
    paper = PaperAnswer()


class LetterAnswer(Answer):
    paper = PaperAnswer()


def paper_answer(paper: LoanPaper, request: Request) -> dict[str, Any]:
    address = {"loan_id": paper.loan_id, "paper_id": paper.pk}
    return {
        "paper_no": paper.paper_no,
        "kind": paper.kind,
        "verification_code": paper.verification_code,
        "verify_url": request.build_absolute_uri(
            reverse("customer:verify-paper", args=[paper.verification_code])
        ),
        "pdf_url": request.build_absolute_uri(reverse("api:loan-paper-pdf", kwargs=address)),
        "pdf_sha256": paper.pdf_sha256 or None,
        "business_date": paper.business_date.isoformat(),
        "created_at": time_text(paper.created_at),
    }


def statement_answer(paper: LoanPaper, request: Request) -> dict[str, Any]:
    facts: dict[str, Any] = paper.facts
    names = (
        "period_from", "period_to", "balance", "due", "paid", "interest_paid", "charges_paid", "lines",
    )
    return {**{name: facts[name] for name in names}, "paper": paper_answer(paper, request)}
