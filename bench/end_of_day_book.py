"""A bank of many loans made by the database: interest-only loans in their third month, some late.

Only what the close reads is written (no applications, no contracts), and a handful of loans through the
platform's own service for the repayments that come in meanwhile.
"""

import datetime as dt
from typing import Any

DAY = dt.date(2026, 11, 24)
#: Days on which an instalment is due; every 33rd loan has not paid the last one.
_DUE_DAYS, _BAD = 28, 33

_LOANS = """
INSERT INTO lending_loan (id, note_no, contract_id, application_id, customer_id, legal_entity_id,
    branch_id, product_code, principal, principal_balance, annual_rate, apr, term_months, method,
    decision_track, state, start_date, maturity_date, created_at)
SELECT gen_random_uuid(), 'B' || n, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
    %(entity)s, (%(branches)s::bigint[])[1 + n %% 3], (ARRAY['shandai', 'huicundai'])[1 + n %% 2],
    10000 + n %% 500 * 100, 10000 + n %% 500 * 100, 0.0435, 0.0435, 6, 'interest_only', 'INTERNET',
    CASE WHEN n %% %(bad)s = 0 AND n %% %(due_days)s > 0 THEN 'overdue' ELSE 'active' END,
    (%(day)s::date - n %% %(due_days)s - interval '2 months')::date, %(day)s::date + 120, now()
FROM generate_series(1, %(count)s) AS n
"""
_INSTALMENTS = """
INSERT INTO lending_instalment (loan_id, number, due_date, payable_on, late_on, months, principal,
    interest, balance_after, principal_cleared, interest_cleared, cleared_on, is_billed, is_late)
SELECT l.id, k, due, due, due + grace, 1, CASE k WHEN 6 THEN l.principal ELSE 0 END, i.interest,
    CASE k WHEN 6 THEN 0 ELSE l.principal END, 0, CASE WHEN paid THEN i.interest ELSE 0 END,
    CASE WHEN paid THEN due END, k <= 2, k = 2 AND NOT paid AND due < %(day)s
FROM lending_loan l
CROSS JOIN LATERAL (SELECT substr(l.note_no, 2)::int AS n OFFSET 0) AS numbered
CROSS JOIN generate_series(1, 6) AS k
CROSS JOIN LATERAL (
    SELECT (%(day)s::date - n %% %(due_days)s + (k - 2) * interval '1 month')::date AS due,
        CASE WHEN n %% %(bad)s = 0 THEN 0 ELSE 15 END AS grace,
        k = 1 OR (k = 2 AND n %% %(bad)s > 0) AS paid
    OFFSET 0
) AS d
CROSS JOIN LATERAL (SELECT round(l.principal * 0.0435 / 12, 2) AS interest OFFSET 0) AS i
WHERE l.note_no LIKE 'B%%'
"""
_ACCOUNTS = """
INSERT INTO lending_loanaccount (id, loan_id, legal_entity_id, branch_id, product_code, start_date,
    day_count, rounding, month_end, penalty_uplift, grace_days, due_day_rule, allocation,
    principal_first_after, closed_through, is_open, annual_rate, penalty_rate, period_start, next_due,
    next_late, oldest_late, night_weight, year_days, penalty_weight, penalty_year_days,
    principal_balance, undue_principal, late_principal, late_interest, interest_base, penalty_base,
    compound_base, interest_accrued, penalty_accrued, compound_accrued, interest_cleared,
    penalty_cleared, compound_cleared, credit, claim, days_past_due, worst_days_past_due, tier,
    is_accruing, provision, parked_error, version)
SELECT 2 * n, l.id, l.legal_entity_id, l.branch_id, l.product_code, l.start_date, '30/360', 'half_up',
    'clamp', 0.5, grace, 'as_is', 'compound,penalty,interest,principal', 0, %(day)s::date - 1, true,
    l.annual_rate, l.annual_rate * 1.5, period_start, next_due,
    CASE WHEN grace = 0 AND elapsed = 0 THEN period_start ELSE next_due + grace END,
    CASE WHEN late THEN period_start END, 30, 360 * (next_due - period_start), 1, 360,
    l.principal, l.principal, 0, CASE WHEN late THEN interest ELSE 0 END, base, 0, 0,
    2 * interest + lending_cents(base, 360 * (next_due - period_start), false), 0, 0,
    CASE WHEN grace = 0 THEN interest ELSE 2 * interest END, 0, 0, 0, 0,
    CASE WHEN late THEN elapsed ELSE 0 END, CASE WHEN late THEN elapsed ELSE 0 END,
    CASE WHEN late THEN 'special_mention' ELSE 'normal' END, true, round(l.principal * 0.01, 2), '', 0
FROM lending_loan l
CROSS JOIN LATERAL (SELECT substr(l.note_no, 2)::int AS n OFFSET 0) AS numbered
CROSS JOIN LATERAL (
    SELECT n %% %(due_days)s AS elapsed, %(day)s::date - n %% %(due_days)s AS period_start,
        (%(day)s::date - n %% %(due_days)s + interval '1 month')::date AS next_due,
        CASE WHEN n %% %(bad)s = 0 THEN 0 ELSE 15 END AS grace,
        n %% %(bad)s = 0 AND n %% %(due_days)s > 0 AS late
    OFFSET 0
) AS d
CROSS JOIN LATERAL (
    SELECT l.principal * l.annual_rate * 30 * elapsed AS base,
        round(l.principal * 0.0435 / 12, 2) AS interest
    OFFSET 0
) AS b
WHERE l.note_no LIKE 'B%%'
"""


def bank() -> Any:
    """A seeded bank; the book of loans made through its own service."""
    import io
    from zoneinfo import ZoneInfo

    from django.core.management import call_command

    from lending.services import demo_bank
    from tests.servicing.book import Book

    now = dt.datetime.combine(DAY, dt.time(10), ZoneInfo("Asia/Shanghai"))
    for command in ("migrate", "seed_products"):
        call_command(command, verbosity=0, stdout=io.StringIO())
    demo_bank.seed(today=DAY, now=now)
    return Book(now)


def alone() -> None:
    """These books have no core bank: only the close itself is measured, not the rooms around it."""
    from lending.services import end_of_day_steps

    end_of_day_steps.BEFORE_LOANS = end_of_day_steps.AFTER_LOANS = end_of_day_steps.GATES = ()


def fill(count: int) -> None:
    """``count`` loans with accounts and instalments, standing at the morning of ``DAY``."""
    from django.db import connection

    from lending.models import Branch, LegalEntity

    values = {
        "count": count, "day": DAY, "due_days": _DUE_DAYS, "bad": _BAD,
        "entity": LegalEntity.objects.get().pk,
        "branches": list(Branch.objects.order_by("pk").values_list("pk", flat=True)[:3]),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no foreign keys of invented people
        for statement in (_LOANS, _INSTALMENTS, _ACCOUNTS):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE lending_loan, lending_instalment, lending_loanaccount")


def online(book: Any, count: int, among: int) -> list[Any]:
    """Loans of the platform's own service, their accounts spread among the others."""
    from django.db import connection

    loans = []
    for number in range(count):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('lending_loanaccount', 'id'), %s, false)",
                [2 * (number * among // count) + 1],
            )
        loans.append(book.loan(principal="20000.00", method="interest_only"))
    return loans


def clones(loan: Any, count: int) -> None:
    """``count`` copies of a loan's account and instalments (the close reads nothing else)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMP TABLE copies AS SELECT gen_random_uuid() AS id FROM"
                       " generate_series(1, %s)", [count])
        for table, key, dropped in (
            ("lending_loan", "id", "note_no,contract_id,application_id"),
            ("lending_loanaccount", "loan_id", "id"), ("lending_instalment", "loan_id", "id"),
        ):
            cursor.execute(_clone_sql(table, key, dropped.split(",")), [loan.pk])
        cursor.execute("DROP TABLE copies")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE lending_loan, lending_instalment, lending_loanaccount")


def _clone_sql(table: str, key: str, fresh: list[str]) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    new = {key: "c.id", "note_no": "'C' || left(c.id::text, 28)", "contract_id": "gen_random_uuid()",
           "application_id": "gen_random_uuid()"}
    kept = [name for name in names if not (name == "id" and "id" in fresh)]
    values = [new[name] if name in (key, *fresh) and name in new else f"t.{name}" for name in kept]
    return (
        f"INSERT INTO {table} ({', '.join(kept)}) SELECT {', '.join(values)}"
        f" FROM {table} t, copies c WHERE t.{key} = %s"
    )
