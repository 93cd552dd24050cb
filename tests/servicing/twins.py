"""One loan twice: the engine and the reference model, fed the same facts and compared to the cent."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

from lending.domain.servicing import closing, plan
from lending.domain.servicing.facts import MONEY_IN, LoanFacts, Split, Transaction, TransactionKind
from lending.domain.servicing.replay import (
    ImpossibleTransaction,
    Replayed,
    apply,
    first_state,
    replay,
)
from lending.domain.servicing.state import LoanState
from products.domain.interest import EXACT
from products.domain.schedule import Schedule, ScheduleRequest, build
from tests.servicing.reference_days import months_later
from tests.servicing.reference_model import ReferenceLoan


def cents(amount: Decimal) -> int:
    whole = amount * 100
    assert whole == int(whole), f"{amount} is no whole number of cents"
    return int(whole)


def yuan(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What both sides are told. ``rate`` in millionths, ``uplift`` in ten thousandths, cents."""

    principal: int
    rate: int
    start: dt.date
    months: int = 12
    method: str = "equal_instalment"
    day_count: str = "30/360"
    rounding: str = "half_up"
    month_end: str = "clamp"
    uplift: int = 5_000
    grace: int = 0
    holidays: bool = False
    principal_first_after: int = 0
    seasonal_months: tuple[int, ...] = ()

    def schedule(self) -> Schedule:
        last = months_later(self.start, self.months, self.month_end)
        seasonal = tuple(sorted({*self.seasonal_months, last.month}))
        return build(
            ScheduleRequest(
                principal=yuan(self.principal),
                annual_rate=Decimal(self.rate).scaleb(-6),
                periods=self.months,
                start=self.start,
                method=self.method,
                day_count=self.day_count,
                rounding=self.rounding,
                month_end=self.month_end,
                seasonal_months=seasonal if self.method == "seasonal" else None,
            )
        )

    def facts(self) -> LoanFacts:
        return LoanFacts(
            start=self.start,
            principal=yuan(self.principal),
            annual_rate=Decimal(self.rate).scaleb(-6),
            penalty_uplift=Decimal(self.uplift).scaleb(-4),
            day_count=self.day_count,
            rounding=self.rounding,
            month_end=self.month_end,
            method=self.method,
            grace_days=self.grace,
            due_day_rule="next_working_day" if self.holidays else "as_is",
            principal_first_after=self.principal_first_after,
        )

    def reference(self, schedule: Schedule) -> ReferenceLoan:
        before, rows = 0, []
        for part in schedule.instalments:  # a whole number of months apart, counted on fingers
            month = (part.due.year - self.start.year) * 12 + part.due.month - self.start.month
            if self.month_end == "roll" and part.due.day == 1 and self.start.day > 28:
                month -= 1
            rows.append((part.due, month - before, cents(part.principal)))
            before = month
        return ReferenceLoan(
            start=self.start,
            rate=self.rate,
            uplift=self.uplift,
            day_count=self.day_count,
            rounding=self.rounding,
            month_end=self.month_end,
            method=self.method,
            plan=rows,
            grace=self.grace,
            holidays=self.holidays,
            principal_first_after=self.principal_first_after,
        )


@dataclass
class Twins:
    """The loan as both see it. ``facts_known``: every standing transaction, in order of recording."""

    terms: Terms
    today: dt.date = field(init=False)
    standing: list[Transaction] = field(default_factory=list)
    recorded: int = 0

    def __post_init__(self) -> None:
        self.today = self.terms.start
        self.schedule = self.terms.schedule()
        self.facts = self.terms.facts()
        self.plan = plan.from_schedule(self.facts, self.schedule)
        self.begin_again()

    def begin_again(self) -> None:
        """Both sides from the payout through everything that stands. Raises what either side raises."""
        reference = self.terms.reference(self.schedule)
        splits: dict[int, list[tuple[str, int, int, bool]]] = {}
        stepwise = first_state(self.facts, self.plan)
        with localcontext(EXACT):
            for one in sorted(self.standing, key=lambda t: (t.value_date, t.number)):
                reference.close_until(one.value_date)
                splits[one.number] = by_hand(reference, one)
                closing.close_until(stepwise, one.value_date)
                apply(stepwise, one)
            reference.close_until(self.today)
            closing.close_until(stepwise, self.today)
        self.reference, self.splits, self.stepwise = reference, splits, stepwise

    def close(self, days: int) -> None:
        self.today += dt.timedelta(days=days)
        self.reference.close_until(self.today)
        with localcontext(EXACT):
            closing.close_until(self.stepwise, self.today)

    def record(self, kind: str, amount: int = 0, *, day: dt.date | None = None, **options: Any) -> None:
        self.recorded += 1
        one = Transaction(
            number=self.recorded,
            kind=TransactionKind(kind),
            value_date=day or self.today,
            amount=yuan(amount),
            options=options,
        )
        self.standing.append(one)
        if one.value_date < self.today:
            self._again_or_back(lambda: self.standing.remove(one))
            return
        self.splits[one.number] = by_hand(self.reference, one)
        with localcontext(EXACT):
            apply(self.stepwise, one)

    def reverse(self, place: int) -> None:
        one = self.standing.pop(place)
        self._again_or_back(lambda: self.standing.append(one))

    def _again_or_back(self, undo: Any) -> None:
        """Start again; what cannot be (a refund of money that never came) is refused by both."""
        try:
            self.begin_again()
        except ValueError:
            try:
                self.replayed()
            except ImpossibleTransaction:
                undo()
                self.begin_again()
                return
            raise AssertionError("the engine takes what the reference model refuses") from None

    def replayed(self) -> Replayed:
        return replay(self.facts, self.plan, self.standing, self.today)

    # --- comparing ------------------------------------------------------------------------------
    def check(self) -> None:
        """Engine in one replay = engine step by step = reference model; and what must always hold."""
        result = self.replayed()
        with localcontext(EXACT):
            seen = figures(result.state)
            assert seen == figures(self.stepwise), "one replay differs from stepwise replays"
            assert seen == figures_by_hand(self.reference), "engine and reference model differ"
            self._check_splits(result)
            self._check_sound(result.state)
        check_books(self.reference)

    def _check_splits(self, result: Replayed) -> None:
        for one in self.standing:
            parts = result.splits[one.number]
            assert summed(parts) == counted(self.splits[one.number]), f"splits of {one}"
            if one.kind in MONEY_IN:
                assert sum(part.amount for part in parts) == one.amount, f"Σ splits of {one}"

    def _check_sound(self, state: LoanState) -> None:
        assert min(state.credit, state.claim, state.penalty_open, state.compound_open) >= 0
        assert min(state.undue_principal, state.running_interest, state.payoff_amount) >= 0
        for row in state.rows:
            assert min(row.principal_open, row.interest_open, row.principal, row.interest) >= 0
        assert sum(row.principal for row in state.rows) == state.facts.principal


def by_hand(reference: ReferenceLoan, one: Transaction) -> list[tuple[str, int, int, bool]]:
    return reference.apply(one.number, str(one.kind), cents(one.amount), **one.options)


def summed(parts: tuple[Split, ...]) -> Counter[tuple[str, int, bool]]:
    return counted([(str(p.component), cents(p.amount), p.instalment, p.is_accruing) for p in parts])


def counted(parts: list[tuple[str, int, int, bool]]) -> Counter[tuple[str, int, bool]]:
    sums: Counter[tuple[str, int, bool]] = Counter()
    for component, amount, number, is_accruing in parts:
        sums[component, number, is_accruing] += amount
    return sums


def figures(state: LoanState) -> dict[str, Any]:
    return {
        "day": state.as_of,
        "rows": [
            (
                r.number, r.due, r.months, r.payable_on, r.late_on, r.is_billed, r.is_late,
                cents(r.principal), cents(r.principal_cleared), cents(r.interest), cents(r.interest_cleared),
            )
            for r in sorted(state.rows, key=lambda r: (r.due, r.number))
        ],
        "principal": (cents(state.principal_balance), cents(state.undue_principal)),
        "interest": (cents(state.running_interest), cents(state.interest_accrued)),
        "penalty": (cents(state.penalty_accrued), cents(state.penalty_open)),
        "compound": (cents(state.compound_accrued), cents(state.compound_open)),
        "waiting": (cents(state.credit), cents(state.claim)),
        "arrears": (state.days_past_due, state.worst_days_past_due, str(state.tier)),
        "flags": (state.is_accruing, state.is_written_off, state.clean_since, state.observed_to),
    }


def figures_by_hand(loan: ReferenceLoan) -> dict[str, Any]:
    penalty, compound = loan.late_charge(loan.penalty_sum), loan.late_charge(loan.compound_sum)
    return {
        "day": loan.day,
        "rows": [
            (
                r["n"], r["due"], r["months"], r["pay_by"], r["late_on"], r["billed"], r["late"],
                r["principal"], r["paid_principal"], r["interest"], r["paid_interest"],
            )
            for r in sorted(loan.rows, key=lambda r: (r["due"], r["n"]))
        ],
        "principal": (loan.balance(), loan.undue_principal()),
        "interest": (loan.running(), loan.interest()),
        "penalty": (penalty, loan.penalty_open()),
        "compound": (compound, loan.compound_open()),
        "waiting": (loan.credit, loan.claim),
        "arrears": (loan.days_past_due(), loan.worst, loan.tier),
        "flags": (loan.accruing, loan.written_off, loan.clean_since, loan.observed_to),
    }


def check_books(loan: ReferenceLoan) -> None:
    """The double-entry book says what the rule says: receivables on or off, never both."""
    interest = loan.interest() - sum(r["paid_interest"] for r in loan.rows)
    charges = loan.penalty_open() + loan.compound_open()
    on, off = (interest, 0), (0, interest)
    books = loan.books.get
    assert sum(loan.books.values()) == 0
    assert (books("1132", 0), books("7010", 0)) == (on if loan.accruing else off)
    assert books("1133", 0) + books("7011", 0) == charges
    assert books("1133" if not loan.accruing else "7011", 0) == 0
    assert books("1301", 0) == loan.balance()
    assert (books("2011", 0), books("7020", 0)) == (-loan.credit, loan.claim)
