"""Credit lines: what is free to draw, one's own, and the movements. Reads only."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from lending.domain.credit_lines import ON_ITS_WAY, DrawdownState, LineState, MovementKind
from lending.errors import NotFound
from lending.models import (
    BankCard,
    CreditLine,
    Customer,
    Disbursement,
    Drawdown,
    LendingEvent,
    LineMovement,
    Loan,
    LoanAccount,
)
from products.money import ZERO

#: After another card was bound, nothing is drawn for so long (ADR 0034).
CARD_REST = timedelta(hours=24)
_POLL_S = 0.1


def available(line: CreditLine) -> Decimal:
    """What could be drawn now if the line is active: limit − used − drawings on their way, never below 0."""
    on_its_way = line.drawdowns.filter(state__in=ON_ITS_WAY).aggregate(sum=Sum("amount"))["sum"]
    return max(line.limit_amount - line.used_amount - (on_its_way or ZERO), ZERO)


def drawable(line: CreditLine) -> Decimal:
    """``available`` while the line is active, else nothing."""
    return available(line) if line.state == LineState.ACTIVE else ZERO


def of_customer(customer: Customer) -> QuerySet[CreditLine]:
    return (
        CreditLine.objects.filter(customer=customer)
        .select_related("contract")
        .order_by("-created_at", "pk")
    )


def one_of_customer(line_id: UUID, customer: Customer) -> CreditLine:
    """The customer's own line; ``NotFound`` for anything else."""
    line = of_customer(customer).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    return line


def of_loan(loan: Loan) -> CreditLine | None:
    """The line a loan was drawn on."""
    return CreditLine.objects.filter(contract_id=loan.contract_id).first()


def movements(line: CreditLine) -> QuerySet[LineMovement]:
    """Newest first."""
    return line.movements.select_related("loan").order_by("-at", "-pk")


def loans(line: CreditLine) -> QuerySet[Loan]:
    return Loan.objects.filter(contract_id=line.contract_id).order_by("-created_at", "pk")


def drawdown_of_customer(drawdown_id: UUID, customer: Customer) -> Drawdown:
    """The customer's own drawing with its line; ``NotFound`` for anything else."""
    found = (
        Drawdown.objects.filter(pk=drawdown_id, line__customer=customer)
        .select_related("line__contract", "loan")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def wait_for_payout(drawdown: Drawdown, seconds: float) -> None:
    """Wait at most ``seconds`` while the money is on its way. Outside any transaction."""
    deadline = time.monotonic() + seconds
    while drawdown.state in ON_ITS_WAY and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        drawdown.refresh_from_db(fields=["state"])


def is_late(customer_id: Any) -> bool:
    """Whether a loan of the customer is past due."""
    return LoanAccount.objects.filter(
        loan__customer_id=customer_id, is_open=True, days_past_due__gt=0
    ).exists()


def broken_lines(now: datetime) -> Iterator[dict[str, str]]:
    """I12: a line's use is what its loans owe and its movements add up to; a booked drawing has a loan."""
    owed = (
        Loan.objects.filter(contract_id=OuterRef("contract_id"))
        .order_by()
        .values("contract_id")
        .annotate(sum=Sum("principal_balance"))
        .values("sum")
    )
    moved = (
        LineMovement.objects.filter(line_id=OuterRef("pk"))
        .order_by()
        .values("line_id")
        .annotate(
            sum=Sum("amount", filter=Q(kind=MovementKind.DRAWN), default=ZERO)
            - Sum("amount", filter=Q(kind=MovementKind.RESTORED), default=ZERO)
        )
        .values("sum")
    )
    lines = CreditLine.objects.annotate(owed=Subquery(owed), moved=Subquery(moved))
    for line in lines.exclude(owed=F("used_amount"), moved=F("used_amount"))[:50]:
        yield {
            "invariant": "I12",
            "row": line.line_no,
            "detail": f"used {line.used_amount}, loans owe {line.owed}, movements say {line.moved}",
        }
    odd = Drawdown.objects.exclude(
        Q(state=DrawdownState.BOOKED, loan__isnull=False)
        | (~Q(state=DrawdownState.BOOKED) & Q(loan__isnull=True))
    )
    for pk, state in odd.values_list("pk", "state")[:50]:
        yield {"invariant": "I12", "row": str(pk), "detail": f"{state} drawing and its loan disagree"}


def card_of(line: CreditLine) -> BankCard:
    """Where drawings are paid to: the card of the line's last successful payout."""
    paid = (
        Disbursement.objects.filter(contract_id=line.contract_id, state="succeeded")
        .select_related("bank_card")
        .order_by("-created_at")[0]
    )
    return paid.bank_card


def card_changed(line: CreditLine, now: datetime) -> bool:
    """Whether the customer bound a card within ``CARD_REST`` and after the line was opened."""
    since = max(now - CARD_REST, line.created_at)
    return (
        BankCard.objects.filter(customer_id=line.customer_id, created_at__gt=since).exists()
        or LendingEvent.objects.filter(
            customer_id=line.customer_id, name="application.card_bound", at__gt=since
        ).exists()
    )
