"""Eighteen months of the demo bank told in haste: day after day people apply, repay, are late, pay early.

Every fact goes through the same services, the same core bank and the same end of day as a real one;
only the typing and the calendar are this module's. Demo mode only.
"""

import multiprocessing
import random
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from time import sleep
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from django.db import connections

from lending.domain.disbursement_flow import DisbursementState
from lending.errors import DomainError
from lending.models import BusinessDay, CardTransfer, LegalEntity, Loan, LoanAccount
from lending.services import (
    auto_debits,
    card_transfers,
    collection_cases,
    customer_repayments,
    demo_history,
    end_of_day,
)
from lending.services.demo_history import Walker

_CHINA = ZoneInfo("Asia/Shanghai")
DAYS = 548
_VISIT_DAYS = 3
_ONE_DAY = timedelta(days=1)
#: Of a hundred borrowers so many: miss a due date now and then; stop paying; pay a part early; pay off.
_FORGETFUL, _DEFAULTING, _EARLY, _PAYING_OFF = 12, 4, 10, 8


@dataclass
class Habits:
    """How one borrower behaves. ``stops_after``: instalments after which the card stays empty."""

    empty_until: date | None = None
    forgets: bool = False
    stops_after: int | None = None
    early_on: date | None = None
    pays_off_on: date | None = None


@dataclass
class Years:
    """The history on its way. ``url``: the sandbox's control plane."""

    url: str
    entity: LegalEntity
    first: date
    last: date
    walkers: list[Walker]
    hands: int = 2
    in_processes: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(20260501))  # noqa: S311
    habits: dict[UUID, Habits] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    control: httpx.Client = field(init=False)
    pool: Executor = field(init=False)

    def __post_init__(self) -> None:
        self.pool = _hands(self.hands, self.in_processes)
        self.control = httpx.Client(base_url=self.url, timeout=10, trust_env=False)

    def tell(self) -> Iterator[date]:
        """Live and close every day up to ``last`` (which stays open); yields each closed day."""
        by_day = self._applicants_by_day()
        try:
            day = self.first
            while day <= self.last:
                _set_clock(self.control, _at(day, 9))
                self._apply(by_day.get(day, []), day)
                if day == self.last:
                    return
                self._pay_by_hand(day)
                self._collect(day)
                self._close(day)
                yield day
                day += _ONE_DAY
        finally:
            _set_clock(self.control, None)
            self.control.close()
            self.pool.shutdown()

    # --- applying -----------------------------------------------------------------------------
    def _applicants_by_day(self) -> dict[date, list[Walker]]:
        """More people the longer the bank lends: the n-th of N comes at the square root of n/N."""
        span = (self.last - self.first).days
        found: dict[date, list[Walker]] = {}
        for number, walker in enumerate(self.walkers, 1):
            share = ((number - 1) / len(self.walkers)) ** 0.6
            day = min(round(span * share / _VISIT_DAYS) * _VISIT_DAYS, span)
            found.setdefault(self.first + timedelta(days=day), []).append(walker)
        return found

    def _apply(self, walkers: list[Walker], day: date) -> None:
        if not walkers:
            return

        begins = [_at(day, 9) + timedelta(minutes=7 * number) for number in range(len(walkers))]
        for state in self.pool.map(_walk, walkers, begins):
            self.states[state] = self.states.get(state, 0) + 1
        for loan in Loan.objects.filter(start_date=day, legal_entity=self.entity).order_by("note_no"):
            self.habits.setdefault(loan.pk, self._habits(loan))

    def _habits(self, loan: Loan) -> Habits:
        draw = self.chance.randrange(100)
        later = loan.start_date + timedelta(days=self.chance.randrange(40, 200))
        if draw < _DEFAULTING:
            return Habits(stops_after=self.chance.randrange(1, 5))
        if draw < _DEFAULTING + _FORGETFUL:
            return Habits(forgets=True)
        if draw < _DEFAULTING + _FORGETFUL + _EARLY:
            return Habits(early_on=later)
        if draw < _DEFAULTING + _FORGETFUL + _EARLY + _PAYING_OFF:
            return Habits(pays_off_on=later)
        return Habits()

    # --- paying -------------------------------------------------------------------------------
    def _pay_by_hand(self, day: date) -> None:
        """Those whose day it is pay a part early, or everything."""
        now = _at(day, 15)
        for loan_id, habits in self.habits.items():
            if day not in (habits.early_on, habits.pays_off_on):
                continue
            loan = Loan.objects.select_related("customer").get(pk=loan_id)
            try:
                self._request(loan, habits.early_on == day, now)
            except DomainError:  # closed meanwhile, something overdue, or another payment on its way
                continue
        self._send(day, now)

    def _request(self, loan: Loan, is_part: bool, now: datetime) -> None:
        owner: dict[str, Any] = {"loan_id": loan.pk, "customer": loan.customer}
        kind, amount, choice = "payoff", customer_repayments.quote(**owner).amount, None
        if is_part:
            third = (loan.principal_balance / 3).quantize(Decimal(1)) / 100
            kind, amount = "partial_early", third.quantize(Decimal(1)) * 100
            choice = self.chance.choice(customer_repayments.CHOICES)
        customer_repayments.request(
            **owner, kind=kind, amount=f"{amount:.2f}", choice=choice, now=now
        )

    def _collect(self, day: date) -> None:
        now = _at(day, 20)
        auto_debits.use_credit(legal_entity=self.entity, day=day, now=now)
        auto_debits.request_due(legal_entity=self.entity, day=day, now=now)
        self._send(day, now)

    def _send(self, day: date, now: datetime) -> None:
        asked: list[UUID] = []
        for transfer in CardTransfer.objects.select_related("bank_card").filter(
            business_date=day, state=DisbursementState.CREATED
        ):
            habits = self.habits.get(transfer.loan_id, Habits())
            if transfer.channel == auto_debits.CHANNEL and self._is_empty(transfer, habits, day):
                _refuse_next(self.control, transfer.bank_card.card_number)
            asked.append(transfer.pk)
        for _done in self.pool.map(_send, asked, [now] * len(asked)):
            pass

    def _is_empty(self, transfer: CardTransfer, habits: Habits, day: date) -> bool:
        """Whether the card has no money this evening."""
        if habits.stops_after is not None:
            paid = transfer.loan.transactions.filter(kind="repayment").count()
            return paid >= habits.stops_after
        if not habits.forgets:
            return False
        if habits.empty_until is None or day > habits.empty_until + timedelta(days=25):
            nights = self.chance.choice((0, 0, 2, 6, 12, 35))
            habits.empty_until = day + timedelta(days=nights)
        return day < habits.empty_until

    # --- closing ------------------------------------------------------------------------------
    def _close(self, day: date) -> None:
        now = _at(day, 23)
        run, _is_new = end_of_day.begin(legal_entity=self.entity, day=day, now=now)
        run = end_of_day.work(run_id=run.pk, now=now)
        if run.state != "done":
            raise RuntimeError(f"{day} could not be closed: {run.problem}")
        # reminders stay out: nobody should get texts about a life that is told afterwards
        collection_cases.allocate(legal_entity=self.entity, day=day + _ONE_DAY, now=now)


def _hands(count: int, in_processes: bool) -> Executor:
    """Who does the work of the day: threads, or processes of their own (started before any connection)."""
    if not in_processes:
        return ThreadPoolExecutor(count)
    connections.close_all()
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork"))
    for ready in [pool.submit(_pause) for _number in range(count)]:
        ready.result()
    return pool


def _pause() -> None:
    sleep(0.2)


def _walk(walker: Walker, begins: datetime) -> str:
    with _own_connection():
        return demo_history.walk(walker, clock=_Clock(begins))


def _send(transfer_id: UUID, now: datetime) -> None:
    with _own_connection():
        card_transfers.send(transfer_id=transfer_id, now=now)


@contextmanager
def _own_connection() -> Iterator[None]:
    """A thread lets go of its connection; a process keeps it for the next piece of work."""
    try:
        yield
    finally:
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()


class _Clock:
    """A moment that goes on by some seconds each time it is asked."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=9)
        return self._now


def begin_on(*, entity: LegalEntity, day: date, now: datetime) -> None:
    """Put the business date of a bank without loans back to where its history begins."""
    if LoanAccount.objects.filter(legal_entity=entity).exists():
        raise RuntimeError("this bank has loans already")
    BusinessDay.objects.filter(legal_entity=entity).update(current_date=day, opened_at=now)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=_CHINA)


def _set_clock(control: httpx.Client, at: datetime | None) -> None:
    if at is None:
        control.delete("/clock").raise_for_status()
    else:
        control.post("/clock", json={"at": at.isoformat()}).raise_for_status()


def _refuse_next(control: httpx.Client, card_number: str) -> None:
    """The core bank will say once that this card has no money."""
    fault: dict[str, Any] = {
        "service": "corebank", "operation": "collect", "mode": "reject", "code": "51", "times": 1,
        "match": {"payer_card": card_number},
    }
    control.post("/faults", json=fault).raise_for_status()
