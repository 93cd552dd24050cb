"""Papers about a loan: what they say, printed once, open to checking, and only for whom they are."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from lending.documents.loan_papers import compose
from lending.errors import IllegalState, InvalidInput
from lending.models import CustomerSession, Loan, LoanPaper, OutboxMessage
from lending.services import loan_papers, sessions
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db


def settled(book: Book) -> Loan:
    loan = book.loan(months=3)
    for row in list(loan.instalments.order_by("number")):
        book.go_to(row.due_date)
        book.pay(loan, str(row.amount))
    loan.refresh_from_db()
    return loan


def test_a_settlement_letter_says_what_was_paid_and_prints_once(book: Book) -> None:
    loan = settled(book)
    paper = loan_papers.request(loan=loan, kind="settlement_letter", asked_by="customer", now=book.now)
    assert OutboxMessage.objects.filter(task="lending.render_loan_paper").exists()
    loan_papers.render(paper_id=paper.pk)
    paper.refresh_from_db()
    pdf = loan_papers.ensure_pdf(paper)
    assert pdf.startswith(b"%PDF")
    assert loan_papers.ensure_pdf(paper) == pdf
    said = compose(
        kind=paper.kind, number=paper.paper_no, code=paper.verification_code, facts=paper.facts
    )
    written = str(said)
    assert paper.facts["interest_paid"] == "144.28"
    for piece in ("贷款结清证明", "壹万贰仟元整", "144.28", paper.verification_code, loan.note_no):
        assert piece in written
    again = loan_papers.request(loan=loan, kind="settlement_letter", asked_by="staff", now=book.now)
    assert again.pk == paper.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        LoanPaper.objects.filter(pk=paper.pk).update(paper_no="X")
    with pytest.raises(IllegalState):
        loan_papers.request(loan=loan, kind="payoff_letter", asked_by="customer", now=book.now)


def test_a_statement_lists_every_movement_of_its_period(book: Book) -> None:
    loan = book.loan()
    first = loan.instalments.get(number=1)
    book.go_to(first.due_date)
    book.pay(loan, str(first.amount))
    paper = loan_papers.request(loan=loan, kind="statement", asked_by="customer", now=book.now)
    lines = paper.facts["lines"]
    assert [line["kind"] for line in lines] == ["disbursement", "repayment"]
    assert lines[1]["interest"] == str(first.interest)
    assert lines[1]["balance"] == str(loan.principal - first.principal) == paper.facts["balance"]
    later = (first.due_date, first.due_date)
    short = loan_papers.request(
        loan=loan, kind="statement", asked_by="customer", now=book.now, period=later
    )
    assert [line["kind"] for line in short.facts["lines"]] == ["repayment"]
    for wrong in (
        (first.due_date, first.due_date - dt.timedelta(days=1)),
        (loan.start_date, first.due_date + dt.timedelta(days=1)),
    ):
        with pytest.raises(InvalidInput):
            loan_papers.request(
                loan=loan, kind="statement", asked_by="customer", now=book.now, period=wrong
            )


def test_anybody_may_check_a_code_and_nobody_learns_more(book: Book, client: Client) -> None:
    loan = settled(book)
    paper = loan_papers.request(loan=loan, kind="settlement_letter", asked_by="customer", now=book.now)
    page = client.get(f"/verify/{paper.verification_code.lower()}/")
    shown = page.content.decode()
    assert page.status_code == 200
    assert paper.paper_no in shown
    assert paper.facts_sha256 in shown
    assert "张三" not in shown
    assert loan.note_no not in shown
    assert client.get("/verify/").status_code == 200
    assert client.get("/verify/?code=22222222222%00").status_code == 404
    answers = [client.get("/verify/222222222222/").status_code for _ in range(25)]
    assert answers[-1] == 429


def test_the_api_gives_papers_to_their_owner_alone(book: Book, client: Client) -> None:
    loan = book.loan()
    mine, theirs = _token(loan.customer, book.now), _token(book.loan().customer, book.now)
    base = f"/api/v1/loans/{loan.pk}"
    answer = client.get(f"{base}/statement/", headers=mine)
    assert answer.status_code == 200
    body = answer.json()
    assert body["lines"][0]["kind"] == "disbursement"
    assert body["balance"] == "12000.00"
    pdf = client.get(body["paper"]["pdf_url"].removeprefix("http://testserver"), headers=mine)
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    refused = client.get(f"{base}/settlement-letter/", headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_settled")
    assert client.get(f"{base}/payoff-letter/", headers=mine).status_code == 200
    assert client.get(f"{base}/interest-certificate/", headers=mine).status_code == 200
    assert client.get(f"{base}/statement/?from=nonsense", headers=mine).status_code in (400, 422)
    assert client.get(f"{base}/statement/", headers=theirs).status_code == 404
    assert client.get(f"{base}/statement/").status_code == 401


def _token(customer: Any, now: dt.datetime) -> dict[str, str]:
    """A logged-in phone of ``customer``."""
    token = f"token-of-{customer.pk}"
    CustomerSession.objects.create(
        token_sha256=sessions.token_sha256(token),
        customer=customer,
        created_at=now,
        expires_at=timezone.now() + dt.timedelta(hours=1),
    )
    return {"Authorization": f"Bearer {token}"}
