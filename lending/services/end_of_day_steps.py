"""The steps of a close, in order, as data. Each may be cut off anywhere and done again.

Rooms around hang their work in here: ``BEFORE_LOANS`` and ``AFTER_LOANS`` are done once a run and do what
is still to do; a gate says what forbids the date to roll over ("" when nothing does).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from lending.models import EndOfDayRun, LoanAccount
from lending.services import (
    business_day,
    day_journals,
    end_of_day_chunks,
    end_of_day_money,
    line_days,
    loan_accounts,
    reconciliation,
    repricing,
)

Work = Callable[[EndOfDayRun, datetime], None]
Gate = Callable[[EndOfDayRun, datetime], str]
#: What a step answers: "" when it is done, or what keeps the run from going on.
Step = Callable[[EndOfDayRun, datetime], str]

OPEN, LOANS, BOOKS, ROLL = "open", "loans", "books", "roll"


def _reprice(run: EndOfDayRun, now: datetime) -> None:
    repricing.reprice_due(legal_entity=run.legal_entity, day=run.business_date, now=now)


def _use_credit(run: EndOfDayRun, now: datetime) -> None:
    end_of_day_money.use_credit(run, now=now)


def _collect(run: EndOfDayRun, now: datetime) -> None:
    end_of_day_money.collect(run, now=now)


def _lines(run: EndOfDayRun, now: datetime) -> None:
    line_days.close_day(legal_entity=run.legal_entity, day=run.business_date, now=now)


def _agreed(run: EndOfDayRun, now: datetime) -> str:
    return reconciliation.gate(legal_entity=run.legal_entity, day=run.business_date, now=now)


#: Before the loans: new rates of the day, money that waits, what is due from the cards.
BEFORE_LOANS: tuple[tuple[str, Work], ...] = (
    ("reprice", _reprice), ("credit", _use_credit), ("collect", _collect),
)
#: After the loans: credit lines freeze, are released, end.
AFTER_LOANS: tuple[tuple[str, Work], ...] = (("lines", _lines),)
#: Before the date rolls over: the core bank, the loans and the ledger agree.
GATES: tuple[tuple[str, Gate], ...] = (("agree", _agreed),)


def in_order() -> tuple[tuple[str, Step], ...]:
    """Every step of a run: code and what it does."""
    return (
        (OPEN, _open),
        *((code, _then_on(work)) for code, work in BEFORE_LOANS),
        (LOANS, _loans),
        *((code, _then_on(work)) for code, work in AFTER_LOANS),
        (BOOKS, _books),
        *GATES,
        (ROLL, _roll),
    )


def codes() -> list[str]:
    return [code for code, _step in in_order()]


def _then_on(work: Work) -> Step:
    def step(run: EndOfDayRun, now: datetime) -> str:
        work(run, now)
        return ""

    return step


def _open(run: EndOfDayRun, now: datetime) -> str:
    """The day's rates, accounts for loans that have none, the months' partitions, the chunks."""
    end_of_day_chunks.provision_rates(run)  # a missing one is said now, not at the first chunk
    opened, failed = loan_accounts.open_missing(legal_entity=run.legal_entity, now=now)
    run.figures = {**run.figures, "opened": opened, "not_opened": failed}
    _make_partitions(run)
    end_of_day_chunks.cut(run)
    return ""


def _make_partitions(run: EndOfDayRun) -> None:
    """Of every month that will be written. Chunks that catch up would otherwise make them while they
    write, and one waits for the other: a new partition wants the whole table to itself."""
    open_ones = LoanAccount.objects.filter(legal_entity=run.legal_entity, is_open=True)
    oldest = open_ones.aggregate(day=Min("closed_through"))["day"] or run.business_date
    month = min(oldest + timedelta(days=1), run.business_date).replace(day=1)
    while month <= run.business_date:
        with transaction.atomic():
            loan_accounts.make_day_partition(month)
        month = (month + timedelta(days=31)).replace(day=1)


def _loans(run: EndOfDayRun, now: datetime) -> str:
    """All chunks are done: more for what was booked meanwhile. ``end_of_day.work`` closes them."""
    end_of_day_chunks.cut(run)
    return ""


def _books(run: EndOfDayRun, now: datetime) -> str:
    day_journals.write(run, now=now)
    return ""


def _roll(run: EndOfDayRun, now: datetime) -> str:
    """The next business date, in the transaction that ends the run."""
    end_of_day_chunks.close_rest(run, now=now)
    with transaction.atomic():
        day = business_day.to_end(run.legal_entity)
        if day.current_date != run.business_date:
            return _("The business date was moved by somebody else.")
        day.current_date += timedelta(days=1)
        day.opened_at = now
        day.save(update_fields=["current_date", "opened_at"])
        run.state = EndOfDayRun.State.DONE
        run.finished_at = now
        run.save(update_fields=["state", "finished_at"])
    return ""
