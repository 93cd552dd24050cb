"""What silences collection: a hardship the borrower tells, a complaint, talks about new terms."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.collection_rules import HARDSHIP_PAUSE_DAYS, HARDSHIP_REASONS, CaseState
from lending.domain.contact_policy import Pause
from lending.errors import IllegalState, InvalidInput
from lending.models import CollectionCase, ContactPause, Loan, Officer
from lending.services import audit, collection_cases, contact_gate
from lending.services.loan_accounts import is_open


def tell_hardship(*, loan: Loan, reason: str, now: datetime) -> ContactPause:
    """The borrower is in need: their officer's list shows it, and collection is silent for 7 days.

    Told again while it runs, the same pause is returned. Raises ``InvalidInput`` for an unknown
    reason, ``IllegalState`` for a loan that is over.
    """
    if reason not in HARDSHIP_REASONS:
        raise InvalidInput.field("reason", _("Please choose a reason."))
    if not is_open(loan):
        raise IllegalState(_("This loan is paid or closed."))
    until = now + timedelta(days=HARDSHIP_PAUSE_DAYS)
    return _open(loan=loan, kind=Pause.HARDSHIP, reason=reason, until=until, officer=None, now=now)


def begin(
    *, loan: Loan, kind: Pause, now: datetime, officer: Officer | None = None
) -> ContactPause:
    """Silence collection until ``end``: a complaint, or talks about new terms, has begun."""
    return _open(loan=loan, kind=kind, reason="", until=None, officer=officer, now=now)


def end(*, loan: Loan, kind: Pause, now: datetime, officer: Officer | None = None) -> bool:
    """It has been answered; returns whether one was running."""
    with transaction.atomic():
        ended = ContactPause.objects.filter(loan=loan, kind=kind, ended_at__isnull=True).update(
            ended_at=now, ended_by=officer
        )
        case = CollectionCase.objects.filter(loan=loan).exclude(state="closed").first()
        if not ended or case is None:
            return bool(ended)
        collection_cases.tell(
            case=case, kind="pause_ended", data={"kind": kind.value}, officer=officer, now=now
        )
        _audit(officer, f"arrears.{kind.value}_ended", case, now)
        still = contact_gate.running_pauses(now).filter(loan=loan, kind__in=("hardship", "talks"))
        if case.state == CaseState.IN_HARDSHIP and not still.exists():
            collection_cases.set_state(case=case, state=collection_cases.resting_state(case))
    return True


def _open(
    *,
    loan: Loan,
    kind: Pause,
    reason: str,
    until: datetime | None,
    officer: Officer | None,
    now: datetime,
) -> ContactPause:
    with transaction.atomic():
        contact_gate.take_turns([loan.customer_id])
        ContactPause.objects.filter(
            loan=loan, kind=kind, ended_at__isnull=True, until__lte=now
        ).update(ended_at=now)
        pause, created = ContactPause.objects.get_or_create(
            loan=loan,
            kind=kind,
            ended_at=None,
            defaults={
                "customer": loan.customer,
                "reason": reason,
                "since": now,
                "until": until,
                "opened_by": officer,
            },
        )
        if created:
            case = collection_cases.ensure(loan=loan, now=now)
            collection_cases.tell(
                case=case,
                kind=kind.value,
                data={"reason": reason} if reason else {},
                officer=officer,
                now=now,
            )
            _audit(officer, f"arrears.{kind.value}", case, now)
            if kind in (Pause.HARDSHIP, Pause.TALKS):
                collection_cases.set_state(case=case, state=CaseState.IN_HARDSHIP)
    return pause


def _audit(officer: Officer | None, action: str, case: CollectionCase, now: datetime) -> None:
    """Steps of staff; what the borrower tells stands in the case's history."""
    if officer is not None:
        audit.record(
            actor=officer.user.get_username(),
            action=action,
            subject_type="collection_case",
            subject_id=str(case.pk),
            now=now,
        )
