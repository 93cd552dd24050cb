"""The arrears pages: who sees which cases, what a case shows, its forms, odd input."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from lending.models import (
    AuditEntry,
    ContactAttempt,
    DemandLetter,
    LoanAccount,
    Officer,
    OutboxMessage,
    PromiseToPay,
)
from lending.selectors.arrears import owed
from lending.services import demo_bank
from tests.desk.conftest import browser_of
from tests.servicing.arrears import Arrears
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db
URL = "/desk/servicing/arrears/"


@pytest.fixture
def arrears(db: None, quick_passwords: None) -> Arrears:
    """The bank 70 days after a payout, this morning at ten by its own clock."""
    now = timezone.localtime().replace(hour=10, minute=0)
    start = now - dt.timedelta(days=70)
    call_command("seed_products", verbosity=0)
    demo_bank.seed(today=start.date(), now=start)
    return Arrears(Book(start), start)


@pytest.fixture
def at_ten(monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    """Pages ask the machine's clock; at night the gate would rightly say no."""
    ten = timezone.localtime().replace(hour=10, minute=0, second=0)
    monkeypatch.setattr("lending.views.officer.arrears.timezone.now", lambda: ten)
    return ten


def owner_of(loan: Any) -> str:
    return str(loan.officer.user.username)


def test_the_list_and_the_case_say_the_same_sum_to_the_cent(arrears: Arrears) -> None:
    loan = arrears.book.loan(grace_days=0)
    arrears.morning(timezone.localdate())
    arrears.allocate()
    account = LoanAccount.objects.get(loan=loan)
    total = owed(account).total
    assert total % 1, "the loan's figures must have cents for this to mean anything"
    client = browser_of("finance")
    for path in (URL, f"{URL}{arrears.case(loan).pk}/"):
        assert f"{total:,.2f}" in client.get(path).content.decode()


def test_every_role_sees_its_own_cases_and_nobody_elses(arrears: Arrears) -> None:
    loan = arrears.book.loan(grace_days=0)
    arrears.morning(timezone.localdate())
    arrears.allocate()
    case, owner = arrears.case(loan), owner_of(loan)
    manager = arrears.officer("manager").user.username
    others = Officer.objects.filter(role="officer").exclude(pk=loan.officer_id).order_by("pk")
    stranger = others[0].user.username
    foreign = Officer.objects.filter(role="manager").exclude(branch=loan.branch).order_by("pk")[0]
    sees = {
        owner: True, manager: True, stranger: False, foreign.user.username: False,
        "headoffice": True, "risk": True, "finance": True,
    }
    for username, seen in sees.items():
        client = browser_of(username)
        listed = client.get(URL)
        assert listed.status_code == 200, username
        assert (loan.note_no in listed.content.decode()) == seen, username
        answer = client.get(f"{URL}{case.pk}/")
        assert answer.status_code == (200 if seen else 404), username
        if not seen:
            assert loan.customer.name not in answer.content.decode()
            posts = ("contact", "result", "promise", "note", "letter", "pause")
            assert {client.post(f"{URL}{case.pk}/{post}/").status_code for post in posts} == {404}
        assert loan.customer.mobile not in answer.content.decode()
    product = Officer.objects.filter(role="product").first()
    assert product is not None
    client = browser_of(product.user.username)
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}{case.pk}/note/", {"note": "x"}).status_code == 403
    shown = browser_of(owner).get(URL).content.decode()
    for words in ("Arrears", "M7+", "1 loan late", "Roll rates", "What to do first"):
        assert words in shown, words
    for odd in ("?page=%00", "?page=9999999", "?page=0", "?page=-1", "?bucket=%00", "?bucket=M9", "?page=²"):
        assert browser_of(owner).get(URL + odd).status_code == 200, odd


def test_a_case_is_worked_from_call_to_promise_to_letter(
    arrears: Arrears, at_ten: dt.datetime, caplog: pytest.LogCaptureFixture
) -> None:
    loan = arrears.book.loan(grace_days=0)
    arrears.morning(timezone.localdate())
    arrears.allocate()
    case, client = arrears.case(loan), browser_of(owner_of(loan))
    at = f"{URL}{case.pk}/"
    shown = client.get(at).content.decode()
    for words in ("Principal overdue", "0 of 3 used", "Allowed now", "No promise yet.", "M2"):
        assert words in shown, words
    assert client.post(f"{at}contact/", {"channel": "call"}).status_code == 302
    attempt = ContactAttempt.objects.get(channel="call")
    shown = client.get(at).content.decode()
    assert loan.customer.mobile in shown
    assert "1 of 3 used" in shown
    assert AuditEntry.objects.filter(action="personal_data.reveal", subject_id=str(case.pk)).exists()
    done = {"attempt": str(attempt.pk), "result": "reached", "note": "下周卖猪"}
    assert client.post(f"{at}result/", done).status_code == 302
    assert client.post(f"{at}result/", done).status_code == 409
    shown = client.get(at).content.decode()
    assert loan.customer.mobile not in shown
    assert "下周卖猪" in shown
    assert "Too soon after the last one" in shown
    day = arrears.book.business_date + dt.timedelta(days=5)
    promise = {"amount": "800.00", "promised_on": day.isoformat(), "said_by": "borrower"}
    assert client.post(f"{at}promise/", {**promise, "amount": "-1"}).status_code == 422
    assert client.post(f"{at}promise/", promise).status_code == 302
    assert client.post(f"{at}promise/", promise).status_code == 409
    assert PromiseToPay.objects.get().amount == Decimal("800.00")
    assert client.post(f"{at}note/", {"note": "勤劳的一家人"}).status_code == 302
    assert client.post(f"{at}letter/").status_code == 302
    letter = DemandLetter.objects.get()
    paper = client.get(f"/desk/servicing/letters/{letter.pk}/")
    assert paper.content.startswith(b"%PDF")
    shown = client.get(at).content.decode()
    for words in ("勤劳的一家人", letter.letter_no, "Promised to pay", "2 of 3 used"):
        assert words in shown, words
    bodies = " ".join(str(row.arguments) for row in OutboxMessage.objects.all())
    for secret in (loan.customer.mobile, loan.customer.name, "下周卖猪", "勤劳"):
        assert secret not in bodies
        assert secret not in caplog.text


def test_a_complaint_silences_and_odd_posts_get_plain_answers(
    arrears: Arrears, at_ten: dt.datetime
) -> None:
    loan = arrears.book.loan(grace_days=0)
    arrears.morning(timezone.localdate())
    arrears.allocate()
    case, client = arrears.case(loan), browser_of(owner_of(loan))
    at = f"{URL}{case.pk}/"
    assert client.post(f"{at}pause/", {"kind": "complaint", "step": "begin"}).status_code == 302
    shown = client.get(at).content.decode()
    assert "Quiet: a complaint is open" in shown
    assert client.post(f"{at}contact/", {"channel": "call"}).status_code == 302
    assert "Not allowed" in client.get(at).content.decode()
    assert client.post(f"{at}pause/", {"kind": "complaint", "step": "end"}).status_code == 302
    odd = (
        ("contact", {"channel": "sms"}), ("contact", {}), ("note", {"note": "\x00"}),
        ("note", {"note": "x" * 1_001}), ("promise", {"amount": "1e99"}), ("promise", {"amount": "NaN"}),
        ("promise", {"amount": "5", "promised_on": "9999-99-99", "said_by": "borrower"}),
        ("promise", {"amount": "5", "promised_on": "0001-01-01", "said_by": "borrower"}),
        ("result", {"attempt": "1", "result": "reached"}), ("pause", {"kind": "party"}),
    )
    for name, body in odd:
        assert client.post(f"{at}{name}/", body).status_code == 422, (name, body)
    stranger = {"attempt": "6b4ce2f6-97f7-4f0e-9f0a-1a2b3c4d5e6f", "result": "reached"}
    assert client.post(f"{at}result/", stranger).status_code == 404
    arrears.book.pay(loan, "14000.00", kind="payoff")
    arrears.allocate()
    assert client.post(f"{at}note/", {"note": "late"}).status_code == 409
    assert "The loan is paid off" in client.get(at).content.decode()
    empty = browser_of(owner_of(loan)).get(URL).content.decode()
    assert "Nobody is late here" in empty
