"""Business facts as balanced lines."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lending.domain import postings

AMOUNTS = st.decimals(min_value="0.01", max_value="999999999.99", places=2)


@given(AMOUNTS)
def test_a_payout_balances_and_its_reversal_undoes_it(amount: Decimal) -> None:
    lines = postings.disbursement(amount)
    assert sum(line.amount for line in lines) == 0
    assert {line.account for line in lines} <= set(postings.CHART_OF_ACCOUNTS)
    back = postings.reversal(lines)
    assert [a.amount + b.amount for a, b in zip(lines, back, strict=True)] == [0, 0]


def test_a_loan_of_12000_yuan_is_a_debit_to_loans_and_a_credit_to_clearing() -> None:
    debit, credit = postings.disbursement(Decimal("12000.00"))
    assert (debit.account, debit.amount) == (postings.LOANS_TO_CUSTOMERS, Decimal("12000.00"))
    assert (credit.account, credit.amount) == (postings.CORE_BANK_CLEARING, Decimal("-12000.00"))
