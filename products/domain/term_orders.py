"""Orders of terms: ``(value, inherited) → the value is not looser``. Pure.

Each order is reflexive and transitive, so that a stack whose every layer is not looser than the
one above it is not looser than its base.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CONSUMPTION = "CONSUMPTION"
AS_IS = "as_is"


@dataclass(frozen=True, slots=True)
class Order:
    """``name`` is the rule in one word, for the people who are told why a value is refused."""

    name: str
    holds: Callable[[Any, Any], bool]


def _lower(value: Any, inherited: Any) -> bool:
    return bool(value <= inherited)


def _higher(value: Any, inherited: Any) -> bool:
    return bool(value >= inherited)


def _lower_or_open(value: Any, inherited: Any) -> bool:
    """Like lower, where ``None`` limits nothing."""
    return inherited is None or (value is not None and value <= inherited)


def _multiple(value: Decimal, inherited: Decimal) -> bool:
    return inherited > 0 and value % inherited == 0


def _subset(value: Sequence[Any], inherited: Sequence[Any]) -> bool:
    return set(value) <= set(inherited)


def _superset(value: Sequence[Any], inherited: Sequence[Any]) -> bool:
    return set(value) >= set(inherited)


def _narrower(value: Sequence[Any], inherited: Sequence[Any]) -> bool:
    """Like a subset, where naming nobody means everybody."""
    return not inherited or (bool(value) and set(value) <= set(inherited))


def _each_lower(value: Mapping[str, Any], inherited: Mapping[str, Any]) -> bool:
    return all(key in inherited and item <= inherited[key] for key, item in value.items())


def _tiers(value: Mapping[str, Any], inherited: Mapping[str, Any]) -> bool:
    """No new tier, none lifting the limit further, none preferring a method the layer above did not.

    The spread is free: the product's floor and cap hold it.
    """
    return all(
        tier in inherited
        and row["limit_percent"] <= inherited[tier]["limit_percent"]
        and set(row["methods"]) <= set(inherited[tier]["methods"])
        for tier, row in value.items()
    )


def _same_or_consumption(value: str, inherited: str) -> bool:
    return value in (inherited, CONSUMPTION)


def _only_given_up(value: bool, inherited: bool) -> bool:
    return inherited or not value


def _same_or_as_is(value: str, inherited: str) -> bool:
    """A due date that moves to a working day is kinder: it is kept, or given up."""
    return value in (inherited, AS_IS)


def _later_or_never(value: int, inherited: int) -> bool:
    """Days after which something begins, where 0 is never."""
    return value == 0 or (inherited != 0 and value >= inherited)


def _same(value: Any, inherited: Any) -> bool:
    return bool(value == inherited)


def _free(value: Any, inherited: Any) -> bool:
    return True


LOWER = Order("lower", _lower)
HIGHER = Order("higher", _higher)
LOWER_OR_OPEN = Order("lower_or_open", _lower_or_open)
MULTIPLE = Order("multiple", _multiple)
SUBSET = Order("subset", _subset)
SUPERSET = Order("superset", _superset)
NARROWER = Order("narrower", _narrower)
GRADES = Order("grades", _subset)
EACH_LOWER = Order("each_lower", _each_lower)
TIER_TABLE = Order("tiers", _tiers)
SAME_OR_CONSUMPTION = Order("same_or_consumption", _same_or_consumption)
ONLY_GIVEN_UP = Order("only_given_up", _only_given_up)
SAME_OR_AS_IS = Order("same_or_as_is", _same_or_as_is)
LATER_OR_NEVER = Order("later_or_never", _later_or_never)
SAME = Order("same", _same)
FREE = Order("free", _free)
