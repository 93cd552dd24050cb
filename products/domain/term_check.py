"""Terms that contradict each other: no layer may be published with them. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from products.domain.term_fields import ID_CARD, PRINCIPAL_FIRST_MIN
from products.domain.term_readers import InvalidTerms

_NEVER_ABOVE = (
    ("amount_min", "amount_max"), ("rate_floor", "rate_cap"), ("age_min", "age_max"),
    ("self_service_cap", "officer_cap"), ("amount_min", "self_service_cap"),
    ("amount_min", "limit_cap"),
)
_NEVER_EMPTY = ("purposes", "term_months", "methods", "counties", "strategies")
_POSITIVE = ("amount_min", "amount_step", "offer_days")
_OFFER_DAYS_MAX = 90


def check_consistent(values: Mapping[str, Any]) -> None:
    """Raises ``InvalidTerms`` for the first contradiction, naming a field of it."""
    for problem_field, problem in contradictions(values):
        raise InvalidTerms(problem, field=problem_field, value=values[problem_field])


def contradictions(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Every contradiction as (field, what is wrong)."""
    for name in _POSITIVE:
        if values[name] <= 0:
            yield name, "must be above zero"
    for low, high in _NEVER_ABOVE:
        if values[low] > values[high]:
            yield low, f"{values[low]} is above {high} {values[high]}"
    for name in _NEVER_EMPTY:
        if not values[name]:
            yield name, "is empty"
    if values["offer_days"] > _OFFER_DAYS_MAX:
        yield "offer_days", f"is more than {_OFFER_DAYS_MAX} days"
    if 0 < values["principal_first_after_days"] < PRINCIPAL_FIRST_MIN:
        yield "principal_first_after_days", f"is neither 0 nor at least {PRINCIPAL_FIRST_MIN} days"
    if set(values["purposes"]) & set(values["forbidden_purposes"]):
        yield "purposes", "a purpose is both allowed and forbidden"
    if set(values["white_lists"]) & set(values["excluded_lists"]):
        yield "white_lists", "a list is both asked for and excluded"
    if values["strategy_code"] not in values["strategies"]:
        yield "strategy_code", "is none of the strategies this product may use"
    if ID_CARD not in values["documents"]:
        yield "documents", "the ID card is always needed"
    if values["limit_factor"] <= Decimal(0):
        yield "limit_factor", "must be above zero"
