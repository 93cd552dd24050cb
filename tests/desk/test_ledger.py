"""The ledger on the desk: from a trial-balance line to the customer's payment, its files, its accounts."""

import csv
import datetime as dt
import io
import re
import zipfile
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from lending.domain.postings import Event
from lending.domain.spreadsheet_cells import harmless
from lending.models import (
    Account,
    AccountsChange,
    Branch,
    Journal,
    LoanAccount,
    LoanDay,
    Posting,
)
from lending.selectors import ledger_exports
from lending.selectors.trial_balances import totals, trial_balance
from lending.services import ledger, repayments
from tests.desk.conftest import OWNER, browser_of
from tests.servicing.book import Book
from tests.servicing.conftest import bank, book

__all__ = ["bank", "book"]
pytestmark = pytest.mark.django_db
URL = "/desk/servicing/ledger/"


@pytest.fixture
def clerk(bank: None) -> Client:
    return browser_of("finance")


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def link(page: str, pattern: str) -> str:
    """The first link of a page that fits, as the browser would follow it."""
    found = re.search(rf'href="({pattern})"', page)
    assert found, pattern
    return found.group(1).replace("&amp;", "&")


def body(client: Client, url: str) -> bytes:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_from_a_line_of_the_trial_balance_to_the_payment_in_three_clicks(
    book: Book, clerk: Client
) -> None:
    loan = book.loan()
    book.go_to(loan.start_date + dt.timedelta(days=40))
    book.pay(loan, "1034.56", channel_ref="V-4711")
    page = text(clerk, URL)
    assert "Sums to zero" in page
    page = text(clerk, link(page, rf"{URL}accounts/1011/\?[^\"]*"))
    assert loan.note_no in page
    page = text(clerk, link(page, rf"{URL}journals/[0-9a-f-]+/"))
    for word in ("1,034.56", "V-4711", "Officer with a voucher", "Principal", "Instalment"):
        assert word in page, word
    page = text(clerk, link(page, r"/desk/loans/[0-9a-f-]+/"))
    assert loan.note_no in page


def test_every_journal_of_a_loans_life_says_what_happened(book: Book, clerk: Client) -> None:
    loan = book.loan(grace_days=0)
    book.go_to(loan.start_date + dt.timedelta(days=45))
    paid = book.pay(loan, "300.00")
    book.pay(loan, "200.00", value_date=loan.start_date + dt.timedelta(days=33))
    repayments.reverse(
        transaction_id=paid.pk, reason="wrong loan", maker=None, checker=None, now=book.now
    )
    kinds = set()
    for journal in Journal.objects.all():
        page = text(clerk, f"{URL}journals/{journal.pk}/")
        assert link(page, f"/desk/loans/{loan.pk}/")
        kinds.add(journal.kind)
    assert {"disbursement", "repayment", "reversal", "accrual_caught_up"} <= kinds
    undone = Journal.objects.filter(reverses__isnull=False)[0]
    page = text(clerk, f"{URL}journals/{undone.pk}/")
    assert link(page, f"{URL}journals/{undone.reverses_id}/")
    assert f"{URL}journals/{undone.pk}/" in text(clerk, f"{URL}journals/{undone.reverses_id}/")
    caught_up = Journal.objects.filter(kind="accrual_caught_up")[0]
    assert "Loans behind it" in text(clerk, f"{URL}journals/{caught_up.pk}/")


def test_a_days_accruals_list_the_loans_behind_them(book: Book, clerk: Client) -> None:
    loans = [book.loan() for _ in range(3)]
    day = book.business_date
    with connection.cursor() as cursor:
        cursor.execute("SELECT lending_loanday_partition(%s)", [day])
    for account in LoanAccount.objects.all():
        LoanDay.objects.create(
            account=account, day=day, principal_balance=12_000, interest=Decimal("2.37"), penalty=0,
            compound=0, moved_interest=0, moved_charges=0, days_past_due=0, tier="normal",
            is_accruing=True,
        )
    journal = ledger.post_events(
        kind="day_accruals", source_type="end_of_day", source_id=f"{day}:BL:shandai",
        events={Event.INTEREST_ACCRUED: Decimal("7.11")}, product_code="shandai",
        legal_entity=loans[0].legal_entity, branch=loans[0].branch, accounting_date=day, now=book.now,
    )
    assert journal is not None
    page = text(clerk, f"{URL}journals/{journal.pk}/")
    for loan in loans:
        assert link(page, f"/desk/loans/{loan.pk}/")
    first = LoanAccount.objects.order_by("pk")[0]
    page = text(clerk, f"{URL}journals/{journal.pk}/?after={first.pk}_{day}")
    assert first.loan.note_no not in page
    assert loans[-1].note_no in page


def test_an_accounts_page_leads_balances_over_its_pages(book: Book, clerk: Client) -> None:
    loan = book.loan()
    for n in range(60):
        book.pay(loan, f"{n + 1}.00", channel_ref=f"P{n}")
    balance = Posting.objects.filter(account__code="1011")
    total = -loan.principal + sum(range(1, 61))
    assert balance.count() >= 61
    page = text(clerk, f"{URL}accounts/1011/")
    assert f"{total:,.2f}" in page
    following = link(page, r"\?[^\"]*after=[^\"]*")
    page = text(clerk, f"{URL}accounts/1011/{following}")
    assert "Next 50" not in page
    assert page.count("-12,000.00") == 1  # after the payout, the oldest line
    for wrong in ("after=x", "after=2026-01-01_99999999999999999999", "from=x&to=9999-99-99&branch=%00"):
        assert clerk.get(f"{URL}accounts/1011/?{wrong}").status_code == 200


def test_a_trial_balance_is_of_its_days_and_branch(book: Book, clerk: Client) -> None:
    here, there = book.loan(), book.loan(branch="ZH", principal="5000.00")
    first = book.business_date
    book.go_to(first + dt.timedelta(days=20))
    book.pay(here, "100.00")
    bank_ = here.legal_entity
    whole = trial_balance(bank_, first=book.business_date, last=book.business_date)
    assert whole.is_zero
    lines = {line.account.code: line for line in whole.lines}
    assert lines["1301"].opening == here.principal + there.principal
    assert lines["1011"].opening == -lines["1301"].opening
    assert (lines["1011"].debit, lines["1011"].credit) == (100, 0)
    branch = Branch.objects.get(code="ZH")
    part = trial_balance(bank_, first=first, last=first, branch=branch)
    assert [(x.account.code, x.opening, x.debit, x.credit) for x in part.lines] == [
        ("1011", 0, 0, 5000), ("1301", 0, 5000, 0),
    ]
    assert totals(part.lines).closing == 0
    page = text(clerk, f"{URL}?from={first}&to={first}&branch=ZH")
    assert "5,000.00" in page
    assert "12,000.00" not in page


def test_the_files_say_what_the_page_says(book: Book, clerk: Client) -> None:
    loan = book.loan()
    Account.objects.filter(code="1011").update(name="=cmd|' /C calc'!A0")
    content = body(clerk, f"{URL}trial-balance.csv")
    assert content.startswith("\ufeff".encode())
    assert b"\r\n" in content
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1][:2] == ["1011", "'=cmd|' /C calc'!A0"]
    assert [Decimal(cell) for cell in rows[1][4:]] == [0, 0, 12_000, -12_000]
    assert [Decimal(cell) for cell in rows[3][4:]] == [0, 12_000, 12_000, 0]
    content = body(clerk, f"{URL}journal-lines.csv?branch=BL")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert loan.note_no in rows[1]
    assert sorted(row[10] + row[11] for row in rows[1:]) == ["12000.00", "12000.00"]
    for name in ("trial-balance", "journal-lines"):
        with zipfile.ZipFile(io.BytesIO(body(clerk, f"{URL}{name}.xlsx"))) as book_file:
            sheet = book_file.read("xl/worksheets/sheet1.xml").decode()
        assert re.search(r"<v>12000(\.00)?</v>", sheet)
        assert "<f>" not in sheet


def test_a_file_of_too_much_is_refused_in_words(
    book: Book, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.loan()
    answer = clerk.get(f"{URL}journal-lines.csv?from=2026-01-01&to=2026-12-31")
    assert answer.status_code == 422
    assert b"31 days" in answer.content
    monkeypatch.setattr(ledger_exports, "XLSX_LINES_MAX", 1)
    answer = clerk.get(f"{URL}journal-lines.xlsx")
    assert answer.status_code == 422
    assert b"CSV" in answer.content
    assert clerk.get(f"{URL}journal-lines.csv").status_code == 200


def test_cells_that_begin_like_formulas_are_text() -> None:
    for bad in ("=1+1", "+1", "-1", "@x", "\tx", "＝1"):
        assert harmless(bad) == f"'{bad}"
    assert harmless(Decimal("-1.50")) == Decimal("-1.50")
    assert harmless(None) == ""
    assert harmless(dt.date(2026, 1, 2)) == "2026-01-02"


def test_two_people_change_an_account_on_the_page(book: Book, clerk: Client) -> None:
    word = {"code": "130101", "kind": "asset", "name": "农户贷款", "name_en": "Loans to farmers"}
    assert clerk.post(f"{URL}accounts/", {**word, "code": "x"}).status_code == 422
    assert clerk.post(f"{URL}accounts/", word).status_code == 302
    assert "Loans to farmers" in text(clerk, f"{URL}accounts/")
    change = {"product": "shandai", "role": "1301", "event": "", "account": "130101", "reason": "ok"}
    assert clerk.post(f"{URL}mapping/", change).status_code == 422
    assert clerk.post(f"{URL}mapping/", {**change, "reason": "farmers apart"}).status_code == 302
    row = AccountsChange.objects.get()
    page = text(clerk, f"{URL}mapping/")
    assert "Take back" in page
    assert f"{row.pk}/release/" not in page
    assert clerk.post(f"{URL}mapping/{row.pk}/release/").status_code == 403
    second = browser_of("finance.second")
    assert f"{row.pk}/release/" in text(second, f"{URL}mapping/")
    assert second.post(f"{URL}mapping/{row.pk}/release/").status_code == 302
    assert second.post(f"{URL}mapping/{row.pk}/release/").status_code == 409
    assert second.post(f"{URL}mapping/{10**30}/refuse/").status_code == 404
    book.loan()
    assert Posting.objects.filter(account__code="130101").count() == 1
    assert "130101 Loans to farmers" in text(clerk, f"{URL}mapping/")


def test_the_books_open_for_those_with_the_duty_only(book: Book) -> None:
    book.loan()
    journal = Journal.objects.get()
    pages = ("", "accounts/", "accounts/1301/", f"journals/{journal.pk}/", "mapping/",
             "trial-balance.csv", "journal-lines.xlsx")
    for page in pages:
        assert browser_of(OWNER).get(f"{URL}{page}").status_code == 403, page
        assert Client().get(f"{URL}{page}").status_code == 302, page
    risk = browser_of("risk")
    assert risk.get(f"{URL}mapping/").status_code == 200
    assert "Propose a change" not in text(risk, f"{URL}mapping/")
    assert risk.post(f"{URL}mapping/", {"role": "1301"}).status_code == 403
    assert risk.post(f"{URL}accounts/", {}).status_code == 403
    assert risk.get(f"{URL}accounts/9999/").status_code == 404
