"""The least that SQL could do for a day over the same rows: no cents to the true tie, no tiers' cures,
no parked loans, no chunks. Two connections, half of the loans each, one transaction each.
"""

import threading
import time
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)
_COPY = """
CREATE TABLE bare_account (LIKE lending_loanaccount INCLUDING ALL) WITH (fillfactor = 80);
CREATE TABLE bare_instalment (LIKE lending_instalment INCLUDING ALL);
CREATE TABLE bare_loanday (LIKE lending_loanday INCLUDING ALL);
CREATE TABLE bare_gl (day date, branch_id bigint, product_code varchar, interest numeric, provision numeric);
INSERT INTO bare_account SELECT * FROM lending_loanaccount ORDER BY id;
INSERT INTO bare_instalment SELECT * FROM lending_instalment ORDER BY id;
"""
_CLOSE = """
WITH moved AS (
    UPDATE bare_account SET closed_through = %(day)s,
        interest_base = interest_base + undue_principal * annual_rate * night_weight,
        interest_accrued = interest_accrued
            + round(undue_principal * annual_rate * night_weight / year_days, 2),
        compound_base = compound_base + late_interest * penalty_rate,
        days_past_due = greatest(%(morning)s - oldest_late, 0),
        tier = CASE WHEN %(morning)s - oldest_late > 90 THEN 'substandard'
            WHEN %(morning)s - oldest_late > 0 THEN 'special_mention' ELSE 'normal' END,
        provision = round(principal_balance * 0.01, 2)
    WHERE id BETWEEN %(first)s AND %(last)s AND is_open AND closed_through = %(before)s
    RETURNING id, branch_id, product_code, principal_balance, days_past_due, tier, provision,
        round(undue_principal * annual_rate * night_weight / year_days, 2) AS interest
), days AS (
    INSERT INTO bare_loanday
    SELECT id, %(day)s, principal_balance, interest, 0, 0, 0, 0, days_past_due, tier, true, true
    FROM moved
)
INSERT INTO bare_gl SELECT %(day)s, branch_id, product_code, sum(interest), sum(provision)
FROM moved GROUP BY branch_id, product_code;
WITH due AS (
    UPDATE bare_instalment i SET is_billed = true FROM bare_account a
    WHERE a.id BETWEEN %(first)s AND %(last)s AND a.next_due = %(morning)s
        AND i.loan_id = a.loan_id AND i.due_date = %(morning)s AND NOT i.is_billed
    RETURNING a.id, i.principal
)
UPDATE bare_account a SET interest_base = 0, undue_principal = undue_principal - due.principal,
    period_start = %(morning)s, next_due = (%(morning)s + interval '1 month')::date
FROM due WHERE a.id = due.id;
WITH late AS (
    UPDATE bare_instalment i SET is_late = true FROM bare_account a
    WHERE a.id BETWEEN %(first)s AND %(last)s AND a.next_late = %(day)s
        AND i.loan_id = a.loan_id AND i.late_on = %(day)s AND i.is_billed AND NOT i.is_late
    RETURNING a.id, a.loan_id, i.interest, i.payable_on
), state AS (
    UPDATE lending_loan l SET state = state FROM late WHERE l.id = late.loan_id
)
UPDATE bare_account a SET late_interest = late_interest + late.interest, oldest_late = late.payable_on,
    next_late = a.next_due
FROM late WHERE a.id = late.id;
"""


def copy() -> None:
    """The loans again, in tables with the same columns, checks and keys."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_COPY)
        cursor.execute("VACUUM ANALYZE bare_account, bare_instalment")


def close(day: date) -> float:
    """Close ``day`` on two connections; seconds."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM bare_account")
        low, high = cursor.fetchone()
    middle = (low + high) // 2
    halves = [
        threading.Thread(target=_close, args=(day, first, last))
        for first, last in ((low, middle), (middle + 1, high))
    ]
    started = time.perf_counter()
    for half in halves:
        half.start()
    for half in halves:
        half.join()
    return time.perf_counter() - started


def _close(day: date, first: int, last: int) -> None:
    from django.db import connection, transaction

    values = {
        "day": day, "before": day - _ONE_DAY, "morning": day + _ONE_DAY, "first": first, "last": last,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(_CLOSE, values)
    connection.close()
