"""The accounts of events, read: what is in force, what the bank has chosen, who changed it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from lending.domain.event_accounts import Choice
from lending.domain.postings import CHART_OF_ACCOUNTS
from lending.models import Account, AccountsChange, EventAccounts


def chart() -> "QuerySet[Account]":
    return Account.objects.order_by("code")


def choices() -> list[Choice]:
    """What the bank has chosen: the newest released change of each (product, role, event)."""
    rows = list(
        AccountsChange.objects.filter(state="released")
        .select_related("account")
        .order_by("decided_at", "pk")
    )
    newest = {(row.product_code, row.role, row.event): row for row in rows}
    return [
        Choice(row.product_code, row.role, row.event, row.account.code)
        for row in newest.values()
        if row.account is not None
    ]


def role_accounts(role: str) -> frozenset[str]:
    """Every account code that serves, or ever served, a role for any product; the default one too."""
    codes = AccountsChange.objects.filter(role=role, state="released", account__isnull=False)
    return frozenset({role, *codes.values_list("account__code", flat=True)})


def roles_of_accounts() -> dict[str, str]:
    """account code → the role it serves or served."""
    released = AccountsChange.objects.filter(state="released", account__isnull=False)
    return {
        **{code: code for code in CHART_OF_ACCOUNTS},
        **dict(released.values_list("account__code", "role")),
    }


@dataclass(frozen=True)
class MappedEvent:
    """One event of one product ("" = every product) as it books today."""

    product_code: str
    event: str
    pairs: tuple[tuple[Account, Account], ...]


def in_force() -> list[MappedEvent]:
    """The whole mapping in force: the bank's rows first, then each product's own."""
    rows = (
        EventAccounts.objects.filter(is_in_force=True)
        .select_related("debit", "credit")
        .order_by("product_code", "pk")
    )
    found: dict[tuple[str, str], list[tuple[Account, Account]]] = {}
    for row in rows:
        found.setdefault((row.product_code, row.event), []).append((row.debit, row.credit))
    return [MappedEvent(code, event, tuple(pairs)) for (code, event), pairs in found.items()]


def history(limit: int = 100) -> list[AccountsChange]:
    """Changes, the newest first."""
    return list(
        AccountsChange.objects.select_related("account", "maker", "checker").order_by("-pk")[:limit]
    )
