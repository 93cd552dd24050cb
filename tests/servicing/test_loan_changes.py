"""Changes of a loan by two people, on PostgreSQL: each kind, refusals, and exactly one approval."""

import datetime as dt
import re
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction

from lending.domain.loan_changes import ChangeKind
from lending.errors import DomainError, IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import AuditEntry, Loan, LoanChange, LoanTransaction
from lending.services import loan_changes, repayments
from tests.servicing.book import Book
from tests.servicing.cards import Cards

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 64
K = ChangeKind


def staff(username: str) -> User:
    return User.objects.get(username=username)


def propose(book: Book, loan: Loan, kind: ChangeKind, **words: Any) -> LoanChange:
    words.setdefault("reason", "as the customer asked")
    if "amount" in words:
        words["amount"] = Decimal(words["amount"])
    if kind in (K.REPAYMENT, K.PARTIAL_EARLY, K.PAYOFF, K.RECOVERY):
        words.setdefault("voucher_no", f"CASH-{LoanChange.objects.count() + 1}")
        words["options"] = {"means": "cash", **words.get("options", {})}
    maker = words.pop("maker", "finance")
    return loan_changes.propose(loan_id=loan.pk, kind=kind, maker=staff(maker), now=book.now, **words)


def approve(book: Book, change: LoanChange, checker: str = "finance.second") -> LoanChange:
    return loan_changes.approve(change_id=change.pk, checker=staff(checker), now=book.now)


def late(book: Book, days: int, **words: Any) -> Loan:
    """A loan whose first instalment is ``days`` past due."""
    loan = book.loan(grace_days=0, **words)
    book.go_to(loan.instalments.get(number=1).due_date + dt.timedelta(days=days))
    book.pay(loan, "1.00")
    return loan


def test_a_voucher_repayment_is_booked_with_both_names(book: Book) -> None:
    loan = book.loan()
    book.go_to(loan.instalments.get(number=1).due_date)
    change = propose(book, loan, K.REPAYMENT, amount="500.00", voucher_no="v-17", voucher=JPEG)
    assert not LoanTransaction.objects.exists()
    done = approve(book, change)
    fact = LoanTransaction.objects.get()
    assert (done.state, done.result, done.error) == ("approved", fact, "")
    assert (fact.channel, fact.channel_ref, fact.amount) == ("officer", "V-17", Decimal("500.00"))
    assert (fact.maker, fact.checker) == (staff("finance"), staff("finance.second"))
    kept = LoanChange.objects.get()
    assert (bytes(kept.voucher), kept.voucher_type) == (JPEG, "image/jpeg")
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions[-2:] == ["loan_change.propose", "loan_change.approve"]


def test_the_same_voucher_is_refused_until_its_booking_is_reversed(book: Book) -> None:
    loan, other = book.loan(), book.loan()
    first = propose(book, loan, K.REPAYMENT, amount="50.00", voucher_no="A1")
    for one in (loan, other):
        with pytest.raises(InvalidInput) as refusal:
            propose(book, one, K.REPAYMENT, amount="50.00", voucher_no="a1")
        assert "voucher_no" in refusal.value.errors
    approve(book, first)
    with pytest.raises(InvalidInput):
        propose(book, other, K.REPAYMENT, amount="50.00", voucher_no="A1")
    undo = propose(book, loan, K.REVERSAL, target_id=LoanTransaction.objects.get().pk)
    approve(book, undo)
    again = approve(book, propose(book, other, K.REPAYMENT, amount="60.00", voucher_no="A1"))
    assert again.result is not None
    assert (again.result.channel_ref, again.result.loan) == ("A1#2", other)


def test_a_reversal_leaves_the_loan_as_if_the_wrong_repayment_had_never_come(book: Book) -> None:
    loan, twin = book.loan(), book.loan()
    book.go_to(loan.instalments.get(number=1).due_date)
    wrong = book.pay(loan, "900.00")
    change = propose(book, loan, K.REVERSAL, target_id=wrong.pk, reason="booked on the wrong loan")
    assert (change.amount, change.value_date) == (wrong.amount, wrong.value_date)
    with pytest.raises(IllegalState):
        propose(book, loan, K.REVERSAL, target_id=wrong.pk)
    done = approve(book, change)
    assert done.result is not None
    assert done.result.reverses == wrong
    book.pay(twin, "0.01")
    one, two = book.account(loan), book.account(twin)
    assert one.principal_balance == two.principal_balance
    assert one.interest_cleared == 0
    with pytest.raises(IllegalState):
        propose(book, loan, K.REVERSAL, target_id=wrong.pk)


def test_penalty_is_waived_up_to_what_is_open(book: Book) -> None:
    loan = late(book, 60)
    open_now = book.account(loan).penalty_accrued - book.account(loan).penalty_cleared
    assert open_now > 0
    with pytest.raises(InvalidInput):
        propose(book, loan, K.WAIVER, amount=str(open_now + 1), options={"component": "penalty"})
    with pytest.raises(InvalidInput):
        propose(book, loan, K.WAIVER, amount="1.00", options={"component": "principal"})
    change = propose(book, loan, K.WAIVER, amount=str(open_now), options={"component": "penalty"})
    approve(book, change)
    account = book.account(loan)
    assert account.penalty_accrued == account.penalty_cleared


def test_a_partial_early_repayment_shortens_the_plan(book: Book) -> None:
    loan = book.loan(months=24)
    book.go_to(loan.start_date + dt.timedelta(days=10))
    choice = {"choice": "shorten_term"}
    change = propose(book, loan, K.PARTIAL_EARLY, amount="6000.00", options=choice)
    before = loan.instalments.count()
    approve(book, change)
    assert loan.instalments.filter(number__lt=1001).count() < before


def test_a_payoff_below_the_quote_is_refused_and_the_quote_settles(book: Book) -> None:
    loan = book.loan()
    book.go_to(loan.start_date + dt.timedelta(days=40))
    with pytest.raises(InvalidInput) as refusal:
        propose(book, loan, K.PAYOFF, amount="100.00")
    needed = re.findall(r"¥([\d,.]*\d)", str(refusal.value.errors["amount"][0]))[0].replace(",", "")
    approve(book, propose(book, loan, K.PAYOFF, amount=needed))
    loan.refresh_from_db()
    assert loan.state == "settled"
    with pytest.raises(IllegalState):
        propose(book, loan, K.REPAYMENT, amount="1.00")


def test_an_extension_is_for_loans_in_time_once_and_no_longer_than_the_term(book: Book) -> None:
    loan = book.loan(months=12)
    for months in (0, 13, "6", None):
        with pytest.raises(InvalidInput):
            propose(book, loan, K.EXTENSION, options={"months": months})
    change = propose(book, loan, K.EXTENSION, options={"months": 6})
    assert change.amount == loan.principal
    approve(book, change)
    assert loan.instalments.count() == 18
    with pytest.raises(IllegalState):
        propose(book, loan, K.EXTENSION, options={"months": 1})
    with pytest.raises(IllegalState):
        propose(book, late(book, 5), K.EXTENSION, options={"months": 6})
    with pytest.raises(InvalidInput):
        propose(book, book.loan(months=24), K.EXTENSION, options={"months": 13})


def test_an_overdue_loan_is_restructured_and_watched_for_a_year(book: Book) -> None:
    loan = late(book, 40)
    with pytest.raises(InvalidInput):
        propose(book, loan, K.RESTRUCTURING, options={"months": 12, "annual_rate": "0.09"})
    options = {"months": 12, "annual_rate": "0.05"}
    approve(book, propose(book, loan, K.RESTRUCTURING, options=options))
    account = book.account(loan)
    assert (account.annual_rate, account.late_principal) == (Decimal("0.05"), 0)
    assert account.observed_to is not None


def test_a_write_off_keeps_the_claim_and_a_recovery_lowers_it(book: Book) -> None:
    loan = late(book, 30)
    with pytest.raises(IllegalState) as refusal:
        propose(book, loan, K.WRITE_OFF)
    assert refusal.value.code == "not_documented"
    with pytest.raises(IllegalState):
        propose(book, loan, K.RECOVERY, amount="10.00")
    reason = "the borrower died without an estate"
    change = propose(book, loan, K.WRITE_OFF, reason=reason, voucher=JPEG)
    with pytest.raises(NotPermitted):
        approve(book, change)  # no head office among the two
    approve(book, change, "headoffice")
    loan.refresh_from_db()
    claim = book.account(loan).claim
    assert (loan.state, claim > 0) == ("written_off", True)
    with pytest.raises(IllegalState):
        propose(book, loan, K.REPAYMENT, amount="10.00")
    approve(book, propose(book, loan, K.RECOVERY, amount="100.00"))
    assert book.account(loan).claim == claim - 100


def test_more_than_360_days_past_due_needs_no_document(book: Book) -> None:
    loan = late(book, 365)
    assert propose(book, loan, K.WRITE_OFF).amount > loan.principal


def test_a_refund_goes_to_the_card_and_the_change_is_told_its_booking(cards: Cards) -> None:
    book, loan = cards.book, cards.book.loan()
    book.pay(loan, "80.00")
    with pytest.raises(InvalidInput):
        propose(book, loan, K.REFUND, amount="80.01")
    change = approve(book, propose(book, loan, K.REFUND, amount="80.00"))
    assert (change.state, change.result) == ("approved", None)
    assert cards.send(loan) == "succeeded"
    change.refresh_from_db()
    assert change.result is not None
    assert (change.result.kind, book.account(loan).credit) == ("refund", 0)


def test_money_that_was_given_back_is_not_reversed_away(book: Book) -> None:
    loan = book.loan()
    paid = book.pay(loan, "80.00")
    book.pay(loan, "80.00", kind="refund")
    with pytest.raises(IllegalState):
        propose(book, loan, K.REVERSAL, target_id=paid.pk)


IMPOSSIBLE: tuple[tuple[ChangeKind, dict[str, Any]], ...] = (
    (K.REPAYMENT, {"amount": "0"}),
    (K.REPAYMENT, {"amount": "0.001"}),
    (K.REPAYMENT, {"amount": "NaN"}),
    (K.REPAYMENT, {"amount": "-5"}),
    (K.REPAYMENT, {"amount": "1E12"}),
    (K.REPAYMENT, {"amount": "5", "voucher_no": "\x00"}),
    (K.REPAYMENT, {"amount": "5", "voucher_no": "A1", "voucher": b"MZ not a picture"}),
    (K.REPAYMENT, {"amount": "5", "voucher": JPEG + bytes(2_000_000)}),
    (K.REPAYMENT, {"amount": "5", "options": {"means": "gold"}}),
    (K.REPAYMENT, {"amount": "5", "value_date": dt.date(2027, 1, 1)}),
    (K.REPAYMENT, {"amount": "5", "value_date": dt.date(2020, 1, 1)}),
    (K.REPAYMENT, {"amount": "5", "reason": "\x00 no "}),
    (K.PARTIAL_EARLY, {"amount": "5000"}),
    (K.REVERSAL, {}),
    (K.REFUND, {"amount": "5"}),
    (K.EXTENSION, {}),
)


def test_what_cannot_be_is_refused_when_proposed(book: Book) -> None:
    loan = book.loan()
    for kind, words in IMPOSSIBLE:
        with pytest.raises(DomainError):
            propose(book, loan, kind, **words)
    assert not LoanChange.objects.exists()


def test_nobody_approves_alone_neither_by_service_nor_by_database(book: Book) -> None:
    change = propose(book, book.loan(), K.REPAYMENT, amount="50.00")
    with pytest.raises(NotPermitted):
        approve(book, change, "finance")
    for checker in ("liguoqiang", "manager.baolun", "risk"):
        with pytest.raises((NotPermitted, NotFound)):
            approve(book, change, checker)
    with pytest.raises(IntegrityError), transaction.atomic():
        LoanChange.objects.filter(pk=change.pk).update(
            state="sent_back", checker=staff("finance"), checked_at=book.now
        )
    assert not LoanTransaction.objects.exists()


def test_a_decided_change_is_final_in_the_database(book: Book) -> None:
    change = propose(book, book.loan(), K.REPAYMENT, amount="50.00")
    row = LoanChange.objects.filter(pk=change.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.update(amount=Decimal("5000.00"))
    loan_changes.send_back(
        change_id=change.pk, checker=staff("headoffice"), note="the slip is not readable", now=book.now
    )
    for wish in ({"state": "proposed"}, {"checker_note": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**wish)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(IllegalState):
        approve(book, change)


def test_what_became_impossible_meanwhile_fails_with_its_error(book: Book) -> None:
    loan = book.loan()
    paid = book.pay(loan, "50.00")
    change = propose(book, loan, K.REVERSAL, target_id=paid.pk)
    repayments.reverse(transaction_id=paid.pk, reason="x", maker=None, checker=None, now=book.now)
    failed = approve(book, change)
    assert (failed.state, failed.result) == ("failed", None)
    assert failed.error


def test_a_loan_that_moved_since_it_was_looked_at_is_not_changed(book: Book) -> None:
    loan = book.loan()
    change = propose(book, loan, K.REPAYMENT, amount="50.00")
    seen = loan_changes.seen_mark(book.account(loan), book.business_date)
    book.pay(loan, "1.00")
    with pytest.raises(IllegalState):
        loan_changes.approve(
            change_id=change.pk, checker=staff("finance.second"), now=book.now, seen=seen
        )


def test_only_the_maker_withdraws(book: Book) -> None:
    change = propose(book, book.loan(), K.REPAYMENT, amount="50.00")
    with pytest.raises(NotPermitted):
        loan_changes.withdraw(change_id=change.pk, maker=staff("headoffice"), now=book.now)
    loan_changes.withdraw(change_id=change.pk, maker=staff("finance"), now=book.now)
    assert LoanChange.objects.get().state == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_two_people_approving_at_once_book_it_once(book: Book) -> None:
    change = propose(book, book.loan(), K.REPAYMENT, amount="50.00")
    start, outcomes = threading.Barrier(3), []

    def press(checker: str) -> None:
        try:
            start.wait()
            outcomes.append(approve(book, change, checker).state)
        except IllegalState as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=(who,))
        for who in ("finance.second", "finance.second", "headoffice")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "decided", "decided"]
    assert LoanTransaction.objects.count() == 1
