"""What the law allows a product to say. Pure; its figures are dated parameters."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from products.domain.term_fields import CONSUMPTION
from products.domain.terms import LoanTerms

#: Purposes that make a loan a consumption loan whatever the product's class.
CONSUMPTION_PURPOSES = frozenset(
    {"consumption", "education", "medical", "home_improvement", "travel"}
)


@dataclass(frozen=True)
class LegalBounds:
    """The parameters in force on one day. Amounts in yuan, rates as yearly fractions."""

    total_cost_cap: Decimal
    penalty_uplift_min: Decimal
    penalty_uplift_max: Decimal
    consumption_online_cap: Decimal
    consumption_months_max: Decimal
    adult_age: Decimal
    fee_rate_max: Decimal
    counties: Collection[str]


@dataclass(frozen=True)
class Breach:
    """A field that says what it may not: its value and the bound, as plain text."""

    field: str
    value: str
    bound: str


def breaches(terms: LoanTerms, law: LegalBounds) -> tuple[Breach, ...]:
    """Everything in ``terms`` that the law forbids; empty when the product may be sold."""
    found = []
    if not law.penalty_uplift_min <= terms.penalty_uplift <= law.penalty_uplift_max:
        band = f"{law.penalty_uplift_min} to {law.penalty_uplift_max}"
        found.append(Breach("penalty_uplift", str(terms.penalty_uplift), band))
    dearest = terms.rate_cap * (1 + terms.penalty_uplift)
    if dearest > law.total_cost_cap:
        found.append(Breach("rate_cap", f"{dearest} with penalty", str(law.total_cost_cap)))
    if is_for_consumption(terms):
        found.extend(_consumption_breaches(terms, law))
    charged = sum(terms.fees.values(), terms.early_repayment_fee_rate)
    if charged > law.fee_rate_max:
        found.append(Breach("fees", str(charged), str(law.fee_rate_max)))
    if terms.age_min < law.adult_age:
        found.append(Breach("age_min", str(terms.age_min), str(law.adult_age)))
    outside = sorted(set(terms.counties) - set(law.counties))
    if outside:
        found.append(Breach("counties", ", ".join(outside), "the operating area"))
    return tuple(found)


def is_for_consumption(terms: LoanTerms) -> bool:
    """Whether the product can be lent for consumption, alone or among other purposes."""
    return terms.purpose_class == CONSUMPTION or bool(CONSUMPTION_PURPOSES & set(terms.purposes))


def online_amount_max(terms: LoanTerms) -> Decimal:
    """The most the machine lends one person by phone, without a member of staff."""
    return min(reviewed_amount_max(terms), terms.self_service_cap)


def reviewed_amount_max(terms: LoanTerms) -> Decimal:
    """The most one person can be lent once staff have looked (机器审批+人工调额)."""
    return min(terms.amount_max, terms.limit_cap, terms.officer_cap)


def _consumption_breaches(terms: LoanTerms, law: LegalBounds) -> list[Breach]:
    found = []
    highest = reviewed_amount_max(terms)  # such a loan, too, is signed and paid out by phone
    if highest > law.consumption_online_cap:
        found.append(Breach("limit_cap", str(highest), str(law.consumption_online_cap)))
    if max(terms.term_months) > law.consumption_months_max:
        found.append(
            Breach("term_months", str(max(terms.term_months)), str(law.consumption_months_max))
        )
    return found
