"""Repayments from the card: what is asked for, what became of it, what it was put to."""

from typing import Any

from rest_framework import serializers

from lending.api.serializers.fields import (
    Amount,
    AmountText,
    Answer,
    Body,
    amount_text,
    time_text,
)
from lending.api.serializers.loans import LoanDetail, loan_detail
from lending.models import CardTransfer, LoanTransaction
from lending.selectors.loan_lives import EarlyPreview, PayoffQuote
from lending.services.customer_repayments import CHOICES, KINDS

_ASKED_AS = {recorded.value: asked for asked, recorded in KINDS.items()}


class RepaymentRequest(Body):
    amount = AmountText()
    kind = serializers.ChoiceField(choices=list(KINDS))
    choice = serializers.ChoiceField(choices=list(CHOICES), required=False)


class EarlyPreviewRequest(Body):
    amount = AmountText()


class SplitAnswer(Answer):
    component = serializers.CharField(help_text="compound, penalty, interest, principal, credit, claim")
    amount = serializers.CharField()
    instalment = serializers.IntegerField(help_text="0: of the loan as a whole")


class TransactionAnswer(Answer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    kind = serializers.CharField()
    value_date = serializers.DateField()
    booked_on = serializers.DateField()
    amount = Amount()
    splits = SplitAnswer(many=True)


class RepaymentRow(Answer):
    id = serializers.UUIDField()
    state = serializers.CharField(
        help_text="created, sending, unknown, manual, succeeded or rejected"
    )
    kind = serializers.CharField(help_text="due, partial_early or payoff")
    amount = Amount()
    business_date = serializers.DateField()
    channel = serializers.CharField(help_text="applicant or auto_debit")
    rejection_code = serializers.CharField()
    created_at = serializers.DateTimeField()
    transaction = TransactionAnswer(allow_null=True)


class RepaymentAnswer(RepaymentRow):
    loan = LoanDetail()


class PayoffQuoteAnswer(Answer):
    valid_on = serializers.DateField()
    amount = Amount()
    principal = Amount()
    interest = Amount()
    charges = Amount()
    credit = Amount()


class EarlyInstalment(Answer):
    n = serializers.IntegerField()
    due = serializers.DateField()
    principal = Amount()
    interest = Amount()
    amount = Amount()


class EarlyChoice(Answer):
    choice = serializers.CharField()
    due_first = Amount()
    off_principal = Amount()
    next_amount = Amount()
    last_due = serializers.DateField(allow_null=True)
    interest_to_come = Amount()
    interest_saved = serializers.CharField()
    instalments = EarlyInstalment(many=True)


class EarlyPreviewAnswer(Answer):
    previews = EarlyChoice(many=True)


def repayment_row(transfer: CardTransfer) -> dict[str, Any]:
    one = transfer.transaction
    return {
        "id": str(transfer.pk),
        "state": str(transfer.state),
        "kind": _ASKED_AS.get(transfer.kind, transfer.kind),
        "amount": amount_text(transfer.amount),
        "business_date": transfer.business_date.isoformat(),
        "channel": transfer.channel,
        "rejection_code": transfer.rejection_code,
        "created_at": time_text(transfer.created_at),
        "transaction": None if one is None else transaction_answer(one),
    }


def repayment_answer(transfer: CardTransfer) -> dict[str, Any]:
    return {**repayment_row(transfer), "loan": loan_detail(transfer.loan)}


def transaction_answer(one: LoanTransaction) -> dict[str, Any]:
    in_force = max(one.bookings.all(), key=lambda row: row.version, default=None)
    return {
        "id": str(one.pk),
        "number": one.number,
        "kind": one.kind,
        "value_date": one.value_date.isoformat(),
        "booked_on": one.booked_on.isoformat(),
        "amount": amount_text(one.amount),
        "splits": [
            {"component": component, "amount": amount, "instalment": instalment}
            for component, amount, instalment, _ in (in_force.splits if in_force else [])
        ],
    }


def payoff_quote_answer(quote: PayoffQuote) -> dict[str, Any]:
    return {
        "valid_on": quote.valid_on.isoformat(),
        "amount": amount_text(quote.amount),
        "principal": amount_text(quote.principal),
        "interest": amount_text(quote.interest),
        "charges": amount_text(quote.charges),
        "credit": amount_text(quote.credit),
    }


def early_choice(tried: EarlyPreview) -> dict[str, Any]:
    return {
        "choice": tried.choice,
        "due_first": amount_text(tried.due_first),
        "off_principal": amount_text(tried.off_principal),
        "next_amount": amount_text(tried.next_amount),
        "last_due": None if tried.last_due is None else tried.last_due.isoformat(),
        "interest_to_come": amount_text(tried.interest_to_come),
        "interest_saved": amount_text(tried.interest_saved),
        "instalments": [
            {
                "n": row.number,
                "due": row.due.isoformat(),
                "principal": amount_text(row.principal),
                "interest": amount_text(row.interest),
                "amount": amount_text(row.principal + row.interest),
            }
            for row in tried.rows
        ],
    }
