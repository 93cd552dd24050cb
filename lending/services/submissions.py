"""Handing in: everything is there, the machine may decide."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.domain.application_flow import Action, Role, State
from lending.errors import IllegalState
from lending.models import Customer, LoanApplication
from lending.selectors import applications as application_selectors
from lending.selectors import business_day
from lending.services import in_flight, moves, traits


class Incomplete(IllegalState):
    code = "incomplete"


def submit(
    *, application_id: UUID, customer: Customer, now: datetime, device: str = ""
) -> LoanApplication:
    """consented → submitted, and a decision is on its way. Raises ``Incomplete`` naming what is missing.

    ``device``: the random id of the device this is handed in from, if it has one.
    """
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        if application.state in (State.DRAFT, State.IDENTIFIED, State.CONSENTED):
            missing = [
                step for step in application_selectors.next_steps(application) if step != "submit"
            ]
            if missing:
                raise Incomplete(
                    _("Something is still missing before we can decide."),
                    errors={step: [_("This step is not finished yet.")] for step in missing},
                )
        in_flight.adopt(
            application=application, today=business_day.current(application.legal_entity)
        )
        application.submitted_at = now
        moves.move(
            application, action=Action.SUBMIT, role=Role.CUSTOMER, actor=str(customer.pk), now=now
        )
        traits.on_device(application=application, device=device, now=now)
        jobs.decide_application(application.pk, now)
    return application
