"""Card transfers that no machine may settle: two people look at the core bank and say what happened."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.disbursement_flow import DisbursementState
from lending.domain.staff_duties import Duty, may
from lending.errors import IllegalState, NotFound, NotPermitted
from lending.gateways.core_bank import COLLECT_REJECTION_CODES, REJECTION_CODES
from lending.models import CardTransfer, Officer
from lending.selectors import worklists
from lending.services import audit, card_transfer_settlement, manual_verdicts


def propose(
    *, transfer_id: UUID, maker: User, verdict: str, reference: str, note: str, now: datetime
) -> CardTransfer:
    """The first pair of eyes. ``reference``: the bank's number if the money moved, its code if not."""
    officer = _settler(maker)
    with transaction.atomic():
        transfer = _locked(transfer_id)
        is_in = transfer.direction == CardTransfer.Direction.IN
        codes = COLLECT_REJECTION_CODES if is_in else REJECTION_CODES
        manual_verdicts.check(verdict=verdict, reference=reference, note=note, codes=codes)
        manual_verdicts.put(
            transfer, verdict=verdict, reference=reference, note=note, maker=maker
        )
        _record(officer, "card_transfer.propose", transfer, now, note.strip())
    return transfer


def confirm(
    *, transfer_id: UUID, checker: User, now: datetime, seen: str | None = None
) -> CardTransfer:
    """The second pair of eyes, never the first one's: settled and booked as proposed."""
    officer = _settler(checker)
    with transaction.atomic():
        transfer = _locked(transfer_id)
        reply = manual_verdicts.agree(transfer, checker=checker, seen=seen)
        card_transfer_settlement.settle_by_people(transfer_id=transfer_id, reply=reply, now=now)
        _record(officer, "card_transfer.confirm", transfer, now)
    transfer.refresh_from_db()
    return transfer


def _settler(user: User) -> Officer:
    officer = worklists.officer_of(user)
    if officer is None or not may(officer.role, Duty.RESOLVE_BREAKS):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))
    return officer


def _locked(transfer_id: UUID) -> CardTransfer:
    if not CardTransfer.objects.filter(pk=transfer_id).exists():
        raise NotFound
    transfer = card_transfer_settlement.locked(transfer_id)
    if transfer.state != DisbursementState.MANUAL:
        raise IllegalState(_("This payment is settled already."))
    return transfer


def _record(
    officer: Officer, action: str, transfer: CardTransfer, now: datetime, reason: str = ""
) -> None:
    audit.record(
        actor=officer.staff_no,
        action=action,
        subject_type="card_transfer",
        subject_id=str(transfer.pk),
        reason=reason,
        now=now,
        detail={"verdict": transfer.manual_verdict},
    )
