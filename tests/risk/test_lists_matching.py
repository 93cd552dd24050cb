"""Whom the lists name on a day."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lending.services.identity import id_index
from risk.models import ListEntry
from risk.selectors import lists as selectors
from risk.selectors.lists import ListMatch
from risk.services import lists
from tests.risk.listed import csv_of, id_number_of, live, new_list, row

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def matches(serial: int, on: date) -> tuple[ListMatch, ...]:
    return selectors.matches(id_number=id_number_of(serial), on=on)


def test_a_person_is_named_by_every_list_in_the_order_of_codes(now: datetime, today: date) -> None:
    new_list(now, "teachers")
    new_list(now, "black", kind="black", name_zh="失信名单", name_en="Defaulters")
    live(csv_of([row(1)]), now=now, code="teachers")
    live(csv_of([row(1, tier="")]), now=now, code="black")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = matches(1, today)
    assert len(queries) == 1
    assert [(m.list_code, m.kind, m.tier, m.name_zh) for m in found] == [
        ("black", "black", "", "失信名单"),
        ("teachers", "white", "teacher", "教师名单"),
    ]
    assert matches(2, today) == ()
    assert matches(2, today) == selectors.matches(id_number="nonsense", on=today)


def test_the_newest_entry_of_a_list_wins(now: datetime, today: date) -> None:
    new_list(now)
    live(csv_of([row(1, tier="教师")]), now=now, at=now + DAY)
    live(csv_of([row(1, tier="医生")]), now=now, at=now)
    (found,) = matches(1, today)
    assert found.tier == "teacher", "what came into force last, not what was uploaded last"


def test_a_list_holds_within_its_days_only(now: datetime, today: date) -> None:
    new_list(now, valid_from=today, valid_to=today + 2 * DAY)
    live(csv_of([row(1)]), now=now)
    held = [bool(matches(1, today + n * DAY)) for n in (-1, 0, 1, 2)]
    assert held == [False, True, True, False]


def test_an_entry_ends_on_its_own_day_or_its_files(now: datetime, today: date) -> None:
    new_list(now)
    content = csv_of([row(1, valid_to=today.isoformat()), row(2)])
    live(content, now=now, valid_to=today + 3 * DAY)
    assert [bool(matches(1, today + n * DAY)) for n in (0, 1)] == [True, False]
    assert [bool(matches(2, today + n * DAY)) for n in (0, 2, 3)] == [True, True, False]


def test_lists_and_customers_share_one_index(now: datetime) -> None:
    new_list(now)
    live(csv_of([row(1)]), now=now)
    assert ListEntry.objects.get().person_index == id_index(id_number_of(1))


def test_forms_are_offered_active_lists_of_a_kind(now: datetime) -> None:
    new_list(now, "teachers")
    new_list(now, "black", kind="black")
    new_list(now, "old")
    lists.close_list(list_code="old")
    assert [row[0] for row in selectors.known_codes()] == ["black", "teachers"]
    assert selectors.known_codes("white") == [("teachers", "教师名单", "Teachers", "white")]


def test_entries_are_paged_over_imports_and_masked(now: datetime) -> None:
    made = new_list(now)
    live(csv_of([row(i) for i in range(5)]), now=now, at=now)
    live(csv_of([row(i) for i in range(5, 8)]), now=now, at=now + DAY)
    imports = selectors.live_imports(made.pk)
    first = selectors.entries(imports, limit=4)
    last = first[-1]
    rest = selectors.entries(imports, after=(last.import_id, last.row_no), limit=10)
    assert [e.row_no for e in (*first, *rest)] == [2, 3, 4, 2, 3, 4, 5, 6]
    assert {e.name for e in rest} == {"陈**"}
    assert all("**********" in e.id_number for e in rest)
