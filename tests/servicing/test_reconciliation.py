"""Our payments, our ledger, the core bank: what differs is found once, is kept, and holds the day."""

import contextlib
import datetime as dt
import sqlite3
from decimal import Decimal as D
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lending.models import (
    Account,
    BusinessDay,
    CardTransfer,
    Journal,
    Loan,
    LoanTransaction,
    Posting,
    ReconciliationBreak,
    ReconciliationRun,
    TransactionBooking,
)
from lending.services import ledger, reconciliation, reconciliation_breaks, repayments
from tests.servicing.reconciling import Desk

pytestmark = pytest.mark.django_db

OTHER_CARD = "6230520000000000018"


def sides(row: ReconciliationBreak) -> tuple[Any, ...]:
    return row.direction, row.core_key, row.ours, row.books, row.theirs


def test_money_out_and_in_on_three_sides_is_a_clean_day(desk: Desk) -> None:
    loan = desk.paid_out()
    desk.collected(loan, "500.00")
    desk.collected(loan, "20000.00")  # more than is owed: the rest is kept for the customer
    run = desk.run()
    assert (run.state, run.breaks_found, run.problem) == ("clean", 0, "")
    for side in ("ours", "books", "theirs"):
        assert getattr(run, f"{side}_out_count") == 1
        assert getattr(run, f"{side}_out_sum") == D("12000.00")
        assert getattr(run, f"{side}_in_count") == 2
        assert getattr(run, f"{side}_in_sum") == D("20500.00")


def test_each_difference_with_the_bank_is_found_once_with_its_sides(desk: Desk) -> None:
    amount = desk.paid_out(amount=D("12000.01"))
    payee = desk.paid_out(payee_card=OTHER_CARD)
    lost = desk.book.loan()  # paid out, says our book; the bank was never asked
    desk.bank_collected("stranger", "7.00", OTHER_CARD)
    own = [desk.payout(loan).core_key for loan in (amount, payee, lost)]
    for _ in range(2):
        run = desk.run()
        assert (run.state, run.breaks_found, run.breaks_open) == ("breaks", 4, 4)
    found = {row.kind: sides(row) for row in desk.breaks()}
    paid = D("12000.00")
    assert found == {
        "amount": ("out", own[0], paid, paid, D("12000.01")),
        "payee": ("out", own[1], paid, paid, paid),
        "missing_there": ("out", own[2], paid, paid, None),
        "missing_here": ("in", "stranger", None, None, D("7.00")),
    }
    assert [step.what for row in desk.breaks() for step in row.steps.all()] == ["found"] * 4


def test_each_difference_in_our_own_house_is_found_once_with_its_sides(desk: Desk) -> None:
    loan = desk.paid_out()
    other = desk.collected(loan, "500.00", booked="400.00")
    unbooked = desk.collected(loan, "300.00", booked=None)
    reversed_ = desk.collected(loan, "200.00")
    repayments.reverse(
        transaction_id=reversed_.transaction_id, reason="wrong", maker=None, checker=None, now=desk.now
    )
    without = desk.paid_out()
    journal = Journal.objects.get(source_id=str(desk.payout(without).pk))
    ledger.reverse(journal=journal, accounting_date=desk.book.business_date, now=desk.now)
    for _ in range(2):
        desk.run(minutes=20)
    found = {(row.kind, row.direction): sides(row)[1:] for row in desk.breaks()}
    assert found == {
        ("journal_amount", "in"): (other.core_key, D("500.00"), D("400.00"), D("500.00")),
        ("unbooked", "in"): (unbooked.core_key, D("300.00"), None, D("300.00")),
        ("no_journal", "in"): (reversed_.core_key, D("200.00"), None, D("200.00")),
        ("no_journal", "out"): (
            desk.payout(without).core_key, D("12000.00"), None, D("12000.00")
        ),
    }  # fmt: skip


def test_what_is_on_its_way_is_counted_and_named_only_when_it_is_late(desk: Desk) -> None:
    loan = desk.paid_out()
    desk.collected(loan, "300.00", booked=None)
    asked = {"state": "unknown", "core_txn_id": None, "settled_at": None}
    desk.collected(loan, "100.00", booked=None, **asked)
    run = desk.run(minutes=10)
    assert (run.state, run.on_its_way, desk.kinds()) == ("clean", 2, [])
    run = desk.run(minutes=20)
    assert (run.on_its_way, desk.kinds()) == (0, ["unbooked", "unbooked"])


def test_money_that_could_not_be_booked_is_named_at_once(desk: Desk) -> None:
    desk.collected(desk.paid_out(), booked=None, booking_error="the loan is settled")
    desk.run()
    assert desk.kinds() == ["unbooked"]


def test_closed_as_refused_but_moved_is_missing_here(desk: Desk) -> None:
    desk.collected(desk.paid_out(), booked=None, state="rejected", core_txn_id=None)
    desk.run()
    assert [sides(row)[2:] for row in desk.breaks()] == [(None, None, D("500.00"))]


@pytest.mark.parametrize(
    ("mode", "kind", "theirs"),
    [
        ("drop_line", "missing_there", None),
        ("double_line", "duplicate", D("24000.00")),
        ("wrong_amount", "amount", D("12100.00")),
    ],
)
def test_a_faulty_statement_is_found_once_and_heals_when_it_is_right(
    desk: Desk, mode: str, kind: str, theirs: D | None
) -> None:
    loan = desk.paid_out()
    desk.paid_out()
    key = desk.payout(loan).core_key
    for _ in range(2):
        desk.sandbox.fault("corebank", "statement", mode, match={"kind": "out"}, line=key)
        assert desk.run().state == "breaks"
    (row,) = desk.breaks()
    assert (row.kind, row.core_key, row.theirs, row.state) == (kind, key, theirs, "open")

    run = desk.run(minutes=5)
    assert (run.state, run.breaks_found) == ("clean", 0)
    (row,) = desk.breaks()
    assert (row.state, row.healed_at, row.checker) == ("resolved", run.started_at, None)
    assert [(s.what, s.by) for s in row.steps.order_by("id")] == [("found", None), ("healed", None)]

    desk.sandbox.fault("corebank", "statement", mode, match={"kind": "out"}, line=key)
    assert desk.run(minutes=9).breaks_open == 1
    (row,) = desk.breaks()
    assert (row.state, row.healed_at) == ("open", None)
    assert row.steps.order_by("id").last().what == "found_again"


def test_money_of_just_before_midnight_is_matched_on_the_other_day(desk: Desk) -> None:
    loan = desk.paid_out()
    tomorrow = desk.now + dt.timedelta(days=1)
    desk.collected(loan, settled_at=tomorrow)
    assert desk.run().state == "clean"
    run = desk.run(day=tomorrow.date())
    assert (run.state, run.ours_in_count) == ("clean", 0), "the bank's day is the day it counts"


def test_a_payment_settled_days_later_is_looked_for_where_it_was_sent(desk: Desk) -> None:
    later = desk.now + dt.timedelta(days=5)
    desk.collected(desk.paid_out(), settled_at=later)
    assert desk.run(day=later.date()).state == "clean"


@pytest.mark.parametrize("mode", ["error_500", "garbage", "drop_before"])
def test_a_day_without_a_statement_is_not_clean_and_heals_nothing(desk: Desk, mode: str) -> None:
    desk.book.loan()
    desk.run()
    desk.sandbox.fault("corebank", "statement", mode)
    run = desk.run()
    assert (run.state, bool(run.problem), run.finished_at is not None) == ("unavailable", True, True)
    assert desk.kinds(state="open") == ["missing_there"]


class TestTheGate:
    def ask(self, desk: Desk, **later: int) -> str:
        opened = BusinessDay.objects.select_related("legal_entity").get()
        return reconciliation.gate(
            legal_entity=opened.legal_entity,
            day=opened.current_date,
            now=desk.now + dt.timedelta(**later),
        )

    @pytest.fixture(autouse=True)
    def _opened_today(self, desk: Desk) -> None:
        BusinessDay.objects.update(opened_at=desk.now)

    def test_opens_for_a_clean_day_and_blocks_for_what_nobody_explained(self, desk: Desk) -> None:
        desk.paid_out()
        assert self.ask(desk) == ""
        lost = desk.book.loan()
        assert self.ask(desk) == "unexplained:1"
        desk.bank_paid(desk.payout(lost))
        assert self.ask(desk) == ""
        assert set(ReconciliationRun.objects.values_list("kind", flat=True)) == {"close"}

    def test_an_older_picture_written_late_does_not_open_it(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The hourly run read before the difference, and writes just after the close found it."""
        real = reconciliation.reconcile

        def then_the_old_one(**words: Any) -> ReconciliationRun:
            run = real(**words)
            with transaction.atomic():
                reconciliation_breaks.bring_along(run=run, differences=[], now=desk.now)
            return run

        desk.book.loan()
        monkeypatch.setattr(reconciliation, "reconcile", then_the_old_one)
        assert self.ask(desk) == "unexplained:1"

    def test_blocks_when_the_statement_cannot_be_read(self, desk: Desk) -> None:
        desk.sandbox.fault("corebank", "statement", "error_500")
        assert self.ask(desk) == f"unavailable:{desk.day}"
        assert self.ask(desk) == ""

    def test_covers_every_calendar_day_since_the_date_was_opened(self, desk: Desk) -> None:
        assert self.ask(desk, days=3) == ""
        days = ReconciliationRun.objects.values_list("business_date", flat=True)
        assert sorted(days) == [desk.day + dt.timedelta(days=n) for n in range(4)]

    def test_an_older_difference_blocks_too(self, desk: Desk) -> None:
        desk.book.loan()
        desk.run()
        BusinessDay.objects.update(opened_at=desk.now + dt.timedelta(days=1))
        assert self.ask(desk, days=1) == "unexplained:1"


def test_the_hourly_run_comes_back_to_days_that_are_open(desk: Desk) -> None:
    lost = desk.book.loan()
    desk.run()
    desk.bank_paid(desk.payout(lost))
    runs = reconciliation.hourly(now=desk.now + dt.timedelta(days=4))
    assert [run.business_date - desk.day for run in runs] == [
        dt.timedelta(days=n) for n in (0, 3, 4)
    ]
    assert desk.kinds(state="open") == []


def test_the_command_says_one_line_and_fails_while_differences_are_open(desk: Desk) -> None:
    said = StringIO()
    call_command("reconcile", date=desk.day, stdout=said)
    assert said.getvalue() == f"{desk.day}: books and core bank agree\n"
    desk.book.loan()
    with pytest.raises(CommandError, match="1 open difference"):
        call_command("reconcile", date=desk.day)
    desk.sandbox.fault("corebank", "statement", "garbage")
    with pytest.raises(CommandError, match="could not be read"):
        call_command("reconcile", date=desk.day)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM lending_reconciliationbreak WHERE id = %s",
        "DELETE FROM lending_breakstep WHERE difference_id = %s",
        "UPDATE lending_breakstep SET what = 'healed' WHERE difference_id = %s",
    ],
)
def test_nothing_is_removed_from_history(desk: Desk, change: str) -> None:
    desk.book.loan()
    desk.run()
    (row,) = desk.breaks()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [row.pk])


def test_five_thousand_lines_take_no_more_questions_than_five(desk: Desk) -> None:
    loan = desk.paid_out()
    _many(desk, loan, booked=3, waiting=2)
    with CaptureQueriesContext(connection) as few:
        assert desk.run().state == "clean"
    _many(desk, loan, booked=497, waiting=4_498)
    with CaptureQueriesContext(connection) as many:
        run = desk.run()
    assert (run.state, run.theirs_in_count, run.ours_in_sum) == ("clean", 5_000, D("5000.00"))
    assert (run.books_in_count, run.on_its_way) == (500, 4_500)
    assert len(many) == len(few)


def _many(desk: Desk, loan: Loan, *, booked: int, waiting: int) -> None:
    """Payments of one borrower, written straight into the three sides; ``waiting`` are not booked yet."""
    card, now, day = desk.payout(loan).bank_card, desk.now, desk.book.business_date
    first = CardTransfer.objects.count()
    keys = [f"M{first + i}" for i in range(booked + waiting)]
    made = {"loan": loan, "kind": "repayment", "amount": D("1.00"), "created_at": now}
    facts = _booked(loan, keys[:booked], first, {**made, "value_date": day, "booked_on": day})
    CardTransfer.objects.bulk_create(
        CardTransfer(
            **made, bank_card=card, direction="in", channel="applicant", core_key=key, state="succeeded",
            core_txn_id=f"T{key}", business_date=day, settled_at=now, transaction=facts.get(key),
        )
        for key in keys
    )  # fmt: skip
    lines = [
        (key, "in", "1.00", card.card_number, "", "succeeded", "", f"T{key}", now.isoformat())
        for key in keys
    ]
    with contextlib.closing(sqlite3.connect(desk.log)) as bank, bank:
        bank.executemany("INSERT INTO transfer VALUES (?,?,?,?,?,?,?,?,?)", lines)


def _booked(
    loan: Loan, keys: list[str], first: int, made: dict[str, Any]
) -> dict[str, LoanTransaction]:
    facts = LoanTransaction.objects.bulk_create(
        LoanTransaction(**made, number=first + i + 1, channel="auto_debit", channel_ref=key)
        for i, key in enumerate(keys)
    )
    journals = Journal.objects.bulk_create(
        Journal(
            kind="repayment", source_type="loan_transaction", source_id=fact.pk.hex,
            legal_entity=loan.legal_entity, accounting_date=fact.booked_on, created_at=fact.created_at,
        )
        for fact in facts
    )  # fmt: skip
    accounts = dict(Account.objects.values_list("code", "pk"))
    Posting.objects.bulk_create(
        Posting(
            journal=journal, account_id=accounts[code], branch=loan.branch, amount=D(amount),
            accounting_date=journal.accounting_date,
        )
        for journal in journals
        for code, amount in (("1011", "1.00"), ("2011", "-1.00"))
    )
    TransactionBooking.objects.bulk_create(
        TransactionBooking(
            transaction=fact, version=1, journal=journal, caused_by=fact,
            booked_on=fact.booked_on, created_at=fact.created_at,
        )
        for fact, journal in zip(facts, journals, strict=True)
    )  # fmt: skip
    return dict(zip(keys, facts, strict=True))
