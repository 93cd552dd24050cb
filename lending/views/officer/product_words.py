"""The words of the product factory: one table of the terms, and how each value is written for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lending.forms.customer_choices import INDUSTRIES, PURPOSES
from lending.views.officer import words
from lending.views.officer.list_words import TIERS
from products.domain.term_fields import FIELDS
from products.money import AMOUNT_MAX


@dataclass(frozen=True)
class TermWord:
    """``kind`` says how a value is shown and typed (``lending.forms.term_texts``)."""

    label: Any
    kind: str
    help: Any = ""


TERMS: Mapping[str, TermWord] = {
    "name_zh": TermWord(_("Name in Chinese"), "text"),
    "name_en": TermWord(_("Name in English"), "text"),
    "age_min": TermWord(_("Youngest age"), "whole", _("in years")),
    "age_max": TermWord(_("Oldest age"), "whole", _("in years, at the last due date")),
    "counties": TermWord(_("Counties"), "codes", _("six-digit county codes")),
    "segments": TermWord(_("Customer groups"), "codes", _("one of them is enough")),
    "white_lists": TermWord(_("Invited lists"), "codes", _("only people on one of these lists")),
    "excluded_lists": TermWord(_("Excluded lists"), "codes", _("nobody on one of these lists")),
    "industries": TermWord(_("Industries"), "codes"),
    "employers": TermWord(_("Employers"), "codes"),
    "amount_min": TermWord(_("Smallest loan"), "amount", _("in yuan")),
    "amount_max": TermWord(_("Largest loan"), "amount", _("in yuan")),
    "amount_step": TermWord(_("Step of the amount"), "amount", _("in yuan")),
    "limit_factor": TermWord(_("Limit factor"), "factor", _("multiplies the limit of the model")),
    "limit_cap": TermWord(_("Highest limit"), "amount", _("in yuan")),
    "self_service_cap": TermWord(_("Highest limit without a visit"), "amount", _("in yuan")),
    "officer_cap": TermWord(_("Highest limit with an officer"), "amount", _("in yuan")),
    "starter_limit": TermWord(_("Starter limit"), "amount", _("in yuan, for people without records")),
    "debt_percent_max": TermWord(_("Debt service, at most"), "share", _("percent of the income")),
    "lpr_tenor": TermWord(_("LPR term"), "choice", _("1Y or 5Y")),
    "spread_bp_by_grade": TermWord(
        _("Spread by grade"), "spreads", _("basis points over the LPR, as A=180 B=280")
    ),
    "tiers": TermWord(
        _("Customer tiers"), "tiers",
        _("a line each: tier=spread in bp, percent of the limit, methods offered first"),
    ),
    "rate_floor": TermWord(_("Lowest yearly rate"), "rate", _("in percent")),
    "rate_cap": TermWord(_("Highest yearly rate"), "rate", _("in percent")),
    "coupon_bp_max": TermWord(_("Coupons, at most"), "points", _("basis points off the rate")),
    "repricing": TermWord(
        pgettext_lazy("terms", "Repricing"), "choice", _("when running loans take the LPR of the day")
    ),
    "fees": TermWord(_("Fees"), "fees"),
    "penalty_uplift": TermWord(_("Penalty on the rate"), "rate", _("percent of the rate")),
    "term_months": TermWord(_("Terms"), "months", _("in months")),
    "methods": TermWord(pgettext_lazy("terms", "Ways of repaying"), "codes"),
    "day_count": TermWord(_("Day count"), "choice"),
    "rounding": TermWord(_("Rounding"), "choice"),
    "month_end": TermWord(_("Due dates at month end"), "choice"),
    "is_revolving": TermWord(
        _("Revolving"), "flag", _("flexible plans are lines that may be drawn again")
    ),
    "due_day_rule": TermWord(_("Due dates on days off"), "choice"),
    "grace_days": TermWord(_("Days of grace"), "whole", _("in days")),
    "allocation_order": TermWord(
        _("Order of allocation"), "codes", _("all four: compound, penalty, interest, principal")
    ),
    "principal_first_after_days": TermWord(
        _("Principal first beyond"), "whole", _("days past due; 0 for never, else 90 or more")
    ),
    "early_repayment_options": TermWord(_("Early repayment"), "codes"),
    "early_repayment_fee_rate": TermWord(_("Early repayment fee"), "rate", _("in percent")),
    "early_repayment_lock_days": TermWord(_("No early repayment within"), "whole", _("in days")),
    "purpose_class": TermWord(_("Kind of purpose"), "choice", _("BUSINESS or CONSUMPTION")),
    "purposes": TermWord(_("Allowed purposes"), "codes"),
    "forbidden_purposes": TermWord(_("Forbidden purposes"), "codes"),
    "strategies": TermWord(_("Strategies it may use"), "codes"),
    "strategy_code": TermWord(_("Strategy"), "text", _("one of those it may use")),
    "consent_kinds": TermWord(pgettext_lazy("terms", "Consents"), "codes"),
    "questions": TermWord(_("Questions"), "codes"),
    "documents": TermWord(_("Papers"), "codes"),
    "contract_template": TermWord(_("Contract template"), "text"),
    "offer_days": TermWord(_("Offers hold for"), "whole", _("in days")),
    "officers": TermWord(_("Sold by officers"), "codes", _("staff numbers")),
    "budget_amount": TermWord(_("Budget"), "amount_or_open", _("in yuan")),
    "budget_count": TermWord(_("Number of loans"), "whole_or_open"),
    "quota_per_day": TermWord(_("Loans a day"), "whole_or_open"),
    "quota_per_officer": TermWord(_("Loans per officer"), "whole_or_open"),
}
GROUPS: Mapping[str, Any] = {
    "names": pgettext_lazy("terms", "Names"),
    "who": pgettext_lazy("terms", "For whom"),
    "how_much": pgettext_lazy("terms", "How much"),
    "price": pgettext_lazy("terms", "Price"),
    "repayment": pgettext_lazy("terms", "Repayment"),
    "rules": pgettext_lazy("terms", "Rules and papers"),
    "sale": pgettext_lazy("terms", "Sale and budgets"),
}
#: What a deeper layer may do, by the name of the field's order.
RULES: Mapping[str, Any] = {
    "lower": _("may only be lowered"),
    "higher": _("may only be raised"),
    "lower_or_open": _("may only be lowered"),
    "multiple": _("may only be a multiple"),
    "subset": _("may only be narrowed"),
    "superset": _("may only be added to"),
    "narrower": _("may only be narrowed"),
    "grades": _("may be set, grades may be dropped; floor and cap hold"),
    "each_lower": _("may only be lowered or dropped"),
    "tiers": _("spreads may be set, shares of the limit only lowered, tiers dropped"),
    "same_or_consumption": _("stays, or becomes CONSUMPTION"),
    "only_given_up": _("stays, or is given up"),
    "same_or_as_is": _("stays, or is given up"),
    "later_or_never": _("may only come later, or never"),
    "same": _("never changes"),
    "free": _("may be set"),
}
DIRECTIONS: Mapping[str, Any] = {
    "tighter": pgettext_lazy("change", "tighter"),
    "looser": pgettext_lazy("change", "looser"),
    "other": pgettext_lazy("change", "different"),
}
STATES: Mapping[str, Any] = {
    "draft": pgettext_lazy("version", "Draft"),
    "in_review": pgettext_lazy("version", "Waits for a second person"),
    "published": pgettext_lazy("version", "Published"),
    "retired": pgettext_lazy("version", "Withdrawn"),
}
KINDS: Mapping[str, Any] = {
    "base": pgettext_lazy("product", "Base product"),
    "sub_product": pgettext_lazy("product", "Sub-product"),
    "campaign": pgettext_lazy("product", "Campaign"),
}
_EARLY: Mapping[str, Any] = {
    "payoff": _("Pay off everything"),
    "shorten_term": _("Pay part, end sooner"),
    "lower_instalment": _("Pay part, lower instalments"),
}
DUE_DAY_RULES: Mapping[str, Any] = {
    "as_is": _("stay as they are"),
    "next_working_day": _("move to the next working day"),
}
REPRICINGS: Mapping[str, Any] = {
    "fixed": _("never: the rate is fixed"),
    "yearly_january": _("each 1 January"),
    "yearly_anniversary": _("each year on the day of the payout"),
}
_ALLOCATION: Mapping[str, Any] = {
    "compound": pgettext_lazy("component", "compound interest"),
    "penalty": pgettext_lazy("component", "penalty interest"),
    "interest": pgettext_lazy("component", "interest"),
    "principal": pgettext_lazy("component", "principal"),
}
_CHOICES: Mapping[str, Mapping[str, Any]] = {
    "due_day_rule": DUE_DAY_RULES,
    "repricing": REPRICINGS,
}
_CODES: Mapping[str, Mapping[str, Any]] = {
    "allocation_order": _ALLOCATION,
    "methods": words.METHODS,
    "purposes": PURPOSES,
    "forbidden_purposes": PURPOSES,
    "industries": INDUSTRIES,
    "early_repayment_options": _EARLY,
}
_DAYS = frozenset(
    {"grace_days", "early_repayment_lock_days", "offer_days", "principal_first_after_days"}
)


def label(name: str) -> str:
    """The field's name in the reader's language; an unknown field as it is."""
    return str(TERMS[name].label) if name in TERMS else name


def rule(name: str) -> str:
    """What a deeper layer may do with the field."""
    return str(RULES[FIELDS[name].order.name])


def show(name: str, value: Any) -> str:
    """An exact value of the field as a person says it: 0.150000 → 15%, None → no limit."""
    if value is None:
        return gettext("no limit")
    shown = _SHOW.get(TERMS[name].kind)
    return shown(name, value) if shown else str(value)


def percent(rate: Decimal) -> str:
    """0.150000 → 15%."""
    return f"{(rate * 100).normalize():f}%"


def _amount(name: str, value: Decimal) -> str:
    if value >= AMOUNT_MAX:
        return gettext("no limit")
    return f"¥{value:,.0f}" if value == value.to_integral_value() else f"¥{value:,.2f}"


def _whole(name: str, value: int) -> str:
    return gettext("%(n)s days") % {"n": value} if name in _DAYS else f"{value:,}"


def _codes(name: str, value: Any) -> str:
    if not value:
        return gettext("everybody") if FIELDS[name].order.name == "narrower" else gettext("none")
    known = _CODES.get(name, {})
    return _joined([str(known.get(code, code)) for code in value])


def _choice(name: str, value: str) -> str:
    return str(_CHOICES.get(name, {}).get(value, value))


def _months(name: str, value: Any) -> str:
    return gettext("%(list)s months") % {"list": _joined([str(n) for n in value])}


def _flag(name: str, value: bool) -> str:
    return gettext("yes") if value else gettext("no")


def _spreads(name: str, value: Mapping[str, int]) -> str:
    return " · ".join(f"{grade} {Decimal(bp) / 100:.2f}%" for grade, bp in value.items())


def _tiers(name: str, value: Mapping[str, Mapping[str, Any]]) -> str:
    return "\n".join(
        f"{TIERS.get(tier, tier)} {row['spread_bp']:+d} bp · {row['limit_percent']}%"
        + (f" · {_codes('methods', row['methods'])}" if row["methods"] else "")
        for tier, row in value.items()
    ) or gettext("none")


def _fees(name: str, value: Mapping[str, Decimal]) -> str:
    return _joined([f"{code} {percent(rate)}" for code, rate in value.items()]) or gettext("none")


def _joined(items: list[str]) -> str:
    return (", " if (get_language() or "").startswith("en") else "、").join(items)


_SHOW: Mapping[str, Any] = {
    "amount": _amount,
    "amount_or_open": _amount,
    "whole": _whole,
    "whole_or_open": _whole,
    "rate": lambda name, value: percent(value),
    "factor": lambda name, value: f"{value.normalize():f}",
    "share": lambda name, value: f"{value}%",
    "points": lambda name, value: f"{value} bp",
    "choice": _choice,
    "codes": _codes,
    "months": _months,
    "flag": _flag,
    "spreads": _spreads,
    "tiers": _tiers,
    "fees": _fees,
}
