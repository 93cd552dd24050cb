"""Customer lists: open and close them, put single people on and take them off.

Files are taken in by ``risk.services.list_imports``. Refusals are ``ListProblem``: a code and its
data, no words.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from products.domain.tiers import TIERS
from products.encryption import ID_NUMBER_PURPOSE, blind_index, blind_indexer
from risk.domain.list_rows import ListRow, RowProblem, clean_id_number
from risk.models import CustomerList, ListEntry, ListImport
from risk.services import list_entries
from risk.services.list_entries import NumberedRow

_AT_ONCE = 5_000


class ListProblem(Exception):
    """A refusal. ``code`` says which, ``detail`` its data; nothing was changed."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Person:
    """Somebody for a list; ``valid_to`` is the first day the entry no longer holds."""

    id_number: str
    name: str = ""
    employer: str = ""
    tier: str = ""
    valid_to: date | None = None


def create_list(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    kind: str,
    source: str,
    legal_basis: str,
    valid_from: date,
    valid_to: date | None,
    author: str,
    now: datetime,
) -> CustomerList:
    """A new, empty list. Raises ``ListProblem`` ``list_exists``; source and basis must be stated."""
    if not source.strip() or not legal_basis.strip():
        raise ListProblem("source_missing")
    if valid_to is not None and valid_to <= valid_from:
        raise ListProblem("days_in_disorder")
    try:
        with transaction.atomic():
            return CustomerList.objects.create(
                code=code,
                name_zh=name_zh,
                name_en=name_en,
                kind=kind,
                source=source.strip(),
                legal_basis=legal_basis.strip(),
                valid_from=valid_from,
                valid_to=valid_to,
                author=author,
                created_at=now,
            )
    except IntegrityError as error:
        raise ListProblem("list_exists") from error


def close_list(*, list_code: str) -> CustomerList:
    """Nobody is found on it any more; its history stays."""
    with transaction.atomic():
        found = locked(list_code)
        found.state = CustomerList.State.CLOSED
        found.save(update_fields=["state"])
    return found


def add_person(
    *, list_code: str, person: Person, reason: str, author: str, now: datetime, today: date
) -> ListImport:
    """Put one person on the list at once. Raises ``ListProblem`` with a row's code for bad data."""
    row = clean_person(person, today=today)
    with transaction.atomic():
        return _add([row], target=locked(list_code), reason=reason, author=author, now=now)


def add_people(
    *,
    list_code: str,
    people: Iterable[Person],
    reason: str,
    author: str,
    now: datetime,
    today: date,
) -> int:
    """Put many on the list at once, for seeds and systems; returns how many were new.

    Safe to repeat: whoever is in force on the list with the same tier is passed over, and a person
    named twice is taken once. Takes a list or a generator; memory holds 5,000 people at a time, in
    one transaction. Raises ``ListProblem`` with the first bad person's code: then nobody was added.
    """
    added = 0
    with transaction.atomic():
        target = locked(list_code)
        batch: dict[str, ListRow] = {}
        for person in people:
            row = clean_person(person, today=today)
            batch.setdefault(row.id_number, row)
            if len(batch) >= _AT_ONCE:
                added += _add_new(batch, target, reason=reason, author=author, now=now)
                batch = {}
        added += _add_new(batch, target, reason=reason, author=author, now=now)
    return added


def remove_person(*, list_code: str, id_number: str, author: str, now: datetime) -> int:
    """Take a person off the list, in every import that is in force or could come back.

    Returns how many entries that were; raises ``ListProblem`` ``not_on_list`` for none.
    """
    index = blind_index(id_number, purpose=ID_NUMBER_PURPOSE)
    return _remove(list_code, index, author=author, now=now)


def remove_entry(*, list_code: str, entry_id: int, author: str, now: datetime) -> str:
    """The same for the person of an entry; returns the index of the person. Raises the same."""
    entry = ListEntry.objects.filter(pk=entry_id, list__code=list_code).first()
    if entry is None:
        raise ListProblem("not_on_list")
    _remove(list_code, entry.person_index, author=author, now=now)
    return entry.person_index


def clean_person(person: Person, *, today: date) -> ListRow:
    """The person as an entry keeps them. Raises ``ListProblem`` with a row's code."""
    try:
        id_number = clean_id_number(person.id_number, today=today)
    except RowProblem as problem:
        raise ListProblem(problem.code, field=problem.field) from None
    if person.tier and person.tier not in TIERS:
        raise ListProblem("unknown_tier", field="tier")
    if person.valid_to is not None and person.valid_to <= today:
        raise ListProblem("date_past", field="valid_to")
    for field, text in (("name", person.name), ("employer", person.employer)):
        if len(text) > 60 or not text.isprintable():
            raise ListProblem("too_long" if len(text) > 60 else "unprintable", field=field)
    return ListRow(id_number, person.name, person.employer, person.tier, person.valid_to)


def locked(list_code: str, *, active_only: bool = True) -> CustomerList:
    """The list, locked: whoever changes what is in force on it takes turns.

    Raises ``ListProblem``: ``no_list``, ``list_closed``.
    """
    found = CustomerList.objects.select_for_update().filter(code=list_code).first()
    if found is None:
        raise ListProblem("no_list")
    if active_only and found.state != CustomerList.State.ACTIVE:
        raise ListProblem("list_closed")
    return found


def _remove(list_code: str, index: str, *, author: str, now: datetime) -> int:
    with transaction.atomic():
        target = locked(list_code, active_only=False)
        entries = ListEntry.objects.filter(
            person_index=index,
            list=target,
            removed_at__isnull=True,
            list_import__state__in=[ListImport.State.LIVE, ListImport.State.SUPERSEDED],
        )
        touched = list(entries.values_list("list_import_id", flat=True))
        if not touched:
            raise ListProblem("not_on_list")
        entries.update(removed_at=now, removed_by=author)
        ListImport.objects.filter(pk__in=touched).update(rows_removed=F("rows_removed") + 1)
    return len(touched)


def _add_new(
    batch: dict[str, ListRow], target: CustomerList, *, reason: str, author: str, now: datetime
) -> int:
    """Add those of the batch who do not stand on the list with this tier."""
    index_of = blind_indexer(purpose=ID_NUMBER_PURPOSE)
    indexes = {index_of(number): row for number, row in batch.items()}
    standing = set(
        ListEntry.objects.filter(
            person_index__in=list(indexes),
            list=target,
            list_import__state=ListImport.State.LIVE,
            removed_at__isnull=True,
        ).values_list("person_index", "tier")
    )
    rows = [row for index, row in indexes.items() if (index, row.tier) not in standing]
    if rows:
        _add(rows, target=target, reason=reason, author=author, now=now)
    return len(rows)


def _add(
    rows: list[ListRow], *, target: CustomerList, reason: str, author: str, now: datetime
) -> ListImport:
    made = ListImport.objects.create(
        list=target,
        format=ListImport.Format.MANUAL,
        state=ListImport.State.LIVE,
        reason=reason[:300],
        rows_total=len(rows),
        rows_good=len(rows),
        author=author,
        created_at=now,
        checked_at=now,
        live_at=now,
    )
    numbered = [NumberedRow(number, row) for number, row in enumerate(rows, 1)]
    list_entries.write(list_import=made, rows=numbered)
    return made
