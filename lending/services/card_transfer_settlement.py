"""What the core bank said about a card transfer, written down in one transaction: the only such place.

Money that moved is never lost: the success is kept even when the loan cannot take the booking; the
sweeper books it later as a plain repayment, whose surplus waits for the customer.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.contact_policy import Channel, Purpose
from lending.domain.disbursement_flow import DisbursementState
from lending.domain.servicing.facts import TransactionKind
from lending.errors import DomainError, IllegalState
from lending.gateways.core_bank import TransferReply
from lending.models import CardTransfer, LoanChange, SmsMessage
from lending.services import contacts, loan_accounts, repayments, transfer_doubt

log = structlog.get_logger(__name__)

BOOK_AGAIN_AFTER = timedelta(seconds=60)


def settle(
    *, transfer_id: UUID, reply: TransferReply, now: datetime, lease_token: UUID | None = None
) -> str:
    """Write down what the core bank said, in one transaction; returns the transfer's state then.

    Only a definite success that echoed key, amount and card books; only a definite rejection closes; an
    echo that differs goes to people; everything else is unknown. Idempotent.
    """
    with transaction.atomic():
        transfer = locked(transfer_id)
        if transfer.state not in transfer_doubt.OPEN_STATES:
            return transfer.state  # settled by a query, a callback or another worker
        if reply.outcome == "succeeded" and transfer_doubt.number_is_taken(reply.core_txn_id):
            reply = TransferReply("mismatch", detail="number of another transfer")
        if reply.outcome in ("succeeded", "rejected"):
            _close(transfer, reply, now)
        elif reply.outcome != "mismatch" and transfer.lease_token != lease_token:
            pass  # our lease is over, or a send began while we asked: whoever holds it will say
        else:
            _leave_unknown(transfer, reply, now)
        return transfer.state


def settle_by_people(*, transfer_id: UUID, reply: TransferReply, now: datetime) -> None:
    """What two people found for a ``manual`` transfer. Caller holds the transaction."""
    transfer = locked(transfer_id)
    if transfer.state != DisbursementState.MANUAL:
        raise IllegalState(_("This payment is settled already."))
    _close(transfer, reply, now)


def book_again(*, transfer_id: UUID, now: datetime) -> bool:
    """Another try for money that moved without a booking. Returns whether it is booked now."""
    with transaction.atomic():
        transfer = locked(transfer_id)
        if transfer.state != DisbursementState.SUCCEEDED or transfer.transaction_id is not None:
            return transfer.transaction_id is not None
        is_refund = transfer.kind == TransactionKind.REFUND
        kind = TransactionKind.REFUND if is_refund else TransactionKind.REPAYMENT
        return _book(transfer, kind, now)


def locked(transfer_id: UUID) -> CardTransfer:
    """The transfer, locked. Lock order: the loan's account, then its transfer."""
    loan_id = CardTransfer.objects.values_list("loan_id", flat=True).get(pk=transfer_id)
    loan_accounts.locked(loan_id)
    return (
        CardTransfer.objects.select_for_update(of=("self",))
        .select_related("loan__customer", "bank_card")
        .get(pk=transfer_id)
    )


def _close(transfer: CardTransfer, reply: TransferReply, now: datetime) -> None:
    transfer_doubt.close(transfer, reply=reply, now=now)
    transfer.save()
    if reply.outcome == "succeeded":
        _book(transfer, TransactionKind(transfer.kind), now)
    elif transfer.direction == CardTransfer.Direction.IN:
        _tell_of_failure(transfer, now)


def _book(transfer: CardTransfer, kind: TransactionKind, now: datetime) -> bool:
    """Record the repayment or refund; what refuses it is noted, and the success stands."""
    try:
        with transaction.atomic():
            one = repayments.record(
                loan_id=transfer.loan_id,
                kind=kind,
                amount=transfer.amount,
                channel=transfer.channel,
                channel_ref=transfer.core_key,
                value_date=transfer.business_date,
                options=transfer.options,
                now=now,
            )
            if "change" in transfer.options:
                LoanChange.objects.filter(pk=transfer.options["change"]).update(result=one)
            _check_deferred()
            CardTransfer.objects.filter(pk=transfer.pk).update(
                transaction=one, booking_error="", next_check_at=None
            )
    except (OperationalError, InterfaceError):
        raise  # the database is away: nothing of this stands
    except Exception as error:  # whatever it is, the money moved and must stay known
        code = error.code if isinstance(error, DomainError) else ""
        CardTransfer.objects.filter(pk=transfer.pk).update(
            booking_error=f"{type(error).__name__} {code}".strip()[:200],
            next_check_at=now + BOOK_AGAIN_AFTER,
        )
        log.error(
            "card_transfer.not_booked", transfer_id=str(transfer.pk), error=type(error).__name__
        )
        return False
    return True


def _check_deferred() -> None:
    """What the database would refuse at commit it refuses here, inside the savepoint."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _leave_unknown(transfer: CardTransfer, reply: TransferReply, now: datetime) -> None:
    sent_at = transfer.last_sent_at or transfer.created_at
    is_first_send = transfer.first_sent_at == transfer.last_sent_at
    if reply.outcome == "not_sent" and transfer.state == DisbursementState.SENDING and is_first_send:
        transfer.first_sent_at = None  # nothing has ever left this house: it may go at once
    if transfer_doubt.leave_unknown(transfer, reply=reply, sent_at=sent_at, now=now):
        log.error("card_transfer.needs_person", transfer_id=str(transfer.pk))


def _tell_of_failure(transfer: CardTransfer, now: datetime) -> None:
    """One message for what is owed since one day, however often the card is asked; through the gate."""
    since = transfer.loan.account.oldest_late or transfer.business_date
    event_key = f"{transfer.loan_id}:{since}"
    if SmsMessage.objects.filter(template="debit_failed", event_key=event_key).exists():
        return  # the account's lock is held: nobody else is about to write it
    wanted = contacts.Wanted(
        customer_id=transfer.loan.customer_id,
        loan_id=transfer.loan_id,
        channel=Channel.SMS,
        purpose=Purpose.COLLECTION,
        template="debit_failed",
        event_key=event_key,
        text={"amount": f"{transfer.amount:,.2f}", "last_four": transfer.bank_card.last_four},
    )
    contacts.send_texts(wanted=[wanted], now=now)
