"""An extension gives undue principal more time; where nothing is undue it changes nothing."""

import datetime as dt
from decimal import Decimal

from lending.domain.servicing import plan
from lending.domain.servicing.facts import LoanFacts, Transaction, TransactionKind
from lending.domain.servicing.replay import replay


def test_an_extension_after_the_last_due_date_adds_no_instalment() -> None:
    facts = LoanFacts(
        start=dt.date(2027, 1, 10), principal=Decimal("1000.00"), annual_rate=Decimal("0.12"),
        penalty_uplift=Decimal("0.5"), day_count="30/360", method="interest_only",
    )
    rows = [
        plan.row_of(
            facts, number=n, due=dt.date(2027, 1 + n, 10), months=1,
            principal=Decimal(principal), interest=Decimal("10.00"),
        )
        for n, principal in ((1, "0.00"), (2, "1000.00"))
    ]
    ask = Transaction(
        number=1, kind=TransactionKind.EXTENSION, value_date=dt.date(2027, 4, 1), options={"months": 3}
    )
    state = replay(facts, rows, [ask], dt.date(2027, 4, 2)).state
    assert [row.number for row in state.rows] == [1, 2]
