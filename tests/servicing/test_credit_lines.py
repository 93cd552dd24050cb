"""Revolving lines: what is repaid may be drawn again, what is late freezes, and money leaves exactly once."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from lending.errors import IllegalState, InvalidInput, NotFound
from lending.gateways.core_bank import TransferReply
from lending.models import (
    BankCard,
    CreditLine,
    Disbursement,
    Drawdown,
    Journal,
    LineMovement,
    Loan,
    LoanAccount,
    Officer,
    SmsMessage,
)
from lending.selectors import credit_lines as line_selectors
from lending.selectors import invariants
from lending.services import (
    credit_lines,
    disbursements,
    drawdowns,
    line_days,
    repayments,
    settlements,
)
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db


def line_of(book: Book, **terms: Any) -> tuple[CreditLine, Loan]:
    loan = book.loan(method="flexible", **terms)
    return CreditLine.objects.get(contract=loan.contract), loan


def draw(book: Book, line: CreditLine, amount: str, **more: Any) -> Drawdown:
    return drawdowns.request(
        customer=line.customer, line_id=line.pk, amount=amount, now=book.now, **more
    )


def paid(book: Book, drawdown: Drawdown, outcome: str = "succeeded") -> None:
    """The core bank's answer, through the same claim and settlement as every payout."""
    payout = drawdown.disbursement
    claimed = disbursements._claim(payout.pk, from_state="created", kind="send", now=book.now)
    assert claimed is not None
    reply = TransferReply("succeeded", core_txn_id=f"T{payout.core_key}")
    if outcome == "rejected":
        reply = TransferReply("rejected", rejection_code="account_closed")
    settlements.settle(
        disbursement_id=payout.pk, reply=reply, call=claimed[1], now=book.now,
        lease_token=claimed[0].lease_token,
    )
    drawdown.refresh_from_db()


def use_of(line: CreditLine) -> Decimal:
    line.refresh_from_db()
    assert not list(line_selectors.broken_lines(dt.datetime.now(dt.UTC)))
    return line.used_amount


def close(book: Book, days_past_due: int | None = None) -> dict[str, int]:
    """The lines' step of the close of the business date."""
    if days_past_due is not None:
        LoanAccount.objects.update(days_past_due=days_past_due)
    entity = LoanAccount.objects.first().legal_entity  # type: ignore[union-attr]
    return line_days.close_day(legal_entity=entity, day=book.business_date, now=book.now)


def test_only_a_flexible_contract_of_a_revolving_product_is_a_line(book: Book) -> None:
    book.loan(method="equal_instalment")
    book.loan(method="flexible", is_revolving=False)
    assert not CreditLine.objects.exists()
    line, loan = line_of(book)
    assert (line.limit_amount, line.used_amount, line.valid_until) == (
        loan.principal, loan.principal, loan.maturity_date,
    )
    assert [m.kind for m in line.movements.order_by("at", "used_after")] == ["granted", "drawn"]


def test_principal_repaid_restores_the_line_and_a_reversal_draws_it_again(book: Book) -> None:
    line, loan = line_of(book)
    book.go_to(loan.start_date + dt.timedelta(days=20))
    one = book.pay(loan, "5000.00", kind="partial_early")
    assert use_of(line) == Decimal("7000.00")
    assert line_selectors.available(line) == Decimal("5000.00")
    repayments.reverse(transaction_id=one.pk, reason="test", maker=None, checker=None, now=book.now)
    assert use_of(line) == Decimal("12000.00")
    assert line.movements.get(kind="restored").transaction == one
    assert line.movements.filter(kind="drawn").count() == 2


def test_a_drawing_is_a_loan_of_its_own_under_the_contract(book: Book) -> None:
    line, first = line_of(book)
    book.go_to(first.start_date + dt.timedelta(days=40))
    book.pay(first, "6000.00", kind="partial_early")
    assert use_of(line) == Decimal("6072.15")  # interest and compound interest went first
    drawing = draw(book, line, "2000.00", term_months=3)
    assert (drawing.state, line_selectors.available(line)) == ("requested", Decimal("3927.85"))
    paid(book, drawing)
    assert drawing.state == "booked"
    loan = drawing.loan
    assert (loan.start_date, loan.term_months, loan.principal) == (
        book.business_date, 3, Decimal("2000.00"),
    )
    assert loan.instalments.count() == 3
    assert loan.note_no != first.note_no
    assert loan.contract == first.contract
    assert Journal.objects.filter(source_id=str(drawing.disbursement.pk)).count() == 1
    assert use_of(line) == Decimal("8072.15")
    assert SmsMessage.objects.filter(template="drawing_paid").count() == 1
    book.go_to(loan.instalments.get(number=1).due_date)
    book.pay(loan, "2100.00", kind="payoff")
    assert use_of(line) == Decimal("6072.15")


def test_a_refused_drawing_uses_nothing_and_frees_the_line(book: Book) -> None:
    line, loan = line_of(book)
    book.pay(loan, "6000.00", kind="partial_early")
    drawing = draw(book, line, "1000.00")
    paid(book, drawing, "rejected")
    assert (drawing.state, Loan.objects.count()) == ("rejected", 1)
    assert use_of(line) == Decimal("6000.00")
    paid(book, draw(book, line, "1000.00"))
    assert use_of(line) == Decimal("7000.00")
    assert Disbursement.objects.filter(application=loan.application).count() == 3


def test_the_same_request_is_one_drawing_and_another_waits(book: Book) -> None:
    line, loan = line_of(book)
    book.pay(loan, "6000.00", kind="partial_early")
    one = draw(book, line, "1000.00", request_key="tap")
    assert draw(book, line, "1000.00", request_key="tap") == one
    with pytest.raises(IllegalState) as error:
        draw(book, line, "1000.00", request_key="second tap")
    assert error.value.code == "drawing_under_way"
    with pytest.raises(IntegrityError), transaction.atomic():
        Drawdown.objects.create(
            line=line, amount=1, term_months=1, annual_rate="0.05", created_at=book.now
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Drawdown.objects.filter(pk=one.pk).update(amount=2)


def test_what_cannot_be_drawn_is_refused_in_words(book: Book, subtests: pytest.Subtests) -> None:
    line, loan = line_of(book)
    book.pay(loan, "6000.00", kind="partial_early")
    for field, wish in (
        ("amount", {"amount": "6000.01"}), ("amount", {"amount": "900.00"}),
        ("amount", {"amount": "1050.00"}), ("amount", {"amount": "-1"}),
        ("amount", {"amount": "1e3"}), ("term_months", {"amount": "1000.00", "term_months": 24}),
        ("term_months", {"amount": "1000.00", "term_months": 5}),
    ):
        with subtests.test(wish=wish), pytest.raises(InvalidInput) as error:
            draw(book, line, **wish)  # type: ignore[arg-type]
        assert field in error.value.errors
    assert not Drawdown.objects.exists()


def test_a_line_is_drawn_by_its_owner_from_a_rested_card_only(book: Book) -> None:
    line, loan = line_of(book)
    stranger = book.loan().customer
    book.pay(loan, "6000.00", kind="partial_early")
    with pytest.raises(NotFound):
        drawdowns.request(customer=stranger, line_id=line.pk, amount="1000.00", now=book.now)
    later = book.now + dt.timedelta(days=3)
    BankCard.objects.create(
        customer=line.customer, card_number="6222020000099999999", card_index="x", last_four="9999",
        mobile="13900000000", created_at=later - dt.timedelta(hours=23),
    )
    with pytest.raises(IllegalState) as error:
        drawdowns.request(customer=line.customer, line_id=line.pk, amount="1000.00", now=later)
    assert error.value.code == "card_changed"
    one = drawdowns.request(
        customer=line.customer, loan_id=loan.pk, amount="1000.00",
        now=later + dt.timedelta(hours=2),
    )
    assert one.disbursement.bank_card == loan.application.bank_card  # never the new one


def test_a_late_customers_line_freezes_at_the_close_and_is_released_when_clean(book: Book) -> None:
    line, _loan = line_of(book)
    assert close(book, days_past_due=1) == {"frozen": 1, "released": 0, "expired": 0, "renewals": 0}
    assert close(book)["frozen"] == 0
    line.refresh_from_db()
    assert (line.state, line.freeze_reason) == ("frozen", "overdue")
    with pytest.raises(IllegalState):
        draw(book, line, "1000.00")
    assert close(book, days_past_due=0)["released"] == 1
    kinds = list(line.movements.order_by("at", "pk").values_list("kind", flat=True))
    assert sorted(kinds) == ["drawn", "frozen", "granted", "released"]


def test_a_line_expires_after_its_last_day_and_says_so_a_month_before(book: Book) -> None:
    line, loan = line_of(book, months=3)
    book.go_to(line.valid_until - dt.timedelta(days=30))
    assert [close(book)["renewals"], close(book)["renewals"]] == [1, 1]
    assert SmsMessage.objects.filter(template="line_ends").count() == 1
    book.go_to(line.valid_until - dt.timedelta(days=1))
    assert close(book)["expired"] == 0
    book.go_to(line.valid_until)
    assert close(book)["expired"] == 1
    book.pay(loan, "12000.00")
    assert use_of(line) < line.limit_amount
    with pytest.raises(IllegalState) as error:
        draw(book, line, "1000.00")
    assert error.value.code == "line_ended"


def test_staff_freeze_release_and_cut_with_a_reason_on_record(book: Book) -> None:
    line, _loan = line_of(book)
    officer = Officer.objects.get(user__username="finance")
    word: dict[str, Any] = {"line_id": line.pk, "officer": officer, "now": book.now}
    with pytest.raises(InvalidInput):
        credit_lines.freeze(reason=" ", **word)
    credit_lines.freeze(reason="moved abroad", **word)
    assert close(book, days_past_due=0)["released"] == 0  # only a person undoes what a person did
    with pytest.raises(IllegalState):
        credit_lines.freeze(reason="once more", **word)
    credit_lines.release(reason="came back", **word)
    credit_lines.set_limit(limit=Decimal("5000.00"), reason="less income", **word)
    line.refresh_from_db()
    assert (line_selectors.available(line), line.used_amount) == (0, Decimal("12000.00"))
    for wrong in ("12000.01", "5000.00"):
        with pytest.raises(InvalidInput):
            credit_lines.set_limit(limit=Decimal(wrong), reason="wrong way", **word)
    credit_lines.set_limit(limit=Decimal("12000.00"), reason="as before", **word)
    kinds = set(line.movements.values_list("kind", flat=True))
    assert {"frozen", "released", "cut", "raised"} <= kinds
    problems = [b for check in (invariants.audit_chain_holds,) for b in check(book.now)]
    assert not problems


def test_a_write_off_freezes_the_line_for_good(book: Book) -> None:
    line, loan = line_of(book)
    book.go_to(loan.start_date + dt.timedelta(days=20))
    book.pay(loan, "0.00", kind="write_off")
    assert use_of(line) == 0
    assert (line.state, line.freeze_reason) == ("frozen", "written_off")
    assert close(book)["released"] == 0


def test_a_new_contract_takes_the_older_lines_place(book: Book) -> None:
    line, loan = line_of(book)
    book.pay(loan, "6000.00", kind="partial_early")
    newer, other = line_of(book)
    assert CreditLine.objects.filter(state="active").count() == 2  # another person's
    with transaction.atomic():
        other.customer = loan.customer
        credit_lines._end_older(other, book.business_date, book.now)
    line.refresh_from_db()
    assert (line.state, newer.state) == ("closed", "active")
    book.pay(loan, "1000.00", kind="partial_early")
    assert use_of(line) == Decimal("5000.00")


def test_movements_and_lines_never_disappear(book: Book) -> None:
    line, _loan = line_of(book)
    for row in (LineMovement, CreditLine):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.objects.all()._raw_delete(using="default")  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditLine.objects.filter(pk=line.pk).update(state="frozen")
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE lending_linemovement SET amount = 1")
