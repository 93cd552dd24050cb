"""The statements of one day's allocation. Parameters: ``entity``, ``day`` (business date), ``now``."""

from typing import Any

from lending.domain.collection_rules import LEVEL_OF, LEVELS
from lending.domain.servicing.facts import TransactionKind


def _case_of(column: str, values: Any) -> str:
    """A SQL CASE from a table of the domain; its words are ours, nobody's input."""
    whens = " ".join(
        f"WHEN '{key}' THEN {value if isinstance(value, int) else repr(str(value))}"
        for key, value in values.items()
    )
    return f"CASE {column} {whens} END"


_BUCKET = (
    "CASE WHEN a.days_past_due > 180 THEN 'M7+'"
    " ELSE 'M' || ((a.days_past_due + 29) / 30) END"
)
_LEVEL = _case_of("late.bucket", LEVEL_OF)
_RANKS = {level: rank for rank, level in enumerate(LEVELS)}
_MONEY_IN = ", ".join(
    repr(kind.value)
    for kind in (
        TransactionKind.REPAYMENT,
        TransactionKind.PARTIAL_EARLY,
        TransactionKind.PAYOFF,
        TransactionKind.RECOVERY,
    )
)
_STAFF = """
active AS (
    SELECT o.id, o.branch_id, o.role, b.legal_entity_id FROM lending_officer o
    JOIN auth_user u ON u.id = o.user_id AND u.is_active
    JOIN lending_branch b ON b.id = o.branch_id
),
managers AS (SELECT branch_id, min(id) AS id FROM active WHERE role = 'manager' GROUP BY branch_id),
head AS (SELECT min(id) AS id FROM active WHERE role = 'head_office' AND legal_entity_id = %(entity)s)
"""
_OWNER = """
CASE late.level
    WHEN 'officer' THEN COALESCE(own.id, managers.id)
    WHEN 'branch' THEN COALESCE(managers.id, head.id)
    ELSE head.id
END
"""
_EVENT_COLUMNS = "(id, case_id, kind, data, note, officer_id, day, at)"
_HOLDS = """
EXISTS (SELECT 1 FROM lending_contactpause s WHERE s.loan_id = k.loan_id AND s.ended_at IS NULL
    AND s.kind IN ('hardship', 'talks'))
"""

END_PAUSES = """
UPDATE lending_contactpause s SET ended_at = s.until
FROM lending_loan l
WHERE l.id = s.loan_id AND l.legal_entity_id = %(entity)s AND s.ended_at IS NULL AND s.until <= %(now)s
"""
JUDGE_PROMISES = f"""
WITH judged AS (
    SELECT p.id, p.case_id, p.amount, p.promised_on,
        COALESCE(sum(t.amount), 0) >= p.amount AS is_kept
    FROM lending_promisetopay p
    JOIN lending_collectioncase k ON k.id = p.case_id AND k.legal_entity_id = %(entity)s
    LEFT JOIN lending_loantransaction t ON t.loan_id = p.loan_id AND t.number > p.after_number
        AND t.kind IN ({_MONEY_IN}) AND t.value_date <= p.promised_on
        AND NOT EXISTS (SELECT 1 FROM lending_loantransaction r WHERE r.reverses_id = t.id)
    WHERE p.state = 'open'
    GROUP BY p.id
    HAVING COALESCE(sum(t.amount), 0) >= p.amount OR p.promised_on < %(day)s
),
written AS (
    UPDATE lending_promisetopay p
    SET state = CASE WHEN j.is_kept THEN 'kept' ELSE 'broken' END, judged_on = %(day)s
    FROM judged j WHERE p.id = j.id
),
told AS (
    INSERT INTO lending_caseevent {_EVENT_COLUMNS}
    SELECT gen_random_uuid(), case_id, CASE WHEN is_kept THEN 'promise_kept' ELSE 'promise_broken' END,
        jsonb_build_object('amount', amount::text, 'on', promised_on), NULL, NULL, %(day)s, %(now)s
    FROM judged
)
SELECT count(*) FILTER (WHERE is_kept), count(*) FILTER (WHERE NOT is_kept) FROM judged
"""  # noqa: S608  (tables of our own, nobody's input)
BACK_FROM_PROMISE_OR_HARDSHIP = f"""
UPDATE lending_collectioncase k
SET state = CASE WHEN k.level = 'head_office' THEN 'with_head_office' ELSE 'open' END
WHERE k.legal_entity_id = %(entity)s AND (
    (k.state = 'promised' AND NOT EXISTS (
        SELECT 1 FROM lending_promisetopay p WHERE p.loan_id = k.loan_id AND p.state = 'open'))
    OR (k.state = 'in_hardship' AND NOT {_HOLDS})
)
"""  # noqa: S608  (tables of our own, nobody's input)
CLOSE = f"""
WITH gone AS (
    UPDATE lending_collectioncase k SET state = 'closed', closed_on = %(day)s,
        closed_reason = CASE l.state WHEN 'settled' THEN 'settled' WHEN 'written_off' THEN 'written_off'
            ELSE 'paid' END
    FROM lending_loanaccount a JOIN lending_loan l ON l.id = a.loan_id
    WHERE a.loan_id = k.loan_id AND k.legal_entity_id = %(entity)s AND k.state <> 'closed'
        AND (NOT a.is_open OR (a.days_past_due = 0 AND NOT (k.state = 'in_hardship' AND {_HOLDS})))
    RETURNING k.id, k.closed_reason
),
told AS (
    INSERT INTO lending_caseevent {_EVENT_COLUMNS}
    SELECT gen_random_uuid(), id, 'closed', jsonb_build_object('reason', closed_reason), NULL, NULL,
        %(day)s, %(now)s FROM gone
)
SELECT count(*) FROM gone
"""  # noqa: S608  (tables of our own, nobody's input)
END_PROMISES_OF_CLOSED = """
UPDATE lending_promisetopay p
SET state = CASE WHEN k.closed_reason = 'written_off' THEN 'broken' ELSE 'kept' END, judged_on = %(day)s
FROM lending_collectioncase k
WHERE k.id = p.case_id AND k.state = 'closed' AND p.state = 'open' AND k.legal_entity_id = %(entity)s
"""
MOVE = f"""
WITH {_STAFF},
late AS (
    SELECT k.id, k.bucket AS old_bucket, k.level AS old_level, late.bucket, a.loan_id,
        CASE WHEN {_case_of("late_level.level", _RANKS)} > {_case_of("k.level", _RANKS)}
            THEN late_level.level ELSE k.level END AS level
    FROM lending_collectioncase k
    JOIN lending_loanaccount a ON a.loan_id = k.loan_id
    CROSS JOIN LATERAL (SELECT {_BUCKET} AS bucket) late
    CROSS JOIN LATERAL (SELECT {_LEVEL} AS level) late_level
    WHERE k.legal_entity_id = %(entity)s AND k.state <> 'closed' AND late.bucket <> k.bucket
),
moved AS (
    UPDATE lending_collectioncase k SET bucket = late.bucket, level = late.level,
        owner_id = CASE WHEN late.level = late.old_level THEN k.owner_id ELSE {_OWNER} END,
        state = CASE WHEN late.level = 'head_office' AND k.state = 'open' THEN 'with_head_office'
            ELSE k.state END
    FROM late
    JOIN lending_loan l ON l.id = late.loan_id
    JOIN lending_customer c ON c.id = l.customer_id
    LEFT JOIN active own ON own.id = COALESCE(l.officer_id, c.officer_id)
    LEFT JOIN managers ON managers.branch_id = l.branch_id
    CROSS JOIN head
    WHERE k.id = late.id
    RETURNING k.id, late.old_bucket, k.bucket, k.level, k.owner_id
),
told AS (
    INSERT INTO lending_caseevent {_EVENT_COLUMNS}
    SELECT gen_random_uuid(), id, 'moved',
        jsonb_build_object('from', old_bucket, 'to', bucket, 'level', level), NULL, owner_id,
        %(day)s, %(now)s FROM moved
)
SELECT count(*) FROM moved
"""  # noqa: S608  (tables of our own, nobody's input)
OPEN = f"""
WITH {_STAFF},
late AS (
    SELECT late.*, {_LEVEL} AS level FROM (
        SELECT a.loan_id, a.legal_entity_id, l.branch_id, l.customer_id,
            COALESCE(l.officer_id, c.officer_id) AS officer_id, {_BUCKET} AS bucket
        FROM lending_loanaccount a
        JOIN lending_loan l ON l.id = a.loan_id
        JOIN lending_customer c ON c.id = l.customer_id
        WHERE a.legal_entity_id = %(entity)s AND a.is_open AND a.days_past_due > 0
            AND NOT EXISTS (SELECT 1 FROM lending_collectioncase k
                WHERE k.loan_id = a.loan_id AND k.state <> 'closed')
    ) late
),
opened AS (
    INSERT INTO lending_collectioncase (id, loan_id, customer_id, legal_entity_id, branch_id, bucket,
        level, owner_id, state, opened_on, closed_on, closed_reason, created_at)
    SELECT gen_random_uuid(), late.loan_id, late.customer_id, late.legal_entity_id, late.branch_id,
        late.bucket, late.level, {_OWNER},
        CASE WHEN late.level = 'head_office' THEN 'with_head_office' ELSE 'open' END,
        %(day)s, NULL, '', %(now)s
    FROM late
    LEFT JOIN active own ON own.id = late.officer_id
    LEFT JOIN managers ON managers.branch_id = late.branch_id
    CROSS JOIN head
    ON CONFLICT DO NOTHING
    RETURNING id, bucket, level, owner_id
),
told AS (
    INSERT INTO lending_caseevent {_EVENT_COLUMNS}
    SELECT gen_random_uuid(), id, 'opened', jsonb_build_object('bucket', bucket, 'level', level), NULL,
        owner_id, %(day)s, %(now)s FROM opened
)
SELECT count(*) FROM opened
"""  # noqa: S608  (tables of our own, nobody's input)
