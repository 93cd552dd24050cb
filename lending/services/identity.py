"""Who the applicant is: by camera (read in a worker, then confirmed) or typed by hand."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.domain.application_flow import Action, Role, State
from lending.domain.contact_numbers import normalised_id_number, normalised_name
from lending.errors import DomainError, InvalidInput
from lending.gateways.ocr import cards as card_reader
from lending.gateways.ocr import pictures
from lending.models import Customer, IdCardReading, LoanApplication
from lending.selectors import business_day
from lending.services import moves, traits
from products.encryption import ID_NUMBER_PURPOSE, blind_index

#: Identity may be corrected until the application is handed in.
EDITABLE_STATES = (State.DRAFT, State.IDENTIFIED, State.CONSENTED)
READINGS_MAX = 20
PICTURE_PROBLEMS = {
    "too_large": _("The picture is too large (at most 5 MB). Please take it again."),
    "not_a_picture": _("This file is not a photo. Please take a photo of your ID card."),
    "too_small": _("The picture is too small to read. Please move closer and take it again."),
}


class IdentityInUse(DomainError):
    code = "identity_in_use"
    status = 409


def id_index(id_number: str) -> str:
    return blind_index(id_number, purpose=ID_NUMBER_PURPOSE)


def confirm(
    *,
    application_id: UUID,
    customer: Customer,
    name: str,
    id_number: str,
    address: str,
    valid_until: str | date | None,
    now: datetime,
) -> LoanApplication:
    """Record the confirmed identity; the first time moves draft → identified.

    Raises ``InvalidInput`` with every wrong field at once, ``IdentityInUse`` when this ID card belongs to
    another customer's contract. Age is judged by the decision, so that a refusal has reasons.
    """
    fields = _clean(name, id_number, address)
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.require_state(application, *EDITABLE_STATES)
        fields["id_valid_until"] = _valid_until(
            valid_until, business_day.current(application.legal_entity)
        )
        index = id_index(fields["id_number"])
        _refuse_other_person(customer, index)
        for field, value in fields.items():
            setattr(application, field, value)
        application.id_number_index = index
        if application.state == State.DRAFT:
            moves.move(
                application,
                action=Action.IDENTIFY,
                role=Role.CUSTOMER,
                actor=str(customer.pk),
                now=now,
            )
        else:
            application.save()
        traits.identified(application=application, now=now)
        if customer.id_number_index is None:
            customer.name, customer.id_number, customer.address = (
                fields["name"],
                fields["id_number"],
                fields["address"],
            )
            customer.save(update_fields=["name", "id_number", "address"])
        application.readings.update(front=None, back=None)  # the pictures have done their work
    return application


def store_pictures(
    *,
    application_id: UUID,
    customer: Customer,
    front: bytes | None,
    back: bytes | None,
    now: datetime,
) -> IdCardReading:
    """Keep hardened copies of the pictures (encrypted) and have a worker read them.

    Raises ``InvalidInput`` on ``front`` or ``back`` for anything that is not an acceptable photo.
    """
    if not front:
        raise InvalidInput.field("front", _("Please take a photo of the side with your portrait."))
    safe_front = _hardened("front", front)
    safe_back = _hardened("back", back) if back else None
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        moves.require_state(application, *EDITABLE_STATES)
        if application.readings.count() >= READINGS_MAX:
            raise InvalidInput.field(
                "front", _("Too many photos. Please type your details instead.")
            )
        application.readings.update(front=None, back=None)
        reading = IdCardReading.objects.create(
            application=application, front=safe_front, back=safe_back, created_at=now
        )
        jobs.read_id_card(reading.pk, now)
    return reading


def read_pictures(*, reading_id: UUID, now: datetime) -> None:
    """Run in a worker: read the card, keep the fields for confirmation. Safe to run twice."""
    reading = IdCardReading.objects.filter(pk=reading_id, state=IdCardReading.State.QUEUED).first()
    if reading is None or reading.front is None:
        return
    front = card_reader.read_front(reading.front)
    fields: dict[str, str] = {
        "name": front.name or "",
        "id_number": front.id_number or "",
        "address": front.address or "",
    }
    problems = list(front.problems)
    if reading.back is not None:
        back = card_reader.read_back(reading.back)
        problems += list(back.problems)
        fields["valid_until"] = str(back.valid_until or "")
    readable = bool(fields["name"] or fields["id_number"])
    reading.state = IdCardReading.State.READ if readable else IdCardReading.State.UNREADABLE
    reading.problem = problems[0] if problems else ""
    reading.fields = fields
    reading.read_at = now
    reading.save(update_fields=["state", "problem", "fields", "read_at"])


def _clean(name: str, id_number: str, address: str) -> dict[str, Any]:
    clean_name, clean_number = normalised_name(name), normalised_id_number(id_number)
    errors: dict[str, list[Any]] = {}
    if clean_name is None:
        errors["name"] = [_("Please enter the name as it stands on the ID card.")]
    if clean_number is None:
        errors["id_number"] = [_("Please check the ID number: 18 characters, the last may be X.")]
    if len(address) > 200 or "\x00" in address:
        errors["address"] = [_("The address is too long.")]
    if errors:
        raise InvalidInput(_("Please check the marked fields."), errors=errors)
    return {"name": clean_name, "id_number": clean_number, "address": address.strip()}


def _valid_until(text: str | date | None, today: date) -> date | None:
    if text in (None, "", "长期", "long_term"):
        return None
    try:
        day = text if isinstance(text, date) else date.fromisoformat(str(text))
    except ValueError:
        raise InvalidInput.field(
            "valid_until", _("Please enter the date as year-month-day, for example 2035-06-30.")
        ) from None
    if day < today:
        raise InvalidInput.field(
            "valid_until",
            _("This ID card has expired. Please use a valid card."),
            "id_card_expired",
        )
    return day


def _refuse_other_person(customer: Customer, index: str) -> None:
    other = Customer.objects.filter(id_number_index=index).exclude(pk=customer.pk).exists()
    if other:
        raise IdentityInUse(
            _(
                "This ID card is registered with another phone number. Please log in with that number or "
                "call your loan officer."
            )
        )
    if customer.id_number_index is not None and customer.id_number_index != index:
        raise IdentityInUse(
            _("This phone number belongs to another person's contract. Please use your own number.")
        )


def _hardened(field: str, upload: bytes) -> bytes:
    try:
        return pictures.harden(upload)
    except pictures.UnacceptablePicture as error:
        message = PICTURE_PROBLEMS.get(str(error.code), PICTURE_PROBLEMS["not_a_picture"])
        raise InvalidInput.field(field, message, "unacceptable_picture") from None


def revive(*, now: datetime, limit: int = 100) -> int:
    """Pictures whose reading got lost are read again; after ten minutes the person is told to type."""
    waiting = IdCardReading.objects.filter(state=IdCardReading.State.QUEUED)
    waiting.filter(created_at__lt=now - timedelta(minutes=10)).update(
        state=IdCardReading.State.UNREADABLE, problem="timeout"
    )
    asked = jobs.asked_recently("lending.read_id_card", now)
    lost = list(
        waiting.filter(created_at__lt=now - timedelta(seconds=40)).exclude(pk__in=list(asked))[:limit]
    )
    with transaction.atomic():
        for reading in lost:
            jobs.read_id_card(reading.pk, now)
    return len(lost)
