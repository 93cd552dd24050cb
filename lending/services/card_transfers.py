"""Money between a card and the bank, exactly once in effect: the life of a payout (``disbursements``).

request (key made once, outbox row) → claim with a lease, COMMIT → call outside any transaction → settle
in one transaction with the booking. A timeout is ``unknown`` and is asked again with the same key.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.domain.disbursement_flow import DisbursementState
from lending.domain.servicing.facts import TransactionKind
from lending.errors import IllegalState, InvalidInput
from lending.gateways import core_bank
from lending.gateways.core_bank import CollectOrder, Order, TransferOrder
from lending.models import CardTransfer, LoanAccount
from lending.selectors import business_day
from lending.selectors import card_transfers as found
from lending.services import loan_accounts, transfer_doubt
from lending.services.card_transfer_settlement import settle

IN, OUT = CardTransfer.Direction.IN, CardTransfer.Direction.OUT


def new_key(direction: str) -> str:
    """A key of its own: C collects, R refunds."""
    return f"{'C' if direction == IN else 'R'}{uuid.uuid4().hex}"


def request(
    *,
    account: LoanAccount,
    kind: TransactionKind,
    amount: Decimal,
    channel: str,
    business_date: date,
    now: datetime,
    options: Mapping[str, Any] | None = None,
    core_key: str = "",
) -> CardTransfer:
    """Write the request with its key, never remade. Caller holds the account's lock and the transaction.

    Raises ``IllegalState`` (code ``transfer_on_its_way``) while another one of the loan is, or when the
    loan has no card.
    """
    require_none_on_its_way(account.loan_id)
    card = account.loan.application.bank_card
    if card is None:
        raise IllegalState(_("Please choose a bank card first."))
    direction = OUT if kind == TransactionKind.REFUND else IN
    transfer = CardTransfer(
        loan=account.loan,
        bank_card=card,
        direction=direction,
        kind=kind,
        channel=channel,
        options=dict(options or {}),
        core_key=core_key or new_key(direction),
        amount=amount,
        business_date=business_date,
        created_at=now,
    )
    try:
        with transaction.atomic():
            transfer.save(force_insert=True)
    except IntegrityError:  # the close of the day asked the card this very moment
        require_none_on_its_way(account.loan_id)
        raise
    jobs.send_card_transfer(transfer.pk, now)
    return transfer


def require_none_on_its_way(loan_id: UUID) -> None:
    """Raises ``IllegalState`` naming the transfer whose end, or booking, the loan waits for."""
    other = found.on_its_way(loan_id)
    if other is not None:
        message = _("A payment of ¥%(amount)s is on its way already.") % {"amount": other.amount}
        raise IllegalState(
            message, code="transfer_on_its_way", errors={"repayment": [str(other.pk)]}
        )


def request_refund(
    *,
    loan_id: UUID,
    amount: Decimal,
    now: datetime,
    channel: str = "officer",
    change_id: UUID | None = None,
) -> CardTransfer:
    """Give waiting money back to the card; booked when the core bank said yes.

    Raises ``InvalidInput`` above what waits, ``IllegalState`` while another transfer of the loan is on
    its way. Until it is booked nothing else may use the waiting money (``repayments``). ``change_id``: the
    change by two people that asked for it; it is told the booking.
    """
    with transaction.atomic():
        account = loan_accounts.locked(loan_id)
        require_none_on_its_way(loan_id)
        if not 0 < amount <= account.credit:
            message = _("At most ¥%(amount)s waits for the customer.") % {"amount": account.credit}
            raise InvalidInput.field("amount", message)
        return request(
            account=account,
            kind=TransactionKind.REFUND,
            amount=amount,
            channel=channel,
            business_date=business_day.current(account.legal_entity),
            options={"change": str(change_id)} if change_id else {},
            now=now,
        )


def send(*, transfer_id: UUID, now: datetime) -> None:
    """Claim and call. A second worker, a repeated task or a dead lease finds nothing to claim and stops."""
    _send(transfer_id, from_state=DisbursementState.CREATED, now=now)


def query(*, transfer_id: UUID, now: datetime) -> None:
    """Ask what became of an ``unknown`` transfer, or send again with the SAME key when it never arrived."""
    transfer = CardTransfer.objects.filter(pk=transfer_id).first()
    if transfer is None or transfer.state != DisbursementState.UNKNOWN:
        return
    if _may_resend(transfer, now):
        _send(transfer_id, from_state=DisbursementState.UNKNOWN, now=now)
        return
    with transaction.atomic():
        asking = transfer_doubt.begin_query(found.with_order().filter(pk=transfer_id), now=now)
    if asking is not None:
        reply = core_bank.ask(order_of(asking))
        settle(transfer_id=transfer_id, reply=reply, now=now)


def order_of(transfer: CardTransfer) -> Order:
    card, name = transfer.bank_card.card_number, transfer.loan.application.name or ""
    if transfer.direction == IN:
        return CollectOrder(
            key=transfer.core_key, amount=transfer.amount, payer_card=card, payer_name=name
        )
    return TransferOrder(
        key=transfer.core_key,
        amount=transfer.amount,
        payee_card=card,
        payee_name=name,
        memo="refund",
    )


def _send(transfer_id: UUID, *, from_state: str, now: datetime) -> None:
    transfer = _claim(transfer_id, from_state=from_state, now=now)
    if transfer is None:
        return
    order = order_of(transfer)
    reply = core_bank.collect(order) if isinstance(order, CollectOrder) else core_bank.pay(order)
    settle(transfer_id=transfer_id, reply=reply, now=now, lease_token=transfer.lease_token)


def _claim(transfer_id: UUID, *, from_state: str, now: datetime) -> CardTransfer | None:
    """Take the lease, COMMIT. None when somebody else has it."""
    with transaction.atomic():
        rows = CardTransfer.objects.filter(pk=transfer_id)
        if not transfer_doubt.claim(rows, from_state=from_state, now=now):
            return None
        rows.update(last_sent_at=now)
        return found.with_order().get(pk=transfer_id)


def _may_resend(transfer: CardTransfer, now: datetime) -> bool:
    never_left = transfer.attempt > 0 and transfer.first_sent_at is None
    sent_at = transfer.last_sent_at or transfer.created_at
    return never_left or transfer_doubt.surely_lost(transfer, sent_at=sent_at, now=now)
