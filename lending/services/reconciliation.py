"""Three-way match of a day: our disbursements × our journals × the core bank's statement."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from lending.domain.disbursement_flow import DisbursementState
from lending.gateways import core_bank
from lending.models import Disbursement, Journal, ReconciliationBreak

Kind = ReconciliationBreak.Kind
#: kind, key, our amount, their amount
Difference = tuple[str, str, Decimal | None, Decimal | None]


def reconcile(*, day: date, now: datetime) -> int:
    """Compare one calendar day; writes each difference once; returns how many are open for that day.

    Raises ``core_bank.StatementUnavailable``: no statement is not a clean day.
    """
    lines = list(core_bank.statement(day))
    found: list[Difference] = []
    seen: set[str] = set()
    ours = {
        row.core_key: row
        for row in Disbursement.objects.select_related("bank_card").filter(
            core_key__in=[line.key for line in lines]
        )
    }
    for line in lines:
        if line.key in seen:
            found.append((Kind.DUPLICATE, line.key, None, line.amount))
        seen.add(line.key)
        row = ours.get(line.key)
        if row is None:
            found.append((Kind.MISSING_HERE, line.key, None, line.amount))
        elif row.amount != line.amount:
            found.append((Kind.AMOUNT, line.key, row.amount, line.amount))
        elif row.bank_card.card_number != line.payee_card:
            found.append((Kind.PAYEE, line.key, row.amount, line.amount))
        elif row.state == DisbursementState.REJECTED:  # closed as unpaid, yet the money left
            found.append((Kind.MISSING_HERE, line.key, None, line.amount))
    found += _missing_there(day, now)
    found += _without_journal(ours)
    with transaction.atomic():
        for kind, key, our_amount, their_amount in found:
            ReconciliationBreak.objects.get_or_create(
                business_date=day,
                kind=kind,
                core_key=key,
                defaults={"ours": our_amount, "theirs": their_amount, "found_at": now},
            )
    return ReconciliationBreak.objects.filter(business_date=day, resolved_at__isnull=True).count()


def _missing_there(day: date, now: datetime) -> list[Difference]:
    """Succeeded here that day, but on no statement of the day before, the day, or the day after."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    settled = dict(
        Disbursement.objects.filter(
            state=DisbursementState.SUCCEEDED,
            settled_at__gte=start,
            settled_at__lt=start + timedelta(days=1),
        ).values_list("core_key", "amount")
    )
    for shift in (0, -1, 1):
        if settled:
            for line in core_bank.statement(day + timedelta(days=shift)):
                settled.pop(line.key, None)
    return [(Kind.MISSING_THERE, key, amount, None) for key, amount in settled.items()]


def _without_journal(ours: dict[str, Disbursement]) -> list[Difference]:
    succeeded = {str(r.pk): r for r in ours.values() if r.state == DisbursementState.SUCCEEDED}
    journalled = set(
        Journal.objects.filter(kind="disbursement", source_id__in=list(succeeded)).values_list(
            "source_id", flat=True
        )
    )
    return [
        (Kind.NO_JOURNAL, row.core_key, row.amount, row.amount)
        for key, row in succeeded.items()
        if key not in journalled
    ]
