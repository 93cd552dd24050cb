"""One day as its three sides see it: our payments, the ledger, the core bank's statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from lending.domain.reconciliation import (
    DIRECTIONS,
    ON_ITS_WAY_MAX,
    Difference,
    Movement,
    Ours,
    Theirs,
    differences_of,
)
from lending.gateways import core_bank
from lending.selectors import reconciliation_sides
from lending.selectors.reconciliation_sides import Payment
from products.encryption import blind_indexer
from products.money import ZERO

#: A payment settled long after it was sent stands on the statement of the day it was sent.
SEARCH_DAYS = 14
_KEY_MAX = 64
SIDES = ("ours", "books", "theirs")


@dataclass
class Picture:
    """A day as the three sides see it. ``totals``: side_direction → [count, sum]."""

    differences: list[Difference] = field(default_factory=list)
    on_its_way: int = 0
    totals: dict[str, list[Any]] = field(
        default_factory=lambda: {f"{s}_{d}": [0, ZERO] for s in SIDES for d in DIRECTIONS}
    )

    def count(self, side: str, direction: str, count: int, amount: Decimal) -> None:
        total = self.totals[f"{side}_{direction}"]
        total[0] += count
        total[1] += amount


def picture(day: date, now: datetime) -> Picture:
    """Compare ``day``. Raises ``core_bank.StatementUnavailable``.

    Ours are read before the statement: what settles in between is found by its key, never missed.
    A day's movements are the bank's lines of that day, and what we settled that day and the bank has
    on no other.
    """
    settled = reconciliation_sides.settled_on(day)
    theirs = _statement(day)
    strangers = (key for key in theirs if key not in settled)
    ours = settled | reconciliation_sides.by_key(strangers)
    for key in _on_other_days(day, {k: v for k, v in settled.items() if k not in theirs}):
        del ours[key]
    books = reconciliation_sides.cleared(ours)
    found = Picture()
    for key in ours.keys() | theirs.keys():
        _compare(found, key, ours.get(key), theirs.get(key), books.get(key), now)
    return found


def _compare(
    found: Picture,
    key: Movement,
    payment: Payment | None,
    line: Theirs | None,
    cleared: Decimal | None,
    now: datetime,
) -> None:
    row = _row(payment, now) if payment is not None else None
    if line is not None:
        found.count("theirs", key.direction, line.lines, line.total)
    if row is not None and row.state == "succeeded":
        found.count("ours", key.direction, 1, row.amount)
    if cleared is not None:
        found.count("books", key.direction, 1, cleared)
    differences = list(differences_of(key, row, line, cleared))
    found.differences += differences
    if row is not None and not differences and (row.state != "succeeded" or not row.is_booked):
        found.on_its_way += 1


def _row(payment: Payment, now: datetime) -> Ours:
    is_booked = payment.is_payout or payment.transaction is not None
    since = payment.settled_at if payment.state == "succeeded" else payment.sent_at
    return Ours(
        amount=payment.amount,
        card=payment.card,
        state=payment.state,
        is_booked=is_booked,
        is_late=payment.state == "manual"
        or payment.has_problem
        or now - (since or payment.sent_at) > ON_ITS_WAY_MAX,
    )


def _statement(day: date) -> dict[Movement, Theirs]:
    index_of = blind_indexer(purpose="card")
    found: dict[Movement, Theirs] = {}
    for direction in DIRECTIONS:
        for line in core_bank.statement(day, direction):
            key = Movement(direction, _storable(line.key))
            first = found.get(key)
            if first is None:
                found[key] = Theirs(line.amount, index_of(line.payee_card), 1, line.amount)
            else:
                found[key] = first._replace(lines=first.lines + 1, total=first.total + line.amount)
    return found


def _storable(key: str) -> str:
    """The bank's key as a column holds it; ours are far shorter and plain."""
    return key.replace("\x00", "�").encode("utf-8", "replace").decode()[:_KEY_MAX]


def _on_other_days(day: date, left: Mapping[Movement, Payment]) -> set[Movement]:
    """Which of ``left`` stand on a statement of the day before, the day after, or since they were sent."""
    found: set[Movement] = set()
    if not left:
        return found
    first = min(timezone.localdate(payment.sent_at) for payment in left.values())
    first = max(min(first, day - timedelta(days=1)), day - timedelta(days=SEARCH_DAYS))
    others = [day + timedelta(days=1)]
    others += [day - timedelta(days=n) for n in range(1, (day - first).days + 1)]
    for other in others:
        for direction in {key.direction for key in left if key not in found}:
            for line in core_bank.statement(other, direction):
                key = Movement(direction, line.key)
                if key in left:
                    found.add(key)
    return found
