"""What staff may see: officers their own, managers the branch, head office and risk everything."""

from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db.models import Case, F, Model, QuerySet, When

from lending.domain.application_flow import State
from lending.domain.disbursement_flow import SETTLED_STATES, DisbursementState
from lending.models import CreditLine, Customer, Disbursement, Loan, LoanApplication, Officer

Row = TypeVar("Row", bound=Model)
#: More than this open at once is an outage, not a list.
OPEN_PAYOUTS_MAX = 200
_EVERYTHING = (Officer.Role.HEAD_OFFICE, Officer.Role.RISK, Officer.Role.FINANCE)


def officer_of(user: User) -> Officer | None:
    """The staff profile of an active user."""
    if not user.is_authenticated or not user.is_active:
        return None
    return Officer.objects.select_related("branch", "user").filter(user=user).first()


def _scoped(user: User, rows: "QuerySet[Row]", branch_path: str) -> "QuerySet[Row]":
    officer = officer_of(user)
    if officer is None:
        return rows.none()
    if officer.role in _EVERYTHING:
        return rows
    if officer.role == Officer.Role.MANAGER:
        conditions: dict[str, Any] = {branch_path: officer.branch_id}
        return rows.filter(**conditions)
    return rows.filter(officer=officer)


def visible_applications(user: User) -> QuerySet[LoanApplication]:
    return _scoped(user, LoanApplication.objects.all(), "branch_id")


def referred(user: User) -> QuerySet[LoanApplication]:
    """Applications that wait for a person: those with a promised day by that day, then oldest first."""
    return (
        visible_applications(user)
        .filter(state=State.IN_REVIEW)
        .select_related("customer", "officer", "branch", "reviewrequest")
        .order_by(F("reviewrequest__due_at").asc(nulls_last=True), "state_since")
    )


def unfinished(user: User) -> QuerySet[LoanApplication]:
    """Applications whose owner stopped on the way, newest first: who may need a call."""
    return (
        visible_applications(user)
        .filter(
            state__in=[
                State.DRAFT,
                State.IDENTIFIED,
                State.CONSENTED,
                State.OFFERED,
                State.ACCEPTED,
            ]
        )
        .select_related("customer", "officer", "branch")
        .order_by("-state_since")
    )


def customers(user: User) -> QuerySet[Customer]:
    return (
        _scoped(user, Customer.objects.all(), "officer__branch_id")
        .select_related("officer", "village")
        .order_by("-created_at", "pk")
    )


def loans(user: User) -> QuerySet[Loan]:
    return (
        _scoped(user, Loan.objects.all(), "branch_id")
        .select_related("customer", "officer", "branch")
        .order_by("-created_at", "pk")
    )


def credit_lines(user: User) -> QuerySet[CreditLine]:
    return _scoped(user, CreditLine.objects.all(), "branch_id").select_related(
        "customer", "branch", "contract"
    )


def open_payouts(user: User) -> QuerySet[Disbursement]:
    """Payouts not settled yet: those that need people first, then those in doubt, oldest first."""
    rows = Disbursement.objects.exclude(state__in=SETTLED_STATES).filter(
        application__in=visible_applications(user)
    )
    return rows.select_related(
        "application__customer", "application__branch", "bank_card", "manual_maker__officer"
    ).order_by(
        Case(When(state=DisbursementState.MANUAL, then=0), default=1), "state", "created_at"
    )[:OPEN_PAYOUTS_MAX]
