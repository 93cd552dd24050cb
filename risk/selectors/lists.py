"""Reading customer lists: whom they name, what they are, what was imported. Persons come masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from products.encryption import ID_NUMBER_PURPOSE, blind_index, mask_id_number, mask_name
from risk.models import CustomerList, ListEntry, ListImport, ListRowError

_LIVE = ListImport.State.LIVE
#: In SQL, because composing it anew takes longer than running it.
_MATCHES = f"""
SELECT l.code, l.kind, e.tier, l.name_zh, l.name_en, e.id
FROM {ListEntry._meta.db_table} e
JOIN {ListImport._meta.db_table} i ON i.id = e.list_import_id
JOIN {CustomerList._meta.db_table} l ON l.id = e.list_id
WHERE e.person_index = %s AND e.removed_at IS NULL AND (e.valid_to IS NULL OR e.valid_to > %s)
  AND i.state = 'live'
  AND l.state = 'active' AND l.valid_from <= %s AND (l.valid_to IS NULL OR l.valid_to > %s)
ORDER BY i.live_at DESC, e.id DESC
"""  # noqa: S608  (names of tables only)


@dataclass(frozen=True)
class ListMatch:
    """A list that names the person on that day; ``tier`` may be empty."""

    list_code: str
    kind: str
    tier: str
    name_zh: str
    name_en: str
    entry_id: int


@dataclass(frozen=True)
class EntryView:
    """An entry as staff see it: name and number masked."""

    id: int
    import_id: UUID
    row_no: int
    name: str
    id_number: str
    employer: str
    tier: str
    valid_to: date | None
    removed_at: datetime | None
    removed_by: str


def matches(*, id_number: str, on: date) -> tuple[ListMatch, ...]:
    """Every list that names this person on the day, by code; of each list the newest entry.

    Counted are active lists within their days, imports in force, entries neither removed nor run
    out. One query on one index. ``id_number``: 18 characters as on the card.
    """
    index = blind_index(id_number, purpose=ID_NUMBER_PURPOSE)
    with connection.cursor() as cursor:
        cursor.execute(_MATCHES, [index, on, on, on])
        rows = cursor.fetchall()
    newest: dict[str, ListMatch] = {}
    for row in rows:
        newest.setdefault(row[0], ListMatch(*row))
    return tuple(newest[code] for code in sorted(newest))


def known_codes(kind: str | None = None) -> list[tuple[str, str, str, str]]:
    """(code, Chinese name, English name, kind) of the active lists, by code, for product forms."""
    rows = CustomerList.objects.filter(state=CustomerList.State.ACTIVE)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return list(rows.order_by("code").values_list("code", "name_zh", "name_en", "kind"))


def all_lists() -> QuerySet[CustomerList]:
    """Every list, active ones first, with ``people``: its entries in force."""
    good = Sum(F("imports__rows_good") - F("imports__rows_removed"), filter=Q(imports__state=_LIVE))
    return CustomerList.objects.annotate(people=Coalesce(good, 0)).order_by("state", "code")


def one(code: str) -> CustomerList | None:
    """The list with its ``people``."""
    return all_lists().filter(code=code).first()


def imports(list_id: int) -> QuerySet[ListImport]:
    """The list's history."""
    return ListImport.objects.filter(list_id=list_id)


def one_import(import_id: UUID) -> ListImport | None:
    """The import with its list."""
    return ListImport.objects.select_related("list").filter(pk=import_id).first()


def restorable(import_id: UUID) -> int:
    """How many imports would be in force again if this one were undone."""
    return ListImport.objects.filter(superseded_by=import_id).count()


def entries(
    imports_in_order: Sequence[UUID], *, after: tuple[UUID, int] | None = None, limit: int = 50
) -> list[EntryView]:
    """Entries of these imports, one import after the other, by row: paged by (import, row).

    Each page costs the same. An ``after`` of another import begins anew.
    """
    wanted = list(imports_in_order)
    row_no = -1
    if after is not None and after[0] in wanted:
        wanted, row_no = wanted[wanted.index(after[0]) :], after[1]
    found: list[ListEntry] = []
    for import_id in wanted:
        rows = ListEntry.objects.filter(list_import_id=import_id, row_no__gt=row_no)
        found += rows.order_by("row_no")[: limit - len(found)]
        row_no = -1
        if len(found) >= limit:
            break
    return [_view(entry) for entry in found]


def live_imports(list_id: int, *, limit: int = 500) -> list[UUID]:
    """Imports in force with somebody left on them, newest first."""
    rows = ListImport.objects.filter(list_id=list_id, state=_LIVE, rows_good__gt=F("rows_removed"))
    return list(rows.order_by("-live_at", "pk").values_list("pk", flat=True)[:limit])


def person(*, list_id: int, id_number: str) -> list[EntryView]:
    """A person's entries in force on one list, removed ones included; newest first."""
    index = blind_index(id_number, purpose=ID_NUMBER_PURPOSE)
    rows = ListEntry.objects.filter(person_index=index, list_id=list_id, list_import__state=_LIVE)
    return [_view(entry) for entry in rows.order_by("-list_import__live_at", "-id")[:50]]


def row_errors(
    import_id: UUID, *, after: int = 0, limit: int | None = None
) -> QuerySet[ListRowError]:
    """What is wrong in the file's rows, by row, from behind ``after`` on."""
    rows = ListRowError.objects.filter(list_import_id=import_id, row_no__gt=after)
    return rows.order_by("row_no")[:limit]


def _view(entry: ListEntry) -> EntryView:
    person: dict[str, Any] = entry.payload
    return EntryView(
        id=entry.pk,
        import_id=entry.list_import_id,
        row_no=entry.row_no,
        name=mask_name(person["name"]),
        id_number=mask_id_number(person["id_number"]),
        employer=person["employer"],
        tier=entry.tier,
        valid_to=entry.valid_to,
        removed_at=entry.removed_at,
        removed_by=entry.removed_by,
    )
