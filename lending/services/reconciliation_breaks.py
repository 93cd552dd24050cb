"""The life of a difference: found, taken by somebody, explained by two people, or gone by itself.

Every step is a row (``BreakStep``); a difference that comes back, or whose sides change, is open again.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.reconciliation import (
    EXPLANATION_MAX,
    EXPLANATION_MIN,
    BreakState,
    Difference,
    Resolution,
)
from lending.domain.staff_duties import Duty, may
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import BreakStep, Officer, ReconciliationBreak, ReconciliationRun
from lending.selectors import worklists
from lending.services import audit

What = BreakStep.What
NOT_YOURS = _("Your role may not explain differences with the core bank.")
_BATCH = 2_000
_WRITTEN = (
    "ours", "theirs", "books", "state", "resolution", "explanation", "maker", "checker",
    "proposed_at", "resolved_at", "healed_at",
)  # fmt: skip


def bring_along(
    *, run: ReconciliationRun, differences: Iterable[Difference], now: datetime
) -> None:
    """Bring the day's rows to what ``run`` found. Caller holds the day's turn and the transaction."""
    found = {(d.kind.value, *d.movement): d for d in differences}
    known = {
        (row.kind, row.direction, row.core_key): row
        for row in ReconciliationBreak.objects.filter(business_date=run.business_date)
    }
    new = [_new(run, found[key], now) for key in found.keys() - known.keys()]
    steps = [
        BreakStep(difference=row, at=now, what=What.FOUND, run=run)
        for row in ReconciliationBreak.objects.bulk_create(new, batch_size=_BATCH)
    ]
    changed = []
    for key, row in known.items():
        what = _again(row, found[key]) if key in found else _gone(row, now)
        if what is not None:
            changed.append(row)
            steps.append(BreakStep(difference=row, at=now, what=what, run=run))
    ReconciliationBreak.objects.bulk_update(changed, _WRITTEN, batch_size=_BATCH)
    BreakStep.objects.bulk_create(steps, batch_size=_BATCH)


def _new(run: ReconciliationRun, one: Difference, now: datetime) -> ReconciliationBreak:
    return ReconciliationBreak(
        business_date=run.business_date,
        kind=one.kind.value,
        direction=one.movement.direction,
        core_key=one.movement.key,
        ours=one.ours,
        theirs=one.theirs,
        books=one.books,
        found_at=now,
    )


def _again(row: ReconciliationBreak, one: Difference) -> BreakStep.What | None:
    """Still there. Explained is explained, as long as it is the same difference."""
    sides = (one.ours, one.theirs, one.books)
    is_same = (row.ours, row.theirs, row.books) == sides
    if row.healed_at is None and is_same:
        return None
    what = What.CHANGED if row.healed_at is None else What.FOUND_AGAIN
    row.ours, row.theirs, row.books = sides
    _reopen(row)
    return what


def _gone(row: ReconciliationBreak, now: datetime) -> BreakStep.What | None:
    if row.state == BreakState.RESOLVED:
        return None
    _reopen(row)
    row.state, row.resolved_at, row.healed_at = BreakState.RESOLVED.value, now, now
    return What.HEALED


def _reopen(row: ReconciliationBreak) -> None:
    row.state, row.resolution, row.explanation = BreakState.OPEN.value, "", ""
    row.maker = row.checker = row.proposed_at = row.resolved_at = row.healed_at = None


def take(*, break_id: int, user: User, now: datetime) -> ReconciliationBreak:
    """Make the difference mine to explain; taking it over from a colleague is on record."""
    officer = _resolver(user)
    with transaction.atomic():
        row = _locked(break_id)
        before = row.owner
        if row.owner_id != officer.pk:
            row.owner = officer
            row.save(update_fields=["owner"])
            _note(row, What.TAKEN, user, officer, now, detail={"from": before.staff_no if before else ""})
    return row


def propose(
    *, break_id: int, maker: User, resolution: str, explanation: str, now: datetime
) -> ReconciliationBreak:
    """The first person says what it was. Proposing again replaces the proposal."""
    officer = _resolver(maker)
    text = explanation.strip()
    _check(resolution, text)
    with transaction.atomic():
        row = _locked(break_id)
        row.state, row.resolution, row.explanation = BreakState.PROPOSED.value, resolution, text
        row.maker, row.proposed_at = maker, now
        row.owner = row.owner or officer
        row.save()
        _note(row, What.PROPOSED, maker, officer, now)
    return row


def confirm(*, break_id: int, checker: User, now: datetime, seen: str) -> ReconciliationBreak:
    """The second person agrees, never the first one. ``seen``: ``proposal_mark`` of what they read."""
    officer = _resolver(checker)
    with transaction.atomic():
        row = _proposed(break_id, seen)
        if row.maker_id == checker.pk:
            raise NotPermitted(_("Another person than the one who proposed must confirm."))
        row.state, row.checker, row.resolved_at = BreakState.RESOLVED.value, checker, now
        row.save()
        _note(row, What.CONFIRMED, checker, officer, now)
    return row


def send_back(
    *, break_id: int, user: User, reason: str, now: datetime, seen: str
) -> ReconciliationBreak:
    """The proposal does not convince, or its maker takes it back: the difference is open again."""
    officer = _resolver(user)
    text = reason.strip()
    if not _is_explanation(text):
        raise InvalidInput.field("reason", _("Please say why (5 to 300 characters)."))
    with transaction.atomic():
        row = _proposed(break_id, seen)
        _reopen(row)
        row.save()
        _note(row, What.SENT_BACK, user, officer, now, text=text)
    return row


def proposal_mark(row: ReconciliationBreak) -> str:
    """Names one proposal, so that another one is not confirmed by mistake."""
    return row.proposed_at.isoformat() if row.proposed_at else ""


def _resolver(user: User) -> Officer:
    officer = worklists.officer_of(user)
    if officer is None or not may(officer.role, Duty.RESOLVE_BREAKS):
        raise NotPermitted(NOT_YOURS)
    return officer


def _locked(break_id: int) -> ReconciliationBreak:
    row = (
        ReconciliationBreak.objects.select_for_update(of=("self",))
        .select_related("owner")
        .filter(pk=break_id)
        .first()
    )
    if row is None:
        raise NotFound
    if row.state == BreakState.RESOLVED:
        raise IllegalState(_("This difference is explained already."))
    return row


def _proposed(break_id: int, seen: str) -> ReconciliationBreak:
    row = _locked(break_id)
    if row.state != BreakState.PROPOSED:
        raise IllegalState(_("Nobody has proposed an explanation yet."))
    if seen != proposal_mark(row):
        raise IllegalState(_("The proposal has changed meanwhile. Please read it again."))
    return row


def _check(resolution: str, text: str) -> None:
    errors = {}
    if resolution not in {r.value for r in Resolution}:
        errors["resolution"] = [_("Please choose what it was.")]
    if not _is_explanation(text):
        errors["explanation"] = [_("Please explain it (5 to 300 characters).")]
    if errors:
        raise InvalidInput(_("Please check the marked fields."), errors=errors)


def _is_explanation(text: str) -> bool:
    return EXPLANATION_MIN <= len(text) <= EXPLANATION_MAX and "\x00" not in text


def _note(
    row: ReconciliationBreak,
    what: BreakStep.What,
    user: User,
    officer: Officer,
    now: datetime,
    *,
    text: str = "",
    detail: dict[str, str] | None = None,
) -> None:
    """The step in the difference's own history and in the sealed audit."""
    is_proposal = what in (What.PROPOSED, What.CONFIRMED)
    resolution = row.resolution if is_proposal else ""
    text = row.explanation if is_proposal else text
    BreakStep.objects.create(
        difference=row, at=now, what=what, by=user, resolution=resolution, text=text
    )
    audit.record(
        actor=officer.staff_no,
        action=f"break.{what}",
        subject_type="reconciliation_break",
        subject_id=str(row.pk),
        reason=text,
        now=now,
        detail={**(detail or {}), **({"resolution": resolution} if resolution else {})},
    )
