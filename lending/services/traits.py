"""Writing traits, in the transaction of the step that tells them. Telling twice writes once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from lending.domain.traits import Kind, household, own_words
from lending.models import ApplicationTrait, BankCard, LoanApplication, ReviewRequest
from lending.services import audit, devices
from lending.services.otp import mobile_index
from products.encryption import blind_index, blind_indexer

_BATCH = 500


def began(*, application: LoanApplication, device: str, now: datetime) -> None:
    """The number the person logged in with, and the device if it named itself."""
    mobile = application.customer.mobile_index
    _write([_row(application, Kind.MOBILE, mobile, now)])
    on_device(application=application, device=device, now=now)


def on_device(*, application: LoanApplication, device: str, now: datetime) -> None:
    """The device of this step; under assisted mode the officer is named and it is on record."""
    if not device:
        return
    index = devices.device_index(device)
    mode = devices.assistance_of(index=index, now=now)
    if mode is None:
        _write([_row(application, Kind.DEVICE, index, now)])
        return
    row = _row(application, Kind.ASSISTED, index, now)
    row.assistance = mode
    already = ApplicationTrait.objects.filter(
        application=application, kind=Kind.ASSISTED, value_index=index
    )
    if already.exists():
        return
    _write([row])
    audit.record(
        actor=mode.officer.user.get_username(),
        action="assisted_mode.application",
        subject_type="application",
        subject_id=str(application.pk),
        detail={"assisted_mode": str(mode.pk), "officer": mode.officer.staff_no},
        now=now,
    )


def identified(*, application: LoanApplication, now: datetime) -> None:
    """Identity and home as confirmed; a correction takes the place of what it corrects."""
    rows = []
    if application.id_number_index:
        rows.append(_row(application, Kind.IDENTITY, application.id_number_index, now))
    home = household(application.address or "")
    if home:
        rows.append(_row(application, Kind.ADDRESS, _index(Kind.ADDRESS, home), now))
    stale = ApplicationTrait.objects.filter(
        application=application, kind__in=[Kind.IDENTITY, Kind.ADDRESS]
    ).exclude(value_index__in=[row.value_index for row in rows])
    stale.delete()
    _write(rows)


def card_bound(*, application: LoanApplication, card: BankCard, now: datetime) -> None:
    """The card and the number left with it at the bank."""
    _write(
        [
            _row(application, Kind.CARD, card.card_index, now),
            _row(application, Kind.MOBILE, mobile_index(card.mobile), now),
        ]
    )


def wrote(*, application: LoanApplication, texts: Iterable[Any], now: datetime) -> None:
    """What the person wrote in their own words; choices and short words are left out."""
    address = application.address or ""
    forms = {form for text in texts if (form := own_words(text, address=address))}
    _write([_row(application, Kind.TEXT, _index(Kind.TEXT, form), now) for form in sorted(forms)])


def free_texts(answers: Mapping[str, Any]) -> list[Any]:
    """Answers that may be a person's own words; colleagues rightly name the same employer."""
    return [value for question, value in answers.items() if question != "employer"]


def build_missing(*, limit: int = 5_000) -> int:
    """Traits of applications that have none yet (made before there were any); returns how many.

    Devices were not known then. Newest first, in batches that each commit.
    """
    bare = (
        LoanApplication.objects.filter(traits__isnull=True)
        .select_related("customer", "bank_card", "reviewrequest")
        .order_by("-created_at")
    )
    built = 0
    while built < limit:
        found = list(bare[: min(_BATCH, limit - built)])
        if not found:
            break
        _build(found)
        built += len(found)
    return built


def _build(applications: list[LoanApplication]) -> None:
    of_address = blind_indexer(purpose=f"trait:{Kind.ADDRESS}")
    of_text = blind_indexer(purpose=f"trait:{Kind.TEXT}")
    rows = []
    for one in applications:
        at = one.submitted_at or one.created_at
        rows.append(_row(one, Kind.MOBILE, one.customer.mobile_index, one.created_at))
        if one.id_number_index:
            rows.append(_row(one, Kind.IDENTITY, one.id_number_index, at))
        if home := household(one.address or ""):
            rows.append(_row(one, Kind.ADDRESS, of_address(home), at))
        if one.bank_card is not None:
            rows.append(_row(one, Kind.CARD, one.bank_card.card_index, at))
            rows.append(_row(one, Kind.MOBILE, mobile_index(one.bank_card.mobile), at))
        asked: ReviewRequest | None = getattr(one, "reviewrequest", None)
        texts = [*free_texts(one.profile), asked.reason if asked else ""]
        forms = (own_words(text, address=one.address or "") for text in texts)
        rows += [_row(one, Kind.TEXT, of_text(form), at) for form in forms if form]
    with transaction.atomic():
        _write(rows)


def _index(kind: Kind, form: str) -> str:
    return blind_index(form, purpose=f"trait:{kind}")


def _row(
    application: LoanApplication, kind: Kind, value_index: str, at: datetime
) -> ApplicationTrait:
    return ApplicationTrait(
        application=application,
        customer_id=application.customer_id,
        kind=kind,
        value_index=value_index,
        at=at,
    )


def _write(rows: list[ApplicationTrait]) -> None:
    if rows:
        ApplicationTrait.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)
