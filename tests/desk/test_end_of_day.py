"""The end-of-day page: who may close, what stands there, parked loans tried again."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from lending.models import AuditEntry, BusinessDay, LegalEntity, LoanAccount, OutboxMessage
from lending.services import end_of_day
from tests.desk.conftest import browser_of
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db
URL = "/desk/servicing/end-of-day/"


@pytest.fixture
def book(bank: None, clock: Any) -> Book:
    return Book(clock)


def closed(book: Book) -> Any:
    run, _ = end_of_day.begin(legal_entity=LegalEntity.objects.get(), now=book.now, ahead=True)
    return end_of_day.work(run_id=run.pk, now=book.now)


def test_finance_starts_the_close_and_the_page_follows_it(book: Book) -> None:
    finance, officer = browser_of("finance"), browser_of("liguoqiang")
    assert officer.get(URL).status_code == 403
    assert officer.post(f"{URL}start/").status_code == 403
    assert browser_of("risk").post(f"{URL}start/").status_code == 403
    book.loan()
    assert "No day has been closed yet" in finance.get(URL).content.decode()
    assert finance.post(f"{URL}start/").status_code == 302
    page = finance.get(URL)
    assert page["Refresh"] == "2"
    assert "in work" in page.content.decode()
    assert OutboxMessage.objects.filter(task="lending.close_chunks").count() == end_of_day.TASKS
    assert AuditEntry.objects.filter(action="end_of_day.start").exists()
    end_of_day.work(run_id=LegalEntity.objects.get().endofdayrun_set.get().pk, now=book.now)
    page = finance.get(URL)
    assert "Refresh" not in page
    assert "1 of 1 chunks done, 1 loans closed" in page.content.decode()
    assert "No loan is parked" in page.content.decode()


def test_the_future_is_refused_in_words(book: Book) -> None:
    closed(book)
    closed(book)
    BusinessDay.objects.update(current_date="2099-01-01")
    answer = browser_of("finance").post(f"{URL}start/")
    assert answer.status_code == 409
    assert "This day has not come yet." in answer.content.decode()


def test_a_parked_loan_is_shown_and_tried_again(book: Book) -> None:
    account = book.account(book.loan())
    LoanAccount.objects.filter(pk=account.pk).update(year_days=0)
    closed(book)
    finance = browser_of("finance")
    page = finance.get(URL).content.decode()
    assert "1 loan is parked" in page
    assert account.loan.note_no in page
    assert finance.post(f"{URL}parked/{account.pk}/").status_code == 302
    assert "No loan is parked" in finance.get(URL).content.decode()
    assert finance.post(f"{URL}parked/{account.pk}/").status_code == 409
    assert finance.post(f"{URL}parked/999999/").status_code == 404
    assert User.objects.get(username="finance").pk


@pytest.mark.parametrize("query", ["parked=x", "parked=" + "9" * 30, "before=2026-13-99", "before=%00"])
def test_nonsense_in_the_address_shows_the_first_page(book: Book, query: str) -> None:
    assert browser_of("finance").get(f"{URL}?{query}").status_code == 200
