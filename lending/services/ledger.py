"""Journals: written once, balanced, never edited; a correction is a reversing journal."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from lending.domain.postings import DEFAULT_PAIRS, Event, Line, Pairs, lines_of
from lending.models import Account, Branch, Journal, LegalEntity, Loan, Posting


class Unbalanced(ValueError):
    """The lines do not sum to zero."""


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
) -> Journal:
    """Write one balanced journal; a repeat of (kind, source) raises IntegrityError.

    Raises ``Unbalanced`` before the database's deferred trigger would at commit.
    """
    if sum(line.amount for line in lines) != 0 or not lines:
        raise Unbalanced(kind)
    accounts = dict(
        Account.objects.filter(code__in=[line.account for line in lines]).values_list("code", "pk")
    )
    with transaction.atomic():
        journal = Journal.objects.create(
            kind=kind,
            source_type=source_type,
            source_id=source_id,
            legal_entity=legal_entity,
            accounting_date=accounting_date,
            reverses=reverses,
            created_at=now,
        )
        Posting.objects.bulk_create(
            Posting(
                journal=journal,
                account_id=accounts[line.account],
                branch=branch,
                loan=loan,
                amount=line.amount,
            )
            for line in lines
        )
    return journal


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
    lines = lines_of(events, pairs_of(product_code))
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
    )


def pairs_of(product_code: str) -> Mapping[Event, Pairs]:
    """event → (debit, credit) pairs for a product."""
    return DEFAULT_PAIRS


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
    )
