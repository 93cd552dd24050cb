"""Money between card and bank: what is on its way, in doubt, moved but not booked."""

import time
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from lending.domain.disbursement_flow import DisbursementState
from lending.errors import NotFound
from lending.models import CardTransfer, Customer

S = DisbursementState
ON_ITS_WAY = (S.CREATED, S.SENDING, S.UNKNOWN, S.MANUAL)
_UNBOOKED = Q(state=S.SUCCEEDED, transaction__isnull=True)
_POLL_S = 0.1


def on_its_way(loan_id: UUID) -> CardTransfer | None:
    """The one transfer of a loan whose end is not known, or whose money is not booked yet."""
    rows = CardTransfer.objects.filter(loan_id=loan_id)
    return rows.filter(Q(state__in=ON_ITS_WAY) | _UNBOOKED).first()


def refunds_not_booked(loan_id: UUID) -> QuerySet[CardTransfer]:
    """Refunds that may have taken, or will take, waiting money the books still show."""
    return CardTransfer.objects.filter(loan_id=loan_id, direction="out").filter(
        Q(state__in=ON_ITS_WAY) | _UNBOOKED
    )


def of_change(loan_id: UUID, change_id: UUID) -> CardTransfer | None:
    """The refund that an approved change of the loan asked for."""
    return CardTransfer.objects.filter(loan_id=loan_id, options__change=str(change_id)).first()


def by_key(core_key: str) -> CardTransfer | None:
    return with_order().filter(core_key=core_key).first()


def with_order() -> QuerySet[CardTransfer]:
    """With everything an order to the core bank names."""
    return CardTransfer.objects.select_related("loan__application", "bank_card")


def of_customer(customer: Customer, loan_id: UUID | None = None) -> QuerySet[CardTransfer]:
    """The customer's repayments from the card, newest first."""
    rows = CardTransfer.objects.filter(loan__customer=customer, direction="in")
    if loan_id is not None:
        rows = rows.filter(loan_id=loan_id)
    rows = rows.select_related("transaction", "loan__contract")
    return rows.prefetch_related("transaction__bookings").order_by("-created_at", "pk")


def one_of_customer(transfer_id: UUID, customer: Customer) -> CardTransfer:
    """The customer's own repayment; ``NotFound`` for anything else."""
    found = of_customer(customer).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound
    return found


def wait_for_end(transfer_id: UUID, seconds: float) -> None:
    """Wait (at most ``seconds``) until the transfer is rejected, with people, or booked."""
    deadline = time.monotonic() + seconds
    running = CardTransfer.objects.filter(pk=transfer_id).filter(
        Q(state__in=(S.CREATED, S.SENDING, S.UNKNOWN)) | _UNBOOKED
    )
    while time.monotonic() < deadline and running.exists():
        time.sleep(_POLL_S)


# --- the desk ----------------------------------------------------------------------------------
def in_doubt() -> QuerySet[CardTransfer]:
    """Those that two people must settle."""
    return _with_names(CardTransfer.objects.filter(state=S.MANUAL))


def being_asked() -> QuerySet[CardTransfer]:
    """Those the machine still asks about."""
    return _with_names(CardTransfer.objects.filter(state__in=(S.SENDING, S.UNKNOWN)))


def unbooked() -> QuerySet[CardTransfer]:
    """Money that moved and stands in no books yet."""
    return _with_names(CardTransfer.objects.filter(_UNBOOKED))


def unbooked_before(moment: datetime) -> QuerySet[CardTransfer]:
    return unbooked().filter(settled_at__lt=moment)


def of_day(day: date) -> QuerySet[CardTransfer]:
    return _with_names(CardTransfer.objects.filter(business_date=day))


def counts_of_day(day: date) -> list[dict[str, Any]]:
    """``direction``, ``channel``, ``state``, ``n``, ``total`` of one business date."""
    rows = CardTransfer.objects.filter(business_date=day)
    return list(
        rows.values("direction", "channel", "state")
        .annotate(n=Count("pk"), total=Sum("amount"))
        .order_by("direction", "channel", "state")
    )


def _with_names(rows: QuerySet[CardTransfer]) -> QuerySet[CardTransfer]:
    return rows.select_related("loan__customer", "loan__branch", "bank_card", "manual_maker__officer")
