"""Who is joined to whom by shared traits, two hops far: one bounded, set-based query each.

A value shared by more than ``SHARED_BY_MANY`` people joins nobody: a market hall is not a ring. Only the
last year counts: numbers and flats change hands.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from lending.domain.fraud_signals import (
    FRAUD_REASONS,
    MONTH,
    QUARTER,
    RING_MAX,
    SHARED_BY_MANY,
    WEEK,
    YEAR,
)
from lending.domain.traits import STRONG_WEIGHT, WEIGHTS, Kind, edge_kinds

_OWN_VALUES_MAX = 64
_NEAR_MAX = 150
_SECOND_VALUES_MAX = 1_000
_SIGHTINGS_MAX = 2_000

#: ``near``: people one hop away; ``ring``: everybody within two, without the person. ``LIMIT``s stop
#: the walk early on every index, so the cost does not grow with the bank.
_RING = """
WITH own AS MATERIALIZED (
    SELECT DISTINCT kind, value_index FROM lending_applicationtrait
    WHERE customer_id = %(me)s AND kind = ANY(%(edges)s) AND at >= %(year)s
    LIMIT %(own_max)s
), first_links AS MATERIALIZED (
    SELECT own.kind, own.value_index, who.customer_id,
           count(*) OVER (PARTITION BY own.kind, own.value_index) AS people
    FROM own CROSS JOIN LATERAL (
        SELECT DISTINCT t.customer_id FROM lending_applicationtrait t
        WHERE t.kind = own.kind AND t.value_index = own.value_index AND t.at >= %(year)s
        ORDER BY t.customer_id LIMIT %(many)s + 1) who
), near AS MATERIALIZED (
    SELECT customer_id, sum(weight) >= %(strong)s AS strong
    FROM (SELECT DISTINCT customer_id, kind FROM first_links
          WHERE people <= %(many)s AND customer_id <> %(me)s) shared
    JOIN unnest(%(edges)s, %(weights)s) AS each_kind (kind, weight) USING (kind)
    GROUP BY customer_id ORDER BY 2 DESC, 1 LIMIT %(near_max)s
), second_values AS MATERIALIZED (
    SELECT DISTINCT t.kind, t.value_index
    FROM near JOIN lending_applicationtrait t USING (customer_id)
    WHERE t.kind = ANY(%(edges)s) AND t.at >= %(year)s
      AND NOT EXISTS (SELECT 1 FROM own WHERE own.kind = t.kind AND own.value_index = t.value_index)
    LIMIT %(second_max)s
), second_links AS MATERIALIZED (
    SELECT v.kind, v.value_index, who.customer_id,
           count(*) OVER (PARTITION BY v.kind, v.value_index) AS people
    FROM second_values v CROSS JOIN LATERAL (
        SELECT DISTINCT t.customer_id FROM lending_applicationtrait t
        WHERE t.kind = v.kind AND t.value_index = v.value_index AND t.at >= %(year)s
        ORDER BY t.customer_id LIMIT %(many)s + 1) who
), ring AS MATERIALIZED (
    SELECT customer_id, 1 AS hop, strong FROM near
    UNION ALL
    (SELECT DISTINCT customer_id, 2, false FROM second_links
     WHERE people <= %(many)s AND customer_id <> %(me)s
       AND customer_id NOT IN (SELECT customer_id FROM near)
     LIMIT %(far_max)s)
)"""

_FIGURES = """
SELECT count(*),
       count(*) FILTER (WHERE strong),
       count(*) FILTER (WHERE newest >= %(week)s),
       count(*) FILTER (WHERE newest >= %(month)s),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM lending_loanapplication a WHERE a.customer_id = ring.customer_id
           AND a.state = 'declined' AND a.state_since >= %(quarter)s)),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM lending_loan l
           WHERE l.customer_id = ring.customer_id AND l.state = 'overdue')),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM lending_lendingevent e WHERE e.customer_id = ring.customer_id
           AND e.name = 'application.declined' AND e.at >= %(year)s
           AND jsonb_exists_any(e.data -> 'reasons', %(fraud)s))),
       (SELECT count(*) > 0 FROM first_links WHERE kind = 'address' AND people > %(many)s)
FROM ring CROSS JOIN LATERAL (
    SELECT max(a.created_at) AS newest FROM lending_loanapplication a
    WHERE a.customer_id = ring.customer_id) applied"""

_LINKS = """
SELECT l.hop, l.kind, l.value_index, l.customer_id,
       (SELECT min(t.at) FROM lending_applicationtrait t WHERE t.kind = l.kind
        AND t.value_index = l.value_index AND t.customer_id = l.customer_id) AS since
FROM (SELECT 1 AS hop, * FROM first_links UNION ALL SELECT 2, * FROM second_links) l
WHERE people <= %(many)s AND (customer_id = %(me)s OR customer_id IN (SELECT customer_id FROM ring))
ORDER BY 1, 2, 3, 4 LIMIT 5000"""


@dataclass(frozen=True)
class Ring:
    """People joined to one person within two hops; ``size`` counts the person too.

    ``applied_*`` count people, each once, the person included; the others count the others only.
    """

    size: int = 1
    strong_links: int = 0
    applied_7d: int = 1
    applied_30d: int = 1
    declined_90d: int = 0
    overdue: int = 0
    fraud_listed: int = 0
    address_shared_by_many: bool = False


@dataclass(frozen=True)
class Link:
    """``customer_id`` shows the value; ``hop`` 1: the person shows it too, 2: a neighbour does."""

    hop: int
    kind: str
    value_index: str
    customer_id: UUID
    since: datetime


def ring_of(customer_id: Any, *, as_of: datetime) -> Ring:
    """The figures of a person's ring on a moment. One query, at most 500 people."""
    row = _run(_RING + _FIGURES, customer_id, as_of)[0]
    others = dict(zip([field.name for field in fields(Ring)], row, strict=True))
    for own in ("size", "applied_7d", "applied_30d"):
        others[own] += 1
    return Ring(**others)


def links_of(customer_id: Any, *, as_of: datetime) -> list[Link]:
    """Who shows which of the shared values: the edges of the graph. One query, bounded."""
    return [Link(*row) for row in _run(_RING + _LINKS, customer_id, as_of)]


def _run(sql: str, customer_id: Any, as_of: datetime, **more: Any) -> list[tuple[Any, ...]]:
    """Rows of one of the queries above with every bound and window they may name."""
    windows = {"day": 1, "week": WEEK, "month": MONTH, "quarter": QUARTER, "year": YEAR}
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                **{name: as_of - timedelta(days=days) for name, days in windows.items()},
                "me": customer_id,
                "edges": edge_kinds(),
                "weights": list(WEIGHTS.values()),
                "strong": STRONG_WEIGHT,
                "fraud": list(FRAUD_REASONS),
                "many": SHARED_BY_MANY,
                "own_max": _OWN_VALUES_MAX,
                "near_max": _NEAR_MAX,
                "second_max": _SECOND_VALUES_MAX,
                "far_max": RING_MAX - _NEAR_MAX - 1,
                "sightings_max": _SIGHTINGS_MAX,
                **more,
            },
        )
        return list(cursor.fetchall())


_VELOCITY = """
SELECT own.kind, seen.* FROM (
    (SELECT kind, value_index FROM lending_applicationtrait
     WHERE application_id = %(application)s LIMIT %(own_max)s)
    UNION
    (SELECT kind, value_index FROM lending_applicationtrait
     WHERE customer_id = %(me)s AND kind = 'text' AND at >= %(month)s LIMIT %(own_max)s)
) own CROSS JOIN LATERAL (
    WITH t AS (
        SELECT customer_id, application_id, at FROM lending_applicationtrait
        WHERE kind = own.kind AND value_index = own.value_index AND at >= %(year)s
        ORDER BY at DESC LIMIT %(sightings_max)s
    )
    SELECT count(DISTINCT customer_id) FILTER (WHERE at >= %(day)s),
           count(DISTINCT customer_id) FILTER (WHERE at >= %(week)s),
           count(DISTINCT application_id) FILTER (WHERE at >= %(month)s),
           count(DISTINCT customer_id) FILTER (WHERE at >= %(month)s AND customer_id <> %(me)s),
           count(DISTINCT customer_id) FILTER (WHERE customer_id <> %(me)s),
           (SELECT count(DISTINCT i.value_index) FROM t
            JOIN lending_applicationtrait i
              ON i.application_id = t.application_id AND i.kind = 'identity'
            WHERE own.kind = 'mobile' AND i.value_index <> %(identity)s)
    FROM t
) seen"""


@dataclass(frozen=True)
class Sighting:
    """How often one value of an application was seen: people in a day and a week, applications in a
    month, other customers in a month and a year, other identities (numbers only).
    """

    kind: str
    people_1d: int
    people_7d: int
    applications_30d: int
    others_30d: int
    others: int
    identities: int


def sightings(
    *, application_id: UUID, customer_id: UUID, identity: str, as_of: datetime
) -> list[Sighting]:
    """Every trait of the application, counted over its windows. One query."""
    rows = _run(_VELOCITY, customer_id, as_of, application=application_id, identity=identity)
    return [Sighting(*row) for row in rows]


def most(found: list[Sighting], kind: Kind, figure: str) -> int:
    """The highest ``figure`` among the values of a kind; 0 without any."""
    return max((int(getattr(row, figure)) for row in found if row.kind == kind), default=0)
