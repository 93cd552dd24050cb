"""Differences as the desk lists and reads them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from lending.domain.postings import CORE_BANK_CLEARING
from lending.domain.reconciliation import BreakKind, BreakState
from lending.models import (
    CardTransfer,
    Disbursement,
    Journal,
    Loan,
    Officer,
    ReconciliationBreak,
    ReconciliationRun,
)
from lending.selectors import event_accounts
from products.money import ZERO

TABS = ("open", "resolved")
_JOURNALS_MAX = 50
_FINISHED = ("clean", "breaks")


@dataclass(frozen=True)
class Evidence:
    """What stands behind a difference here. ``journals`` carry ``cleared``: their sum on the clearing
    account, debit positive.
    """

    payment: Disbursement | CardTransfer | None = None
    loan: Loan | None = None
    journals: list[Journal] = field(default_factory=list)


def listed(
    *, tab: str, kind: str = "", owner: str = "", me: Officer
) -> "QuerySet[ReconciliationBreak]":
    """Open or closed differences of a kind and an owner ("mine", "nobody" or anybody's)."""
    rows = ReconciliationBreak.objects.select_related("owner")
    is_resolved = Q(state=BreakState.RESOLVED)
    rows = rows.filter(is_resolved) if tab == "resolved" else rows.filter(~is_resolved)
    if kind in {k.value for k in BreakKind}:
        rows = rows.filter(kind=kind)
    if owner == "mine":
        rows = rows.filter(owner=me)
    elif owner == "nobody":
        rows = rows.filter(owner__isnull=True)
    return rows


def open_by_kind() -> dict[str, int]:
    """kind → how many are open."""
    rows = ReconciliationBreak.objects.exclude(state=BreakState.RESOLVED)
    return dict(rows.values_list("kind").annotate(n=Count("pk")))


def newest_finished(day: date | None = None) -> ReconciliationRun | None:
    """The last comparison that had a statement, of a day or of any."""
    rows = ReconciliationRun.objects.filter(state__in=_FINISHED)
    if day is not None:
        rows = rows.filter(business_date=day)
    return rows.order_by("-business_date", "-started_at").first()


def newest(day: date | None) -> ReconciliationRun | None:
    """The last comparison of a day, whatever became of it."""
    return ReconciliationRun.objects.filter(business_date=day).order_by("-started_at").first()


def evidence(row: ReconciliationBreak) -> Evidence:
    """Our payment, its loan and its journals, by the key of the difference."""
    transfer = (
        CardTransfer.objects.select_related("loan", "bank_card", "transaction")
        .filter(core_key=row.core_key, direction=row.direction)
        .first()
    )
    if transfer is not None:
        journals = Journal.objects.filter(booking__transaction=transfer.transaction_id)
        return Evidence(transfer, transfer.loan, _with_sums(journals))
    payout = (
        Disbursement.objects.select_related("application__loan", "bank_card")
        .filter(core_key=row.core_key)
        .first()
        if row.direction == "out"
        else None
    )
    if payout is None:
        return Evidence()
    loan = Loan.objects.filter(application=payout.application_id).first()
    journals = Journal.objects.filter(
        kind="disbursement", source_type="disbursement", source_id=str(payout.pk)
    )
    return Evidence(payout, loan, _with_sums(journals))


def _with_sums(journals: "QuerySet[Journal]") -> list[Journal]:
    """With those that reverse them, oldest first."""
    keys = list(journals.order_by("created_at").values_list("pk", flat=True)[:_JOURNALS_MAX])
    cleared = Sum(
        "postings__amount",
        filter=Q(postings__account__code__in=event_accounts.role_accounts(CORE_BANK_CLEARING)),
        default=Decimal(ZERO),
    )
    rows = Journal.objects.filter(Q(pk__in=keys) | Q(reverses__in=keys)).annotate(cleared=cleared)
    return list(rows.order_by("created_at", "accounting_date", "pk"))
