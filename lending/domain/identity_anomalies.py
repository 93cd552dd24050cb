"""What does not fit about a confirmed identity, as codes for the evidence. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from lending.domain.traits import normalised

#: A parent's bank card often carries a child's number: one other identity is a family, not a sign.
OTHER_IDENTITIES_MIN = 2


@dataclass(frozen=True)
class Identity:
    """``read_name`` and ``read_number``: what a camera read without any doubt, else empty.

    ``other_names``: names under which the same ID number was confirmed in the last 30 days.
    """

    name: str
    number: str
    valid_until: date | None
    read_name: str = ""
    read_number: str = ""
    other_names: Sequence[str] = field(default=())
    mobile_identities: int = 0


def anomalies(person: Identity, *, on: date) -> list[str]:
    """Codes in a fixed order; empty when everything fits."""
    found = []
    if person.read_name and far_apart(person.read_name, person.name):
        found.append("name_read_differs")
    if len(person.read_number) == 18 and person.read_number != person.number:
        found.append("number_read_differs")
    if person.valid_until is not None and person.valid_until < on:
        found.append("card_expired")
    if any(far_apart(other, person.name) for other in person.other_names):
        found.append("other_name_30d")
    if person.mobile_identities >= OTHER_IDENTITIES_MIN:
        found.append("mobile_of_other_identities")
    return found


def far_apart(one: str, other: str) -> bool:
    """Two names that a single misread or mistyped character does not explain."""
    a, b = normalised(one), normalised(other)
    wrong = sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))
    return wrong > 1
