"""The set-based close gives what the replay gives, to the last column, on random books."""

import datetime as dt
import itertools
import os
import random
from decimal import Decimal, localcontext

import pytest
from django.db.models import F, Sum

from lending.domain.servicing.replay import first_state
from lending.domain.servicing.tiers import TIERS
from lending.models import Instalment, Loan, LoanAccount, LoanTransaction
from lending.selectors import loan_lives
from lending.services import closing_sql, loan_accounts
from products.domain.interest import EXACT
from tests.servicing import closed_by_hand
from tests.servicing.book import Book

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)
LOANS = int(os.environ.get("LOANS", "28"))
METHODS = (
    "equal_instalment", "equal_principal", "interest_only", "bullet", "quarterly_interest", "seasonal",
    "flexible",
)
DAY_COUNTS = ("30/360", "act/360", "act/365", "act/act")
RATES = dict(zip(TIERS, map(Decimal, ("0.01", "0.02", "0.25", "0.50", "1.00")), strict=True))


class Dice:
    """A random book lived day by day: loans paid out, paid in many ways, neglected, closed by SQL."""

    def __init__(self, book: Book, seed: int) -> None:
        self.book, self.dice, self.loans = book, random.Random(seed), list[Loan]()
        self.habits: dict[object, str] = {}

    def pay_out(self, number: int) -> None:
        dice = self.dice
        method = METHODS[number % len(METHODS)]
        loan = self.book.loan(
            principal=f"{dice.randint(10, 900)}00.00",
            rate=f"{dice.choice((0.036, 0.0435, 0.12, 0.1499)):.6f}",
            months=dice.choice((6, 12, 24)),
            method=method,
            seasonal=(3, 4, 6, 7, 12) if method == "seasonal" else (),
            day_count=DAY_COUNTS[number // len(METHODS) % 4] if number < 28 else dice.choice(DAY_COUNTS),
            rounding=dice.choice(("half_up", "half_even")),
            month_end=dice.choice(("clamp", "roll")),
            grace_days=dice.choice((0, 0, 3)),
            penalty_uplift=Decimal("0.5"),
        )
        if dice.random() < 0.3:
            self._only_working_days(loan)
        self.loans.append(loan)
        self.habits[loan.pk] = dice.choice(("good", "good", "late", "never", "stops", "early", "any"))

    def _only_working_days(self, loan: Loan) -> None:
        account = self.book.account(loan)
        account.due_day_rule = "next_working_day"
        with localcontext(EXACT):
            facts = loan_lives.facts_of(account)
            state = first_state(facts, loan_lives.first_plan(loan, facts))
        loan_accounts.write_state(account, state=state, cause=None, now=self.book.now)

    def morning(self, day: dt.date) -> None:
        """Whatever people do on the morning of ``day``; two queries when they do nothing."""
        owed = dict(
            Instalment.objects.filter(is_billed=True)
            .values_list("loan_id")
            .annotate(
                owed=Sum(F("principal") + F("interest") - F("principal_cleared") - F("interest_cleared"))
            )
        )
        by_loan = {account.loan_id: account for account in LoanAccount.objects.filter(is_open=True)}
        for loan in self.loans:
            if loan.pk in by_loan:
                account = by_loan[loan.pk]
                self._act(loan, account, owed.get(loan.pk, Decimal(0)) + account.late_charges_open, day)

    def _act(self, loan: Loan, account: LoanAccount, owed: Decimal, day: dt.date) -> None:
        dice, habit, age = self.dice, self.habits[loan.pk], (day - loan.start_date).days
        pays = {
            "good": True, "early": True, "late": dice.random() < 0.02, "any": False, "never": False,
            "stops": age < 70 or 330 < age < 345,
        }
        if owed and pays[habit]:
            self.book.pay(loan, str(owed))
        if habit == "early" and dice.random() < 0.01 and account.undue_principal > 200:
            choice = dice.choice(("shorten_term", "lower_instalment"))
            part = account.undue_principal // 4
            self.book.pay(loan, str(part), kind="partial_early", options={"choice": choice})
        if habit == "any" and dice.random() < 0.015:
            self._anything(loan)

    def _anything(self, loan: Loan) -> None:
        kind = self.dice.choice(
            ("repayment", "waiver", "rate_change", "extension", "restructuring", "payoff")
        )
        options = {
            "waiver": {"component": "penalty"}, "rate_change": {"annual_rate": "0.0795"},
            "extension": {"months": 3}, "restructuring": {"months": 9},
        }
        amounts = {"rate_change": "0", "extension": "0", "restructuring": "0", "payoff": "1000000.00"}
        some = f"{self.dice.randint(1, 400)}.{self.dice.randint(0, 99):02d}"
        self.book.pay(loan, amounts.get(kind, some), kind=kind, options=options.get(kind, {}))

    def close(self, day: dt.date) -> closing_sql.Closed:
        loan_accounts.make_day_partition(day)
        return closing_sql.close_range(
            legal_entity_id=self.loans[0].legal_entity_id, first_id=0, last_id=2**60, day=day,
            provision_rates=RATES, now=self.book.now,
        )


def test_a_random_book_closed_by_sql_is_the_book_replayed(book: Book) -> None:
    seed = int(os.environ.get("SEED", "7"))
    dice = Dice(book, seed)
    day, last = dt.date(2027, 12, 25), dt.date(2029, 2, 1)
    numbers = iter(range(LOANS))
    while day < last:
        book.go_to(day)
        if day < dt.date(2028, 1, 8):
            for number in itertools.islice(numbers, LOANS // 14):
                dice.pay_out(number)
        dice.morning(day)
        closed = dice.close(day)
        assert closed.parked == 0, list(LoanAccount.objects.exclude(parked_error="").values())
        day += ONE_DAY
    print(LoanTransaction.objects.count(), "transactions")
    for loan in dice.loans:
        account = book.account(loan)
        assert closed_by_hand.differences(account) == {}, (loan.method, dice.habits[loan.pk], seed)
