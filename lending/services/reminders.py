"""Reminders by text: before and on the day to pay, and the ladder afterwards. Chosen in SQL, 500 a page.

Nobody is reminded whose money is on its way, whose promise still runs, or with whom a hardship or new
terms are talked about. Each text passes the contact gate when it is planned and when it goes.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from lending.domain.collection_rules import DAYS_BEFORE, LADDER, LADDER_EVERY
from lending.domain.contact_policy import Channel, Purpose
from lending.models import LegalEntity
from lending.services import contacts

PAGE = 500
_JOB_LOCK = 7_106
#: A working-day rule moves the day to pay by no more than this.
_MOVED_DAYS_MAX = 15

_COMMON = """
    JOIN lending_loan l ON l.id = a.loan_id
    JOIN lending_customer c ON c.id = l.customer_id
    JOIN lending_loanapplication ap ON ap.id = l.application_id
    LEFT JOIN lending_bankcard card ON card.id = ap.bank_card_id
    LEFT JOIN lending_officer own ON own.id = COALESCE(l.officer_id, c.officer_id)
    LEFT JOIN LATERAL (
        SELECT work_mobile FROM lending_officer m
        WHERE m.branch_id = l.branch_id AND m.role = 'manager' ORDER BY m.id LIMIT 1
    ) manager ON true
"""
_NOBODY_ELSE = """
    AND a.parked_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM lending_cardtransfer t WHERE t.loan_id = l.id AND t.direction = 'in'
        AND t.state IN ('created', 'sending', 'unknown', 'manual'))
    AND NOT EXISTS (SELECT 1 FROM lending_promisetopay p WHERE p.loan_id = l.id AND p.state = 'open'
        AND p.promised_on >= %(day)s)
    AND NOT EXISTS (SELECT 1 FROM lending_contactpause s WHERE s.customer_id = l.customer_id
        AND s.ended_at IS NULL AND (s.until IS NULL OR s.until > %(now)s))
"""
_PHONE = "COALESCE(own.work_mobile, manager.work_mobile, '')"
_UPCOMING = f"""
SELECT i.id, l.id, l.customer_id, i.number, i.payable_on, i.payable_on - %(day)s,
    i.principal + i.interest - i.principal_cleared - i.interest_cleared - a.credit,
    COALESCE(card.last_four, ''), {_PHONE}
FROM lending_instalment i
JOIN lending_loanaccount a ON a.loan_id = i.loan_id
{_COMMON}
WHERE a.legal_entity_id = %(entity)s AND a.is_open AND i.id > %(after)s AND i.number < 1001
    AND i.due_date BETWEEN %(first)s AND %(last)s AND i.payable_on = ANY(%(days)s)
    AND i.principal + i.interest - i.principal_cleared - i.interest_cleared > a.credit
    AND NOT EXISTS (SELECT 1 FROM lending_contactattempt x
        WHERE x.event_key <> ''
        AND x.template = CASE WHEN i.payable_on = %(day)s THEN 'due_today' ELSE 'due_soon' END
        AND x.event_key = l.id || ':' || i.number || ':D-' || (i.payable_on - %(day)s))
    {_NOBODY_ELSE}
ORDER BY i.id LIMIT {PAGE}
"""  # noqa: S608  (tables of our own, nobody's input)
_OVERDUE = f"""
SELECT a.id, l.id, l.customer_id, i.number, a.oldest_late, a.days_past_due, stage.days,
    a.late_principal + a.late_interest + a.penalty_accrued - a.penalty_cleared
        + a.compound_accrued - a.compound_cleared - a.credit,
    COALESCE(card.last_four, ''), {_PHONE}, k.id
FROM lending_loanaccount a
{_COMMON}
JOIN LATERAL (
    SELECT number FROM lending_instalment i WHERE i.loan_id = l.id AND i.is_late
        AND i.principal + i.interest > i.principal_cleared + i.interest_cleared
    ORDER BY i.due_date, i.number LIMIT 1
) i ON true
JOIN LATERAL (
    SELECT CASE WHEN a.days_past_due >= %(last_step)s
        THEN %(last_step)s + (a.days_past_due - %(last_step)s) / %(every)s * %(every)s
        ELSE (SELECT max(step) FROM unnest(%(ladder)s) AS step WHERE step <= a.days_past_due)
    END AS days
) stage ON stage.days IS NOT NULL
LEFT JOIN lending_collectioncase k ON k.loan_id = l.id AND k.state <> 'closed'
WHERE a.legal_entity_id = %(entity)s AND a.is_open AND a.id > %(after)s AND a.days_past_due > 0
    AND a.closed_through = %(day)s - 1
    AND NOT EXISTS (SELECT 1 FROM lending_contactattempt x
        WHERE x.event_key <> '' AND x.template = 'overdue'
        AND x.event_key = l.id || ':' || i.number || ':D+' || stage.days)
    {_NOBODY_ELSE}
ORDER BY a.id LIMIT {PAGE}
"""  # noqa: S608  (tables of our own, nobody's input)


def send_due(*, legal_entity: LegalEntity, day: date, now: datetime) -> int:
    """Plan every text due on the business date ``day``; returns how many. Run twice, the second finds none.

    The ladder reads the accounts of the closed day before: run it after the date has rolled.
    """
    sent = 0
    for sql, make in ((_OVERDUE, _late_text), (_UPCOMING, _early_text)):
        after = 0
        while True:
            rows, count = _page(sql, make, legal_entity, day, after, now)
            sent += count
            if len(rows) < PAGE:
                break
            after = rows[-1][0]
    return sent


def _page(
    sql: str, make: Any, legal_entity: LegalEntity, day: date, after: int, now: datetime
) -> tuple[list[Any], int]:
    """One page, chosen and planned in one transaction; two runs at once take turns."""
    with transaction.atomic():
        rows = list(_chosen(sql, legal_entity, day, after, now))
        return rows, contacts.send_texts(wanted=[make(row) for row in rows], now=now)


def _chosen(
    sql: str, legal_entity: LegalEntity, day: date, after: int, now: datetime
) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_JOB_LOCK, legal_entity.pk])
        cursor.execute(
            sql,
            {
                "entity": legal_entity.pk,
                "day": day,
                "now": now,
                "after": after,
                "days": [day + timedelta(days=n) for n in DAYS_BEFORE],
                "first": day - timedelta(days=_MOVED_DAYS_MAX),
                "last": day + timedelta(days=max(DAYS_BEFORE) + _MOVED_DAYS_MAX),
                "ladder": list(LADDER),
                "last_step": LADDER[-1],
                "every": LADDER_EVERY,
            },
        )
        yield from cursor.fetchall()


def _early_text(row: Any) -> contacts.Wanted:
    _, loan_id, customer_id, number, due, left, amount, last_four, phone = row
    return contacts.Wanted(
        customer_id=customer_id,
        loan_id=loan_id,
        instalment=number,
        channel=Channel.SMS,
        purpose=Purpose.REMINDER,
        template="due_soon" if left else "due_today",
        event_key=f"{loan_id}:{number}:D-{left}",
        text={
            "amount": f"{amount:.2f}",
            "due": due.isoformat(),
            "last_four": last_four,
            "phone": phone,
        },
    )


def _late_text(row: Any) -> contacts.Wanted:
    _, loan_id, customer_id, number, since, days, stage, amount, last_four, phone, case_id = row
    return contacts.Wanted(
        customer_id=customer_id,
        loan_id=loan_id,
        case_id=case_id,
        instalment=number,
        channel=Channel.SMS,
        purpose=Purpose.COLLECTION,
        template="overdue",
        event_key=f"{loan_id}:{number}:D+{stage}",
        text={
            "amount": f"{amount:.2f}",
            "due": since.isoformat(),
            "days": str(days),
            "last_four": last_four,
            "phone": phone,
        },
    )
