"""Money out exactly once in effect (D4; reference: reliability §3).

request (with the signature) → claim with a lease, COMMIT → call outside any transaction → settle in one
transaction. A timeout is ``unknown`` and is asked again with the same key; there is never a second key.
"""

import uuid
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.domain.application_flow import Action, Role, State
from lending.domain.credit_lines import DrawdownState
from lending.domain.disbursement_flow import DisbursementState
from lending.errors import IllegalState
from lending.gateways import core_bank
from lending.gateways.core_bank import TransferOrder
from lending.models import (
    BankCard,
    Customer,
    Disbursement,
    Drawdown,
    ExternalCall,
    LoanApplication,
    LoanContract,
)
from lending.selectors import applications
from lending.services import moves, transfer_doubt
from lending.services.card_checks import require_own_card
from lending.services.settlements import last_sent_at, settle


def request(*, application: LoanApplication, contract: LoanContract, now: datetime) -> Disbursement:
    """Write the request with its key, never remade. Caller holds lock and transaction."""
    if application.bank_card is None:
        raise IllegalState(_("Please choose a bank card first."))
    disbursement = Disbursement.objects.create(
        application=application,
        contract=contract,
        bank_card=application.bank_card,
        core_key=f"D{uuid.uuid4().hex}",
        amount=contract.amount,
        created_at=now,
    )
    jobs.send_disbursement(disbursement.pk, now)
    return disbursement


def request_drawing(
    *, application: LoanApplication, drawdown: Drawdown, bank_card: BankCard, now: datetime
) -> Disbursement:
    """The payout of a drawing on a line. Caller holds the application's and the line's lock."""
    disbursement = Disbursement.objects.create(
        application=application,
        contract=drawdown.line.contract,
        drawdown=drawdown,
        bank_card=bank_card,
        core_key=f"D{uuid.uuid4().hex}",
        amount=drawdown.amount,
        created_at=now,
    )
    jobs.send_disbursement(disbursement.pk, now)
    return disbursement


def retry_payout(*, application_id: UUID, customer: Customer, now: datetime) -> LoanApplication:
    """After the bank refused the card: a new request to the newly chosen card (signed → disbursing).

    The new card was not part of the decision, so it is checked first; ``CardNotConfirmed`` otherwise.
    """
    chosen = applications.of_customer(application_id, customer)
    if chosen.state == State.SIGNED:
        _require_another_card(chosen)
        require_own_card(application=chosen, now=now)
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.require_state(application, State.SIGNED)
        contract = LoanContract.objects.get(application=application, voided_at__isnull=True)
        _require_another_card(application)
        if application.bank_card_id != chosen.bank_card_id:
            raise IllegalState(_("The card was changed meanwhile. Please try again."))
        request(application=application, contract=contract, now=now)
        moves.move(
            application, action=Action.PAY_OUT, role=Role.CUSTOMER, actor=str(customer.pk), now=now
        )
    return application


def _require_another_card(application: LoanApplication) -> None:
    last = application.disbursements.filter(drawdown=None).order_by("-created_at").first()
    if last is not None and last.bank_card_id == application.bank_card_id:
        raise IllegalState(
            _("The bank could not pay to this card. Please choose another card of yours.")
        )


def send(*, disbursement_id: UUID, now: datetime) -> None:
    """Claim and pay. A second worker, a repeated task or a dead lease finds nothing to claim and stops."""
    claimed = _claim(disbursement_id, from_state=DisbursementState.CREATED, kind="send", now=now)
    if claimed is not None:
        _call(*claimed, now=now)


def query(*, disbursement_id: UUID, now: datetime) -> None:
    """Ask what became of an ``unknown`` payout, or send again with the SAME key when it never arrived."""
    disbursement = Disbursement.objects.filter(pk=disbursement_id).first()
    if disbursement is None or disbursement.state != DisbursementState.UNKNOWN:
        return
    if _may_resend(disbursement, now):
        claimed = _claim(
            disbursement_id, from_state=DisbursementState.UNKNOWN, kind="send", now=now
        )
        if claimed is not None:
            _call(*claimed, now=now)
        return
    call = _begin_query(disbursement_id, now)
    if call is None:
        return
    order = order_of(call.disbursement)
    reply = core_bank.ask(order)
    settle(disbursement_id=disbursement_id, reply=reply, call=call, now=now)


def order_of(disbursement: Disbursement) -> TransferOrder:
    return TransferOrder(
        key=disbursement.core_key,
        amount=disbursement.amount,
        payee_card=disbursement.bank_card.card_number,
        payee_name=disbursement.application.name or "",
    )


def _call(disbursement: Disbursement, call: ExternalCall, *, now: datetime) -> None:
    reply = core_bank.pay(order_of(disbursement))
    settle(
        disbursement_id=disbursement.pk,
        reply=reply,
        call=call,
        now=now,
        lease_token=disbursement.lease_token,
    )


def _claim(
    disbursement_id: UUID, *, from_state: str, kind: str, now: datetime
) -> tuple[Disbursement, ExternalCall] | None:
    """Take the lease and write the call row, COMMIT. None when somebody else has it. Database clock."""
    with transaction.atomic():
        rows = Disbursement.objects.filter(pk=disbursement_id)
        if not transfer_doubt.claim(rows, from_state=from_state, now=now):
            return None
        Drawdown.objects.filter(
            disbursement=disbursement_id, state=DrawdownState.REQUESTED
        ).update(state=DrawdownState.PAYING)
        disbursement = rows.select_related("application", "bank_card").get()
        return disbursement, _call_row(disbursement, kind, now)


def _begin_query(disbursement_id: UUID, now: datetime) -> ExternalCall | None:
    """One query at a time; the others stop."""
    with transaction.atomic():
        rows = Disbursement.objects.select_related("application", "bank_card")
        disbursement = transfer_doubt.begin_query(rows.filter(pk=disbursement_id), now=now)
        return None if disbursement is None else _call_row(disbursement, "query", now)


def _call_row(disbursement: Disbursement, kind: str, now: datetime) -> ExternalCall:
    return ExternalCall.objects.create(
        disbursement=disbursement,
        kind=kind,
        request_sha256=order_of(disbursement).sha256(),
        started_at=now,
    )


def _may_resend(disbursement: Disbursement, now: datetime) -> bool:
    sent_at = last_sent_at(disbursement)
    never_arrived = transfer_doubt.surely_lost(disbursement, sent_at=sent_at, now=now)
    sends = disbursement.calls.filter(kind="send")
    never_left = not sends.exclude(outcome="not_sent").exists()
    return never_arrived or (never_left and sends.exists())
