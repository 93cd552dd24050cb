"""A staff member's customers and loans, masked."""

from typing import Any

from rest_framework import serializers

from lending.api.serializers.fields import Amount, Answer, Rate, amount_text, rate_text, time_text
from lending.models import Customer, Loan
from products.encryption import mask_mobile, mask_name


class DeskCustomer(Answer):
    id = serializers.UUIDField()
    customer_no = serializers.CharField()
    name_masked = serializers.CharField(allow_null=True)
    mobile_masked = serializers.CharField()
    officer = serializers.CharField(allow_null=True)
    village = serializers.CharField(allow_null=True)
    accepts_marketing = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class DeskLoan(Answer):
    id = serializers.UUIDField()
    note_no = serializers.CharField()
    customer_no = serializers.CharField()
    state = serializers.CharField()
    product_code = serializers.CharField()
    principal = Amount()
    principal_balance = Amount()
    annual_rate = Rate()
    start_date = serializers.DateField()
    maturity_date = serializers.DateField()


def desk_customer(customer: Customer) -> dict[str, Any]:
    return {
        "id": str(customer.pk),
        "customer_no": customer.customer_no,
        "name_masked": mask_name(customer.name) if customer.name else None,
        "mobile_masked": mask_mobile(customer.mobile),
        "officer": customer.officer.display_name if customer.officer else None,
        "village": customer.village.name if customer.village else None,
        "accepts_marketing": customer.accepts_marketing,
        "created_at": time_text(customer.created_at),
    }


def desk_loan(loan: Loan) -> dict[str, Any]:
    return {
        "id": str(loan.pk),
        "note_no": loan.note_no,
        "customer_no": loan.customer.customer_no,
        "state": str(loan.state),
        "product_code": loan.product_code,
        "principal": amount_text(loan.principal),
        "principal_balance": amount_text(loan.principal_balance),
        "annual_rate": rate_text(loan.annual_rate),
        "start_date": loan.start_date.isoformat(),
        "maturity_date": loan.maturity_date.isoformat(),
    }
