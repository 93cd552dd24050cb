"""The product factory at the desk: each step by a member of staff, on record, in one transaction.

What a version may say is decided in ``products``; here it gets its people, its audit entries and,
once published, its printed codes. Refusals come as ``DomainError`` in the reader's language.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from lending.domain.staff_duties import Duty, may
from lending.errors import NotPermitted
from lending.models import Officer
from lending.selectors import business_day
from lending.services import audit, product_codes
from lending.services.product_refusals import FORBIDDEN, in_words
from products.selectors.versions import product_by_code, version_by_id
from products.services import products as product_services
from products.services import publications, versions


def derive(
    *, officer: Officer, parent_code: str, code: str, words: Mapping[str, str],
    valid_from: date, valid_to: date | None, now: datetime,
) -> Any:
    """A new product below ``parent_code`` with an empty first draft; returns the draft version."""
    _require(officer, Duty.MAKE_PRODUCTS)
    with in_words(), transaction.atomic():
        product = product_services.derive(
            parent=product_by_code(parent_code), code=code, words=dict(words)
        )
        version = versions.draft_version(
            product=product, values={}, valid_from=valid_from, valid_to=valid_to,
            author=officer.staff_no,
        )
        _note(officer, "product.derive", version, now, parent=parent_code)
    return version


def draft(*, officer: Officer, product_code: str, valid_from: date, now: datetime) -> Any:
    """A new draft that starts with the words of the product's newest version."""
    _require(officer, Duty.MAKE_PRODUCTS)
    with in_words(), transaction.atomic():
        product = product_by_code(product_code)
        newest = product.versions.exclude(state="draft").first()
        version = versions.draft_version(
            product=product, values=newest.values if newest else {}, valid_from=valid_from,
            author=officer.staff_no, cloned_from=newest,
        )
        _note(officer, "product.draft", version, now)
    return version


def clone(*, officer: Officer, version_id: int, valid_from: date, now: datetime) -> Any:
    """A new draft with an old version's words; publishing it rolls back to them."""
    _require(officer, Duty.MAKE_PRODUCTS)
    with in_words(), transaction.atomic():
        old = version_by_id(version_id)
        version = versions.clone(version=old, valid_from=valid_from, author=officer.staff_no)
        _note(officer, "product.clone", version, now, of=old.number)
    return version


def revise(
    *, officer: Officer, version_id: int, values: Mapping[str, Any], valid_from: date,
    valid_to: date | None, note: str, in_flight: str, now: datetime,
) -> Any:
    """Other words for one's own draft; refused with the field, both values and who forbids it."""
    _require(officer, Duty.MAKE_PRODUCTS)
    with in_words(), transaction.atomic():
        version = _own_draft(officer, version_id)
        version = versions.revise(
            version=version, values=values, valid_from=valid_from, valid_to=valid_to, note=note,
            in_flight=in_flight,
        )
        _note(officer, "product.revise", version, now)
    return version


def submit(*, officer: Officer, version_id: int, now: datetime) -> Any:
    """One's own draft goes to a second person."""
    _require(officer, Duty.MAKE_PRODUCTS)
    with in_words(), transaction.atomic():
        version = versions.submit(version=_own_draft(officer, version_id))
        _note(officer, "product.submit", version, now)
    return version


def discard(*, officer: Officer, version_id: int, now: datetime) -> None:
    """Drop one's own draft."""
    _require(officer, Duty.MAKE_PRODUCTS)
    with in_words(), transaction.atomic():
        version = _own_draft(officer, version_id)
        _note(officer, "product.discard", version, now)
        versions.discard(version=version)


def send_back(*, officer: Officer, version_id: int, answer: str, now: datetime) -> Any:
    """The second person asks for changes."""
    _require(officer, Duty.RELEASE_PRODUCTS)
    with in_words(), transaction.atomic():
        version = versions.send_back(version=version_by_id(version_id), answer=answer)
        _note(officer, "product.send_back", version, now)
    return version


def publish(*, officer: Officer, version_id: int, now: datetime) -> Any:
    """The second person releases it: from its first day it is sold, and its codes exist at once."""
    _require(officer, Duty.RELEASE_PRODUCTS)
    today = business_day.current(officer.branch.legal_entity)
    with in_words(), transaction.atomic():
        version = publications.publish(
            version=version_by_id(version_id), checker=officer.staff_no, today=today
        )
        product_codes.issue(version_id=version.pk)
        _note(officer, "product.publish", version, now, first_day=version.valid_from.isoformat())
    return version


def retire(*, officer: Officer, version_id: int, on: date, now: datetime) -> Any:
    """A published version ends on ``on``; contracts keep their frozen copy."""
    _require(officer, Duty.RELEASE_PRODUCTS)
    today = business_day.current(officer.branch.legal_entity)
    with in_words(), transaction.atomic():
        version = publications.retire(version=version_by_id(version_id), on=on, today=today)
        _note(officer, "product.retire", version, now, on=on.isoformat())
    return version


def _require(officer: Officer, duty: Duty) -> None:
    if not may(officer.role, duty):
        raise NotPermitted(FORBIDDEN)


def _own_draft(officer: Officer, version_id: int) -> Any:
    version = version_by_id(version_id)
    if version.author != officer.staff_no:
        raise NotPermitted(FORBIDDEN)
    return version


def _note(officer: Officer, action: str, version: Any, now: datetime, **detail: Any) -> None:
    audit.record(
        actor=officer.staff_no, action=action, subject_type="product_version",
        subject_id=str(version.pk), now=now,
        detail={"product": version.product.code, "version": version.number, **detail},
    )
