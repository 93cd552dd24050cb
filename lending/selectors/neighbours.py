"""The people around one person, as a reviewer needs them: shared what, since when, what became of them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lending.domain.fraud_signals import FRAUD_REASONS
from lending.domain.loan_flow import LoanState
from lending.domain.traits import WEIGHTS, Kind, is_strong
from lending.models import Customer, LendingEvent, Loan, LoanApplication
from lending.selectors import relations
from products.encryption import mask_name

SHOWN_MAX = 60


@dataclass(frozen=True)
class Shared:
    """One value in common, and since when both show it. ``value`` is a keyed hash's first digits."""

    kind: str
    value: str
    since: datetime


@dataclass(frozen=True)
class Neighbour:
    """``via``: the neighbour through whom a person two hops away is met. Names are masked."""

    customer_id: UUID
    hop: int
    via: UUID | None
    name: str
    shared: tuple[Shared, ...]
    application: LoanApplication | None
    overdue: bool
    fraud_reasons: tuple[str, ...]

    @property
    def is_strong(self) -> bool:
        return is_strong(one.kind for one in self.shared)

    @property
    def is_bad(self) -> bool:
        return self.overdue or bool(self.fraud_reasons)


def of_customer(customer_id: UUID, *, as_of: datetime) -> tuple[list[Neighbour], int]:
    """At most 60 neighbours, the nearest and strongest first, and how many there are in all."""
    ties = _ties(customer_id, relations.links_of(customer_id, as_of=as_of))
    ordered = sorted(ties, key=lambda one: (ties[one][0], -_weight(ties[one][2]), str(one)))
    shown = ordered[:SHOWN_MAX]
    known = {via for one in shown if (via := ties[one][1]) is not None}
    facts = _facts([*shown, *known])
    found = [
        Neighbour(
            customer_id=one,
            hop=ties[one][0],
            via=ties[one][1],
            shared=tuple(sorted(ties[one][2], key=lambda shared: shared.since)),
            **facts[one],
        )
        for one in shown
    ]
    return found, len(ties)


Tie = tuple[int, UUID | None, list[Shared]]


def _ties(me: UUID, links: list[relations.Link]) -> dict[UUID, Tie]:
    """customer → (hop, through whom, what is shared with the person or with that neighbour)."""
    by_value: dict[tuple[int, str, str], dict[UUID, datetime]] = defaultdict(dict)
    for link in links:
        by_value[link.hop, link.kind, link.value_index][link.customer_id] = link.since
    ties: dict[UUID, Tie] = {}
    for (hop, kind, value), people in by_value.items():
        if hop == 1 and me in people:
            for one in people.keys() - {me}:
                since = max(people[me], people[one])
                ties.setdefault(one, (1, None, []))[2].append(Shared(kind, value[:8], since))
    near = set(ties)
    for (hop, kind, value), people in by_value.items():
        through = sorted(people.keys() & near, key=str)
        if hop == 2 and through:
            for one in people.keys() - near - {me}:
                since = max(people[through[0]], people[one])
                tie = ties.setdefault(one, (2, through[0], []))
                tie[2].append(Shared(kind, value[:8], since))
    return ties


def _weight(shared: list[Shared]) -> int:
    return sum(WEIGHTS[Kind(one.kind)] for one in shared)


def _facts(people: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """Name, newest application, overdue and fraud reasons of each, in four queries."""
    rows = Customer.objects.filter(pk__in=people).only("pk", "name", "customer_no")
    newest = {
        row.customer_id: row
        for row in LoanApplication.objects.filter(customer_id__in=people)
        .select_related("branch")
        .order_by("customer_id", "-created_at")
        .distinct("customer_id")
    }
    overdue = set(
        Loan.objects.filter(customer_id__in=people, state=LoanState.OVERDUE).values_list(
            "customer_id", flat=True
        )
    )
    reasons: dict[UUID, set[str]] = defaultdict(set)
    for customer_id, data in LendingEvent.objects.filter(
        customer_id__in=people, name="application.declined"
    ).values_list("customer_id", "data"):
        if customer_id is not None:
            reasons[customer_id] |= set(data.get("reasons") or ()) & set(FRAUD_REASONS)
    return {
        row.pk: {
            "name": mask_name(_name(row, newest.get(row.pk))),
            "application": newest.get(row.pk),
            "overdue": row.pk in overdue,
            "fraud_reasons": tuple(sorted(reasons[row.pk])),
        }
        for row in rows
    }


def _name(customer: Customer, application: LoanApplication | None) -> str:
    return (application.name if application else "") or customer.name or customer.customer_no
