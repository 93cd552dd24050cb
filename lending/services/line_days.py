"""Lines at the close of a day, set-based: late customers' lines freeze, clean ones are released, lines
past their last day expire, and who has a month left is told. Safe to repeat for the same day.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from lending.domain.credit_lines import RENEWAL_DAYS, LineState
from lending.models import CreditLine, LegalEntity
from lending.services import sms

ACTOR = "end of day"
_PAGE = 500

_LATE = """EXISTS (
    SELECT 1 FROM lending_loan loan JOIN lending_loanaccount account ON account.loan_id = loan.id
    WHERE loan.customer_id = line.customer_id AND account.is_open AND account.days_past_due > 0)"""
#: Each step moves lines and writes their movements in one statement.
_STEP = """
WITH moved AS (
    UPDATE lending_creditline line SET state = %(state)s, freeze_reason = %(freeze_reason)s
    WHERE line.legal_entity_id = %(entity)s AND {condition}
    RETURNING line.id, line.limit_amount, line.used_amount)
INSERT INTO lending_linemovement
    (id, line_id, kind, amount, limit_after, used_after, business_date, at, actor, reason)
SELECT gen_random_uuid(), id, %(kind)s, 0, limit_amount, used_amount, %(day)s, %(now)s, %(actor)s,
    %(reason)s FROM moved"""


def close_day(*, legal_entity: LegalEntity, day: date, now: datetime) -> dict[str, int]:
    """Close ``day`` for every line of the bank; the loans' days past due are those after its close.

    Returns how many lines were frozen, released and expired, and how many customers were told that
    their line ends in ``RENEWAL_DAYS`` days.
    """
    with transaction.atomic():
        return {
            "frozen": _step(
                legal_entity, day, now, f"line.state = 'active' AND {_LATE}",
                kind="frozen", state="frozen", freeze_reason="overdue", reason="overdue",
            ),
            "released": _step(
                legal_entity, day, now, f"line.freeze_reason = 'overdue' AND NOT {_LATE}",
                kind="released", state="active",
            ),
            "expired": _step(
                legal_entity, day, now,
                "line.state IN ('active', 'frozen') AND line.valid_until <= %(day)s",
                kind="expired", state="expired",
            ),
            "renewals": _offer_renewals(legal_entity, day, now),
        }


def _step(
    legal_entity: LegalEntity, day: date, now: datetime, condition: str, **words: str
) -> int:
    values: dict[str, Any] = {
        "entity": legal_entity.pk, "day": day, "now": now, "actor": ACTOR,
        "freeze_reason": "", "reason": "", **words,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STEP.format(condition=condition), values)
        return int(cursor.rowcount)


def _offer_renewals(legal_entity: LegalEntity, day: date, now: datetime) -> int:
    ending = CreditLine.objects.filter(
        legal_entity=legal_entity,
        state=LineState.ACTIVE,
        valid_until=day + timedelta(days=RENEWAL_DAYS),
    ).select_related("customer")
    count = 0
    for line in ending.iterator(chunk_size=_PAGE):
        sms.queue(
            template="line_ends",
            event_key=f"{line.pk}:{line.valid_until}",
            mobile=line.customer.mobile,
            language=line.customer.language,
            now=now,
            parameters={
                "limit": f"{line.limit_amount:,.2f}", "valid_until": line.valid_until.isoformat(),
            },
        )
        count += 1
    return count
