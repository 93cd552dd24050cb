"""Collecting what is due from the cards, once a loan and business date; called by the end of day.

A refused debit is not tried again the same day: the next day's request covers it, it is still due.
"""

from datetime import date, datetime
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction

from lending import jobs
from lending.domain.disbursement_flow import DisbursementState
from lending.domain.servicing.facts import TransactionKind
from lending.models import CardTransfer, LegalEntity, LoanAccount, LoanTransaction
from lending.selectors import card_transfers as found
from lending.selectors import loan_dues
from lending.selectors.loan_dues import DueLoan
from lending.services import card_transfers, loan_accounts, repayments

log = structlog.get_logger(__name__)

CHANNEL = "auto_debit"
PAGE = 500
_RUNNING = (DisbursementState.CREATED, DisbursementState.SENDING, DisbursementState.UNKNOWN)


def request_due(*, legal_entity: LegalEntity, day: date, now: datetime) -> int:
    """One debit for each open loan with something due on ``day``; returns how many were requested.

    Each page commits by itself, so a killed run goes on where it stopped; run twice, or by two workers
    at once, it asks once (the database's unique indexes decide).
    """
    count, after = 0, 0
    while True:
        page = loan_dues.to_collect(legal_entity=legal_entity, day=day, after=after, limit=PAGE)
        if page.loans:
            count += _request_page(legal_entity, page.loans, day, now)
        if page.after is None:
            return count
        after = page.after


def use_credit(*, legal_entity: LegalEntity, day: date, now: datetime) -> int:
    """Money that waits is put to what is due before a card is asked; returns for how many loans.

    One loan that cannot be helped does not stop the others: it is logged and left as it is.
    """
    count, after = 0, 0
    while page := _with_credit(legal_entity, after):
        for account_id, loan_id in page:
            count += _use_credit_of(loan_id, day, now)
            after = account_id
    return count


def waiting(*, legal_entity: LegalEntity, day: date) -> int:
    """How many debits of ``day`` have no answer yet (those with people do not count)."""
    return CardTransfer.objects.filter(
        loan__legal_entity=legal_entity, channel=CHANNEL, business_date=day, state__in=_RUNNING
    ).count()


def _request_page(
    legal_entity: LegalEntity, page: tuple[DueLoan, ...], day: date, now: datetime
) -> int:
    with transaction.atomic():
        return _write(_read_again(legal_entity, page, day), day, now)


def _read_again(
    legal_entity: LegalEntity, page: tuple[DueLoan, ...], day: date
) -> list[DueLoan]:
    """What they owe with their accounts locked: who paid a moment ago is asked for the rest only."""
    ids = [one.account_id for one in page]
    list(LoanAccount.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    again = loan_dues.to_collect(
        legal_entity=legal_entity, day=day, after=ids[0] - 1, limit=2 * PAGE
    )
    wanted = set(ids)
    return [one for one in again.loans if one.account_id in wanted]


def _write(page: list[DueLoan], day: date, now: datetime) -> int:
    """The requests and their messages. Caller holds the accounts' locks and the transaction."""
    rows = [
        CardTransfer(
            loan_id=one.loan_id,
            bank_card_id=one.bank_card_id,
            direction=CardTransfer.Direction.IN,
            kind=TransactionKind.REPAYMENT,
            channel=CHANNEL,
            core_key=card_transfers.new_key(CardTransfer.Direction.IN),
            amount=one.due,
            business_date=day,
            created_at=now,
        )
        for one in page
    ]
    CardTransfer.objects.bulk_create(rows, ignore_conflicts=True)
    written = CardTransfer.objects.filter(pk__in=[row.pk for row in rows])
    ids = list(written.values_list("pk", flat=True))
    jobs.send_card_transfers(ids, now)
    return len(ids)


def _with_credit(legal_entity: LegalEntity, after: int) -> list[tuple[int, UUID]]:
    rows = LoanAccount.objects.filter(
        legal_entity=legal_entity, pk__gt=after, is_open=True, parked_at__isnull=True, credit__gt=0
    )
    return list(rows.order_by("pk").values_list("pk", "loan_id")[:PAGE])


def _use_credit_of(loan_id: UUID, day: date, now: datetime) -> bool:
    reference = f"credit:{loan_id}:{day}"
    try:
        with transaction.atomic():
            account = loan_accounts.locked(loan_id)
            amount = min(account.credit, loan_dues.of_account(account).owed)
            done = LoanTransaction.objects.filter(channel="system", channel_ref=reference).exists()
            if amount <= 0 or done or found.refunds_not_booked(loan_id).exists():
                return False
            repayments.record(
                loan_id=loan_id,
                kind=TransactionKind.CREDIT_USE,
                amount=amount,
                channel="system",
                channel_ref=reference,
                value_date=day,
                now=now,
            )
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # one bad loan never stops the rest
        log.error("auto_debit.credit_not_used", loan_id=str(loan_id), error=type(error).__name__)
        return False
    return True
