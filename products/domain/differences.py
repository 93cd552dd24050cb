"""What changes from one version's terms to another's, field by field, for two people to read. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from products.domain.term_fields import FIELDS, is_not_looser
from products.domain.terms import ResolvedTerms


@dataclass(frozen=True, slots=True)
class Difference:
    """``direction``: tighter | looser | other, seen from ``before``. Values as the terms hold them.

    ``before_layer``/``after_layer`` name the product the value comes from.
    """

    field: str
    group: str
    before: Any
    after: Any
    before_layer: str
    after_layer: str
    direction: str


def differences(before: ResolvedTerms, after: ResolvedTerms) -> tuple[Difference, ...]:
    """Fields whose values differ, in the order of the pages."""
    return tuple(_rows(before, after))


def _rows(before: ResolvedTerms, after: ResolvedTerms) -> Iterable[Difference]:
    origins = {one.field: one for one in before.provenance}
    for new in after.provenance:
        old = origins[new.field]
        if old.value != new.value:
            yield Difference(
                new.field, FIELDS[new.field].group, old.value, new.value,
                old.product_code, new.product_code, _direction(new.field, old.value, new.value),
            )


def _direction(field: str, before: Any, after: Any) -> str:
    """Only an order that can tell the two apart says tighter or looser."""
    down, up = is_not_looser(field, after, before), is_not_looser(field, before, after)
    if down == up:
        return "other"
    return "tighter" if down else "looser"
