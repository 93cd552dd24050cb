"""The household behind a decision as one picture: what comes in, what is owed, what is there, ties.

Every figure keeps its source and time. No protected attribute is in it: the facts hold none.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from products.money import CENT
from risk.domain.citizen import age_on
from risk.domain.features import FEATURES
from risk.domain.profile import IncomeRules, read_facts
from risk.models import DecisionRecord
from risk.selectors.decisions import record_of
from risk.selectors.explanations import profile
from risk.strategies import TamperedStrategy, compiled_version

Row = dict[str, Any]
_DEBTS = ("bureau_balance", "bureau_obligation", "bureau_guarantees", "outstanding_principal",
          "bureau_overdue_now", "court_open_amount")
_ASSETS = ("bank_deposit", "bank_deposit_average", "land_mu", "land_crop", "land_certificate",
           "fund_deposit", "fund_mortgage", "bank_mortgage")
_BEHAVIOUR = ("bureau_overdue_months_24", "bureau_overdue_run_max", "bureau_hard_enquiries_3m",
              "multi_lenders_3m", "multi_applications_30d", "bank_past_loans", "bank_past_overdue",
              "loans_overdue", "bureau_worst_class")
_ABOUT = ("occupation", "industry", "purpose", "employer_kind", "business_years", "household_county")


def household(decision_id: UUID) -> Row:
    """Keys: as_of, age, outcome, assessments, about, income, ties, debts, assets, behaviour, groups.

    ``income``: {feature, zh, en, monthly (yuan), source names, at}; ``ties``: the same with ``years``;
    the other lists hold the profile's values with their source. Raises ``NoDecision``.
    """
    record = record_of(decision_id)
    groups = profile(record)
    values = {
        value["feature"]: {**value, "source_zh": group["name_zh"], "source_en": group["name_en"]}
        for group in groups
        for value in group["values"]
    }
    known, _ = read_facts(record.inputs["facts"], {})
    born = known.get("birth_date")
    return {
        "record": record,
        "as_of": record.as_of,
        "age": age_on(born, record.business_date) if born and born <= record.business_date else None,
        "derived": record.result["trace"]["derived"],
        "assessments": record.result["assessments"],
        "about": _picked(values, _ABOUT),
        "income": _income(record, known, values),
        "ties": _ties(known, values, record.business_date),
        "debts": _picked(values, _DEBTS),
        "assets": _picked(values, _ASSETS),
        "behaviour": _picked(values, _BEHAVIOUR),
    }


def _picked(values: Mapping[str, Row], names: tuple[str, ...]) -> list[Row]:
    return [values[name] for name in names if name in values]


def _income(record: DecisionRecord, known: Mapping[str, Any], values: Mapping[str, Row]) -> list[Row]:
    """What each source says of income, as yuan a month; the land's by the strategy's yield."""
    monthly: dict[str, Decimal] = {}
    for name, months in (("payroll_monthly", 1), ("social_base", 1), ("tax_income", 12),
                         ("subsidy_annual", 12), ("declared_income", 1)):
        if known.get(name):
            monthly[name] = (known[name] / months).quantize(CENT)
    rules = _rules(record)
    if rules is not None:
        if known.get("business_turnover"):
            share = known["business_turnover"] * rules.business_margin_percent / 100
            monthly["business_turnover"] = (share / 12).quantize(CENT)
        if known.get("land_mu"):
            per_mu = rules.yearly_by_crop.get(known.get("land_crop", ""), rules.yearly_other_crop)
            monthly["land_mu"] = (known["land_mu"] * per_mu / 12).quantize(CENT)
    return [{**values[name], "monthly": amount} for name, amount in monthly.items()]


def _rules(record: DecisionRecord) -> IncomeRules | None:
    try:
        return compiled_version(record.strategy_version_id).income
    except TamperedStrategy:
        return None


def _ties(known: Mapping[str, Any], values: Mapping[str, Row], day: date) -> list[Row]:
    """How long the person has been where they are, in years with one decimal."""
    years: dict[str, Decimal] = {}
    since = known.get("bank_customer_since")
    if since and since <= day:
        years["bank_customer_since"] = Decimal(age_on(since, day))
    for name, a_year in (("carrier_tenure_months", 12), ("bureau_history_months", 12),
                         ("social_months_24", 12), ("fund_months_24", 12),
                         ("subsidy_years", 1), ("business_years", 1)):
        if known.get(name):
            years[name] = (Decimal(known[name]) / a_year).quantize(Decimal("0.1"))
    return [{**values[name], "years": long} for name, long in years.items() if name in FEATURES]
