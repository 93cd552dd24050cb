"""Customer lists as staff keep them: risk does it, here it is audited and given to the workers.

Every verb is one transaction with its audit entry. No personal data enters the audit: a person is
named by the index of their ID number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.domain.contact_numbers import normalised_id_number
from lending.errors import InvalidInput
from lending.services import audit
from lending.services.identity import id_index
from lending.services.list_problems import refusal
from risk.selectors import lists as list_selectors
from risk.selectors.lists import EntryView
from risk.services import list_checking, list_imports, lists
from risk.services.lists import ListProblem, Person

REVIVE_AFTER = timedelta(seconds=40)
GIVE_UP_AFTER = timedelta(days=1)


@contextmanager
def _in_words() -> Iterator[None]:
    """One transaction; what risk refuses becomes an error people can read."""
    try:
        with transaction.atomic():
            yield
    except ListProblem as problem:
        raise refusal(problem) from None


def create(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    kind: str,
    source: str,
    legal_basis: str,
    valid_from: date,
    valid_to: date | None,
    user: User,
    now: datetime,
) -> Any:
    """Open an empty list; returns it."""
    with _in_words():
        made = lists.create_list(
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            kind=kind,
            source=source,
            legal_basis=legal_basis,
            valid_from=valid_from,
            valid_to=valid_to,
            author=user.get_username(),
            now=now,
        )
        detail = {"kind": kind, "source": source, "legal_basis": legal_basis}
        _record("list.create", made.code, user, now, detail=detail)
    return made


def close(*, list_code: str, reason: str, user: User, now: datetime) -> None:
    """Nobody is found on it any more."""
    why = _reason(reason)
    with _in_words():
        lists.close_list(list_code=list_code)
        _record("list.close", list_code, user, now, reason=why)


def upload(
    *,
    list_code: str,
    file: BinaryIO,
    file_name: str,
    mode: str,
    default_tier: str,
    valid_to: date | None,
    user: User,
    now: datetime,
) -> UUID:
    """Keep the file and have a worker check it; returns the import's id."""
    with _in_words():
        made = list_imports.upload(
            list_code=list_code,
            file=file,
            file_name=file_name,
            mode=mode,
            default_tier=default_tier,
            valid_to=valid_to,
            author=user.get_username(),
            now=now,
        )
        detail = {"import": str(made.pk), "sha256": made.sha256, "mode": mode}
        _record("list.upload", list_code, user, now, detail=detail)
        jobs.check_list_import(made.pk, now)
    return made.pk


def check(*, import_id: UUID, now: datetime) -> None:
    """Run in a worker: read for a few seconds, then let others have the worker. Safe to run twice."""
    today = timezone.localdate(now)
    if list_checking.check_some(import_id=import_id, now=now, today=today):
        with transaction.atomic():
            jobs.check_list_import(import_id, now)


def confirm(*, import_id: UUID, user: User, now: datetime) -> None:
    """Put a checked file into force."""
    with _in_words():
        found = list_imports.confirm(import_id=import_id, now=now)
        detail = {"import": str(import_id), "mode": found.mode, "rows": found.rows_good}
        _record("list.confirm", found.list.code, user, now, detail=detail)


def undo(*, import_id: UUID, reason: str, user: User, now: datetime) -> None:
    """Take a file in force back; what it had replaced is in force again."""
    why = _reason(reason)
    with _in_words():
        found = list_imports.undo(import_id=import_id, author=user.get_username(), now=now)
        detail = {"import": str(import_id)}
        _record("list.undo", found.list.code, user, now, reason=why, detail=detail)


def cancel(*, import_id: UUID, user: User, now: datetime) -> None:
    """Give up a file that was never in force."""
    with _in_words():
        found = list_imports.cancel(import_id=import_id)
        _record("list.cancel", found.list.code, user, now, detail={"import": str(import_id)})


def add_person(
    *, list_code: str, person: Person, reason: str, user: User, now: datetime, today: date
) -> None:
    """Put one person on the list at once."""
    why = _reason(reason)
    with _in_words():
        made = lists.add_person(
            list_code=list_code,
            person=person,
            reason=why,
            author=user.get_username(),
            now=now,
            today=today,
        )
        number = normalised_id_number(person.id_number) or person.id_number
        detail = {"import": str(made.pk), "person": id_index(number)}
        _record("list.add", list_code, user, now, reason=why, detail=detail)


def remove_person(*, list_code: str, entry_id: int, reason: str, user: User, now: datetime) -> None:
    """Take the person of an entry off the list."""
    why = _reason(reason)
    with _in_words():
        index = lists.remove_entry(
            list_code=list_code, entry_id=entry_id, author=user.get_username(), now=now
        )
        _record("list.remove", list_code, user, now, reason=why, detail={"person": index})


def find_person(*, list_code: str, id_number: str, user: User, now: datetime) -> list[EntryView]:
    """A person's entries on one list, masked; the look is on record."""
    number = normalised_id_number(id_number)
    if number is None:
        raise InvalidInput.field(
            "id_number", _("Please check the ID number: 18 characters, the last may be X.")
        )
    with _in_words():
        found = list_selectors.one(list_code)
        if found is None:
            raise ListProblem("no_list")
        entries = list_selectors.person(list_id=found.pk, id_number=number)
        detail = {"person": id_index(number), "found": len(entries)}
        _record("list.find", list_code, user, now, detail=detail)
    return entries


def revive(*, now: datetime) -> int:
    """Imports whose message got lost or whose worker died are given to a worker again."""
    lost = list_imports.unfinished(older_than=now - REVIVE_AFTER)
    if not lost:
        return 0
    asked = jobs.asked_recently("lending.check_list_import", now)
    waiting = [import_id for import_id in lost if str(import_id) not in asked]
    with transaction.atomic():
        for import_id in waiting:
            jobs.check_list_import(import_id, now)
    return len(waiting)


def forget_old(*, now: datetime) -> int:
    """Fail what cannot be finished; erase, slice by slice, people who never come into force again."""
    list_imports.give_up(older_than=now - GIVE_UP_AFTER, now=now)
    return list_imports.erase_old(now=now)


def _reason(text: str) -> str:
    why = text.strip()
    if len(why) < audit.REASON_MIN or "\x00" in why:
        raise InvalidInput.field("reason", _("Please say why."))
    return why


def _record(
    action: str,
    list_code: str,
    user: User,
    now: datetime,
    *,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=user.get_username(),
        action=action,
        subject_type="customer_list",
        subject_id=list_code,
        reason=reason,
        detail=detail,
        now=now,
    )
