"""The fairness page: who may look, what is shown, what stays hidden, odd dates."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from lending.models import FairnessCell, FairnessDay
from tests.desk.conftest import OWNER, browser_of

pytestmark = pytest.mark.django_db
URL = "/desk/risk/fairness/"


@pytest.fixture
def cells(bank: None) -> dt.date:
    day = timezone.localdate() - dt.timedelta(days=1)
    FairnessDay.objects.create(day=day, decisions=600, counted_at=timezone.now())
    for dimension, group, outcome, n, good in (
        ("sex", "male", "approve", 240, 230), ("sex", "male", "decline", 60, 10),
        ("sex", "female", "approve", 150, 140), ("sex", "female", "decline", 150, 90),
        ("age", "25-34", "approve", 300, 300), ("age", "65+", "decline", 7, 0),
        ("place", "羊木村", "approve", 30, 30),
    ):
        priced = n if outcome == "approve" else 0
        FairnessCell.objects.create(
            day=day, product_code="shandai", dimension=dimension, group=group, outcome=outcome,
            n=n, n_good=good, n_priced=priced, sum_limit=Decimal(20000) * priced,
            sum_rate=Decimal("0.058") * priced,
        )
    return day


def page(query: str = "", username: str = "risk") -> str:
    answer = browser_of(username).get(URL + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_ratios_intervals_and_words(cells: dt.date) -> None:
    shown = page()
    for words in ("Women", "Men", "best-served", "below four fifths", "62%", "50.0%", "80.0%",
                  "-30.0<br>", "5.80%", "Four fifths: a group", cells.isoformat(),
                  "羊木村", "Answered in time"):
        assert words in shown, words


def test_small_groups_are_counted_but_not_named(cells: dt.date) -> None:
    shown = page()
    assert "65+" not in shown
    assert "1 group with 7 decisions is too small to show" in shown


def test_other_days_and_products_show_nothing(cells: dt.date) -> None:
    assert "No group is large enough" in page("?product=huicundai")
    assert "No group is large enough" in page("?until=2020-01-01")
    for odd in ("?since=%00&until=99999", "?since=9999-99-99", "?product=%00", "?since=" + "9" * 300):
        page(odd)


def test_only_those_who_answer_for_decisions_look(cells: dt.date) -> None:
    assert browser_of(OWNER).get(URL).status_code == 403
    page(username="manager.baolun")
    assert 'aria-current="page">Fairness' in page()
