"""The walk: a wrong repayment found, its reversal asked for with a reason, approved by another person."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lending.models import Loan, LoanChange, LoanTransaction
from tests.desk.conftest import browser_of
from tests.servicing.book import Book
from tests.servicing.cards import Cards
from tests.servicing.conftest import bank as bank
from tests.servicing.conftest import book as book
from tests.servicing.conftest import cards as cards

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 a voucher"


def shown(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return str(answer.content.decode())


def ask(client: Client, loan: Loan, kind: str, query: str = "", **words: Any) -> Any:
    button = words.pop("button", "propose")
    return client.post(f"/desk/servicing/loans/{loan.pk}/{kind}/{query}", {button: "1", **words})


def voucher_words(book: Book, **words: Any) -> dict[str, Any]:
    return {
        "amount": "500", "value_date": str(book.business_date), "means": "cash",
        "voucher_no": "V-1", "reason": "paid at the counter", **words,
    }


def test_a_wrong_repayment_is_found_and_reversed_by_two_people(book: Book) -> None:
    loan = book.loan()
    first = loan.instalments.get(number=1)
    book.go_to(first.due_date)
    right, wrong = book.pay(loan, "500.00"), book.pay(loan, "812.34")
    one, two = browser_of("finance"), browser_of("finance.second")

    found = shown(one, "/desk/servicing/transactions/?amount=812.34")
    assert found.count("812.34</td>") == 1
    assert "500.00</td>" not in found
    link = re.search(r'class="row" href="([^"#]+)#transaction-2"', found)
    assert link is not None
    on_loan = shown(one, link[1])
    begin = re.search(rf'href="([^"]+transaction={wrong.pk})"', on_loan)
    assert begin is not None

    first_look = shown(one, begin[1])
    assert "The transaction to be taken back" in first_look
    assert "Before and after" in first_look
    refused = one.post(begin[1], {"propose": "1", "reason": "no"})
    assert refused.status_code == 422
    tried = one.post(begin[1], {"try": "1", "reason": "typed for the wrong loan"}).content.decode()
    assert "Before and after" in tried
    assert not LoanChange.objects.exists()
    answer = one.post(begin[1], {"propose": "1", "reason": "typed for the wrong loan"})
    change = LoanChange.objects.get()
    assert answer["Location"] == f"/desk/servicing/changes/{change.pk}/"

    mine = shown(one, answer["Location"])
    assert "Approve and book" not in mine
    assert one.post(f"{answer['Location']}approve/").status_code == 403
    assert "1 change waits for you" in shown(two, "/desk/servicing/changes/")
    theirs = shown(two, answer["Location"])
    seen = re.search(r'name="seen" value="([^"]+)"', theirs)
    assert seen is not None
    assert "Approve and book" in shown(two, f"/desk/loans/{loan.pk}/")
    assert two.post(f"{answer['Location']}approve/", {"seen": "old"}).status_code == 409
    assert two.post(f"{answer['Location']}approve/", {"seen": seen[1]}).status_code == 302
    assert two.post(f"{answer['Location']}approve/", {"seen": seen[1]}).status_code == 409

    undone = LoanTransaction.objects.get(kind="reversal")
    assert (undone.reverses, undone.maker.username, undone.checker.username) == (
        wrong, "finance", "finance.second"
    )
    page = shown(two, f"/desk/loans/{loan.pk}/")
    assert "takes back #2" in page
    assert "by #3" in page
    assert "typed for the wrong loan" in page
    assert "Approved and booked" in shown(two, "/desk/servicing/changes/?tab=decided")
    assert right.bookings.count() == 1
    assert "is reversed already" in shown(one, begin[1])


def test_a_voucher_with_its_scan_is_booked_and_the_scan_is_kept(book: Book) -> None:
    loan = book.loan()
    one, two = browser_of("finance"), browser_of("headoffice")
    scan = SimpleUploadedFile("slip.pdf", PDF, "application/pdf")
    assert ask(one, loan, "repayment", **voucher_words(book, voucher=scan)).status_code == 302
    change = LoanChange.objects.get()
    url = f"/desk/servicing/changes/{change.pk}/"
    assert "V-1" in shown(two, url)
    paper = two.get(f"{url}voucher/")
    assert (paper.content, paper["Content-Type"]) == (PDF, "application/pdf")
    assert ask(one, loan, "repayment", **voucher_words(book)).status_code == 422
    assert two.post(f"{url}approve/").status_code == 302
    assert LoanTransaction.objects.get().amount == Decimal("500.00")


def test_a_proposal_is_sent_back_with_a_reason_or_withdrawn(book: Book) -> None:
    loan = book.loan()
    one, two = browser_of("finance"), browser_of("finance.second")
    for number in ("A1", "A2"):
        ask(one, loan, "repayment", **voucher_words(book, voucher_no=number))
    first, second = LoanChange.objects.order_by("proposed_at", "voucher_no")
    url = "/desk/servicing/changes/{}/"
    assert two.post(url.format(first.pk) + "send-back/", {"note": "x"}).status_code == 422
    note = {"note": "the amount on the slip is another"}
    assert two.post(url.format(first.pk) + "send-back/", note).status_code == 302
    assert note["note"] in shown(one, url.format(first.pk))
    assert two.post(url.format(second.pk) + "withdraw/").status_code == 403
    assert one.post(url.format(second.pk) + "withdraw/").status_code == 302
    assert not LoanTransaction.objects.exists()


def test_every_kind_has_its_form_and_its_preview(book: Book) -> None:
    loan = book.loan(grace_days=0)
    book.go_to(loan.instalments.get(number=1).due_date + dt.timedelta(days=30))
    paid = book.pay(loan, "50.00")
    client = browser_of("headoffice")
    words: dict[str, dict[str, Any]] = {
        "repayment": voucher_words(book),
        "partial_early": voucher_words(book, amount="5000", choice="lower_instalment"),
        "payoff": voucher_words(book, amount="13000"),
        "waiver": {"component": "interest", "amount": "1", "value_date": str(book.business_date)},
        "restructuring": {"months": "12", "annual_percent": "5.4"},
        "write_off": {"voucher": SimpleUploadedFile("x.pdf", PDF), "reason": "died, no estate left at all"},
        "reversal": {},
    }
    for kind, said in words.items():
        query = f"?transaction={paid.pk}" if kind == "reversal" else ""
        shown(client, f"/desk/servicing/loans/{loan.pk}/{kind}/{query}")
        answer = ask(client, loan, kind, query, button="try", **{"reason": "as agreed", **said})
        assert answer.status_code == 200, kind
        assert "Before and after" in answer.content.decode(), kind
    for kind, status in (("extension", 409), ("refund", 422), ("recovery", 409)):
        said = {"months": "3", **voucher_words(book)}
        assert ask(client, loan, kind, button="try", **said).status_code == status, kind


BAD: tuple[dict[str, Any], ...] = (
    {"amount": "0.001"}, {"amount": "-1"}, {"amount": "9" * 30}, {"amount": "1\x00"},
    {"value_date": "2999-01-01"}, {"value_date": "x"}, {"means": "gold"}, {"voucher_no": "\x00"},
    {"reason": "\x00"}, {"reason": "x" * 1000}, {"voucher": SimpleUploadedFile("x.exe", b"MZ")},
    {"voucher": SimpleUploadedFile("x.jpg", b"\xff\xd8\xff" + bytes(2_000_001))}, {"amount": ""},
)


def test_bad_input_is_refused_beside_its_field(book: Book) -> None:
    loan, client = book.loan(), browser_of("finance")
    for said in BAD:
        answer = ask(client, loan, "repayment", **voucher_words(book, **said))
        assert answer.status_code == 422, said
        assert 'class="wrong"' in answer.content.decode()
    assert not LoanChange.objects.exists()


def test_odd_addresses_get_plain_answers(book: Book) -> None:
    loan, other = book.loan(), book.loan()
    foreign = book.pay(other, "5.00")
    client = browser_of("finance")
    base = f"/desk/servicing/loans/{loan.pk}"
    for url, status in (
        (f"{base}/nonsense/", 404), (f"{base}/reversal/", 404), (f"{base}/reversal/?transaction=x", 404),
        (f"{base}/reversal/?transaction={foreign.pk}", 404), (f"{base}/reversal/?transaction=%00", 404),
        (f"/desk/servicing/changes/{loan.pk}/", 404), (f"/desk/servicing/changes/{loan.pk}/voucher/", 404),
        ("/desk/servicing/changes/?tab=x&after=zz", 200),
        ("/desk/servicing/transactions/?amount=-1&since=x&until=9999-99-99&kind=%00&channel=%27", 200),
        ("/desk/servicing/transactions/?note_no=%00&reference=%00&amount=1e9", 200),
        ("/desk/servicing/transactions/?reference=V1&note_no=N1&since=2026-01-01&until=2026-12-31", 200),
        ("/desk/servicing/transactions/?after=garbage", 200),
    ):
        shown(client, url, status)


def test_transactions_are_found_by_number_note_kind_and_day(book: Book) -> None:
    loan, other = book.loan(), book.loan()
    book.pay(loan, "11.00", channel_ref="CASH-9")
    book.pay(other, "22.00", channel="auto_debit", channel_ref="R1")
    client = browser_of("finance")
    day = book.business_date
    for query in (
        "reference=cash-9", f"note_no={loan.note_no}", "channel=officer", "amount=11",
        f"kind=repayment&since={day}&until={day}&amount=11.00",
    ):
        text = shown(client, f"/desk/servicing/transactions/?{query}")
        assert ("11.00</td>" in text, "22.00</td>" in text) == (True, False), query
    nothing = shown(client, f"/desk/servicing/transactions/?since={day + dt.timedelta(days=1)}")
    assert "No transaction fits" in nothing


def test_each_role_sees_and_does_what_it_may(book: Book) -> None:
    loan = book.loan()
    ask(browser_of("finance"), loan, "repayment", **voucher_words(book))
    change = LoanChange.objects.get()
    url = f"/desk/servicing/changes/{change.pk}/"
    owner = loan.officer.user.username
    for username, page, decision in (
        (owner, 200, 403), ("risk", 200, 403), ("manager.chaotian", 404, 403), ("product", 403, 403),
    ):
        client = browser_of(username)
        shown(client, url, page)
        lists = 403 if username == "product" else 200
        for address in ("/desk/servicing/changes/", "/desk/servicing/transactions/"):
            shown(client, address, lists)
        assert client.post(f"{url}approve/").status_code in (decision, 404), username
    assert ask(browser_of("risk"), loan, "repayment", **voucher_words(book)).status_code == 403
    assert Client().get(url).status_code == 302
    assert LoanChange.objects.get().state == "proposed"


def test_a_refund_the_bank_refused_says_so_on_its_change(cards: Cards) -> None:
    loan = cards.book.loan()
    cards.book.pay(loan, "80.00")
    one, two = browser_of("finance"), browser_of("finance.second")
    assert ask(one, loan, "refund", amount="80.00", reason="asked for it").status_code == 302
    page = f"/desk/servicing/changes/{LoanChange.objects.get().pk}/"
    assert two.post(f"{page}approve/", {}).status_code == 302
    assert "The money still waits on the loan." not in shown(one, page)
    cards.sandbox.fault("corebank", "transfer", "reject")
    assert cards.send(loan) == "rejected"
    assert "The money still waits on the loan." in shown(one, page)
