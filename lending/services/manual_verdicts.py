"""What two people say about a transfer no machine may settle: one proposes, another confirms.

The same rules for payouts and card transfers; the callers hold locks, rights and the audit.
"""

from collections.abc import Set

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from lending.domain.disbursement_flow import DisbursementState
from lending.errors import IllegalState, InvalidInput, NotPermitted
from lending.gateways.core_bank import TransferReply
from lending.models import CardTransfer, Disbursement
from lending.services import transfer_doubt

VERDICTS = (DisbursementState.SUCCEEDED.value, DisbursementState.REJECTED.value)
NOTE_MIN = 4


def check(*, verdict: str, reference: str, note: str, codes: Set[str]) -> None:
    """``reference``: the bank's number if the money moved, one of ``codes`` if not; else ``InvalidInput``."""
    errors = {}
    if verdict not in VERDICTS:
        errors["verdict"] = [_("Please say whether the money was paid.")]
    elif verdict == DisbursementState.REJECTED and reference.strip() not in codes:
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


def put(
    row: Disbursement | CardTransfer, *, verdict: str, reference: str, note: str, maker: User
) -> None:
    """The first person's word; it replaces an earlier one. Saves."""
    row.manual_verdict, row.manual_reference = verdict, reference.strip()
    row.manual_note, row.manual_maker, row.manual_checker = note.strip(), maker, None
    row.save()


def agree(row: Disbursement | CardTransfer, *, checker: User, seen: str | None) -> TransferReply:
    """The second person's word; returns what it settles as. Saves.

    ``seen`` is the proposal that stood on the checker's page: one changed since is not confirmed.
    """
    if not row.manual_verdict:
        raise IllegalState(_("Nobody has proposed what happened yet."))
    if seen not in (None, f"{row.manual_verdict} {row.manual_reference}"):
        raise IllegalState(_("This application has changed meanwhile. Please open it again."))
    if row.manual_maker_id == checker.pk:
        raise NotPermitted(_("Another person than the one who proposed must confirm."))
    row.manual_checker = checker
    row.save(update_fields=["manual_checker"])
    if row.manual_verdict == DisbursementState.SUCCEEDED:
        return TransferReply("succeeded", core_txn_id=row.manual_reference)
    return TransferReply("rejected", rejection_code=row.manual_reference)
