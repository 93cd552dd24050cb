"""Corners of a loan's life, each worked out by hand."""

import datetime as dt
import time
from decimal import Decimal

import pytest

from lending.domain.servicing import plan
from lending.domain.servicing.facts import Component, LoanFacts, Transaction, TransactionKind
from lending.domain.servicing.replay import ImpossibleTransaction, Replayed, replay
from products.domain.schedule import ScheduleRequest, build

START = dt.date(2026, 1, 15)
Fact = tuple[str, dt.date, str, dict[str, object]]


def life(
    *facts: Fact,
    until: dt.date,
    method: str = "equal_instalment",
    principal_first_after: int = 0,
    **terms: object,
) -> Replayed:
    """12,000 yuan at 7.2 %, 30/360, 12 months, without grace; ``terms`` replace."""
    chosen: dict[str, object] = {
        "principal": Decimal(12_000), "annual_rate": Decimal("0.072"), "start": START,
        "day_count": "30/360", **terms,
    }
    schedule = build(ScheduleRequest(periods=12, method=method, **chosen))  # type: ignore[arg-type]
    loan = LoanFacts(
        penalty_uplift=Decimal("0.5"),
        method=method,
        principal_first_after=principal_first_after,
        **chosen,  # type: ignore[arg-type]
    )
    rows = plan.from_schedule(loan, schedule)
    known = [
        Transaction(
            number=n, kind=TransactionKind(kind), value_date=day, amount=Decimal(amount), options=options
        )
        for n, (kind, day, amount, options) in enumerate(facts, 1)
    ]
    return replay(loan, rows, known, until)


def day(month: int, number: int = 15, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


def test_only_money_lowers_the_claim_of_a_written_off_loan() -> None:
    # the write-off was back-dated before a waiver, a new rate and a second write-off
    until = day(9)
    lost: Fact = ("write_off", day(6), "0", {})
    alone = life(lost, until=until).state
    after = life(
        lost,
        ("waiver", day(7), "5.00", {"component": "penalty"}),
        ("rate_change", day(7), "0", {"annual_rate": "0.06"}),
        ("write_off", day(8), "100.00", {}),
        until=until,
    )
    assert after.state.claim == alone.claim > 12_000
    assert [after.splits[n] for n in (2, 3, 4)] == [(), (), ()]
    paid = life(lost, ("repayment", day(7), "5.00", {}), until=until)
    assert paid.state.claim == alone.claim - 5
    assert [part.component for part in paid.splits[2]] == [Component.CLAIM]


def test_waiting_money_may_be_put_to_a_claim() -> None:
    facts: list[Fact] = [
        ("repayment", day(1, 20), "50.00", {}),
        ("write_off", day(6), "0", {}),
        ("credit_use", day(7), "80.00", {}),
    ]
    before, after = life(*facts[:2], until=day(8)).state, life(*facts, until=day(8)).state
    assert (before.credit, after.credit) == (50, 0)
    assert after.claim == before.claim - 50


def test_a_refund_cannot_lose_the_money_it_gave_back() -> None:
    # 50.00 came and went; without the repayment the refund would have no money to give
    came: Fact = ("repayment", day(1, 20), "50.00", {})
    went: Fact = ("refund", day(1, 21), "50.00", {})
    assert life(came, went, until=day(2)).state.credit == 0
    with pytest.raises(ImpossibleTransaction, match="refund_above_credit"):
        life(went, until=day(2))


def test_nothing_owed_is_nothing_to_write_off_extend_or_restructure() -> None:
    paid: Fact = ("payoff", day(1, 20), "12012.00", {})  # 5 of 31 nights of 72.00 = 11.61
    after = life(
        paid,
        ("extension", day(2), "0", {"months": 3}),
        ("restructuring", day(3), "0", {"months": 3}),
        ("write_off", day(4), "0", {}),
        until=day(5),
    ).state
    assert (after.is_settled, after.is_written_off, after.observed_to) == (True, False, None)
    assert after.credit == Decimal("0.39")


def test_an_extension_after_a_restructuring_keeps_the_new_day_of_the_month() -> None:
    state = life(
        ("restructuring", day(3, 20), "0", {"months": 3}),
        ("extension", day(3, 21), "0", {"months": 2}),
        until=day(3, 21),
    ).state
    assert [row.due for row in state.undue_rows()] == [day(month, 20) for month in range(4, 9)]


def test_an_extended_bullet_bears_whole_months_of_interest() -> None:
    # 12,000 × 7.2 % × 18 / 12 = 1,296.00; after 12 of 18 months, 365 of 546 nights: 866.37
    state = life(
        ("extension", day(7), "0", {"months": 6}), until=day(1, year=2027), method="bullet"
    ).state
    (row,) = state.undue_rows()
    assert (row.due, row.months, row.interest) == (day(7, year=2027), 18, Decimal("1296.00"))
    assert state.running_interest == Decimal("866.37")
    end = life(
        ("extension", day(7), "0", {"months": 6}), until=day(7, year=2027), method="bullet"
    ).state
    assert end.rows[0].interest == Decimal("1296.00")


def test_half_a_cent_of_planned_interest_is_half_a_cent() -> None:
    # 162.00 × 7 % ÷ 12 = 0.945: 0.95 in the contract's plan and in a new plan of the same rate
    terms = {"principal": Decimal("162.00"), "annual_rate": Decimal("0.07")}
    same_rate: Fact = ("rate_change", START, "0", {"annual_rate": "0.07"})
    left, right = life(until=START, **terms).state, life(same_rate, until=START, **terms).state
    assert left.rows == right.rows
    assert left.rows[0].interest == Decimal("0.95")


def test_a_shorter_term_keeps_the_instalment_to_the_cent() -> None:
    early: Fact = ("partial_early", day(2, 20), "3000.00", {"choice": "shorten_term"})
    for principal in ("12000", "5000", "5101.01", "5155.40"):
        amount = Decimal(principal)
        plain = life(until=START, principal=amount).state.rows[4]
        after = life(early, until=day(2, 20), principal=amount).state.undue_rows()
        regular = after[1]
        assert regular.principal + regular.interest == plain.principal + plain.interest


def test_unpaid_penalty_is_arrears_too() -> None:
    # far in arrears principal comes first: everything but penalty and compound interest is paid
    state = life(until=day(9), principal_first_after=90).state
    charges = state.penalty_open + state.compound_open
    fallen: list[Fact] = [("repayment", day(9), str(state.due_amount - charges), {})]
    after = life(*fallen, until=day(9), principal_first_after=90).state
    assert (after.days_past_due, after.due_amount) == (0, charges)
    assert (after.is_accruing, after.clean_since) == (False, None)
    fallen.append(("repayment", day(9), str(charges), {}))
    whole = life(*fallen, until=day(9), principal_first_after=90).state
    assert (whole.is_accruing, whole.clean_since, str(whole.tier)) == (True, day(9), "substandard")


def test_the_worst_days_past_due_come_from_the_replay() -> None:
    paid: Fact = ("repayment", day(3), "3000.00", {})
    assert life(paid, until=day(4)).state.worst_days_past_due == 28
    in_time: Fact = ("repayment", day(2), "1040.00", {})
    assert life(in_time, paid, until=day(4)).state.worst_days_past_due == 0


def test_five_years_with_a_transaction_every_month_are_replayed_in_50_ms() -> None:
    terms = {"principal": Decimal(200_000), "annual_rate": Decimal("0.072"), "start": START}
    schedule = build(
        ScheduleRequest(periods=60, method="equal_instalment", day_count="act/365", **terms)
    )
    loan = LoanFacts(penalty_uplift=Decimal("0.5"), day_count="act/365", grace_days=5, **terms)
    rows = plan.from_schedule(loan, schedule)
    known = [
        Transaction(
            number=part.n,
            kind=TransactionKind.REPAYMENT,
            value_date=part.due + dt.timedelta(days=5 if part.n < 60 else 0),
            amount=part.amount,
        )
        for part in schedule.instalments
    ]
    until = START + dt.timedelta(days=1826)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        state = replay(loan, rows, known, until).state
        took.append(time.perf_counter() - began)
    print(f"replay of 1,826 days and 60 transactions: {min(took) * 1000:.1f} ms")
    assert state.principal_balance == 0
    assert min(took) < 0.050
