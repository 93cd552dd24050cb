"""Invented people who show what terms mean: from their written form to inputs of a decision.

Pure. The written form stands in ``risk/seeds/sample_customers.json``: what each person's sources
would say; what is not written there is "no record" at its source. No real person, no ID data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from products.domain.terms import LoanTerms
from risk.domain.features import FEATURES
from risk.domain.values import NotOfType

#: Nobody has a record of these: who did not say it has not answered.
_OWN_WORDS = frozenset({"application", "signals"})


class InvalidSample(ValueError):
    """A sample names no known feature, or a value is not of the feature's type."""


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """``purposes`` in the order preferred; ``said`` is feature → value as sources write it.

    ``lists`` are hits as {"list", "kind", "tier"}; ``calendar`` is an income calendar or ``None``.
    """

    code: str
    name_zh: str
    name_en: str
    purposes: tuple[str, ...]
    said: Mapping[str, Any]
    lists: tuple[Mapping[str, str], ...]
    calendar: Any


def read_samples(written: Mapping[str, Any]) -> tuple[SampleCustomer, ...]:
    """{"everybody": values all share, "customers": […]} → samples; raises ``InvalidSample``."""
    return tuple(_sample(row, written["everybody"]) for row in written["customers"])


def _sample(row: Mapping[str, Any], shared: Mapping[str, Any]) -> SampleCustomer:
    said = {**shared, **row["said"]}
    for name, value in said.items():
        if name not in FEATURES:
            raise InvalidSample(f"{row['code']}: there is no feature {name}")
        try:
            FEATURES[name].read(value)
        except NotOfType:
            raise InvalidSample(f"{row['code']}: {name} cannot be {value!r}") from None
    return SampleCustomer(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        purposes=tuple(row["purposes"]),
        said=said,
        lists=tuple(row.get("lists", ())),
        calendar=row.get("calendar"),
    )


def purpose_for(sample: SampleCustomer, terms: LoanTerms) -> str:
    """What this person would take this product for: the first own wish it serves, else its first
    purpose."""
    served: Sequence[str] = [wish for wish in sample.purposes if wish in terms.purposes]
    return served[0] if served else terms.purposes[0]


def sample_inputs(
    sample: SampleCustomer,
    *,
    terms: LoanTerms,
    lpr: Decimal,
    business_date: date,
    purpose: str,
    extra: Mapping[str, Any],
    regulatory_cap: Decimal | None = None,
) -> dict[str, Any]:
    """Inputs of ``decide.evaluate`` for this person on this day, as ``risk.inputs`` builds them.

    ``extra`` adds or replaces whole keys: the one place where new inputs reach the samples.
    """
    at = f"{business_date.isoformat()}T00:00:00.000+08:00"
    said = {**sample.said, "purpose": purpose}
    return {
        "version": 1,
        "facts": {
            name: {
                "value": said.get(name),
                "state": _state(name, said),
                "source": feature.source,
                "at": at,
            }
            for name, feature in FEATURES.items()
        },
        "sources": {},
        "terms": terms.as_dict(),
        "lpr": str(lpr),
        "regulatory_cap": None if regulatory_cap is None else str(regulatory_cap),
        "requested_amount": None,
        "as_of": at,
        "business_date": business_date.isoformat(),
        "lists": [dict(hit) for hit in sample.lists],
        "calendar": sample.calendar,
        **extra,
    }


def _state(name: str, said: Mapping[str, Any]) -> str:
    if name in said:
        return "answered"
    return "missing" if FEATURES[name].source in _OWN_WORDS else "no_record"
