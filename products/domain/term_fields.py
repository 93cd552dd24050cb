"""The fields of loan terms: how each is read, and what is not looser than the value above. Pure.

====================================================  =========================================
fields                                                a deeper layer may …
====================================================  =========================================
amount_max, limit_factor, limit_cap, starter_limit,   only lower
rate_cap, age_max, grace_days,
early_repayment_fee_rate
amount_min, rate_floor, age_min, penalty_uplift       only raise
amount_step                                           only a multiple of the inherited step
purposes, term_months, methods, counties              only a subset
segments (any of; none named = open to everyone)      only a subset
forbidden_purposes, consent_kinds, questions          only add
spread_bp_by_grade                                    set (floor and cap hold), drop grades
purpose_class                                         stay, or turn BUSINESS into CONSUMPTION
day_count, rounding, month_end                        not change
names, lpr_tenor, is_revolving, strategy_code,        set
contract_template
====================================================  =========================================
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from products.domain.day_count import DAY_COUNTS
from products.domain.schedule_check import METHODS
from products.money import ROUNDINGS

BUSINESS, CONSUMPTION = "BUSINESS", "CONSUMPTION"
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_COUNTY = re.compile(r"[1-9]\d{5}", re.ASCII)
_SPREAD_BP_MAX = 10_000

Reader = Callable[[Any], Any]
Order = Callable[[Any, Any], bool]


class InvalidTerms(ValueError):
    """A value is missing, of the wrong type, or contradicts another one."""


# ── readers: from a JSON-safe value to the exact one ─────────────────────────
def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidTerms(f"{value!r} is not a text")
    return value


def _one_of(*known: str) -> Reader:
    def read(value: Any) -> str:
        if value not in known:
            raise InvalidTerms(f"{value!r} is none of {', '.join(known)}")
        return str(value)

    return read


def _decimal(value: Any) -> Decimal:
    """Zero or more, at most six decimals; floats are refused because they are not exact."""
    if isinstance(value, float | bool) or not _NUMBER.fullmatch(str(value)):
        raise InvalidTerms(f"{value!r} is not an exact number")
    return Decimal(str(value))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidTerms(f"{value!r} is not a whole number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidTerms(f"{value!r} is not yes or no")
    return value


def _each(read: Reader) -> Reader:
    """A list of different things, in the order written."""

    def read_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise InvalidTerms(f"{value!r} is not a list")
        items = tuple(read(item) for item in value)
        if len(set(items)) != len(items):
            raise InvalidTerms(f"{value!r} names something twice")
        return items

    return read_all


def _months(value: Any) -> int:
    months = _whole(value)
    if not 1 <= months <= 360:
        raise InvalidTerms(f"{value!r} is not a number of months")
    return months


def _county(value: Any) -> str:
    if not isinstance(value, str) or not _COUNTY.fullmatch(value):
        raise InvalidTerms(f"{value!r} is not a six-digit county code")
    return value


def _spreads(value: Any) -> Mapping[str, int]:
    if not isinstance(value, Mapping) or not value:
        raise InvalidTerms(f"{value!r} is not a table of spreads")
    for bp in value.values():
        if isinstance(bp, bool) or not isinstance(bp, int) or abs(bp) > _SPREAD_BP_MAX:
            raise InvalidTerms(f"{bp!r} is not a spread in whole basis points")
    return MappingProxyType({_text(grade): bp for grade, bp in sorted(value.items())})


# ── orders: (value, inherited) → the value is not looser ─────────────────────
def _lower(value: Any, inherited: Any) -> bool:
    return bool(value <= inherited)


def _higher(value: Any, inherited: Any) -> bool:
    return bool(value >= inherited)


def _multiple(value: Decimal, inherited: Decimal) -> bool:
    return inherited > 0 and value % inherited == 0


def _subset(value: Sequence[Any], inherited: Sequence[Any]) -> bool:
    return set(value) <= set(inherited)


def _superset(value: Sequence[Any], inherited: Sequence[Any]) -> bool:
    return set(value) >= set(inherited)


def _narrower(value: Sequence[Any], inherited: Sequence[Any]) -> bool:
    """Like a subset, where naming nobody means everybody."""
    return not inherited or (bool(value) and set(value) <= set(inherited))


def _same_or_consumption(value: str, inherited: str) -> bool:
    return value in (inherited, CONSUMPTION)


def _same(value: Any, inherited: Any) -> bool:
    return bool(value == inherited)


def _free(value: Any, inherited: Any) -> bool:
    return True


#: field → (how it is read, what counts as not looser than the inherited value)
VALUE_FIELDS: Mapping[str, tuple[Reader, Order]] = MappingProxyType({
    "name_zh": (_text, _free),
    "name_en": (_text, _free),
    "purpose_class": (_one_of(BUSINESS, CONSUMPTION), _same_or_consumption),
    "purposes": (_each(_text), _subset),
    "forbidden_purposes": (_each(_text), _superset),
    "amount_min": (_decimal, _higher),
    "amount_max": (_decimal, _lower),
    "amount_step": (_decimal, _multiple),
    "term_months": (_each(_months), _subset),
    "methods": (_each(_one_of(*METHODS)), _subset),
    "day_count": (_one_of(*DAY_COUNTS), _same),
    "rounding": (_one_of(*ROUNDINGS), _same),
    "month_end": (_one_of("clamp", "roll"), _same),
    "lpr_tenor": (_one_of("1Y", "5Y"), _free),
    "spread_bp_by_grade": (_spreads, _subset),
    "rate_floor": (_decimal, _higher),
    "rate_cap": (_decimal, _lower),
    "penalty_uplift": (_decimal, _higher),
    "grace_days": (_whole, _lower),
    "early_repayment_fee_rate": (_decimal, _lower),
    "is_revolving": (_flag, _free),
    "age_min": (_whole, _higher),
    "age_max": (_whole, _lower),
    "counties": (_each(_county), _subset),
    "limit_factor": (_decimal, _lower),
    "limit_cap": (_decimal, _lower),
    "starter_limit": (_decimal, _lower),
    "strategy_code": (_text, _free),
    "contract_template": (_text, _free),
    "consent_kinds": (_each(_text), _superset),
    "questions": (_each(_text), _superset),
    "segments": (_each(_text), _narrower),
})


def read_value(name: str, written: Any) -> Any:
    """The exact value of a field; raises ``InvalidTerms`` naming the field."""
    if name not in VALUE_FIELDS:
        raise InvalidTerms(f"unknown field {name}")
    try:
        return VALUE_FIELDS[name][0](written)
    except InvalidTerms as error:
        raise InvalidTerms(f"{name}: {error}") from None
    except (ArithmeticError, TypeError, ValueError):
        raise InvalidTerms(f"{name}: {written!r} cannot be read") from None


def is_not_looser(name: str, value: Any, inherited: Any) -> bool:
    """Whether a deeper layer may set ``value`` where ``inherited`` stands."""
    return VALUE_FIELDS[name][1](value, inherited)


def check_consistent(values: Mapping[str, Any]) -> None:
    """Raises ``InvalidTerms`` for values that contradict each other."""
    if values["amount_step"] <= 0 or values["amount_min"] <= 0:
        raise InvalidTerms("amount_min and amount_step must be positive")
    for low, high in (
        ("amount_min", "amount_max"), ("rate_floor", "rate_cap"), ("age_min", "age_max")
    ):
        if values[low] > values[high]:
            raise InvalidTerms(f"{low} is above {high}")
    for name in ("purposes", "term_months", "methods", "counties"):
        if not values[name]:
            raise InvalidTerms(f"{name} is empty")
    if set(values["purposes"]) & set(values["forbidden_purposes"]):
        raise InvalidTerms("a purpose is both allowed and forbidden")


def plain(value: Any) -> Any:
    """The JSON-safe form ``read_value`` reads back: decimals as strings, tuples as lists."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value
