"""A business date is closed whole: every loan its day, the books their sums, the date one on."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lending.errors import IllegalState
from lending.models import (
    BusinessDay,
    EndOfDayRun,
    Instalment,
    Journal,
    LegalEntity,
    Loan,
    LoanAccount,
    LoanDay,
    OutboxMessage,
    Posting,
)
from lending.selectors import loan_lives
from lending.services import (
    end_of_day,
    end_of_day_chunks,
    end_of_day_steps,
    loan_accounts,
    parked_loans,
)
from tests.servicing import closed_by_hand
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def finance(book: Book) -> User:
    return User.objects.get(username="finance")


def close(book: Book, days: int = 1) -> EndOfDayRun:
    """Close so many days, ahead of the calendar."""
    entity = LegalEntity.objects.get()
    for _ in range(days):
        run, _is_new = end_of_day.begin(legal_entity=entity, now=book.now, ahead=True)
        run = end_of_day.work(run_id=run.pk, now=book.now)
        assert run.state == "done", (run.step, run.problem)
    return run


def books() -> dict[str, Decimal]:
    rows = Posting.objects.values_list("account__code").annotate(Sum("amount"))
    return {code: total for code, total in rows if total}


def test_a_closed_day_has_its_rows_its_journals_and_the_next_date(book: Book) -> None:
    one, two = book.loan(), book.loan(branch="CT", method="interest_only", day_count="act/365")
    run = close(book)
    assert book.business_date == run.business_date + ONE_DAY
    assert (run.figures["loans"], run.figures["parked"]) == (2, 0)
    assert set(run.figures["steps"]) == set(end_of_day_steps.codes())
    for loan in (one, two):
        assert closed_by_hand.differences(book.account(loan)) == {}
    accrued = LoanDay.objects.aggregate(i=Sum("interest"))["i"]
    needed = LoanAccount.objects.aggregate(p=Sum("provision"))["p"]
    assert needed == Decimal("240.00")
    stands = books()
    assert (stands["1132"], stands["6011"]) == (accrued, -accrued)
    assert (stands["1304"], stands["6701"]) == (-needed, needed)
    sources = Journal.objects.filter(source_type="end_of_day").values_list("source_id", flat=True)
    assert set(sources) == {f"{run.business_date}:{code}:shandai" for code in ("BL", "CT")}


def test_the_books_follow_the_loans_until_a_loan_is_off_balance(book: Book) -> None:
    loan = book.loan(grace_days=0)
    first = loan.instalments.get(number=1)
    close(book)
    book.go_to(first.due_date + dt.timedelta(days=80))  # what was missed is caught up by replay
    close(book, 14)
    account = book.account(loan)
    assert closed_by_hand.differences(account) == {}
    loan.refresh_from_db()
    assert (loan.state, account.tier, account.is_accruing) == ("overdue", "substandard", False)
    assert account.provision == Decimal("3000.00")
    stands = books()
    assert stands["1304"] == -account.provision
    assert (stands.get("1132", 0), stands.get("1133", 0)) == (0, 0)
    assert stands["7010"] == account.interest_open
    assert stands["7011"] == account.late_charges_open
    assert account.days_past_due == (book.business_date - first.payable_on).days


def test_a_write_off_uses_the_allowance_and_the_close_makes_it_whole(book: Book) -> None:
    loan = book.loan()
    close(book)
    book.pay(loan, "0", kind="write_off")
    close(book)
    stands = books()
    assert stands.get("1304", 0) == 0
    # the whole claim became a loss, less the interest that had been income
    assert stands["6701"] == stands["7020"]


def test_closing_again_changes_nothing(book: Book) -> None:
    book.loan()
    entity, day = LegalEntity.objects.get(), book.business_date
    run = close(book)
    before = everything()
    with pytest.raises(IllegalState) as refused:
        end_of_day.begin(legal_entity=entity, now=book.now, day=day)
    assert refused.value.code == "already_closed"
    assert end_of_day.work(run_id=run.pk, now=book.now).state == "done"
    book.go_to(day)  # as if the roll had been lost: the same rows, the same journals
    EndOfDayRun.objects.update(state="running", step="open")
    run.chunks.update(state="waiting")
    end_of_day.work(run_id=run.pk, now=book.now)
    assert everything() == before


def everything() -> dict[str, list[str]]:
    """All rows of the close, as text; what is drawn by chance or by the clock left out."""
    found = {}
    for table, left_out in (
        ("lending_loanaccount", "'loan_id'"), ("lending_loanday", "''"),
        ("lending_businessday", "'opened_at'"),
        ("lending_instalment", "'id', 'loan_id'"), ("lending_loan", "'id', 'note_no', 'contract_id'"),
        ("lending_posting", "'id', 'journal_id'"), ("lending_journal", "'id', 'created_at'"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT (to_jsonb(t) - ARRAY[{left_out}])::text FROM {table} t ORDER BY 1"
            )
            found[table] = [row[0] for row in cursor]
    return found


def test_a_bad_loan_is_parked_and_the_others_are_closed(book: Book, finance: User) -> None:
    loans = [book.loan() for _ in range(5)]
    broken, odd = book.account(loans[1]), book.account(loans[3])
    LoanAccount.objects.filter(pk=broken.pk).update(year_days=0)
    LoanAccount.objects.filter(pk=odd.pk).update(next_late=book.business_date)
    run = close(book)
    assert (run.figures["loans"], run.figures["parked"]) == (3, 2)
    broken.refresh_from_db()
    odd.refresh_from_db()
    assert broken.parked_error == "DataError 22012"
    assert odd.parked_error == "next_late_without_instalment"
    close(book)
    for account in (broken, odd):
        assert parked_loans.retry(account_id=account.pk, user=finance, now=book.now)
    close(book)
    for loan in loans:
        account = book.account(loan)
        assert (account.parked_at, closed_by_hand.differences(account)) == (None, {})
    assert books()["1132"] == sum(book.account(loan).interest_open for loan in loans)


def test_a_loan_that_cannot_be_replayed_stays_parked(book: Book, finance: User) -> None:
    loan = book.loan()
    account = book.account(loan)
    LoanAccount.objects.filter(pk=account.pk).update(year_days=0, allocation="nonsense")
    close(book)
    assert not parked_loans.retry(account_id=account.pk, user=finance, now=book.now)
    account.refresh_from_db()
    assert account.parked_error == "ValueError"
    with pytest.raises(IllegalState):
        parked_loans.retry(account_id=book.account(book.loan()).pk, user=finance, now=book.now)


def test_an_instalment_that_is_not_what_accrued_parks_its_loan(book: Book) -> None:
    loan = book.loan()
    first = loan.instalments.get(number=1)
    book.go_to(first.due_date - dt.timedelta(days=2))
    close(book)
    Instalment.objects.filter(pk=first.pk).update(interest=first.interest + 1)
    run = close(book)
    assert run.figures["parked"] == 1
    assert book.account(loan).parked_error == "instalment_interest_is_not_what_accrued"


def test_loans_that_lag_behind_are_caught_up_with_books_of_their_own(book: Book) -> None:
    late, old = book.loan(), book.loan()
    with connection.cursor() as cursor:  # a loan of the time before there were accounts
        cursor.execute("DELETE FROM lending_loanaccount WHERE loan_id = %s", [old.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE lending_planversion DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM lending_planversion WHERE loan_id = %s", [old.pk])
        cursor.execute("ALTER TABLE lending_planversion ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    book.go_to(late.start_date + dt.timedelta(days=40))
    run = close(book)
    assert run.figures["opened"] == 1
    for loan in (late, old):
        assert closed_by_hand.differences(book.account(loan)) == {}
    assert books()["1132"] == sum(book.account(loan).interest_open for loan in (late, old))
    assert LoanDay.objects.filter(in_day_journal=True).count() == 2


def test_a_due_date_on_a_day_off_is_late_only_after_the_next_working_day(book: Book) -> None:
    book.go_to(dt.date(2026, 8, 1))  # 1 October 2026 is a holiday; the bank opens again on the 8th
    loan = book.loan(months=6, grace_days=0)
    account = book.account(loan)
    LoanAccount.objects.filter(pk=account.pk).update(due_day_rule="next_working_day")
    account = book.account(loan)
    state = loan_lives.replayed(account, account.start_date).state
    loan_accounts.write_state(account, state=state, cause=None, now=book.now)
    second = loan.instalments.get(number=2)
    assert (second.due_date, second.payable_on) == (dt.date(2026, 10, 1), dt.date(2026, 10, 8))
    book.go_to(dt.date(2026, 9, 1))
    book.pay(loan, str(loan.instalments.get(number=1).amount))
    book.go_to(second.payable_on - dt.timedelta(days=1))
    close(book)
    assert book.account(loan).days_past_due == 0
    close(book)
    account = book.account(loan)
    assert account.days_past_due == 1
    assert closed_by_hand.differences(account) == {}


def test_the_work_of_a_chunk_is_a_fixed_number_of_queries(book: Book) -> None:
    def queries() -> int:
        entity = LegalEntity.objects.get()
        run, _ = end_of_day.begin(legal_entity=entity, now=book.now, ahead=True)
        with CaptureQueriesContext(connection) as caught:
            assert end_of_day.work(run_id=run.pk, now=book.now).state == "done"
        return len(caught)

    book.loan()
    one = queries()
    for _ in range(6):
        book.loan()
    assert queries() == one


def test_what_rooms_hang_in_runs_in_its_place_and_a_gate_keeps_the_date(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.loan()
    seen: list[str] = []
    problems = ["The core bank's log does not agree."]
    monkeypatch.setattr(
        end_of_day_steps, "BEFORE_LOANS", (("collect", lambda run, now: seen.append("before")),)
    )
    monkeypatch.setattr(
        end_of_day_steps, "AFTER_LOANS", (("lines", lambda run, now: seen.append("after")),)
    )
    monkeypatch.setattr(
        end_of_day_steps, "GATES", (("agree", lambda run, now: problems[0] if problems else ""),)
    )
    entity, day = LegalEntity.objects.get(), book.business_date
    run, _ = end_of_day.begin(legal_entity=entity, now=book.now)
    run = end_of_day.work(run_id=run.pk, now=book.now)
    assert (run.state, run.step, run.problem) == ("blocked", "agree", problems[0])
    assert book.business_date == day
    problems.clear()
    run, is_new = end_of_day.begin(legal_entity=entity, now=book.now)
    assert (end_of_day.work(run_id=run.pk, now=book.now).state, is_new) == ("done", False)
    assert seen == ["before", "after"]


def test_the_clock_closes_what_the_calendar_has_left_and_nothing_else(book: Book) -> None:
    book.loan()
    end_of_day.close_finished_days(now=book.now)
    assert not EndOfDayRun.objects.exists()
    tomorrow = book.now + dt.timedelta(days=2)
    for _ in range(2):  # asked twice within a moment: not twice the tasks
        end_of_day.close_finished_days(now=tomorrow)
    asked = OutboxMessage.objects.filter(task="lending.close_chunks")
    assert asked.count() == end_of_day.TASKS
    end_of_day.carry_on(run_id=int(asked[0].arguments["run_id"]), now=tomorrow)
    end_of_day.carry_on(run_id=int(asked.last().arguments["run_id"]), now=tomorrow)
    assert book.business_date == tomorrow.date()
    assert LoanDay.objects.count() == 2


def test_the_command_refuses_gaps_and_the_future_and_repeats_harmlessly(
    book: Book, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    book.go_to(today - dt.timedelta(days=3))
    book.loan()

    def close_day(*words: str) -> str:
        call_command("close_day", *words, "--workers", "1")
        return capsys.readouterr().out

    assert "1 loans, 0 parked" in close_day()
    assert "already closed" in close_day("--date", str(today - dt.timedelta(days=3)))
    with pytest.raises(CommandError, match="is still open"):
        close_day("--date", str(today))
    with pytest.raises(CommandError, match="lies in the future"):
        close_day("--date", str(today + ONE_DAY))
    with pytest.raises(CommandError, match="lies in the future"):
        close_day("--until", str(today + ONE_DAY))
    assert close_day("--until", str(today)).count("1 loans") == 3
    assert "already closed" in close_day()
    with pytest.raises(CommandError, match="lies in the future"):
        close_day("--date", str(today + ONE_DAY))
    assert "1 loans" in close_day("--ahead")
    monkeypatch.setenv("DJANGO_ENV", "production")
    with pytest.raises(CommandError, match="practice"):
        close_day("--ahead")
    assert BusinessDay.objects.get().current_date == today + dt.timedelta(days=2)
    assert Loan.objects.count() == 1
    assert end_of_day_chunks.CHUNK_LOANS >= 1_000
