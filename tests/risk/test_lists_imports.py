"""From a file to force and back: duplicates, progress, replacing, undoing, cancelling, erasing."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from risk.models import CustomerList, ListEntry, ListImport, ListImportPart
from risk.selectors import lists as selectors
from risk.services import list_checking, list_imports, lists
from risk.services.lists import ListProblem, Person
from tests.risk.listed import checked, csv_of, id_number_of, live, new_list, row, xlsx_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _a_list(now: datetime) -> None:
    new_list(now)


def named(serials: range | list[int], today: date) -> list[int]:
    """Which of these people the lists name."""
    return [i for i in serials if selectors.matches(id_number=id_number_of(i), on=today)]


def test_duplicates_are_counted_and_name_the_first_row(now: datetime) -> None:
    content = csv_of([row(1), row(2), row(1, name="另一位"), "", row(3), row(2)])
    made = checked(content, now=now)
    assert (made.rows_total, made.rows_good, made.rows_bad, made.rows_duplicate) == (5, 3, 0, 2)
    errors = [(e.row_no, e.code, e.first_row_no) for e in selectors.row_errors(made.pk)]
    assert errors == [(4, "duplicate", 2), (7, "duplicate", 3)]
    assert ListEntry.objects.get(row_no=2).payload["name"] == "陈桂英"


def test_a_row_without_a_number_is_bad_and_an_empty_one_is_none(now: datetime) -> None:
    made = checked(
        csv_of([row(1, id_number=""), "", ",,,,", row(2), "陈桂英", row(3) + ",x"]), now=now
    )
    assert (made.rows_total, made.rows_good, made.rows_bad) == (4, 1, 3)
    errors = [(e.row_no, e.code) for e in selectors.row_errors(made.pk)]
    assert errors == [(2, "missing_id"), (6, "missing_id"), (7, "too_many_cells")]


def test_every_bad_row_is_counted_and_the_first_thousand_kept(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_checking, "BATCH_ROWS", 300)
    bad = [row(i, id_number="51081219900101002") for i in range(1_200)]
    made = checked(csv_of([row(1), *bad, row(1)]), now=now)
    assert (made.rows_total, made.rows_good, made.rows_bad, made.rows_duplicate) == (
        1202,
        1,
        1200,
        1,
    )
    assert made.errors.count() == list_checking.ERRORS_KEPT
    assert set(made.errors.values_list("excerpt", flat=True)) == {"5108…1002"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_file_is_read_in_slices(
    now: datetime, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(list_checking, "BATCH_ROWS", 10)
    monkeypatch.setattr(list_imports, "PART_BYTES", 700)
    monkeypatch.setattr(list_checking, "PART_BYTES", 700)
    people = [id_number_of(i % 90) for i in range(95)]
    content = (
        csv_of(people, heading="id_number")
        if kind == "csv"
        else xlsx_of([["id_number"], *([p] for p in people)])
    )
    made = list_imports.upload(
        list_code="teachers", file=io.BytesIO(content), file_name="x", mode="add",
        default_tier="doctor", valid_to=date(2027, 1, 1), author="risk", now=now,
    )  # fmt: skip
    assert made.parts.count() == -(-len(content) // 700)
    slices = 1
    while list_checking.check_some(import_id=made.pk, now=now, today=now.date(), slice_s=0):
        slices += 1
        assert slices < 20
    made.refresh_from_db()
    assert slices == (10 if kind == "csv" else 11), "a spreadsheet is unfolded first"
    assert (made.state, made.rows_good, made.rows_duplicate) == ("checked", 90, 5)
    assert set(ListEntry.objects.values_list("tier", "valid_to")) == {("doctor", date(2027, 1, 1))}
    assert sorted(ListEntry.objects.values_list("row_no", flat=True)) == list(range(2, 92))
    assert not ListImportPart.objects.exists()


def test_the_kept_file_shows_nothing_in_clear(now: datetime) -> None:
    made = list_imports.upload(
        list_code="teachers", file=io.BytesIO(csv_of([row(1)])), file_name="a\x00b.csv",
        mode="add", default_tier="", valid_to=None, author="risk", now=now,
    )  # fmt: skip
    assert made.file_name == "ab.csv"
    stored = ListImportPart.objects.get().__dict__["content"].stored
    assert id_number_of(1).encode() not in stored
    assert "陈桂英".encode() not in stored


def test_nobody_is_listed_before_the_confirmation_and_after_the_undoing(
    now: datetime, today: date
) -> None:
    made = checked(csv_of([row(1)]), now=now)
    assert named([1], today) == []
    list_imports.confirm(import_id=made.pk, now=now)
    assert named([1], today) == [1]
    with pytest.raises(ListProblem, match="not_checked"):
        list_imports.confirm(import_id=made.pk, now=now)
    list_imports.undo(import_id=made.pk, author="risk", now=now)
    assert named([1], today) == []
    with pytest.raises(ListProblem, match="not_live"):
        list_imports.undo(import_id=made.pk, author="risk", now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        ListImport.objects.filter(pk=made.pk).update(state="live")


def test_a_replacement_supersedes_and_its_undoing_restores(now: datetime, today: date) -> None:
    people = [1, 2, 3, 4]
    live(csv_of([row(1)]), now=now)
    live(csv_of([row(2)]), now=now)
    second = live(csv_of([row(3)]), now=now, mode="replace")
    assert named(people, today) == [3]
    third = live(csv_of([row(4)]), now=now, mode="replace")
    assert named(people, today) == [4]
    with pytest.raises(ListProblem, match="not_live"):
        list_imports.undo(import_id=second.pk, author="risk", now=now)
    list_imports.undo(import_id=third.pk, author="risk", now=now)
    assert named(people, today) == [3]
    list_imports.undo(import_id=second.pk, author="risk", now=now)
    assert named(people, today) == [1, 2]


def test_a_replacement_can_be_undone_for_thirty_days(now: datetime, today: date) -> None:
    live(csv_of([row(1)]), now=now)
    second = live(csv_of([row(2)]), now=now, mode="replace")
    assert list_imports.erase_old(now=now + 29 * DAY) == 0
    later = now + 31 * DAY
    assert list_imports.erase_old(now=later) == 1
    assert list_imports.erase_old(now=later) == 0
    with pytest.raises(ListProblem, match="too_late"):
        list_imports.undo(import_id=second.pk, author="risk", now=later)
    assert named([1, 2], today) == [2]


def test_a_cancelled_import_is_erased_and_its_worker_stops(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_checking, "BATCH_ROWS", 2)
    made = list_imports.upload(
        list_code="teachers", file=io.BytesIO(csv_of([row(i) for i in range(9)])), file_name="x",
        mode="add", default_tier="", valid_to=None, author="risk", now=now,
    )  # fmt: skip
    assert list_checking.check_some(import_id=made.pk, now=now, today=now.date(), slice_s=0)
    claimed = list_checking._claim(made.pk)
    assert claimed is not None
    assert list_checking._claim(made.pk) is None, "one worker at a time"
    ListImport.objects.filter(pk=made.pk).update(claim=made.pk)
    with pytest.raises(list_checking._ClaimLost):  # a slow worker whose lease another one has taken
        list_checking._Check(claimed, today=now.date(), slice_s=0).go_on()
    list_imports.cancel(import_id=made.pk)
    assert not list_checking.check_some(import_id=made.pk, now=now, today=now.date())
    assert ListEntry.objects.count() == 2
    assert list_imports.erase_old(now=now) == 2
    with pytest.raises(ListProblem, match="not_cancellable"):
        list_imports.cancel(import_id=made.pk)


def test_a_lost_import_is_found_again(now: datetime) -> None:
    made = list_imports.upload(
        list_code="teachers", file=io.BytesIO(csv_of([row(1)])), file_name="x", mode="add",
        default_tier="", valid_to=None, author="risk", now=now,
    )  # fmt: skip
    assert list_imports.unfinished(older_than=now) == []
    assert list_imports.unfinished(older_than=now + DAY) == [made.pk]
    assert list_checking._claim(made.pk)
    assert list_imports.unfinished(older_than=now + DAY) == []


def test_an_import_with_nobody_in_it_cannot_come_into_force(now: datetime) -> None:
    made = checked(csv_of([row(1, id_number="1")]), now=now)
    with pytest.raises(ListProblem, match="no_rows"):
        list_imports.confirm(import_id=made.pk, now=now)


def test_a_closed_list_takes_nothing_and_names_nobody(now: datetime, today: date) -> None:
    waiting = checked(csv_of([row(2)]), now=now)
    live(csv_of([row(1)]), now=now)
    lists.close_list(list_code="teachers")
    assert named([1], today) == []
    for act in (
        lambda: checked(csv_of([row(3)]), now=now),
        lambda: list_imports.confirm(import_id=waiting.pk, now=now),
    ):
        with pytest.raises(ListProblem, match="list_closed"):
            act()


def test_one_person_is_put_on_and_taken_off(now: datetime, today: date) -> None:
    made = lists.add_person(
        list_code="teachers", person=Person(id_number_of(1), name="陈桂英", tier="teacher"),
        reason="letter of 24 Nov", author="risk", now=now, today=today,
    )  # fmt: skip
    assert (made.format, made.state, made.rows_good) == ("manual", "live", 1)
    assert named([1], today) == [1]
    superseded = live(csv_of([row(2)]), now=now, mode="replace")
    assert named([1], today) == []
    with pytest.raises(ListProblem, match="not_on_list"):
        lists.remove_person(list_code="teachers", id_number=id_number_of(9), author="risk", now=now)
    assert (
        lists.remove_person(list_code="teachers", id_number=id_number_of(1), author="risk", now=now)
        == 1
    )
    list_imports.undo(import_id=superseded.pk, author="risk", now=now)
    assert named([1, 2], today) == [], "who was taken off does not come back"
    for wrong, code in (
        (Person("123"), "id_form"),
        (Person(id_number_of(1), tier="knight"), "unknown_tier"),
        (Person(id_number_of(1), valid_to=today), "date_past"),
        (Person(id_number_of(1), name="a\x00"), "unprintable"),
    ):
        with pytest.raises(ListProblem, match=code):
            lists.add_person(
                list_code="teachers", person=wrong, reason="x", author="risk", now=now, today=today
            )


def test_seeding_people_twice_adds_them_once(now: datetime, today: date) -> None:
    def seed() -> int:
        return lists.add_people(
            list_code="teachers",
            people=(Person(id_number_of(i % 30), tier="teacher") for i in range(40)),
            reason="seed", author="seed", now=now, today=today,
        )  # fmt: skip

    assert [seed(), seed()] == [30, 0]
    assert named(range(32), today) == list(range(30))
    found = selectors.one("teachers")
    assert found is not None
    assert found.people == 30


def test_a_list_says_who_supplied_it_and_why(now: datetime) -> None:
    for missing in ({"source": " "}, {"legal_basis": ""}):
        with pytest.raises(ListProblem, match="source_missing"):
            new_list(now, "others", **missing)
    with pytest.raises(ListProblem, match="list_exists"):
        new_list(now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerList.objects.update(legal_basis="")


def test_an_entry_cannot_be_turned_into_another(now: datetime) -> None:
    live(csv_of([row(1)]), now=now)
    for change in ({"tier": "doctor"}, {"person_index": "0" * 64}, {"row_no": 7}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ListEntry.objects.update(**change)
