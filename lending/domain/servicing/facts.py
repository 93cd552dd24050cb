"""What a loan's life is reckoned from: its frozen terms, its plan, its transactions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from products.money import ZERO


class TransactionKind(StrEnum):
    REPAYMENT = "repayment"  # what is due; a surplus waits as credit
    PARTIAL_EARLY = "partial_early"  # due first, the rest off the undue principal; a new plan
    PAYOFF = "payoff"  # everything owed that day
    CREDIT_USE = "credit_use"  # waiting money put to what is due
    REFUND = "refund"  # waiting money given back
    WAIVER = "waiver"  # the bank gives up penalty, compound or due interest
    RATE_CHANGE = "rate_change"  # a new rate from that day (LPR repricing)
    EXTENSION = "extension"  # undue principal gets more months (展期)
    RESTRUCTURING = "restructuring"  # all unpaid principal over new months (重组)
    WRITE_OFF = "write_off"  # off the books, the claim is kept (核销)
    RECOVERY = "recovery"  # money on a written-off claim


#: Money that came from the customer: it is never lost, whatever the loan is by then.
MONEY_IN = frozenset(
    {
        TransactionKind.REPAYMENT,
        TransactionKind.PARTIAL_EARLY,
        TransactionKind.PAYOFF,
        TransactionKind.RECOVERY,
    }
)


class Component(StrEnum):
    """What a yuan of a transaction is put to."""

    COMPOUND = "compound"
    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"
    CREDIT = "credit"  # waiting for the customer: + received, − used or refunded
    CLAIM = "claim"  # of a written-off loan


#: Arrears order of most Chinese contracts; interest and principal go instalment by instalment.
INTEREST_FIRST = (
    Component.COMPOUND, Component.PENALTY, Component.INTEREST, Component.PRINCIPAL,
)
#: Where set, beyond so many days past due: principal of all instalments first.
PRINCIPAL_FIRST = (
    Component.PRINCIPAL, Component.INTEREST, Component.PENALTY, Component.COMPOUND,
)
#: Rows of early repayments are numbered from here, so that instalments keep their numbers.
EARLY_NUMBERS_FROM = 1_001


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanFacts:
    """Frozen at booking. Rates are yearly fractions, amounts yuan.

    ``principal_first_after``: days past due beyond which principal is paid first; 0 = never.
    """

    start: date
    principal: Decimal
    annual_rate: Decimal
    penalty_uplift: Decimal
    day_count: str
    rounding: str = "half_up"
    month_end: str = "clamp"
    method: str = "equal_instalment"
    grace_days: int = 0
    due_day_rule: str = "as_is"
    allocation: tuple[Component, ...] = INTEREST_FIRST
    principal_first_after: int = 0


@dataclass(slots=True, kw_only=True)
class PlanRow:
    """One instalment. ``payable_on``: the due date moved to a working day where the product says so.

    ``late_on``: if unpaid at the close of that day it is overdue (``payable_on`` + grace).
    ``months``: length of its period, for 30/360.
    """

    number: int
    due: date
    payable_on: date
    late_on: date
    months: int
    principal: Decimal
    interest: Decimal
    principal_cleared: Decimal = ZERO
    interest_cleared: Decimal = ZERO
    cleared_on: date | None = None
    is_billed: bool = False
    is_late: bool = False

    @property
    def principal_open(self) -> Decimal:
        return self.principal - self.principal_cleared

    @property
    def interest_open(self) -> Decimal:
        return self.interest - self.interest_cleared

    @property
    def is_open(self) -> bool:
        return (
            self.principal_cleared != self.principal or self.interest_cleared != self.interest
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One business fact. ``number`` orders those of one day. ``options`` by kind:

    partial_early ``{"choice": "shorten_term" | "lower_instalment"}``; waiver ``{"component": …}``;
    rate_change ``{"annual_rate": "0.0435"}``; extension and restructuring ``{"months": 6}``.
    """

    number: int
    kind: TransactionKind
    value_date: date
    amount: Decimal = ZERO
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """A part of a transaction. ``instalment`` 0: of the loan as a whole. ``is_accruing``: whether
    interest was on the books when it was paid (else it is income only now)."""

    component: Component
    amount: Decimal
    instalment: int = 0
    is_accruing: bool = True
