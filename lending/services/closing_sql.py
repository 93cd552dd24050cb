"""The close of one day for a range of loans, as one SQL statement.

The same arithmetic as ``lending.domain.servicing.closing.close_until`` for one day, in the same order
(a test holds the two equal to the last column): instalments turn late → the night accrues → penalty
and compound interest → days past due, tier, on or off the books → the next morning's instalment is
billed. Only loans closed through the day before are touched, so a repeat is harmless.

No row is locked ahead: a loan that somebody changed meanwhile has another ``version`` and is left
for the next pass, which reads its account and its instalments afresh.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from lending.domain.servicing import tiers
from lending.domain.servicing.days import ACT_ACT_YEAR, weight_sum
from lending.services.closing_statement import STATEMENT

_ONE_DAY = timedelta(days=1)
#: branch id, product, accruing, loans, interest, charges, moved interest, moved charges
Sums = list[list[Any]]


@dataclass(frozen=True)
class Closed:
    """What one pass did: loans closed, loans parked because their rows do not fit, loans ``left`` because
    somebody changed them meanwhile, sums for the books."""

    loans: int
    parked: int
    left: int
    sums: Sums


def close_range(
    *,
    legal_entity_id: int,
    first_id: int,
    last_id: int,
    day: date,
    provision_rates: dict[str, Decimal],
    now: datetime,
) -> Closed:
    """Close ``day`` for the accounts from ``first_id`` to ``last_id``. Caller holds the transaction.

    ``provision_rates``: tier → share of the principal. Raises the database's error when a row of the
    range cannot be written; nothing is changed then.
    """
    values: dict[str, Any] = {
        "entity": legal_entity_id,
        "first": first_id,
        "last": last_id,
        "day": day,
        "before": day - _ONE_DAY,
        "morning": day + _ONE_DAY,
        "act_act": weight_sum(0, day, day + _ONE_DAY),
        "act_act_year": ACT_ACT_YEAR,
        "rates": [provision_rates[tier] for tier in tiers.TIERS],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        cursor.execute(STATEMENT, values)
        rows = cursor.fetchall()
    counts = {row[1]: row[3] for row in rows if row[0] is None}
    sums = [[*row[:4], *map(str, row[4:])] for row in rows if row[0] is not None]
    loans = sum(row[3] for row in sums)
    left = counts["seen"] - loans - counts["parked"]
    return Closed(loans=loans, parked=counts["parked"], left=left, sums=sums)
