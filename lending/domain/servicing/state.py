"""A loan as of the morning of ``as_of``: every earlier day is closed. Mutable, only inside a replay."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lending.domain.servicing.days import cents, penalty_measure, period_measure
from lending.domain.servicing.facts import LoanFacts, PlanRow
from lending.domain.servicing.tiers import Tier
from products.money import ZERO


@dataclass(slots=True)
class LoanState:
    """``interest_base``: of the running period; ``penalty_base``, ``compound_base``: of the whole life.

    ``billed_interest``: of all billed rows; with the running period it is everything ever accrued.
    ``penalty_cleared``/``compound_cleared``: paid or waived. ``claim``: what a written-off borrower
    still owes. ``observed_to``: end of the year of observation after a restructuring. ``months_from``:
    the day whose day of the month the due dates have.
    """

    facts: LoanFacts
    rows: list[PlanRow]
    as_of: date
    annual_rate: Decimal
    period_start: date
    interest_base: Decimal = Decimal(0)
    penalty_base: Decimal = Decimal(0)
    compound_base: Decimal = Decimal(0)
    penalty_cleared: Decimal = ZERO
    compound_cleared: Decimal = ZERO
    credit: Decimal = ZERO
    claim: Decimal = ZERO
    is_accruing: bool = True
    is_written_off: bool = False
    tier: Tier = Tier.NORMAL
    clean_since: date | None = None
    observed_to: date | None = None
    worst_days_past_due: int = 0
    months_from: date = field(init=False)
    penalty_year_days: int = field(init=False)
    penalty_weight: int = field(init=False)

    def __post_init__(self) -> None:
        self.months_from = self.facts.start
        self.penalty_weight, self.penalty_year_days = penalty_measure(self.facts.day_count)

    @property
    def penalty_rate(self) -> Decimal:
        return self.annual_rate * (1 + self.facts.penalty_uplift)

    # --- the plan ---------------------------------------------------------------------------
    @property
    def next_row(self) -> PlanRow | None:
        """The instalment of the running period."""
        found = None
        for row in self.rows:
            if not row.is_billed and (found is None or row.due < found.due):
                found = row
        return found

    def undue_rows(self) -> list[PlanRow]:
        return sorted((row for row in self.rows if not row.is_billed), key=lambda row: row.due)

    def due_rows(self) -> list[PlanRow]:
        """Billed and not yet cleared, oldest first."""
        return sorted(
            (row for row in self.rows if row.is_billed and row.is_open),
            key=lambda row: (row.due, row.number),
        )

    def late_rows(self) -> list[PlanRow]:
        return [row for row in self.due_rows() if row.is_late]

    # --- amounts ----------------------------------------------------------------------------
    def _cents(self, base: Decimal, year_days: int) -> Decimal:
        return cents(base, year_days, self.facts.rounding)

    @property
    def undue_principal(self) -> Decimal:
        """Of rows not billed: nothing of it can be cleared yet."""
        return sum((row.principal for row in self.rows if not row.is_billed), ZERO)

    @property
    def principal_balance(self) -> Decimal:
        return sum((row.principal_open for row in self.rows), ZERO)

    @property
    def late_principal(self) -> Decimal:
        return sum((row.principal_open for row in self.rows if row.is_late), ZERO)

    @property
    def late_interest(self) -> Decimal:
        return sum((row.interest_open for row in self.rows if row.is_late), ZERO)

    def period_measure(self) -> tuple[int, int]:
        """(weight of a night, year_days) of the running period."""
        row = self.next_row
        if row is None:
            return penalty_measure(self.facts.day_count)
        return period_measure(self.facts.day_count, row.months, self.period_start, row.due)

    @property
    def running_interest(self) -> Decimal:
        """Accrued since the last due date, not billed yet."""
        return self._cents(self.interest_base, self.period_measure()[1])

    @property
    def interest_accrued(self) -> Decimal:
        billed = sum((row.interest for row in self.rows if row.is_billed), ZERO)
        return billed + self.running_interest

    @property
    def interest_cleared(self) -> Decimal:
        return sum((row.interest_cleared for row in self.rows), ZERO)

    @property
    def penalty_accrued(self) -> Decimal:
        return self._cents(self.penalty_base, self.penalty_year_days)

    @property
    def compound_accrued(self) -> Decimal:
        return self._cents(self.compound_base, self.penalty_year_days)

    @property
    def penalty_open(self) -> Decimal:
        return self.penalty_accrued - self.penalty_cleared

    @property
    def compound_open(self) -> Decimal:
        return self.compound_accrued - self.compound_cleared

    @property
    def due_amount(self) -> Decimal:
        """What should be paid by now: billed instalments, penalty and compound interest."""
        billed = sum((row.principal_open + row.interest_open for row in self.due_rows()), ZERO)
        return billed + self.penalty_open + self.compound_open

    @property
    def payoff_amount(self) -> Decimal:
        """Everything owed today, less money that waits. Never below zero."""
        running = self.running_interest
        row = self.next_row
        if row is not None:
            running = max(running - row.interest_cleared, ZERO)
        return max(self.due_amount + self.undue_principal + running - self.credit, ZERO)

    @property
    def is_settled(self) -> bool:
        return not self.is_written_off and self.principal_balance == 0 and self.payoff_is_nil

    @property
    def payoff_is_nil(self) -> bool:
        return self.due_amount == 0 and self.next_row is None

    # --- arrears ----------------------------------------------------------------------------
    @property
    def oldest_late(self) -> date | None:
        """The day from which days past due are counted."""
        return min((row.payable_on for row in self.rows if row.is_late and row.is_open), default=None)

    @property
    def days_past_due(self) -> int:
        oldest = self.oldest_late
        return 0 if oldest is None else max((self.as_of - oldest).days, 0)

    @property
    def next_late_on(self) -> date | None:
        """The close at which an instalment billed or to come next turns late."""
        return min(
            (row.late_on for row in self.rows if row.is_open and not row.is_late), default=None
        )
