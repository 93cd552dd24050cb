"""The books of a closed day: for each branch and product one journal of what accrued, and one that
brings the allowance for loan losses to what the loans need. Named by their source, so never twice.
"""

from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from lending.domain.postings import LOSS_ALLOWANCE, Event
from lending.models import Branch, EndOfDayRun, Journal
from lending.selectors import event_accounts
from lending.services import ledger
from products.money import ZERO

SOURCE = "end_of_day"
ACCRUALS, PROVISIONS = "day_accruals", "day_provisions"
Key = tuple[int, str]

_ACCRUED = """
SELECT (part->>0)::bigint, part->>1, (part->>2)::boolean, sum((part->>4)::numeric),
    sum((part->>5)::numeric), sum((part->>6)::numeric), sum((part->>7)::numeric)
FROM lending_endofdaychunk, jsonb_array_elements(sums) AS part
WHERE run_id = %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_NEEDED = """
SELECT branch_id, product_code, sum(provision) FROM lending_loanaccount
WHERE legal_entity_id = %s AND is_open GROUP BY 1, 2
"""
#: What stands on the allowance: provisions so far, what write-offs took from it, what came back.
_STANDS = """
SELECT p.branch_id, j.product_code, -sum(p.amount)
FROM lending_posting p
JOIN lending_account a ON a.id = p.account_id AND a.code = ANY(%s)
JOIN lending_journal j ON j.id = p.journal_id
WHERE j.legal_entity_id = %s
GROUP BY 1, 2
"""


def write(run: EndOfDayRun, *, now: datetime) -> int:
    """Write the day's journals that are not written yet; returns how many. One transaction."""
    with transaction.atomic():
        written = set(
            Journal.objects.filter(
                kind__in=(ACCRUALS, PROVISIONS),
                source_type=SOURCE,
                source_id__startswith=f"{run.business_date}:",
            ).values_list("kind", "source_id")
        )
        branches = {
            branch.pk: branch
            for branch in Branch.objects.filter(legal_entity_id=run.legal_entity_id)
        }
        done = 0
        for kind, found in ((ACCRUALS, _accruals(run)), (PROVISIONS, _provisions(run))):
            for (branch_id, product), events in sorted(found.items()):
                source = f"{run.business_date}:{branches[branch_id].code}:{product}"
                if (kind, source) not in written:
                    done += _post(run, kind, source, branches[branch_id], product, events, now)
        return done


def _post(
    run: EndOfDayRun,
    kind: str,
    source: str,
    branch: Branch,
    product: str,
    events: dict[Event, Decimal],
    now: datetime,
) -> int:
    journal = ledger.post_events(
        kind=kind,
        source_type=SOURCE,
        source_id=source,
        events=events,
        product_code=product,
        legal_entity=run.legal_entity,
        branch=branch,
        accounting_date=run.business_date,
        now=now,
        loan=None,
    )
    return int(journal is not None)


def _accruals(run: EndOfDayRun) -> dict[Key, dict[Event, Decimal]]:
    """Sums of the day's rows in accounting words (as ``loan_catch_up.events_of_days``)."""
    found: dict[Key, dict[Event, Decimal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ACCRUED, [run.pk])
        for branch, product, accruing, interest, charges, moved, moved_charges in cursor:
            off = "" if accruing else "off_"
            events = found.setdefault((branch, product), {})
            for event, amount in (
                (Event(f"{off}interest_accrued"), interest),
                (Event(f"{off}charges_accrued"), charges),
                (Event.INTEREST_MOVED_OFF, moved),
                (Event.CHARGES_MOVED_OFF, moved_charges),
            ):
                events[event] = events.get(event, ZERO) + amount
    return found


def _provisions(run: EndOfDayRun) -> dict[Key, dict[Event, Decimal]]:
    """What is still between the allowance on the books and what the open loans need."""
    sums: dict[Key, Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEEDED, [run.legal_entity_id])
        for branch, product, amount in cursor:
            sums[branch, product] = amount
        accounts = sorted(event_accounts.role_accounts(LOSS_ALLOWANCE))
        cursor.execute(_STANDS, [accounts, run.legal_entity_id])
        for branch, product, amount in cursor:
            sums[branch, product] = sums.get((branch, product), ZERO) - amount
    return {key: {Event.PROVISIONED: amount} for key, amount in sums.items() if amount}
