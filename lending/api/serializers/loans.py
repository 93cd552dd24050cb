"""Loans and their schedules."""

from typing import Any

from rest_framework import serializers

from lending.api.serializers.fields import Amount, Answer, Rate, amount_text, rate_text, time_text
from lending.models import Instalment, Loan


class LoanAnswer(Answer):
    id = serializers.UUIDField()
    note_no = serializers.CharField()
    contract_no = serializers.CharField()
    application_id = serializers.UUIDField()
    state = serializers.CharField(help_text="active, overdue, settled or written_off")
    product_code = serializers.CharField()
    principal = Amount()
    principal_balance = Amount()
    annual_rate = Rate()
    apr = Rate()
    term_months = serializers.IntegerField()
    method = serializers.CharField()
    start_date = serializers.DateField()
    maturity_date = serializers.DateField()
    created_at = serializers.DateTimeField()


class InstalmentAnswer(Answer):
    n = serializers.IntegerField()
    due = serializers.DateField()
    principal = Amount()
    interest = Amount()
    amount = Amount()
    balance = Amount()


def loan_answer(loan: Loan) -> dict[str, Any]:
    return {
        "id": str(loan.pk),
        "note_no": loan.note_no,
        "contract_no": loan.contract.contract_no,
        "application_id": str(loan.application_id),
        "state": str(loan.state),
        "product_code": loan.product_code,
        "principal": amount_text(loan.principal),
        "principal_balance": amount_text(loan.principal_balance),
        "annual_rate": rate_text(loan.annual_rate),
        "apr": rate_text(loan.apr),
        "term_months": loan.term_months,
        "method": loan.method,
        "start_date": loan.start_date.isoformat(),
        "maturity_date": loan.maturity_date.isoformat(),
        "created_at": time_text(loan.created_at),
    }


def instalment_answer(instalment: Instalment) -> dict[str, Any]:
    return {
        "n": instalment.number,
        "due": instalment.due_date.isoformat(),
        "principal": amount_text(instalment.principal),
        "interest": amount_text(instalment.interest),
        "amount": amount_text(instalment.principal + instalment.interest),
        "balance": amount_text(instalment.balance_after),
    }
