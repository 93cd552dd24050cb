"""Cases a member of staff may see, and the list of what to do first."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from lending.errors import NotFound
from lending.models import (
    CaseEvent,
    CollectionCase,
    ContactAttempt,
    ContactPause,
    DemandLetter,
    Officer,
    PromiseToPay,
)
from products.money import ZERO

HISTORY_MAX = 100
_EVERYTHING = (Officer.Role.HEAD_OFFICE, Officer.Role.RISK, Officer.Role.FINANCE)


def visible(officer: Officer) -> QuerySet[CollectionCase]:
    """Officers see their own customers' and their own cases, managers the branch's, head office all."""
    rows = CollectionCase.objects.select_related(
        "loan__account", "loan__officer", "customer", "owner", "branch", "legal_entity"
    )
    if officer.role in _EVERYTHING:
        return rows
    if officer.role == Officer.Role.MANAGER:
        return rows.filter(branch=officer.branch_id)
    return rows.filter(Q(owner=officer) | Q(loan__officer=officer))


def one(officer: Officer, case_id: UUID) -> CollectionCase:
    """A case the officer may see; ``NotFound`` for anything else."""
    case = visible(officer).select_related("loan__application__bank_card").filter(pk=case_id).first()
    if case is None:
        raise NotFound
    return case


def worklist(officer: Officer, day: date, *, bucket: str = "") -> QuerySet[CollectionCase]:
    """Open cases: promises due by ``day`` first, then hardships, then by days past due × balance."""
    due = PromiseToPay.objects.filter(case=OuterRef("pk"), state="open", promised_on__lte=day)
    rows = visible(officer).exclude(state="closed")
    if bucket:
        rows = rows.filter(bucket=bucket)
    return rows.annotate(
        promise_due=Exists(due),
        in_need=Case(
            When(state="in_hardship", then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
        owed=_owed(),
        value_at_risk=F("loan__account__days_past_due") * F("loan__account__principal_balance"),
    ).order_by("-promise_due", "-in_need", "-value_at_risk", "pk")


def _owed() -> Combinable:
    """The same sum as ``arrears.Owed.total``, in SQL."""
    late = F("loan__account__late_principal") + F("loan__account__late_interest")
    charges = sum(
        (
            F(f"loan__account__{name}_accrued") - F(f"loan__account__{name}_cleared")
            for name in ("penalty", "compound")
        ),
        start=late,
    )
    return Greatest(charges - F("loan__account__credit"), Value(ZERO))


def history(case: CollectionCase) -> list[CaseEvent]:
    """What happened, newest first, at most ``HISTORY_MAX``."""
    return list(
        CaseEvent.objects.filter(case=case).select_related("officer").order_by("-at", "-pk")[:HISTORY_MAX]
    )


def contacts(case: CollectionCase) -> list[ContactAttempt]:
    """Contacts about this loan, newest first, at most ``HISTORY_MAX``."""
    return list(
        ContactAttempt.objects.filter(loan=case.loan_id)
        .select_related("officer")
        .order_by("-at", "-pk")[:HISTORY_MAX]
    )


def papers(case: CollectionCase) -> dict[str, Any]:
    """Promises, letters and running pauses of a case."""
    return {
        "promises": list(
            PromiseToPay.objects.filter(loan=case.loan_id)
            .select_related("officer")
            .order_by("-created_at")[:20]
        ),
        "letters": list(
            DemandLetter.objects.filter(case=case)
            .defer("pdf", "facts")
            .select_related("officer")
            .order_by("-created_at")[:20]
        ),
        "pauses": list(
            ContactPause.objects.filter(loan=case.loan_id, ended_at__isnull=True).order_by("since")
        ),
    }
