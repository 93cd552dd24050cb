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
from lending.errors import IllegalState, NotFound, NotPermitted
from lending.gateways.core_bank import REJECTION_CODES
from lending.models import Disbursement, Officer
from lending.selectors import worklists
from lending.services import audit, manual_verdicts, moves, settlements

MAY_SETTLE = (Officer.Role.MANAGER, Officer.Role.HEAD_OFFICE)
MANAGERS_ONLY = _("Only managers may settle a payout by hand.")


def propose(
    *, disbursement_id: UUID, maker: User, verdict: str, reference: str, note: str, now: datetime
) -> Disbursement:
    """The first pair of eyes. ``reference``: the bank's number if paid, a known code if not."""
    officer = _settler(maker)
    manual_verdicts.check(verdict=verdict, reference=reference, note=note, codes=REJECTION_CODES)
    with transaction.atomic():
        disbursement = _locked(disbursement_id)
        manual_verdicts.put(
            disbursement, verdict=verdict, reference=reference, note=note, maker=maker
        )
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
        reply = manual_verdicts.agree(disbursement, checker=checker, seen=seen)
        settlements.settle_by_people(disbursement_id=disbursement_id, reply=reply, now=now)
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
