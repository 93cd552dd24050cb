"""Loans of a customer and their schedules."""

from typing import Any

from django.db.models import QuerySet

from lending.errors import NotFound
from lending.models import Customer, Drawdown, Instalment, Loan, LoanApplication


def of_customer(customer: Customer) -> QuerySet[Loan]:
    return (
        Loan.objects.filter(customer=customer)
        .select_related("branch", "officer")
        .order_by("-created_at", "pk")
    )


def one_of_customer(loan_id: Any, customer: Customer) -> Loan:
    """The customer's own loan; ``NotFound`` for anything else."""
    loan = of_customer(customer).filter(pk=loan_id).first()
    if loan is None:
        raise NotFound
    return loan


def first_of(application: LoanApplication) -> Loan | None:
    """The loan of the application's own payout; drawdowns of its line come after."""
    return (
        Loan.objects.filter(application=application, drawdown__isnull=True)
        .select_related("contract", "branch")
        .first()
    )


def of_drawdown(drawdown: Drawdown) -> Loan | None:
    """The loan a drawing became."""
    return Loan.objects.filter(drawdown=drawdown).first()


def schedule(loan: Loan) -> QuerySet[Instalment]:
    """The plan in force by date; early repayments (numbers from 1001) stand between the instalments."""
    return loan.instalments.order_by("due_date", "number")


def next_open(loan: Loan) -> Instalment | None:
    """The oldest instalment that is not paid: due now, or next."""
    return schedule(loan).filter(cleared_on__isnull=True).first()
