"""Income calendars: kept by date, one per crop and county, never changed once written."""

import datetime as dt
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction

import products
from products.domain.income_calendar import InvalidShares
from products.models import IncomeCalendar
from products.selectors.calendars import calendars_on, history, income_calendar, sample_plan
from products.services.income_calendars import InvalidCalendar, set_calendar
from products.services.parameters import WrongDay
from products.services.seeds import seed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]
TODAY, LATER = dt.date(2026, 11, 24), dt.date(2027, 3, 1)
STRATEGY = Path(products.__file__).parents[1] / "risk" / "seeds" / "default_strategy.json"
CHAOTIAN = "510812"


def change(**changed: Any) -> Any:
    given: dict[str, Any] = {
        "crop": "pigs", "county": "", "shares": {2: 55, 8: 45}, "name_zh": "生猪",
        "name_en": "Pigs", "kind": "herd", "source": "畜牧站月报", "valid_from": LATER,
        "today": TODAY, "author": "wang", **changed,
    }
    return set_calendar(**given)


def test_the_seeds_agree_with_the_seasons_of_the_strategy() -> None:
    """Where the strategy names months, they are the calendar's months with most income."""
    seasons = json.loads(STRATEGY.read_text(encoding="utf-8"))["offers"]["seasons"]
    for crop, months in seasons.items():
        calendar = income_calendar(crop=crop, county="", on=TODAY)
        assert calendar is not None, crop
        most = sorted(calendar.months, key=lambda month: -calendar.shares[month])
        assert set(most[: len(months)]) == set(months), crop


def test_every_seed_is_in_force_and_whole() -> None:
    found = calendars_on(TODAY)
    assert len(found) == 17
    assert all(sum(calendar.shares.values()) == 100 for calendar in found)
    assert [c.kind for c in found] == sorted(c.kind for c in found)
    hens = income_calendar(crop="hens", county="", on=TODAY)
    assert hens is not None
    assert hens.months == tuple(range(1, 13))


def test_seeding_again_changes_nothing() -> None:
    change()
    seed()
    assert IncomeCalendar.objects.filter(crop="pigs").count() == 2


def test_the_countys_own_calendar_comes_first() -> None:
    own = income_calendar(crop="walnuts", county=CHAOTIAN, on=TODAY)
    general = income_calendar(crop="walnuts", county="510802", on=TODAY)
    assert own is not None
    assert general is not None
    assert (own.county, general.county) == (CHAOTIAN, "")
    assert own.shares != general.shares
    assert income_calendar(crop="walnuts", county="", on=TODAY) == general
    assert income_calendar(crop="rubber", county="", on=TODAY) is None
    assert income_calendar(crop="pigs", county="", on=dt.date(2024, 12, 31)) is None


def test_a_new_calendar_ends_the_one_before() -> None:
    made = change(source="  畜牧站月报 ")
    assert (made.number, made.valid_to, made.source) == (2, None, "畜牧站月报")
    assert made.shares == {2: 55, 8: 45}
    newest, before = history("pigs", "")
    assert newest == made
    assert before.valid_to == LATER
    on_the_eve = income_calendar(crop="pigs", county="", on=LATER - dt.timedelta(days=1))
    assert on_the_eve == before
    assert income_calendar(crop="pigs", county="", on=LATER) == made
    assert history("pigs", CHAOTIAN) == []


def test_a_county_may_get_its_own() -> None:
    made = change(county=CHAOTIAN, valid_from=TODAY)
    assert made.number == 1
    assert income_calendar(crop="pigs", county=CHAOTIAN, on=TODAY) == made
    assert len(history("pigs", "")) == 1


ONE = dt.timedelta(days=1)


@pytest.mark.parametrize("day", [LATER, LATER - ONE, TODAY - ONE, TODAY + 732 * ONE])
def test_a_day_past_too_far_or_before_the_last_change_is_refused(day: dt.date) -> None:
    change()
    with pytest.raises(WrongDay):
        change(valid_from=day)
    assert len(history("pigs", "")) == 2


def test_wrong_shares_are_refused() -> None:
    with pytest.raises(InvalidShares):
        change(shares={1: 60})
    assert len(history("pigs", "")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("crop", "Pigs"), ("crop", ""), ("crop", "pigs\n"), ("crop", "p" * 31), ("county", "朝天"),
        ("county", "51081"), ("county", "510812\n"), ("kind", "tree"), ("name_zh", " "),
        ("name_en", "x" * 61), ("source", ""), ("source", "a\x00b"), ("author", ""),
    ],
)
def test_wrong_words_name_their_field(field: str, value: str) -> None:
    with pytest.raises(InvalidCalendar) as refused:
        change(**{field: value})
    assert refused.value.field == field


def test_a_sample_loan_follows_the_income() -> None:
    pigs = income_calendar(crop="pigs", county="", on=TODAY)
    assert pigs is not None
    sample = sample_plan(pigs, TODAY)
    assert sample is not None
    rows = sample.schedule.instalments
    assert [(row.due.month, str(row.principal)) for row in rows] == [
        (1, "12000.00"), (7, "8000.00"),
    ]
    assert [month.first_day.month for month in sample.months] == [12, 1, 2, 3, 4, 5, 6, 7]
    assert sum(month.amount for month in sample.months) == sample.schedule.total_amount
    assert [month.share for month in sample.months] == [0, 60, 0, 0, 0, 0, 0, 40]


def test_without_a_product_or_an_lpr_there_is_no_sample() -> None:
    pigs = income_calendar(crop="pigs", county="", on=TODAY)
    assert pigs is not None
    assert sample_plan(pigs, dt.date(2019, 1, 1)) is None


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def insert(**changes: Any) -> None:
    row = {
        "crop": "silk", "county": "", "number": 1, "kind": "herd", "name_zh": "蚕",
        "name_en": "Silk", "shares": '{"6": 100}', "valid_from": TODAY, "valid_to": None,
        "author": "a", "checker": "", "source": "s", "created_at": "2026-11-24T10:00:00+08",
        **changes,
    }
    names = ", ".join(row)
    sql(
        f"INSERT INTO products_incomecalendar ({names}) "
        f"VALUES ({', '.join(['%s'] * len(row))})",
        *row.values(),
    )


def test_a_plain_row_is_accepted() -> None:
    insert()
    insert(county=CHAOTIAN)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"shares": text} for text in (
            "[]", "5", "null", "{}", '{"6": 99}', '{"6": 101}', '{"13": 100}', '{"6": "100"}',
            '{"6": 150, "7": -50}', '{"6": 99.5, "7": 0.5}', '{"6": 0, "7": 100}', '{"x": 100}',
        )),
        {"crop": "Silk"}, {"county": "51"}, {"kind": "tree"}, {"author": ""}, {"source": ""},
        {"name_zh": ""}, {"checker": "a"}, {"valid_to": TODAY},
        {"crop": "pigs", "number": 2},  # overlaps the seed
        {"crop": "pigs", "valid_from": dt.date(2024, 1, 1), "valid_to": dt.date(2024, 6, 1)},
    ],
)  # fmt: skip
def test_postgresql_refuses_what_is_wrong(wrong: dict[str, Any]) -> None:
    with pytest.raises((IntegrityError, DataError)):
        insert(**wrong)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE products_incomecalendar SET shares = '{\"1\": 100}' WHERE crop = 'pigs'",
        "UPDATE products_incomecalendar SET source = 'x' WHERE crop = 'pigs'",
        "UPDATE products_incomecalendar SET author = 'x' WHERE crop = 'pigs'",
        "DELETE FROM products_incomecalendar WHERE crop = 'pigs'",
    ],
)
def test_what_was_written_never_changes(statement: str) -> None:
    with pytest.raises(IntegrityError):
        sql(statement)


@pytest.mark.django_db(transaction=True)
def test_two_first_calendars_at_once_are_one_and_a_refusal() -> None:
    outcomes: list[str] = []

    def first() -> None:
        try:
            change(crop="silkworms")
            outcomes.append("made")
        except WrongDay:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=first) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused", "refused", "refused"]
