"""Income calendars at the desk: everybody looks, those with the duty change, every change is on record."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from lending.models import AuditEntry
from products.models import IncomeCalendar
from products.selectors.calendars import history, income_calendar
from tests.desk.conftest import OWNER, Browsers, browser_of

pytestmark = pytest.mark.django_db
URL = "/desk/calendars/"
KEEPER = "product"


def today(client: Client) -> dt.date:
    page = client.get(f"{URL}new/").content.decode()
    found = re.search(r'value="(\d{4}-\d\d-\d\d)"', page)
    assert found
    return dt.date.fromisoformat(found[1])


def posted(first: dt.date, shares: dict[int, str] | None = None, **changes: str) -> Any:
    months = {f"m{month}": "" for month in range(1, 13)}
    given = {f"m{month}": text for month, text in (shares or {2: "55", 8: "45"}).items()}
    words = {"name_zh": "生猪", "name_en": "Pigs", "source": "畜牧站十一月月报"}
    return {**months, **given, **words, "valid_from": first.isoformat(), **changes}


@pytest.fixture
def keeper(browser: Browsers) -> Client:
    return browser(KEEPER)


def test_everybody_looks(browser: Browsers) -> None:
    client = browser(OWNER)
    page = client.get(URL).content.decode()
    assert "Chaotian walnuts" in page
    assert "Chaotian District" in page
    assert "October brings 100%" in page
    assert page.count("<figure") == 17
    assert "New calendar" not in page
    assert client.get(f"{URL}?kind=herd").content.decode().count("<figure") == 6
    assert client.get(f"{URL}?page=x&kind=%00").status_code == 200
    one = client.get(f"{URL}pigs/")
    assert one.status_code == 200
    assert f"{URL}pigs/change/" not in one.content.decode()


def test_the_page_speaks_chinese_months(browser: Browsers) -> None:
    client = browser(OWNER)
    page = client.get(URL, headers={"accept-language": "zh-hans"}).content.decode()
    assert "十月" in page


def test_a_chart_has_a_title_and_words_that_say_the_same(browser: Browsers) -> None:
    page = browser(OWNER).get(f"{URL}pigs/").content.decode()
    assert 'role="img" aria-label="Income by month: January brings 60%, July brings 40%"' in page
    assert "<figcaption>January brings 60%, July brings 40%</figcaption>" in page
    assert "<title>Income and repayments by month</title>" in page
    assert "style=" not in page


def test_the_sample_follows_the_income(browser: Browsers) -> None:
    page = browser(OWNER).get(f"{URL}pigs/").content.decode()
    assert "¥20,000 for 12 months" in page
    assert '<td class="n">12,000.00</td>' in page
    assert '<td class="n">8,000.00</td>' in page
    hens = browser(OWNER).get(f"{URL}hens/").content.decode()
    assert "Income in 12 months, 8% to 9% each, most in January" in hens
    assert "12 repayments" in hens


def test_what_is_not_there_is_not_found(browser: Browsers) -> None:
    client = browser(OWNER)
    for path in ("rubber/", "pigs/in/510812/", "walnuts/in/510802/"):
        assert client.get(f"{URL}{path}").status_code == 404
    assert client.get(f"{URL}walnuts/in/510812/").status_code == 200


def test_a_change_holds_from_its_day_and_is_on_record(keeper: Client) -> None:
    day = today(keeper) + dt.timedelta(days=30)
    answer = keeper.post(f"{URL}pigs/change/", posted(day))
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}pigs/")
    newest, before = history("pigs", "")
    assert newest.shares == {2: 55, 8: 45}
    assert (newest.author, newest.number, before.valid_to) == ("S004", 2, day)
    entry = AuditEntry.objects.get(action="income_calendar.set")
    assert (entry.actor, entry.subject_id, entry.reason) == (
        "S004", str(newest.id), "畜牧站十一月月报",
    )
    assert entry.detail == newest.as_dict()
    page = keeper.get(f"{URL}pigs/").content.decode()
    assert "to come" in page
    assert "February brings 55%, August brings 45%" in page


def test_a_county_gets_its_own(keeper: Client) -> None:
    form = keeper.get(f"{URL}new/?crop=pigs").content.decode()
    assert 'value="60"' in form
    day = today(keeper)
    made = posted(day, {1: "100"}, crop="pigs", kind="herd", county="510812")
    answer = keeper.post(f"{URL}new/", made)
    assert answer["Location"] == f"{URL}pigs/in/510812/"
    own = income_calendar(crop="pigs", county="510812", on=day)
    assert own is not None
    assert own.shares == {1: 100}
    page = keeper.get(answer["Location"]).content.decode()
    assert "Chaotian District" in page


def test_forgiving_digits(keeper: Client) -> None:
    day = today(keeper)
    answer = keeper.post(f"{URL}pigs/change/", posted(day, {2: "５５", 8: " 45 "}))
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("shares", "changes", "words"),
    [
        ({2: "55"}, {}, "The twelve months add up to 55%, not to 100%."),
        ({2: "101"}, {}, "A whole number from 0 to 100."),
        ({2: "x", 8: "45"}, {}, "A whole number from 0 to 100."),
        ({2: "-5", 8: "105"}, {}, "A whole number from 0 to 100."),
        ({2: "9" * 5000}, {}, "at most 8 characters"),
        (None, {"valid_from": "2020-01-01"}, "Choose a day from"),
        (None, {"valid_from": "9999-12-31"}, "Choose a day from"),
        (None, {"valid_from": "soon"}, "Enter a valid date"),
        (None, {"valid_from": "2026-12-01\x00"}, "Enter a valid date"),
        (None, {"source": ""}, "This field is required"),
        (None, {"source": "a\x00b"}, "Null characters are not allowed"),
        (None, {"source": "two\nlines"}, "plain words"),
        (None, {"name_zh": "x" * 41}, "at most 40 characters"),
    ],
)
def test_what_is_wrong_stays_beside_its_field(
    keeper: Client, shares: Any, changes: dict[str, str], words: str
) -> None:
    answer = keeper.post(f"{URL}pigs/change/", posted(today(keeper), shares, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert len(history("pigs", "")) == 1
    assert not AuditEntry.objects.filter(action="income_calendar.set").exists()


def test_everything_wrong_is_said_at_once(keeper: Client) -> None:
    wrong = posted(today(keeper), {1: "x", 2: "40"}, source="", name_en="")
    page = keeper.post(f"{URL}pigs/change/", wrong).content.decode()
    assert page.count("This field is required") == 2
    assert page.count("A whole number from 0 to 100.") == 1
    assert page.count('aria-invalid="true"') == 3
    assert "<output>40</output>" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"crop": "new"}, {"crop": "Pigs!"}, {"crop": "pigs\x00"}, {"kind": "tree"},
        {"county": "110101"}, {"crop": ""},
    ],
)  # fmt: skip
def test_unknown_kinds_and_counties_are_refused(keeper: Client, changes: dict[str, str]) -> None:
    made = posted(today(keeper), crop="silkworms", kind="herd", county="") | changes
    assert keeper.post(f"{URL}new/", made).status_code == 422
    assert IncomeCalendar.objects.count() == 17


def test_a_second_change_begins_after_the_first(keeper: Client) -> None:
    day = today(keeper)
    assert keeper.post(f"{URL}pigs/change/", posted(day)).status_code == 302
    again = keeper.post(f"{URL}pigs/change/", posted(day))
    assert again.status_code == 422
    assert f"Choose a day from {day + dt.timedelta(days=1)}" in again.content.decode()
    form = keeper.get(f"{URL}pigs/change/").content.decode()
    assert f'value="{day + dt.timedelta(days=1)}"' in form


@pytest.mark.parametrize("username", [OWNER, "manager.baolun"])
def test_others_may_not_change(browser: Browsers, username: str) -> None:
    client = browser(username)
    for path in ("new/", "pigs/change/"):
        assert client.get(f"{URL}{path}").status_code == 403
        assert client.post(f"{URL}{path}", posted(dt.date(2027, 1, 1))).status_code == 403
    assert IncomeCalendar.objects.count() == 17


def test_strangers_log_in_first(bank: None) -> None:
    for client in (Client(), browser_of(KEEPER, verified=False)):
        for path in ("", "pigs/", "new/", "pigs/change/"):
            assert client.get(f"{URL}{path}").status_code == 302


def test_the_harvest_stands_in_words_on_the_phone() -> None:
    from django.template import Context, Template
    from django.utils.translation import override

    source = "{% load income_charts %}{{ months|harvest_months }}"
    with override("en"):
        said = Template(source).render(Context({"months": [7, 1]}))
        assert said == "Harvest months: January, July"
        assert Template(source).render(Context({"months": []})) == ""
