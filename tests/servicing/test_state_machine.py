"""Any life of a loan, step by step, in the engine and in the reference model at once.

``SERVICING_SEED=…`` repeats a run; without it every run has dice of its own, and prints them.
``SERVICING_SEQUENCES`` sets how many lives are led (2,000).
"""

import datetime as dt
import os
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.servicing.twins import Terms, Twins, cents

SEED = int(os.environ.get("SERVICING_SEED") or random.SystemRandom().randrange(10**9))
SEQUENCES = int(os.environ.get("SERVICING_SEQUENCES", "2000"))
PARTS = 2  # tests of half the lives each: two workers share them
STARTS = [
    dt.date(2024, 2, 29), dt.date(2023, 12, 12), dt.date(2024, 1, 31), dt.date(2025, 1, 30),
    dt.date(2026, 3, 31), dt.date(2026, 8, 31), dt.date(2027, 10, 1), dt.date(2025, 6, 15),
]
METHODS = [
    "equal_instalment", "equal_principal", "interest_only", "bullet", "flexible",
    "quarterly_interest", "seasonal",
]
TERMS = st.builds(
    Terms,
    principal=st.sampled_from([1_200_000, 1_000_000, 333_333, 100_000, 7_777, 5_000_001]),
    rate=st.sampled_from([72_000, 43_500, 70_000, 123_456, 240_000, 0]),
    start=st.sampled_from(STARTS),
    months=st.sampled_from([3, 6, 12, 1, 4, 8]),
    method=st.sampled_from(METHODS),
    day_count=st.sampled_from(["30/360", "act/360", "act/365", "act/act"]),
    rounding=st.sampled_from(["half_up", "half_even"]),
    month_end=st.sampled_from(["clamp", "roll"]),
    uplift=st.sampled_from([5_000, 3_000]),
    grace=st.sampled_from([0, 3, 10]),
    holidays=st.booleans(),
    principal_first_after=st.sampled_from([0, 30, 90]),
    seasonal_months=st.just((1, 2, 3, 4, 6, 8, 10, 11, 12)),
)
LITTLE = st.integers(1, 9_999)
PER_MILLE = st.integers(1, 999)


class LivesOfLoans(RuleBasedStateMachine):
    @initialize(terms=TERMS)
    def disburse(self, terms: Terms) -> None:
        note(f"SERVICING_SEED={SEED}")
        self.twins = Twins(terms)

    @property
    def due(self) -> int:
        return cents(self.twins.stepwise.due_amount)

    def record(self, kind: str, amount: int = 0, **more: Any) -> None:
        self.twins.record(kind, amount, **more)

    # --- time -----------------------------------------------------------------------------------
    @rule(days=st.integers(1, 40))
    def close(self, days: int) -> None:
        self.twins.close(days)

    @rule(days=st.sampled_from([95, 185]))
    def leave_alone(self, days: int) -> None:
        """Long enough to fall off the books, and through the tiers; or to be cured of it."""
        self.twins.close(days)

    @rule()
    def close_until_due(self) -> None:
        """To the next morning on which an instalment falls due."""
        row = self.twins.stepwise.next_row
        self.twins.close((row.due - self.twins.today).days if row else 31)

    # --- money ----------------------------------------------------------------------------------
    @rule()
    def repay_exactly(self) -> None:
        if self.due:
            self.record("repayment", self.due)

    @rule(share=PER_MILLE)
    def repay_short(self, share: int) -> None:
        if self.due * share >= 1_000:
            self.record("repayment", self.due * share // 1_000)

    @rule(more=LITTLE)
    def repay_over(self, more: int) -> None:
        self.record("repayment", self.due + more)

    @rule(back=st.integers(1, 60), amount=LITTLE, whole=st.booleans())
    def repay_back_dated(self, back: int, amount: int, whole: bool) -> None:
        day = max(self.twins.terms.start, self.twins.today - dt.timedelta(days=back))
        self.record("repayment", self.due if whole and self.due else amount, day=day)

    @rule(share=PER_MILLE, choice=st.sampled_from(["shorten_term", "lower_instalment"]))
    def repay_early(self, share: int, choice: str) -> None:
        part = cents(self.twins.stepwise.undue_principal) * share // 1_000
        if part:
            self.record("partial_early", self.due + part, choice=choice)

    @rule(off_by=st.sampled_from([0, 0, 0, -1, 5]))
    def pay_off(self, off_by: int) -> None:
        amount = cents(self.twins.stepwise.payoff_amount) + off_by
        if amount > 0:
            self.record("payoff", amount)

    @precondition(lambda self: self.twins.stepwise.credit)
    @rule(share=PER_MILLE, kind=st.sampled_from(["credit_use", "refund"]))
    def move_credit(self, share: int, kind: str) -> None:
        self.record(kind, -(-cents(self.twins.stepwise.credit) * share // 1_000))

    @rule(place=st.integers(0, 99))
    def reverse(self, place: int) -> None:
        if self.twins.standing:
            self.twins.reverse(place % len(self.twins.standing))

    # --- the bank -------------------------------------------------------------------------------
    @rule(component=st.sampled_from(["penalty", "compound", "interest"]), amount=LITTLE)
    def waive(self, component: str, amount: int) -> None:
        self.record("waiver", amount, component=component)

    @rule(rate=st.sampled_from(["0.036", "0.0435", "0.0987", "0.15", "0"]))
    def change_rate(self, rate: str) -> None:
        self.record("rate_change", annual_rate=rate)

    @rule(months=st.integers(1, 7))
    def extend(self, months: int) -> None:
        self.record("extension", months=months)

    @rule(months=st.integers(1, 12), rate=st.sampled_from([None, "0.06"]))
    def restructure(self, months: int, rate: str | None) -> None:
        self.record("restructuring", months=months, **({"annual_rate": rate} if rate else {}))

    @rule()
    def write_off(self) -> None:
        self.record("write_off")

    @rule(amount=LITTLE)
    def recover(self, amount: int) -> None:
        self.record("recovery", amount)

    @invariant()
    def both_agree(self) -> None:
        if hasattr(self, "twins"):
            self.twins.check()


@pytest.mark.timeout(900)  # 20 seconds of a processor's time each; a busy machine takes longer
@pytest.mark.parametrize("part", range(PARTS))
def test_engine_and_reference_model_lead_the_same_lives(part: int) -> None:
    print(f"SERVICING_SEED={SEED}")
    machine = seed(SEED + part)(type(f"LivesOfLoans{part}", (LivesOfLoans,), {}))
    chosen = settings(
        max_examples=SEQUENCES // PARTS,
        stateful_step_count=12,
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
