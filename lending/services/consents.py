"""Consents: separate, versioned, unticked; refusing what is not needed never blocks the loan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import events, jobs
from lending.domain.application_flow import Action, Role, State
from lending.errors import InvalidInput
from lending.models import Consent, ConsentText, Customer, LoanApplication
from lending.selectors import business_day
from lending.selectors import consents as consent_selectors
from lending.services import moves
from lending.services.otp import ip_index

_OPEN_TO_ANSWER = (State.IDENTIFIED, State.CONSENTED)


def record(
    *,
    application_id: UUID,
    customer: Customer,
    accept: list[str],
    refuse: list[str],
    channel: str,
    client_ip: str,
    now: datetime,
) -> LoanApplication:
    """Write one row per answered text. With all needed kinds accepted: identified → consented.

    A needed kind that is refused is recorded too; the application then waits, and says for what.
    """
    _refuse_unknown(accept, refuse)
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.require_state(application, *_OPEN_TO_ANSWER)
        _write_answers(application, accept, [*accept, *refuse], channel, client_ip, now)
        if ConsentText.Kind.MARKETING in [*accept, *refuse]:
            set_marketing(customer=customer, accepts=ConsentText.Kind.MARKETING in accept, now=now)
        complete = not consent_selectors.missing_kinds(application)
        if complete and application.state == State.IDENTIFIED:
            moves.move(
                application,
                action=Action.CONSENT,
                role=Role.CUSTOMER,
                actor=str(customer.pk),
                now=now,
            )
            jobs.gather_sources(application.pk, now)
        elif not complete:
            events.record(
                "application.step_failed",
                at=now,
                application=application,
                data={"step": "consents", "reason": "needed consent refused"},
            )
    return application


def _write_answers(
    application: LoanApplication,
    accept: list[str],
    answered: list[str],
    channel: str,
    client_ip: str,
    now: datetime,
) -> None:
    texts = consent_selectors.current_texts(business_day.current(application.legal_entity))
    for kind in answered:
        Consent.objects.create(
            customer=application.customer,
            application=application,
            legal_entity=application.legal_entity,
            text=texts[kind],
            kind=kind,
            accepted=kind in accept,
            channel=channel,
            client_ip_index=ip_index(client_ip),
            at=now,
        )


def set_marketing(*, customer: Customer, accepts: bool, now: datetime) -> None:
    """The person's word on marketing, at any time; takes effect at once."""
    with transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(accepts_marketing=accepts)
        events.record(
            "customer.marketing_accepted" if accepts else "customer.marketing_refused",
            at=now,
            customer_id=customer.pk,
        )
    customer.accepts_marketing = accepts


def _refuse_unknown(accept: list[str], refuse: list[str]) -> None:
    errors: dict[str, list[Any]] = {}
    for field, kinds in (("accept", accept), ("refuse", refuse)):
        if any(kind not in ConsentText.Kind.values for kind in kinds):
            errors[field] = [_("Unknown kind of consent.")]
    if set(accept) & set(refuse) or len({*accept, *refuse}) != len([*accept, *refuse]):
        errors["accept"] = [_("Please answer each consent once.")]
    if errors:
        raise InvalidInput(_("Please check the marked fields."), errors=errors)
