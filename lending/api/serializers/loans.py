"""Loans and their schedules."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from lending.api.serializers.fields import Amount, Answer, Rate, amount_text, rate_text, time_text
from lending.domain.loan_flow import OPEN_STATES
from lending.models import Instalment, Loan
from lending.selectors import loan_dues


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


class NextDue(Answer):
    date = serializers.DateField()
    amount = Amount()


class LoanDetail(LoanAnswer):
    due_amount = Amount(help_text="what should be paid by now, less money that waits")
    overdue_amount = Amount(help_text="the late part, with penalty and compound interest")
    days_past_due = serializers.IntegerField()
    credit = Amount(help_text="money that waits for the next instalment")
    next_due = NextDue(allow_null=True)
    payoff = serializers.CharField(allow_null=True, help_text="address of today's payoff quote")


class InstalmentAnswer(Answer):
    n = serializers.IntegerField(help_text="from 1001 on: early repayments")
    due = serializers.DateField()
    principal = Amount()
    interest = Amount()
    amount = Amount()
    balance = Amount()
    payable_on = serializers.DateField()
    principal_cleared = Amount()
    interest_cleared = Amount()
    open_amount = Amount()
    cleared_on = serializers.DateField(allow_null=True)
    state = serializers.CharField(help_text="upcoming, due, overdue or paid")


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


def loan_detail(loan: Loan) -> dict[str, Any]:
    """With what should be paid, read from the loan's account and plan."""
    account = loan_dues.account_of(loan.pk)
    dues = loan_dues.of_account(account)
    coming = None
    if dues.next_due is not None:
        coming = {"date": dues.next_due.isoformat(), "amount": amount_text(dues.next_amount)}
    return {
        **loan_answer(loan),
        "due_amount": amount_text(dues.due),
        "overdue_amount": amount_text(dues.overdue),
        "days_past_due": account.days_past_due,
        "credit": amount_text(account.credit),
        "next_due": coming,
        "payoff": reverse("api:payoff-quote", args=[loan.pk]) if loan.state in OPEN_STATES else None,
    }


def instalment_answer(instalment: Instalment) -> dict[str, Any]:
    return {
        "n": instalment.number,
        "due": instalment.due_date.isoformat(),
        "principal": amount_text(instalment.principal),
        "interest": amount_text(instalment.interest),
        "amount": amount_text(instalment.principal + instalment.interest),
        "balance": amount_text(instalment.balance_after),
        "payable_on": instalment.payable_on.isoformat(),
        "principal_cleared": amount_text(instalment.principal_cleared),
        "interest_cleared": amount_text(instalment.interest_cleared),
        "open_amount": amount_text(instalment.open_amount),
        "cleared_on": None if instalment.cleared_on is None else instalment.cleared_on.isoformat(),
        "state": _state_of(instalment),
    }


def _state_of(instalment: Instalment) -> str:
    if not instalment.open_amount:
        return "paid"
    if instalment.is_late:
        return "overdue"
    return "due" if instalment.is_billed else "upcoming"
