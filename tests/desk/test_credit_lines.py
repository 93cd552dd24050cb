"""Lines on the desk: found, read, frozen, released and cut, by those who may."""

from datetime import datetime

import pytest
from django.utils import timezone

from lending.models import AuditEntry, CreditLine
from tests.desk.conftest import browser_of
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db
LIST = "/desk/servicing/lines/"


@pytest.fixture
def line(bank: None) -> CreditLine:
    now: datetime = timezone.now()
    loan = Book(now).loan(method="flexible")
    return CreditLine.objects.get(contract=loan.contract)


def test_a_line_is_found_frozen_released_and_cut(line: CreditLine) -> None:
    finance = browser_of("finance")
    assert line.line_no in finance.get(LIST).content.decode()
    assert line.line_no in finance.get(f"{LIST}?q={line.line_no}").content.decode()
    assert line.line_no not in finance.get(f"{LIST}?tab=frozen").content.decode()
    page = f"{LIST}{line.pk}/"
    for step, word, shown in (
        ("freeze", {"reason": "moved abroad"}, "moved abroad"),
        ("release", {"reason": "came back"}, "came back"),
        ("limit", {"reason": "less income", "limit": "5000"}, "Limit cut"),
        ("limit", {"reason": "no income", "limit": "0"}, "no income"),
    ):
        assert finance.post(f"{page}{step}/", word).status_code == 302, step
        assert shown in finance.get(page).content.decode()
    assert AuditEntry.objects.filter(action="line.cut").count() == 2
    line.refresh_from_db()
    assert (line.state, line.limit_amount) == ("active", 0)


def test_a_wrong_word_changes_nothing(line: CreditLine, subtests: pytest.Subtests) -> None:
    finance = browser_of("finance")
    for step, word in (
        ("freeze", {"reason": ""}), ("freeze", {"reason": "\x00\x00\x00\x00"}),
        ("release", {"reason": "not frozen"}), ("limit", {"reason": "why not", "limit": "12000.01"}),
        ("limit", {"reason": "why not", "limit": "a lot"}), ("limit", {"limit": "5000"}),
        ("limit", {"reason": "why not", "limit": "9" * 40}),
    ):
        with subtests.test(step=step, word=word):
            answer = finance.post(f"{LIST}{line.pk}/{step}/", word)
            assert answer.status_code in (409, 422)
            assert 'role="alert"' in answer.content.decode()
    assert set(line.movements.values_list("kind", flat=True)) == {"granted", "drawn"}


def test_lines_are_the_viewers_own_and_only_some_may_change_them(line: CreditLine) -> None:
    risk = browser_of("risk")
    page = f"{LIST}{line.pk}/"
    assert "Freeze the line" not in risk.get(page).content.decode()
    assert risk.post(f"{page}freeze/", {"reason": "not mine"}).status_code == 403
    owner = line.officer
    assert owner is not None
    assert line.line_no in browser_of(owner.user.username).get(LIST).content.decode()
    customer = browser_of(owner.user.username).get(f"/desk/customers/{line.customer_id}/")
    assert line.line_no in customer.content.decode()
    other = next(name for name in ("liguoqiang", "wangxiuying") if name != owner.user.username)
    assert browser_of(other).get(page).status_code == 404
    assert browser_of("finance").get(f"{LIST}?after=nonsense&tab=%00").status_code == 200

