"""Journals: written once, balanced, never edited; a correction is a reversing journal."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from lending.domain.postings import DEFAULT_PAIRS, Event, Line, Pairs, lines_of
from lending.models import Branch, Journal, LegalEntity, Loan

# One statement, one round trip: the journal and its lines, the accounts found by their codes.
_INSERT = """
WITH journal AS (
    INSERT INTO lending_journal (id, kind, source_type, source_id, product_code, legal_entity_id,
        accounting_date, reverses_id, currency, created_at)
    VALUES (%(id)s, %(kind)s, %(source_type)s, %(source_id)s, %(product_code)s, %(entity)s, %(day)s,
        %(reverses)s, 'CNY', %(now)s)
)
INSERT INTO lending_posting (journal_id, account_id, branch_id, loan_id, accounting_date, amount)
SELECT %(id)s, a.id, %(branch)s, %(loan)s, %(day)s, line.amount
FROM unnest(%(codes)s::text[], %(amounts)s::numeric[]) WITH ORDINALITY AS line (code, amount, number)
JOIN lending_account a ON a.code = line.code
ORDER BY line.number
"""
_PAIRS = """
SELECT e.product_code, e.event, d.code, c.code
FROM lending_eventaccounts e
JOIN lending_account d ON d.id = e.debit_id
JOIN lending_account c ON c.id = e.credit_id
WHERE e.is_in_force AND e.product_code IN ('', %s) AND e.event = ANY(%s)
ORDER BY e.product_code, e.event, e.position
"""


class Unbalanced(ValueError):
    """The lines do not sum to zero."""


class UnknownAccount(ValueError):
    """A line names an account that the chart does not have."""


def post(
    *,
    kind: str,
    source_type: str,
    source_id: str,
    lines: tuple[Line, ...],
    legal_entity: LegalEntity,
    branch: Branch,
    accounting_date: date,
    now: datetime,
    loan: Loan | None = None,
    reverses: Journal | None = None,
    product_code: str = "",
) -> Journal:
    """Write one balanced journal; a repeat of (kind, source) raises IntegrityError.

    Raises ``Unbalanced`` before the database's deferred trigger would at commit, ``UnknownAccount`` for a
    code outside the chart. ``product_code``: the loan's, where there is one.
    """
    if sum(line.amount for line in lines) != 0 or not lines:
        raise Unbalanced(kind)
    journal = Journal(
        kind=kind,
        source_type=source_type,
        source_id=source_id,
        product_code=product_code or ("" if loan is None else loan.product_code),
        legal_entity=legal_entity,
        accounting_date=accounting_date,
        reverses=reverses,
        created_at=now,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INSERT, _values(journal, lines, branch, loan))
        if cursor.rowcount != len(lines):
            raise UnknownAccount(", ".join(line.account for line in lines))
    journal._state.adding = False
    journal._state.db = "default"
    return journal


def _values(
    journal: Journal, lines: tuple[Line, ...], branch: Branch, loan: Loan | None
) -> dict[str, Any]:
    return {
        "id": journal.pk,
        "kind": journal.kind,
        "source_type": journal.source_type,
        "source_id": journal.source_id,
        "product_code": journal.product_code,
        "entity": journal.legal_entity_id,
        "day": journal.accounting_date,
        "reverses": journal.reverses_id,
        "now": journal.created_at,
        "branch": branch.pk,
        "loan": None if loan is None else loan.pk,
        "codes": [line.account for line in lines],
        "amounts": [line.amount for line in lines],
    }


def post_events(
    *,
    kind: str,
    source_type: str,
    source_id: str,
    events: Mapping[Event, Decimal],
    product_code: str,
    legal_entity: LegalEntity,
    branch: Branch,
    accounting_date: date,
    now: datetime,
    loan: Loan | None = None,
) -> Journal | None:
    """One journal of what happened, by the product's accounts; None when nothing moved."""
    lines = lines_of(events, pairs_of(product_code, events)) if events else ()
    if not lines:
        return None
    return post(
        kind=kind,
        source_type=source_type,
        source_id=source_id,
        lines=lines,
        legal_entity=legal_entity,
        branch=branch,
        accounting_date=accounting_date,
        now=now,
        loan=loan,
        product_code=product_code,
    )


def pairs_of(product_code: str, events: Collection[Event] = tuple(Event)) -> Mapping[Event, Pairs]:
    """event → (debit, credit) pairs for a product, as in force this moment: read, never remembered.

    The product's own rows, else the bank's, else ``DEFAULT_PAIRS``.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [product_code, [str(event) for event in events]])
        rows = cursor.fetchall()
    found: dict[str, dict[Event, Pairs]] = {}
    for owner, name, debit, credit in rows:
        own, event = found.setdefault(owner, {}), Event(name)
        own[event] = (*own.get(event, ()), (debit, credit))
    return {
        **{event: DEFAULT_PAIRS[event] for event in events},
        **found.get("", {}),
        **found.get(product_code, {}),
    }


def reverse(*, journal: Journal, accounting_date: date, now: datetime) -> Journal:
    """Undo ``journal`` with a mirror journal on ``accounting_date``; possible once (database unique)."""
    postings = list(journal.postings.select_related("account", "branch", "loan"))
    return post(
        kind="reversal",
        source_type="journal",
        source_id=str(journal.pk),
        lines=tuple(Line(p.account.code, -p.amount) for p in postings),
        legal_entity=journal.legal_entity,
        branch=postings[0].branch,
        accounting_date=accounting_date,
        now=now,
        loan=postings[0].loan,
        reverses=journal,
        product_code=journal.product_code,
    )
