"""Payouts that no machine may settle: two people look at the core bank and say what happened (D4).

The first proposes with a reference and a note, another one confirms. Money facts are written only then,
by the same code that settles every other payout.
"""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.disbursement_flow import DisbursementState
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.gateways.core_bank import REJECTION_CODES, TransferReply
from lending.models import Disbursement, Officer
from lending.selectors import worklists
from lending.services import audit, moves, settlements, transfer_doubt

VERDICTS = (DisbursementState.SUCCEEDED.value, DisbursementState.REJECTED.value)
MAY_SETTLE = (Officer.Role.MANAGER, Officer.Role.HEAD_OFFICE)
NOTE_MIN = 4
MANAGERS_ONLY = _("Only managers may settle a payout by hand.")


def propose(
    *, disbursement_id: UUID, maker: User, verdict: str, reference: str, note: str, now: datetime
) -> Disbursement:
    """The first pair of eyes. ``reference``: the bank's number if paid, a known code if not."""
    officer = _settler(maker)
    _check(verdict, reference, note)
    with transaction.atomic():
        disbursement = _locked(disbursement_id)
        disbursement.manual_verdict, disbursement.manual_reference = verdict, reference.strip()
        disbursement.manual_note, disbursement.manual_maker = note.strip(), maker
        disbursement.manual_checker = None
        disbursement.save()
        audit.record(
            actor=officer.staff_no,
            action="payout.propose",
            subject_type="disbursement",
            subject_id=str(disbursement_id),
            reason=note.strip(),
            now=now,
            detail={"verdict": verdict},
        )
    return disbursement


def confirm(
    *, disbursement_id: UUID, checker: User, now: datetime, seen: str | None = None
) -> Disbursement:
    """The second pair of eyes, never the first one's: the payout is settled as proposed.

    ``seen`` is the proposal (verdict and reference) that stood on the checker's page: one that was
    changed since is not confirmed.
    """
    officer = _settler(checker)
    with transaction.atomic():
        disbursement = _locked(disbursement_id)
        if not disbursement.manual_verdict:
            raise IllegalState(_("Nobody has proposed what happened yet."))
        if seen not in (None, f"{disbursement.manual_verdict} {disbursement.manual_reference}"):
            raise IllegalState(_("This application has changed meanwhile. Please open it again."))
        if disbursement.manual_maker_id == checker.pk:
            raise NotPermitted(_("Another person than the one who proposed must confirm."))
        disbursement.manual_checker = checker
        disbursement.save(update_fields=["manual_checker"])
        succeeded = disbursement.manual_verdict == DisbursementState.SUCCEEDED
        settlements.settle_by_people(
            disbursement_id=disbursement_id,
            now=now,
            reply=TransferReply("succeeded", core_txn_id=disbursement.manual_reference)
            if succeeded
            else TransferReply("rejected", rejection_code=disbursement.manual_reference),
        )
        audit.record(
            actor=officer.staff_no,
            action="payout.confirm",
            subject_type="disbursement",
            subject_id=str(disbursement_id),
            now=now,
            detail={"verdict": disbursement.manual_verdict},
        )
    disbursement.refresh_from_db()
    return disbursement


def _settler(user: User) -> Officer:
    officer = worklists.officer_of(user)
    if officer is None or officer.role not in MAY_SETTLE:
        raise NotPermitted(MANAGERS_ONLY)
    return officer


def _locked(disbursement_id: UUID) -> Disbursement:
    application_id = (
        Disbursement.objects.filter(pk=disbursement_id)
        .values_list("application_id", flat=True)
        .first()
    )
    if application_id is None:
        raise NotFound
    moves.locked(application_id)  # always application first: one lock order
    disbursement = Disbursement.objects.select_for_update(of=("self",)).get(pk=disbursement_id)
    if disbursement.state != DisbursementState.MANUAL:
        raise IllegalState(_("This payout is settled already."))
    return disbursement


def _check(verdict: str, reference: str, note: str) -> None:
    errors = {}
    if verdict not in VERDICTS:
        errors["verdict"] = [_("Please say whether the money was paid.")]
    elif verdict == DisbursementState.REJECTED and reference.strip() not in REJECTION_CODES:
        errors["reference"] = [_("Please enter the core bank's rejection code.")]
    elif (
        not 0 < len(reference.strip()) <= 60
        or not reference.isprintable()
        or transfer_doubt.number_is_taken(reference.strip())
    ):
        errors["reference"] = [_("Please enter the core bank's transaction number.")]
    if not NOTE_MIN <= len(note.strip()) <= 500 or "\x00" in note:
        errors["note"] = [_("Please write what you checked (4 to 500 characters).")]
    if errors:
        raise InvalidInput(_("Please check the marked fields."), errors=errors)
