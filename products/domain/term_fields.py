"""The fields of loan terms: how each is read, and what is not looser than the value above. Pure.

====================================================  =========================================
fields                                                a deeper layer may …
====================================================  =========================================
amount_max, limit_factor, limit_cap, starter_limit,   only lower
self_service_cap, officer_cap, debt_percent_max,
rate_cap, coupon_bp_max, age_max, grace_days,
early_repayment_fee_rate, early_repayment_lock_days,
offer_days
amount_min, rate_floor, age_min, penalty_uplift       only raise
budget_amount, budget_count, quota_per_day,           only lower; stated none = unlimited
quota_per_officer
amount_step                                           only a multiple of the inherited step
purposes, term_months, methods, counties, strategies  only a subset
segments, white_lists, industries, employers,         only a subset
officers (any of; none named = open to everyone)
forbidden_purposes, excluded_lists, consent_kinds,    only add
questions, documents, early_repayment_options
spread_bp_by_grade                                    set (floor and cap hold), drop grades
tiers                                                 set spreads (floor and cap hold), lower the
                                                      share of the limit, drop tiers
fees                                                  only lower or drop
purpose_class                                         stay, or turn BUSINESS into CONSUMPTION
is_revolving                                          stay, or turn single
due_day_rule                                          stay, or turn as_is (the stricter one)
principal_first_after_days (0 = never)                only come later, or never
day_count, rounding, month_end, allocation_order      not change
names, lpr_tenor, strategy_code (one of strategies),  set
contract_template, repricing (floor and cap hold)
====================================================  =========================================

A field with a ``before`` value came later: terms frozen or published without it mean that value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from products.domain import term_orders as order
from products.domain import term_readers as read
from products.domain.day_count import DAY_COUNTS
from products.domain.schedule_check import METHODS
from products.domain.term_orders import AS_IS, CONSUMPTION, Order
from products.domain.term_readers import InvalidTerms, Reader, plain
from products.money import AMOUNT_MAX, ROUNDINGS

__all__ = [
    "AS_IS", "BUSINESS", "CONSUMPTION", "FIELDS", "InvalidTerms", "TermField", "plain", "read_value",
]

BUSINESS = "BUSINESS"
#: What a borrower may do before the last due date; a child product takes none of it away.
EARLY_OPTIONS = ("payoff", "shorten_term", "lower_instalment")
#: A due date on a day off stays, or moves to the bank's next working day.
DUE_DAY_RULES = (AS_IS, "next_working_day")
#: What a repayment is put to first, second, …; the default is that of most Chinese contracts.
ALLOCATION = ("compound", "penalty", "interest", "principal")
#: Days past due that principal-first waits for, at the least.
PRINCIPAL_FIRST_MIN = 90
FIXED, YEARLY_JANUARY, YEARLY_ANNIVERSARY = "fixed", "yearly_january", "yearly_anniversary"
#: When a running loan takes the LPR of the day: never, each 1 January, or on the payout's day of the year.
REPRICINGS = (FIXED, YEARLY_JANUARY, YEARLY_ANNIVERSARY)
ID_CARD = "id_card"
_ALWAYS_STATED = object()


@dataclass(frozen=True, slots=True)
class TermField:
    """``group`` orders the fields on pages; ``before`` is what its absence means, if it may."""

    name: str
    group: str
    read: Reader
    order: Order
    before: Any = _ALWAYS_STATED

    @property
    def may_be_absent(self) -> bool:
        return self.before is not _ALWAYS_STATED


_codes = read.each(read.text)
_method = read.one_of(*METHODS)


def _fields() -> tuple[TermField, ...]:
    return (*_names(), *_who(), *_how_much(), *_price(), *_repayment(), *_rules(), *_sale())


def _names() -> tuple[TermField, ...]:
    return (
        TermField("name_zh", "names", read.text, order.FREE),
        TermField("name_en", "names", read.text, order.FREE),
    )


def _who() -> tuple[TermField, ...]:
    g = "who"
    return (
        TermField("age_min", g, read.whole, order.HIGHER),
        TermField("age_max", g, read.whole, order.LOWER),
        TermField("counties", g, read.each(read.county), order.SUBSET),
        TermField("segments", g, _codes, order.NARROWER),
        TermField("white_lists", g, _codes, order.NARROWER, ()),
        TermField("excluded_lists", g, _codes, order.SUPERSET, ()),
        TermField("industries", g, _codes, order.NARROWER, ()),
        TermField("employers", g, _codes, order.NARROWER, ()),
    )


def _how_much() -> tuple[TermField, ...]:
    g = "how_much"
    return (
        TermField("amount_min", g, read.amount, order.HIGHER),
        TermField("amount_max", g, read.amount, order.LOWER),
        TermField("amount_step", g, read.amount, order.MULTIPLE),
        TermField("limit_factor", g, read.decimal, order.LOWER),
        TermField("limit_cap", g, read.amount, order.LOWER),
        TermField("self_service_cap", g, read.amount, order.LOWER, AMOUNT_MAX),
        TermField("officer_cap", g, read.amount, order.LOWER, AMOUNT_MAX),
        TermField("starter_limit", g, read.amount, order.LOWER),
        TermField("debt_percent_max", g, read.percent, order.LOWER, 100),
    )


def _price() -> tuple[TermField, ...]:
    g = "price"
    return (
        TermField("lpr_tenor", g, read.one_of("1Y", "5Y"), order.FREE),
        TermField("spread_bp_by_grade", g, read.spreads, order.GRADES),
        TermField("tiers", g, read.tiers(_method), order.TIER_TABLE, MappingProxyType({})),
        TermField("rate_floor", g, read.decimal, order.HIGHER),
        TermField("rate_cap", g, read.decimal, order.LOWER),
        TermField("coupon_bp_max", g, read.whole, order.LOWER, 0),
        TermField("repricing", g, read.one_of(*REPRICINGS), order.FREE, FIXED),
        TermField("fees", g, read.fees, order.EACH_LOWER, MappingProxyType({})),
        TermField("penalty_uplift", g, read.decimal, order.HIGHER),
    )


def _repayment() -> tuple[TermField, ...]:
    g, early = "repayment", read.each(read.one_of(*EARLY_OPTIONS))
    return (
        TermField("term_months", g, read.each(read.months), order.SUBSET),
        TermField("methods", g, read.each(_method), order.SUBSET),
        TermField("day_count", g, read.one_of(*DAY_COUNTS), order.SAME),
        TermField("rounding", g, read.one_of(*ROUNDINGS), order.SAME),
        TermField("month_end", g, read.one_of("clamp", "roll"), order.SAME),
        TermField("is_revolving", g, read.flag, order.ONLY_GIVEN_UP),
        TermField("due_day_rule", g, read.one_of(*DUE_DAY_RULES), order.SAME_OR_AS_IS, AS_IS),
        TermField("grace_days", g, read.whole, order.LOWER),
        TermField("allocation_order", g, read.ranking(*ALLOCATION), order.SAME, ALLOCATION),
        TermField("principal_first_after_days", g, read.whole, order.LATER_OR_NEVER, 0),
        TermField("early_repayment_options", g, early, order.SUPERSET, EARLY_OPTIONS),
        TermField("early_repayment_fee_rate", g, read.decimal, order.LOWER),
        TermField("early_repayment_lock_days", g, read.whole, order.LOWER, 0),
    )


def _rules() -> tuple[TermField, ...]:
    g, purpose_class = "rules", read.one_of(BUSINESS, CONSUMPTION)
    return (
        TermField("purpose_class", g, purpose_class, order.SAME_OR_CONSUMPTION),
        TermField("purposes", g, _codes, order.SUBSET),
        TermField("forbidden_purposes", g, _codes, order.SUPERSET),
        TermField("strategies", g, _codes, order.SUBSET, None),
        TermField("strategy_code", g, read.text, order.FREE),
        TermField("consent_kinds", g, _codes, order.SUPERSET),
        TermField("questions", g, _codes, order.SUPERSET),
        TermField("documents", g, _codes, order.SUPERSET, (ID_CARD,)),
        TermField("contract_template", g, read.text, order.FREE),
    )


def _sale() -> tuple[TermField, ...]:
    g = "sale"
    return (
        TermField("offer_days", g, read.whole, order.LOWER, 7),
        TermField("officers", g, _codes, order.NARROWER, ()),
        TermField("budget_amount", g, read.amount_or_open, order.LOWER_OR_OPEN, None),
        TermField("budget_count", g, read.whole_or_open, order.LOWER_OR_OPEN, None),
        TermField("quota_per_day", g, read.whole_or_open, order.LOWER_OR_OPEN, None),
        TermField("quota_per_officer", g, read.whole_or_open, order.LOWER_OR_OPEN, None),
    )


FIELDS: Mapping[str, TermField] = MappingProxyType({field.name: field for field in _fields()})
#: In the order of pages: names, who, how much, price, repayment, rules, sale.
GROUPS = tuple(dict.fromkeys(field.group for field in FIELDS.values()))


def read_value(name: str, written: Any) -> Any:
    """The exact value of a field; raises ``InvalidTerms`` naming the field."""
    if name not in FIELDS:
        raise InvalidTerms(f"unknown field {name}", field=name, value=written)
    try:
        return FIELDS[name].read(written)
    except InvalidTerms as error:
        raise InvalidTerms(error.problem, field=name, value=written) from None
    except (ArithmeticError, TypeError, ValueError):
        raise InvalidTerms(
            f"{written!r:.80} cannot be read", field=name, value=written
        ) from None


def value_when_absent(name: str, values: Mapping[str, Any]) -> Any:
    """What terms mean that were written before the field existed; the field must allow that."""
    if name == "strategies":
        return (values["strategy_code"],)
    return FIELDS[name].before


def is_not_looser(name: str, value: Any, inherited: Any) -> bool:
    """Whether a deeper layer may set ``value`` where ``inherited`` stands."""
    return FIELDS[name].order.holds(value, inherited)
