"""The dated numbers of the law and the central bank, and the counties of the licence (D7)."""

from datetime import date
from decimal import Decimal

from products.domain.law import LegalBounds
from products.models import OperatingArea, RegulatoryParameter
from products.selectors.days import holding


class MissingParameter(LookupError):
    """No value of this parameter holds on this day: an error, never a default."""


def parameter(code: str, on: date) -> Decimal:
    """The value of a dated parameter on ``on``; raises ``MissingParameter``."""
    return parameters((code,), on)[code]


def parameters(codes: tuple[str, ...], on: date) -> dict[str, Decimal]:
    """Several dated parameters at once; raises ``MissingParameter`` naming all that are missing."""
    held = dict(
        holding(RegulatoryParameter.objects.filter(code__in=codes), on).values_list("code", "value")
    )
    missing = [code for code in codes if code not in held]
    if missing:
        raise MissingParameter(f"{', '.join(missing)} has no value on {on}")
    return held


def operating_counties(on: date) -> list[OperatingArea]:
    """The counties the bank may serve on ``on``."""
    return list(holding(OperatingArea.objects.all(), on))


def legal_bounds(on: date) -> LegalBounds:
    """What every product must keep to on ``on``; raises ``MissingParameter``."""
    codes = {
        "total_cost_cap": "TOTAL_COST_CAP",
        "penalty_uplift_min": "PENALTY_UPLIFT_MIN",
        "penalty_uplift_max": "PENALTY_UPLIFT_MAX",
        "consumption_online_cap": "CONSUMPTION_ONLINE_CAP",
        "consumption_months_max": "CONSUMPTION_MONTHS_MAX",
        "adult_age": "ADULT_AGE",
        "fee_rate_max": "FEE_RATE_MAX",
    }
    held = parameters(tuple(codes.values()), on)
    return LegalBounds(
        **{name: held[code] for name, code in codes.items()},
        counties=frozenset(area.county for area in operating_counties(on)),
    )
