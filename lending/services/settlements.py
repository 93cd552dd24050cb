"""What the core bank said, written down in one transaction: the only place where a payout is settled.

Answers, callbacks, status queries and two people all end here, so a payout is booked once whoever is first.
"""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.application_flow import Action, Role
from lending.domain.credit_lines import ON_ITS_WAY, DrawdownState
from lending.domain.disbursement_flow import DisbursementState
from lending.errors import IllegalState
from lending.gateways.core_bank import TransferReply
from lending.models import Disbursement, Drawdown, ExternalCall, LoanApplication
from lending.services import loans, moves, sms, transfer_doubt
from lending.services.transfer_doubt import number_is_taken

log = structlog.get_logger(__name__)


def settle(
    *,
    disbursement_id: UUID,
    reply: TransferReply,
    call: ExternalCall | None,
    now: datetime,
    lease_token: UUID | None = None,
) -> str:
    """Write down what the core bank said, in one transaction; returns the disbursement's state then.

    Only a definite success that echoed key, amount and payee books the loan; only a definite rejection
    closes the request; an echo that differs goes to a person; everything else is unknown. Idempotent.
    """
    with transaction.atomic():
        application_id = Disbursement.objects.values_list("application_id", flat=True).get(
            pk=disbursement_id
        )
        application = moves.locked(application_id)  # always application first: one lock order
        disbursement = (
            Disbursement.objects.select_for_update(of=("self",))
            .select_related("contract__legal_entity", "contract__offer", "bank_card")
            .get(pk=disbursement_id)
        )
        if call is not None:
            ExternalCall.objects.filter(pk=call.pk).update(
                answered_at=now, outcome=reply.outcome, detail=reply.detail[:120]
            )
        if disbursement.state not in transfer_doubt.OPEN_STATES:
            return disbursement.state  # settled by a query, a callback or another worker
        if reply.outcome == "succeeded" and number_is_taken(reply.core_txn_id):
            reply = TransferReply("mismatch", detail="number of another payout")
        if reply.outcome == "succeeded":
            _succeed(application, disbursement, reply, now)
        elif reply.outcome == "rejected":
            _reject(application, disbursement, reply, now)
        elif reply.outcome != "mismatch" and disbursement.lease_token != lease_token:
            pass  # our lease is over, or a send began while we asked: whoever holds it will say
        else:
            _leave_unknown(disbursement, reply, now)
        return disbursement.state


def settle_by_people(*, disbursement_id: UUID, reply: TransferReply, now: datetime) -> None:
    """What two people found for a ``manual`` payout. Caller holds both locks and the transaction."""
    disbursement = Disbursement.objects.select_related(
        "application__customer", "contract__legal_entity", "contract__offer", "bank_card"
    ).get(pk=disbursement_id)
    if disbursement.state != DisbursementState.MANUAL:
        raise IllegalState(_("This payout is settled already."))
    application = moves.locked(disbursement.application_id)
    if reply.outcome == "succeeded":
        _succeed(application, disbursement, reply, now)
    else:
        _reject(application, disbursement, reply, now)


def _succeed(
    application: LoanApplication, disbursement: Disbursement, reply: TransferReply, now: datetime
) -> None:
    transfer_doubt.close(disbursement, reply=reply, now=now)
    disbursement.save()
    loan = loans.book(application=application, disbursement=disbursement, now=now)
    if disbursement.drawdown_id is None:
        moves.move(
            application,
            action=Action.PAYOUT_SETTLED,
            role=Role.SYSTEM,
            actor="settle",
            now=now,
            data={"loan_id": str(loan.pk)},
        )
    else:  # the application ended long ago; what moves is the drawing of its line
        _end_drawdown(disbursement, DrawdownState.BOOKED, now)
    first = loan.instalments.order_by("number")[0]
    sms.queue(
        template="disbursed" if disbursement.drawdown_id is None else "drawing_paid",
        event_key=str(disbursement.pk),
        mobile=application.customer.mobile,
        language=application.customer.language,
        now=now,
        parameters={
            "amount": f"{loan.principal:,.2f}",
            "last_four": disbursement.bank_card.last_four,
            "first_due": first.due_date.isoformat(),
            "first_amount": f"{first.amount:,.2f}",
        },
    )


def _reject(
    application: LoanApplication, disbursement: Disbursement, reply: TransferReply, now: datetime
) -> None:
    transfer_doubt.close(disbursement, reply=reply, now=now)
    disbursement.save()
    if disbursement.drawdown_id is None:
        moves.move(
            application,
            action=Action.PAYOUT_REJECTED,
            role=Role.SYSTEM,
            actor="settle",
            now=now,
            data={"code": reply.rejection_code},
        )
    else:
        _end_drawdown(disbursement, DrawdownState.REJECTED, now)
    sms.queue(
        template="payout_rejected" if disbursement.drawdown_id is None else "drawing_rejected",
        event_key=str(disbursement.pk),
        mobile=application.customer.mobile,
        language=application.customer.language,
        now=now,
        parameters={},
    )


def _end_drawdown(disbursement: Disbursement, state: DrawdownState, now: datetime) -> None:
    Drawdown.objects.filter(disbursement=disbursement, state__in=ON_ITS_WAY).update(state=state)
    events.record(
        f"drawdown.{state}",
        at=now,
        customer_id=disbursement.application.customer_id,
        data={"drawdown_id": str(disbursement.drawdown_id)},
    )


def last_sent_at(disbursement: Disbursement) -> datetime:
    """When the transfer was last handed to the core bank (or requested, before the first send)."""
    sends = disbursement.calls.filter(kind="send").order_by("-started_at")
    started_at = sends.values_list("started_at", flat=True).first()
    return started_at or disbursement.created_at


def _leave_unknown(disbursement: Disbursement, reply: TransferReply, now: datetime) -> None:
    sent_at = last_sent_at(disbursement)
    if transfer_doubt.leave_unknown(disbursement, reply=reply, sent_at=sent_at, now=now):
        log.error("disbursement.needs_person", disbursement_id=str(disbursement.pk))
        events.record(
            "disbursement.manual",
            at=now,
            application=disbursement.application,
            data={"problem": disbursement.problem},
        )
