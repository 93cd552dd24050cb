"""Cases of loans in arrears: opened, moved and closed once a day in SQL; notes by people."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending.domain.collection_rules import LEVEL_OF, CaseState, Level
from lending.errors import InvalidInput
from lending.models import CaseEvent, CollectionCase, LegalEntity, Loan, Officer
from lending.selectors import business_day
from lending.services import collection_sql, contacts

_JOB_LOCK = 7_107


@dataclass(frozen=True, slots=True)
class Allocated:
    """What one day's allocation changed."""

    opened: int
    moved: int
    closed: int
    kept: int
    broken: int


def allocate(*, legal_entity: LegalEntity, day: date, now: datetime) -> Allocated:
    """Bring all cases up to the business date ``day``, set-based; the same again changes nothing.

    Pauses that have run out end; promises are judged; loans newly late get a case with an owner; worse
    buckets move up a level; loans without arrears leave. Reads the accounts as the last close left them.
    """
    contacts.expire_unrecorded(today=timezone.localdate(now), now=now)
    values: dict[str, Any] = {"entity": legal_entity.pk, "day": day, "now": now}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_JOB_LOCK, legal_entity.pk])
        cursor.execute(collection_sql.END_PAUSES, values)
        cursor.execute(collection_sql.JUDGE_PROMISES, values)
        kept, broken = cursor.fetchone()
        cursor.execute(collection_sql.BACK_FROM_PROMISE_OR_HARDSHIP, values)
        cursor.execute(collection_sql.CLOSE, values)
        closed = cursor.fetchone()[0]
        cursor.execute(collection_sql.END_PROMISES_OF_CLOSED, values)
        cursor.execute(collection_sql.MOVE, values)
        moved = cursor.fetchone()[0]
        cursor.execute(collection_sql.OPEN, values)
        opened = cursor.fetchone()[0]
    return Allocated(opened=opened, moved=moved, closed=closed, kept=kept, broken=broken)


def ensure(*, loan: Loan, now: datetime) -> CollectionCase:
    """The loan's running case; one is opened (M0) for a loan that is not late yet."""
    with transaction.atomic():
        found = CollectionCase.objects.filter(loan=loan).exclude(state="closed").first()
        if found is not None:
            return found
        case, created = CollectionCase.objects.exclude(state="closed").get_or_create(
            loan=loan,
            defaults={
                "customer": loan.customer,
                "legal_entity": loan.legal_entity,
                "branch": loan.branch,
                "bucket": "M0",
                "level": LEVEL_OF["M0"],
                "owner": loan.officer or loan.customer.officer,
                "state": CaseState.OPEN,
                "opened_on": business_day.current(loan.legal_entity),
                "created_at": now,
            },
        )
        if created:
            tell(case=case, kind="opened", data={"bucket": "M0"}, now=now)
        return case


def note(*, case: CollectionCase, text: str, officer: Officer, now: datetime) -> CaseEvent:
    """What somebody wants to be remembered; encrypted, never edited. Raises ``InvalidInput``."""
    words = contacts.checked_note(text)
    if not words:
        raise InvalidInput.field("note", _("Please write what should be remembered."))
    return tell(case=case, kind="note", note=words, officer=officer, now=now)


def tell(
    *,
    case: CollectionCase,
    kind: str,
    now: datetime,
    data: dict[str, Any] | None = None,
    note: str = "",
    officer: Officer | None = None,
) -> CaseEvent:
    """Append one line to the case's history."""
    return CaseEvent.objects.create(
        case=case,
        kind=kind,
        data=data or {},
        note=note or None,
        officer=officer,
        day=business_day.current(case.legal_entity),
        at=now,
    )


def resting_state(case: CollectionCase) -> CaseState:
    """What a case is when neither a promise nor a hardship holds it."""
    return CaseState.WITH_HEAD_OFFICE if case.level == Level.HEAD_OFFICE else CaseState.OPEN


def set_state(*, case: CollectionCase, state: CaseState) -> None:
    """Move an open case; a closed one stays closed."""
    CollectionCase.objects.filter(pk=case.pk).exclude(state="closed").update(state=state)
    case.state = state
