"""Devices of applicants, and an officer's open word that a device is lent to applicants for some hours.

A device is a random id in a first-party cookie or a partner's header; only its keyed hash is kept.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.traits import is_device
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import AssistedMode, Officer
from lending.models.devices import HOURS_MAX
from lending.services import audit
from products.encryption import blind_index

#: A link that was not opened by then is worthless.
LINK_LIVES = timedelta(minutes=30)
OPEN_MODES_MAX = 5
_CODE_BYTES = 12


def new_device() -> str:
    return secrets.token_urlsafe(24)


def device_index(device: str) -> str:
    return blind_index(device, purpose="device")


def assistance_of(*, index: str, now: datetime) -> AssistedMode | None:
    """The mode in force on a device, with its officer."""
    return (
        AssistedMode.objects.select_related("officer__user")
        .filter(device_index=index, ended_at__isnull=True, opened_at__lte=now, until__gt=now)
        .filter(officer__user__is_active=True)  # who has left vouches for nobody
        .first()
    )


def begin(*, officer: Officer, hours: int, now: datetime) -> tuple[AssistedMode, str]:
    """A mode that waits for its device, and the code of the link that opens it (told once).

    Raises ``InvalidInput`` for hours outside 1–12 and ``IllegalState`` with five modes open.
    """
    if not 1 <= hours <= HOURS_MAX:
        raise InvalidInput.field("hours", _("Please choose from 1 to 12 hours."))
    code = secrets.token_urlsafe(_CODE_BYTES)
    with transaction.atomic():
        Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
        if open_modes(officer=officer, now=now) >= OPEN_MODES_MAX:
            raise IllegalState(
                _("Five devices are in assisted mode already. Please end one first.")
            )
        mode = AssistedMode.objects.create(
            officer=officer,
            hours=hours,
            code_index=_code_index(code),
            created_at=now,
            code_until=now + LINK_LIVES,
        )
        _record(mode, officer, "assisted_mode.begin", now)
    return mode, code


def open_modes(*, officer: Officer, now: datetime) -> int:
    """Modes of the officer that run or may still be opened."""
    live = AssistedMode.objects.filter(officer=officer, ended_at__isnull=True)
    running = live.filter(until__gt=now).count()
    return running + live.filter(opened_at__isnull=True, code_until__gt=now).count()


def waiting(*, code: str, now: datetime) -> AssistedMode | None:
    """The mode a link may still open; None for any other code."""
    if not code or len(code) > 40:
        return None
    return (
        AssistedMode.objects.select_related("officer__branch")
        .filter(
            code_index=_code_index(code),
            opened_at__isnull=True,
            ended_at__isnull=True,
            code_until__gt=now,
            officer__user__is_active=True,
        )
        .first()
    )


def open_on(*, code: str, device: str, now: datetime) -> AssistedMode:
    """Bind the link's device to the officer; an earlier mode of the device ends. Once only.

    Raises ``NotFound`` for a code that is unknown, used, ended or too old.
    """
    if not is_device(device):
        raise NotFound
    index = device_index(device)
    with transaction.atomic():
        found = waiting(code=code, now=now)
        if found is None:
            raise NotFound
        mode = (
            AssistedMode.objects.select_for_update(of=("self",))
            .select_related("officer__user", "officer__branch")
            .filter(pk=found.pk, opened_at__isnull=True, ended_at__isnull=True)
            .first()
        )
        if mode is None:  # somebody opened it a moment ago
            raise NotFound
        AssistedMode.objects.filter(device_index=index, ended_at__isnull=True).update(ended_at=now)
        mode.device_index, mode.opened_at = index, now
        mode.until = now + timedelta(hours=mode.hours)
        mode.save(update_fields=["device_index", "opened_at", "until"])
        _record(mode, mode.officer, "assisted_mode.open", now)
    return mode


def end(*, mode_id: UUID, officer: Officer, now: datetime) -> None:
    """The officer takes the word back; what was applied for meanwhile stays marked."""
    with transaction.atomic():
        mode = AssistedMode.objects.select_for_update(of=("self",)).filter(pk=mode_id).first()
        if mode is None:
            raise NotFound
        if mode.officer_id != officer.pk:
            raise NotPermitted(_("Only the officer who began it may end it."))
        if mode.ended_at is None:
            mode.ended_at = now
            mode.save(update_fields=["ended_at"])
            _record(mode, officer, "assisted_mode.end", now)


def _code_index(code: str) -> str:
    return blind_index(code, purpose="assisted_mode")


def _record(mode: AssistedMode, officer: Officer, action: str, now: datetime) -> None:
    audit.record(
        actor=officer.user.get_username(),
        action=action,
        subject_type="assisted_mode",
        subject_id=str(mode.pk),
        detail={"hours": mode.hours, "officer": officer.staff_no},
        now=now,
    )
