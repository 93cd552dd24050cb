"""The only writer of an application's state: lock, ask the table, write, history row, event row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.application_flow import Action, IllegalMove, Role, next_state
from lending.errors import IllegalState, NotFound
from lending.models import ApplicationMove, Customer, LoanApplication

_TURNS_LOCK = 7_002


def take_turns(customer: Customer) -> None:
    """One person's applications are opened one after another. Before any row lock, inside a transaction.

    Not the customer's row: whoever holds an application may write that row afterwards (a deadlock).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_TURNS_LOCK, str(customer.pk)]
        )


def locked(application_id: UUID, *, customer: Customer | None = None) -> LoanApplication:
    """The application, locked until the transaction ends; ``NotFound`` when it is another person's."""
    rows = LoanApplication.objects.select_for_update(of=("self",))
    if customer is not None:
        rows = rows.filter(customer=customer)
    application = rows.filter(pk=application_id).first()
    if application is None:
        raise NotFound
    return application


def move(
    application: LoanApplication,
    *,
    action: Action,
    role: Role,
    actor: str,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Make one legal move of a locked application. Raises ``IllegalState`` (409) for any other.

    The caller holds the row lock (``locked``) and the transaction; other changed columns are saved too.
    """
    origin = application.state
    try:
        target = next_state(origin, action, role)
    except IllegalMove:
        raise IllegalState(
            _("This step is no longer open: the application has moved on."), code="illegal_state"
        ) from None
    application.state = target
    application.version += 1
    application.state_since = now
    application.save()
    ApplicationMove.objects.create(
        application=application,
        version=application.version,
        action=action,
        from_state=origin,
        to_state=target,
        role=role,
        actor=actor,
        at=now,
    )
    events.record(f"application.{target}", at=now, application=application, data=data)


def require_state(application: LoanApplication, *states: str) -> None:
    """Raise ``IllegalState`` unless the application is in one of ``states``."""
    if application.state not in states:
        raise IllegalState(_("This step is no longer open: the application has moved on."))
