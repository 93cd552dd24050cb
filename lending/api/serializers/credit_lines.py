"""Revolving lines, what moved them, and drawings."""

from typing import Any

from rest_framework import serializers

from lending.api.serializers.fields import (
    Amount,
    AmountText,
    Answer,
    Body,
    Rate,
    Whole,
    amount_text,
    rate_text,
    time_text,
)
from lending.models import CreditLine, Drawdown, LineMovement
from lending.selectors import credit_lines
from lending.selectors import loans as loan_selectors


class DrawdownRequest(Body):
    """``line_id`` or ``loan_id`` (any loan of the line)."""

    line_id = serializers.UUIDField(required=False)
    loan_id = serializers.UUIDField(required=False)
    amount = AmountText()
    term_months = Whole(required=False, min_value=1, max_value=360)


class LineAnswer(Answer):
    id = serializers.UUIDField()
    line_no = serializers.CharField()
    product_code = serializers.CharField()
    contract_no = serializers.CharField()
    state = serializers.CharField(help_text="active, frozen, expired or closed")
    limit_amount = Amount()
    used_amount = Amount()
    available_amount = Amount(help_text="what may be drawn now; 0.00 unless active")
    valid_until = serializers.DateField(help_text="the last day of drawing")


class MovementAnswer(Answer):
    kind = serializers.CharField(
        help_text="granted, drawn, restored, frozen, released, raised, cut, expired or renewed"
    )
    amount = Amount()
    limit_amount = Amount()
    used_amount = Amount()
    business_date = serializers.DateField()
    at = serializers.DateTimeField()
    loan_id = serializers.UUIDField(allow_null=True)


class MovementPage(Answer):
    results = MovementAnswer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class LineWithMovements(LineAnswer):
    movements = MovementPage()


class DrawdownAnswer(Answer):
    id = serializers.UUIDField()
    state = serializers.CharField(help_text="requested, paying, booked or rejected")
    amount = Amount()
    term_months = serializers.IntegerField()
    annual_rate = Rate()
    line = LineAnswer()
    loan_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


def line_answer(line: CreditLine) -> dict[str, Any]:
    return {
        "id": str(line.pk),
        "line_no": line.line_no,
        "product_code": line.product_code,
        "contract_no": line.contract.contract_no,
        "state": str(line.state),
        "limit_amount": amount_text(line.limit_amount),
        "used_amount": amount_text(line.used_amount),
        "available_amount": amount_text(credit_lines.drawable(line)),
        "valid_until": line.valid_until.isoformat(),
    }


def movement_answer(movement: LineMovement) -> dict[str, Any]:
    return {
        "kind": str(movement.kind),
        "amount": amount_text(movement.amount),
        "limit_amount": amount_text(movement.limit_after),
        "used_amount": amount_text(movement.used_after),
        "business_date": movement.business_date.isoformat(),
        "at": time_text(movement.at),
        "loan_id": str(movement.loan_id) if movement.loan_id else None,
    }


def drawdown_answer(drawdown: Drawdown) -> dict[str, Any]:
    loan = loan_selectors.of_drawdown(drawdown)
    return {
        "id": str(drawdown.pk),
        "state": str(drawdown.state),
        "amount": amount_text(drawdown.amount),
        "term_months": drawdown.term_months,
        "annual_rate": rate_text(drawdown.annual_rate),
        "line": line_answer(drawdown.line),
        "loan_id": str(loan.pk) if loan else None,
        "created_at": time_text(drawdown.created_at),
    }
