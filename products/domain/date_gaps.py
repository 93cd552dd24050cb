"""Days that no row of a dated thing covers. Pure."""

from collections.abc import Iterable
from datetime import date

#: First day, and first day no more (None: without an end).
Span = tuple[date, date | None]


def uncovered(spans: Iterable[Span], since: date, until: date | None = None) -> list[Span]:
    """The stretches from ``since`` up to, not including, ``until`` that no span covers, in order.

    ``until`` None looks ahead without end; a stretch without an end is one that nothing follows.
    """
    found: list[Span] = []
    reached = since
    for first, end in sorted(spans, key=lambda span: span[0]):
        if until is not None and first >= until:
            break
        if first > reached:
            found.append((reached, first))
            reached = first
        if end is None:
            return found
        reached = max(reached, end)
    if until is None or reached < until:
        found.append((reached, until))
    return found
