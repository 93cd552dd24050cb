"""From facts with their sources to typed values: the only place where an input becomes knowledge.

A fact is JSON: ``{"value", "state", "source", "at"}`` with state ``answered`` (the source gave a
value), ``no_record`` (the source has nothing on this person), ``mismatch`` (a check failed, so
there is no value), ``unavailable`` (error or timeout) or ``missing``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from products.money import CENT, ZERO
from risk.domain.citizen import age_on
from risk.domain.features import FEATURES
from risk.domain.values import Feature, NotOfType

Facts = Mapping[str, Mapping[str, Any]]
_BURDEN_MAX = 999


@dataclass(frozen=True, slots=True)
class Gap:
    """A value nobody can vouch for. ``kind``: unavailable | missing | invalid."""

    feature: str
    source: str
    kind: str


@dataclass(frozen=True, slots=True)
class IncomeRules:
    """How income is believed, per strategy. Percentages are whole numbers, amounts yuan a month or
    year.
    """

    declared_percent: int
    declared_cap: Decimal
    payroll_months_min: int
    social_months_min: int
    business_margin_percent: int
    business_years_min: int
    yearly_by_crop: Mapping[str, Decimal]
    yearly_other_crop: Decimal


def read_facts(facts: Facts, defaults: Mapping[str, Any]) -> tuple[dict[str, Any], list[Gap]]:
    """Typed values by name, and the gaps. ``defaults`` stand in for values nobody supplied, if so
    decided.
    """
    known: dict[str, Any] = {}
    gaps: list[Gap] = []
    for name, feature in FEATURES.items():
        if feature.added and name not in facts and name not in defaults:
            continue  # older inputs under an older strategy: neither knew of it
        fact = facts.get(name)
        value, problem = read_one(feature, fact, defaults)
        if problem:
            gaps.append(Gap(name, feature.source, problem))
        else:
            known[name] = value
    return known, gaps


def read_one(feature: Feature, fact: Any, defaults: Mapping[str, Any]) -> tuple[Any, str]:
    """One fact as its typed value, and what is wrong with it ("" if nothing is)."""
    if fact is None:
        fact = {"state": "missing"}
    if not isinstance(fact, Mapping):
        return None, "invalid"
    state = fact.get("state")
    if state == "no_record" or state == "mismatch":
        raw = fact.get("value") if fact.get("value") is not None else feature.when_no_record
    elif state == "answered":
        raw = fact.get("value")
    elif state == "unavailable":
        return None, "unavailable"
    elif state == "missing":
        raw = defaults.get(feature.name)
    else:  # a default stands in for what nobody was asked, never for what cannot be read
        return None, "invalid"
    if raw is None:
        return None, "missing"
    try:
        return feature.read(raw), ""
    except NotOfType:
        return None, "invalid"


def derive(known: dict[str, Any], *, business_date: date, income: IncomeRules) -> None:
    """Add the computed values to ``known``; each stays out while what it needs is unknown."""
    if "birth_date" in known and known["birth_date"] <= business_date:
        known["age"] = age_on(known["birth_date"], business_date)
    if "bureau_has_file" in known:
        known["thin_file"] = not known["bureau_has_file"]
    if "business_turnover" in known:
        known["has_business"] = known["business_turnover"] > 0
    stability = _stability_years(known, business_date)
    if stability is not None:
        known["stability_years"] = stability
    verified = _verified_income(known, income)
    if verified is None or "declared_income" not in known:
        return
    believed = min(_percent(known["declared_income"], income.declared_percent), income.declared_cap)
    known["verified_income"] = verified
    known["monthly_income"] = max(verified, believed)
    if "bureau_obligation" in known:
        known["debt_burden_percent"] = _burden(known["bureau_obligation"], known["monthly_income"])


def _verified_income(known: Mapping[str, Any], rules: IncomeRules) -> Decimal | None:
    """Monthly income others vouch for: the better of wage and trade, plus what the land brings."""
    try:
        wages: list[Decimal] = [known["tax_income"] / 12]
        if known["payroll_months_12"] >= rules.payroll_months_min:
            wages.append(known["payroll_monthly"])
        if known["social_months_24"] >= rules.social_months_min:
            wages.append(known["social_base"])
        trade = ZERO
        if known["business_years"] >= rules.business_years_min:
            trade = _percent(known["business_turnover"], rules.business_margin_percent) / 12
        per_mu = rules.yearly_by_crop.get(known["land_crop"], rules.yearly_other_crop)
        farm: Decimal = (known["land_mu"] * per_mu + known["subsidy_annual"]) / 12
    except KeyError:
        return None
    return (max(max(wages), trade) + farm).quantize(CENT, ROUND_FLOOR)


def _stability_years(known: Mapping[str, Any], day: date) -> int | None:
    """Whole years of the longest tie to a place or trade; 24 insured months count as three."""
    try:
        since: date = known["bank_customer_since"]
        insured: int = max(known["social_months_24"], known["fund_months_24"]) // 8
        trade: int = max(known["subsidy_years"], known["business_years"])
    except KeyError:
        return None
    return max(insured, trade, age_on(since, day) if since <= day else 0)


def _percent(amount: Decimal, percent: int) -> Decimal:
    return (amount * percent / 100).quantize(CENT, ROUND_FLOOR)


def _burden(obligation: Decimal, income: Decimal) -> int:
    if obligation == 0:
        return 0
    if income <= 0:
        return _BURDEN_MAX
    return min(int((obligation * 100 / income).to_integral_value(ROUND_CEILING)), _BURDEN_MAX)
