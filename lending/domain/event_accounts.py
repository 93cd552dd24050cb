"""Which accounts an event uses, by what the bank has chosen. Pure.

The shape of every event is fixed (``postings.DEFAULT_PAIRS``); each place in it has a role, named by the
account that stands there by default. A bank, or one product, may choose another account for a role. An
account that carries a balance serves its role in every event at once, or debits and credits part ways;
for income and expense one event may have an account of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lending.domain.postings import CHART_OF_ACCOUNTS, DEFAULT_PAIRS, Event, Pairs

#: kinds of accounts whose balance is carried from year to year
CARRYING = frozenset({"asset", "liability", "memo"})

#: role → the events it takes part in
EVENTS_OF: Mapping[str, tuple[Event, ...]] = {
    role: tuple(
        event for event, pairs in DEFAULT_PAIRS.items() if any(role in pair for pair in pairs)
    )
    for role in CHART_OF_ACCOUNTS
}


@dataclass(frozen=True)
class Choice:
    """``account`` in place of ``role``; product "" = every product, event "" = every event."""

    product_code: str
    role: str
    event: str
    account: str


def kind_of(role: str) -> str:
    """The kind of account a role needs: asset, liability, income, expense or memo."""
    return CHART_OF_ACCOUNTS[role][2]


def account_for(choices: Iterable[Choice], *, product_code: str, role: str, event: str) -> str:
    """The account of a role: the product's own choice before the bank's, one event's before all's."""
    known = {(c.product_code, c.event): c.account for c in choices if c.role == role}
    for key in ((product_code, event), (product_code, ""), ("", event), ("", "")):
        if key in known:
            return known[key]
    return role


def pairs_with(choices: Iterable[Choice], product_code: str) -> dict[Event, Pairs]:
    """event → pairs of (debit, credit) for a product ("" = as for the whole bank)."""
    known = list(choices)

    def account(role: str, event: Event) -> str:
        return account_for(known, product_code=product_code, role=role, event=event)

    return {
        event: tuple((account(debit, event), account(credit, event)) for debit, credit in pairs)
        for event, pairs in DEFAULT_PAIRS.items()
    }
