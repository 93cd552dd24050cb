"""Layers: what is inherited, where it comes from, and that no layer loosens what stands above it."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from products.domain.pricing import price
from products.domain.term_fields import FIELDS
from products.domain.terms import InvalidTerms, LoanTerms, LooserThanParent, resolve
from tests.products.conftest import ROWS, base_values, stack

BASE_TERMS = resolve(stack()).terms


def test_a_layer_states_only_what_differs() -> None:
    terms = resolve(stack(ROWS["lishangdai"]["values"], ROWS["building-mall"]["values"])).terms
    assert terms.amount_min == Decimal("5000.00")  # sub-product
    assert terms.amount_max == Decimal("250000.00")  # campaign
    assert terms.rate_cap == Decimal("0.150000")  # base
    assert terms.term_months == (6, 12, 24)
    assert terms.spread_bp_by_grade["A"] == 130
    assert (terms.product_code, terms.product_version_id) == ("layer-2", 102)


def test_every_value_says_where_it_comes_from() -> None:
    resolved = resolve(stack({"rate_cap": "0.12"}, {"grace_days": 2}))
    origin = {one.field: one for one in resolved.provenance}
    assert set(origin) == set(FIELDS)
    assert (origin["rate_cap"].layer, origin["rate_cap"].version) == ("sub_product", 2)
    assert (origin["grace_days"].layer, origin["grace_days"].author) == ("campaign", "author-2")
    assert origin["amount_max"].as_dict() == {
        "field": "amount_max", "value": "300000.00", "layer": "base", "product_code": "layer-0",
        "version": 1, "author": "author-0", "effective_from": "2025-01-01",
    }


@pytest.mark.parametrize(
    ("field", "looser"),
    [
        ("amount_max", "300000.01"), ("limit_factor", "1.01"), ("limit_cap", "200001"),
        ("starter_limit", "5001"), ("rate_cap", "0.16"), ("age_max", 66), ("grace_days", 4),
        ("early_repayment_fee_rate", "0.01"), ("amount_min", "999.99"), ("rate_floor", "0.01"),
        ("age_min", 17), ("penalty_uplift", "0.3"), ("amount_step", "50"), ("amount_step", "150"),
        ("purposes", ["agriculture", "house_building"]), ("term_months", [12, 48]),
        ("counties", ["510812", "440306"]), ("forbidden_purposes", ["gambling"]),
        ("consent_kinds", ["privacy"]), ("questions", []), ("day_count", "act/360"),
        ("rounding", "half_even"), ("month_end", "roll"),
        ("spread_bp_by_grade", {"A": 180, "F": 900}), ("self_service_cap", "200000.01"),
        ("officer_cap", "200000.01"), ("debt_percent_max", 51), ("coupon_bp_max", 101),
        ("offer_days", 8), ("due_day_rule", "next_working_day"), ("fees", {"service": "0.01"}),
        ("strategies", ["default", "other"]), ("documents", []),
        ("early_repayment_lock_days", 1), ("early_repayment_options", ["payoff"]),
        ("tiers", {"teacher": {"limit_percent": 121}}),
        ("tiers", {"settled": {"limit_percent": 100, "methods": ["bullet"]}}),
    ],
)
def test_a_looser_value_is_refused(field: str, looser: Any) -> None:
    with pytest.raises(LooserThanParent) as refused:
        resolve(stack({}, {field: looser}))
    assert (refused.value.field, refused.value.parent) == (field, "layer-0")


def test_what_a_layer_between_tightened_stays_tight() -> None:
    with pytest.raises(LooserThanParent) as refused:
        resolve(stack({"amount_max": "50000"}, {"amount_max": "60000"}))
    assert (refused.value.parent, refused.value.inherited) == ("layer-1", Decimal("50000"))
    with pytest.raises(LooserThanParent):
        resolve(stack({"purpose_class": "CONSUMPTION"}, {"purpose_class": "BUSINESS"}))


def test_an_unlimited_budget_may_be_limited_and_then_only_lowered() -> None:
    limited = resolve(stack({"budget_amount": "100000"}, {"budget_count": 5}))
    assert limited.terms.budget_amount == Decimal("100000")
    assert [(one.field, one.product_code) for one in limited.sale_limits] == [
        ("budget_amount", "layer-1"), ("budget_count", "layer-2"),
    ]
    for looser in ("100000.01", None):
        with pytest.raises(LooserThanParent):
            resolve(stack({"budget_amount": "100000"}, {"budget_amount": looser}))


def test_terms_written_before_a_field_existed_mean_what_its_absence_meant() -> None:
    old = {k: v for k, v in base_values().items() if k not in ("tiers", "offer_days", "strategies")}
    terms = resolve(stack(base=old)).terms
    assert (dict(terms.tiers), terms.offer_days, terms.strategies) == ({}, 7, ("default",))
    assert (terms.due_day_rule, terms.principal_first_after_days, terms.repricing) == (
        "as_is", 0, "fixed",
    )
    assert terms.allocation_order == ("compound", "penalty", "interest", "principal")
    written = {k: v for k, v in BASE_TERMS.as_dict().items() if k != "officer_cap"}
    assert LoanTerms.from_dict(written).officer_cap > Decimal("1000000")


@pytest.mark.parametrize(
    ("field", "above", "looser"),
    [
        ("is_revolving", False, True), ("principal_first_after_days", 180, 90),
        ("principal_first_after_days", 0, 360), ("due_day_rule", "as_is", "next_working_day"),
        ("allocation_order", ["penalty", "compound", "interest", "principal"],
         ["compound", "penalty", "interest", "principal"]),
    ],
)
def test_what_a_layer_gave_up_stays_given_up(field: str, above: Any, looser: Any) -> None:
    with pytest.raises(LooserThanParent):
        resolve(stack({}, {field: looser}, base=base_values(**{field: above})))
    tight = resolve(stack({}, {field: above}, base=base_values(**{field: above}))).terms
    assert LoanTerms.from_dict(tight.as_dict()) == tight


def test_segments_narrow_and_naming_nobody_means_everybody() -> None:
    assert resolve(stack({"segments": ["a", "b"]}, {"segments": ["b"]})).terms.segments == ("b",)
    for wider in ([], ["c"], ["a", "b", "c"]):
        with pytest.raises(LooserThanParent):
            resolve(stack({"segments": ["a", "b"]}, {"segments": wider}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_max": 300000.0}, {"amount_max": "NaN"}, {"amount_max": "-1"},
        {"amount_max": "1e3"}, {"amount_max": "２００"}, {"amount_max": True}, {"amount_max": None},
        {"grace_days": "3"}, {"grace_days": -1}, {"term_months": [12, 12]}, {"term_months": [0]},
        {"term_months": 12}, {"term_months": []}, {"methods": ["balloon"]}, {"counties": ["5108"]},
        {"counties": []}, {"day_count": "30/365"}, {"is_revolving": 1}, {"name_zh": " "},
        {"spread_bp_by_grade": {}}, {"spread_bp_by_grade": {"A": 1.5}}, {"unheard_of": 1},
        {"spread_bp_by_grade": {"A": 10001}}, {"purpose_class": "HOUSING"}, {"segments": "staff"},
        {"amount_min": "200000", "amount_max": "100000"}, {"rate_floor": "0.14", "rate_cap": "0.1"},
        {"age_min": 60, "age_max": 50}, {"amount_min": "0"}, {"amount_step": "0"},
        {"purposes": ["gambling"]}, {"due_day_rule": "next_day"}, {"repricing": "monthly"},
        {"allocation_order": ["interest", "principal"]}, {"principal_first_after_days": 89},
        {"allocation_order": ["compound", "penalty", "principal", "principal"]},
    ],
)
def test_unusable_values_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((InvalidTerms, LooserThanParent)):
        resolve(stack(wrong))
    with pytest.raises(InvalidTerms):
        resolve(stack(base=base_values(**wrong)))


def test_a_base_must_state_everything() -> None:
    values = base_values()
    del values["grace_days"]
    with pytest.raises(InvalidTerms, match="grace_days"):
        resolve(stack(base=values))
    with pytest.raises(InvalidTerms):
        resolve(())


def test_the_frozen_copy_reads_back_the_same() -> None:
    terms = resolve(stack(ROWS["youkedai"]["values"])).terms
    assert LoanTerms.from_dict(terms.as_dict()) == terms
    for missing in ("product_code", "rate_cap"):
        written = terms.as_dict()
        del written[missing]
        with pytest.raises(InvalidTerms):
            LoanTerms.from_dict(written)


def test_terms_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        BASE_TERMS.rate_cap = Decimal(1)  # type: ignore[misc]
    with pytest.raises(TypeError):
        BASE_TERMS.spread_bp_by_grade["A"] = 0  # type: ignore[index]


# ── no stack of layers ever lets in what its base keeps out ──────────────────
AMOUNTS = st.integers(1, 4000).map(lambda n: f"{n * 100}.00")
RATES = st.integers(0, 30).map(lambda n: f"0.{n:02d}")
CODES = ("agriculture", "business", "consumption", "education", "gambling", "other", "securities")
WRITTEN: dict[str, st.SearchStrategy[Any]] = {
    "amount_max": AMOUNTS, "amount_min": AMOUNTS, "limit_cap": AMOUNTS, "starter_limit": AMOUNTS,
    "amount_step": st.sampled_from(["50", "100", "200", "250", "500", "1000"]),
    "limit_factor": st.sampled_from(["0.50", "1.00", "1.50"]),
    "rate_cap": RATES, "rate_floor": RATES, "penalty_uplift": RATES,
    "early_repayment_fee_rate": RATES,
    "age_min": st.integers(16, 70), "age_max": st.integers(16, 80),
    "grace_days": st.integers(0, 10),
    "purposes": st.lists(st.sampled_from(CODES), unique=True),
    "forbidden_purposes": st.permutations(base_values()["forbidden_purposes"]).flatmap(
        lambda known: st.integers(5, 6).map(lambda n: [*known[:n], "travel"])
    ),
    "term_months": st.lists(st.sampled_from([3, 6, 12, 24, 36, 48]), unique=True),
    "methods": st.lists(st.sampled_from(["equal_instalment", "bullet", "seasonal"]), unique=True),
    "counties": st.lists(st.sampled_from(["510802", "510811", "510812", "440306"]), unique=True),
    "segments": st.lists(st.sampled_from(["staff", "owner", "farmer"]), unique=True),
    "spread_bp_by_grade": st.dictionaries(
        st.sampled_from("ABCDEF"), st.integers(-500, 3000), min_size=1
    ),
    "consent_kinds": st.lists(
        st.sampled_from(["privacy", "bureau", "data_sharing", "marketing"]), unique=True
    ),
    "purpose_class": st.sampled_from(["BUSINESS", "CONSUMPTION"]),
    "self_service_cap": AMOUNTS, "officer_cap": AMOUNTS,
    "debt_percent_max": st.integers(0, 100), "coupon_bp_max": st.integers(0, 300),
    "early_repayment_lock_days": st.integers(0, 60), "offer_days": st.integers(1, 30),
    "budget_amount": st.none() | AMOUNTS, "budget_count": st.none() | st.integers(0, 500),
    "quota_per_day": st.none() | st.integers(0, 50),
    "quota_per_officer": st.none() | st.integers(0, 50),
    "white_lists": st.lists(st.sampled_from(["teachers", "mall"]), unique=True),
    "excluded_lists": st.lists(st.sampled_from(["related", "staff"]), unique=True),
    "industries": st.lists(st.sampled_from(["rice", "pigs"]), unique=True),
    "employers": st.lists(st.sampled_from(["hospital", "school"]), unique=True),
    "officers": st.lists(st.sampled_from(["S101", "S102"]), unique=True),
    "strategies": st.lists(st.sampled_from(["default", "other"]), unique=True),
    "strategy_code": st.sampled_from(["default", "other"]),
    "documents": st.lists(st.sampled_from(["id_card", "land_certificate"]), unique=True),
    "questions": st.lists(
        st.sampled_from([*base_values()["questions"], "village"]), unique=True, min_size=3
    ),
    "early_repayment_options": st.lists(
        st.sampled_from(["payoff", "shorten_term", "lower_instalment"]), unique=True
    ),
    "is_revolving": st.booleans(),
    "fees": st.dictionaries(st.sampled_from(["service", "paper"]), RATES),
    "tiers": st.dictionaries(
        st.sampled_from(["teacher", "doctor", "settled"]),
        st.fixed_dictionaries({
            "spread_bp": st.integers(-500, 500), "limit_percent": st.integers(50, 200),
            "methods": st.lists(st.sampled_from(["equal_instalment", "bullet"]), unique=True),
        }),
    ),
    "lpr_tenor": st.sampled_from(["1Y", "5Y"]),
    "due_day_rule": st.sampled_from(["as_is", "next_working_day"]),
    "principal_first_after_days": st.sampled_from([0, 90, 180, 360]),
    "allocation_order": st.permutations(["compound", "penalty", "interest", "principal"]),
    "repricing": st.sampled_from(["fixed", "yearly_january", "yearly_anniversary"]),
}
LAYERS = st.lists(
    st.lists(st.sampled_from(sorted(WRITTEN)), unique=True, min_size=1, max_size=2).flatmap(
        lambda names: st.fixed_dictionaries({name: WRITTEN[name] for name in names})
    ),
    min_size=1,
    max_size=2,
)
#: What a person or a wish may be: each question is asked by itself, since all must be answered yes.
AGES, COUNTIES = range(14, 82), ("510802", "510811", "510812", "440306")
MONTHS, METHODS = (3, 6, 12, 24, 36, 48), ("equal_instalment", "bullet", "seasonal")
SEGMENTS, GRADES = ("staff", "owner", "farmer"), "ABCDEF"


#: A base that is meant for some only, and for consumption, so that widening would show.
NARROW = base_values(
    segments=["staff", "owner"], age_min=20, amount_min="1100",
    purposes=["consumption", "education", "other"], purpose_class="CONSUMPTION",
    methods=["equal_instalment", "bullet"], rate_floor="0.05",
    white_lists=["teachers"], excluded_lists=["related"], industries=["rice"], officers=["S101"],
    documents=["id_card", "land_certificate"], budget_amount="200000.00", quota_per_day=20,
    fees={"service": "0.10"}, early_repayment_lock_days=30, is_revolving=False,
    principal_first_after_days=180,
    tiers={"teacher": {"spread_bp": -20, "limit_percent": 120, "methods": ["bullet"]}},
)


def let_in(terms: LoanTerms) -> dict[str, set[Any]]:
    """Whom and what the product lets in: an oracle that knows no orders of fields."""
    return {
        "age": {age for age in AGES if terms.age_min <= age <= terms.age_max},
        "county": {county for county in COUNTIES if county in terms.counties},
        "purpose": {
            code for code in CODES
            if code in terms.purposes and code not in terms.forbidden_purposes
        },
        "months": {months for months in MONTHS if months in terms.term_months},
        "method": {method for method in METHODS if method in terms.methods},
        "segment": {one for one in SEGMENTS if not terms.segments or one in terms.segments},
        "grade": {grade for grade in GRADES if grade in terms.spread_bp_by_grade},
    }


def amounts_lent(terms: LoanTerms) -> list[Decimal]:
    """The smallest and the largest amounts on the product's grid."""
    highest = min(terms.amount_max, terms.limit_cap)
    first = ceil(terms.amount_min / terms.amount_step)
    last = int(highest / terms.amount_step)
    return [
        n * terms.amount_step for n in (first, first + 1, last - 1, last) if first <= n <= last
    ]


def lends(terms: LoanTerms, amount: Decimal) -> bool:
    return (
        terms.amount_min <= amount <= min(terms.amount_max, terms.limit_cap)
        and amount % terms.amount_step == 0
    )


@settings(
    max_examples=800, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much],
)
@given(differences=LAYERS)
def test_no_stack_is_looser_than_its_base(differences: list[dict[str, Any]]) -> None:
    try:
        terms = resolve(stack(*differences, base=NARROW)).terms
    except (LooserThanParent, InvalidTerms):
        return
    base = resolve(stack(base=NARROW)).terms
    assert terms.purpose_class == base.purpose_class
    assert all(some <= let_in(base)[question] for question, some in let_in(terms).items())
    assert all(lends(base, amount) for amount in amounts_lent(terms))
    assert set(terms.consent_kinds) >= set(base.consent_kinds)
    assert set(terms.forbidden_purposes) >= set(base.forbidden_purposes)
    assert terms.limit_cap <= base.limit_cap
    assert terms.amount_max <= base.amount_max
    assert base.rate_floor <= terms.rate_floor <= terms.rate_cap <= base.rate_cap
    assert terms.limit_factor <= base.limit_factor
    assert terms.starter_limit <= base.starter_limit
    assert terms.grace_days <= base.grace_days
    assert terms.penalty_uplift >= base.penalty_uplift
    assert terms.early_repayment_fee_rate <= base.early_repayment_fee_rate
    for grade in terms.spread_bp_by_grade:
        for tier in ("", "teacher", "doctor"):
            rate = price(terms, grade, Decimal("0.03"), tier=tier).annual_rate
            assert base.rate_floor <= rate <= base.rate_cap
    _lets_nobody_else_in(terms, base)


def _lets_nobody_else_in(terms: LoanTerms, base: LoanTerms) -> None:
    """The later fields, asked without their orders."""
    for name in ("self_service_cap", "officer_cap", "debt_percent_max", "coupon_bp_max",
                 "early_repayment_lock_days", "offer_days"):
        assert getattr(terms, name) <= getattr(base, name), name
    for name in ("budget_amount", "budget_count", "quota_per_day", "quota_per_officer"):
        limit = getattr(base, name)
        own = getattr(terms, name)
        assert limit is None or (own is not None and own <= limit), name
    for name in ("white_lists", "industries", "employers", "officers"):
        wanted = set(getattr(base, name))
        assert not wanted or set(getattr(terms, name)) & wanted == set(getattr(terms, name)) != set()
    for name in ("excluded_lists", "documents", "questions", "early_repayment_options"):
        assert set(getattr(terms, name)) >= set(getattr(base, name)), name
    assert set(terms.strategies) <= set(base.strategies)
    assert terms.strategy_code in base.strategies
    assert not terms.is_revolving or base.is_revolving
    assert terms.due_day_rule in (base.due_day_rule, "as_is")
    assert terms.allocation_order == base.allocation_order
    first = terms.principal_first_after_days
    assert first == 0 or first >= base.principal_first_after_days > 0
    assert all(rate <= base.fees.get(fee, -1) for fee, rate in terms.fees.items())
    for tier, row in terms.tiers.items():
        assert row["limit_percent"] <= base.tiers[tier]["limit_percent"]
        assert set(row["methods"]) <= set(base.tiers[tier]["methods"])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(field=st.sampled_from(sorted(WRITTEN)), data=st.data())
def test_each_layer_holds_against_each_above_it(field: str, data: st.DataObject) -> None:
    """Orders are transitive: tight against the parent means tight against every ancestor."""
    first, second = (data.draw(WRITTEN[field]) for _ in range(2))
    try:
        resolve(stack({field: first}, {field: second}))
    except (LooserThanParent, InvalidTerms):
        return
    with suppress(InvalidTerms):
        resolve(stack({field: second}))  # would raise LooserThanParent


def test_an_empty_layer_changes_nothing() -> None:
    same = replace(
        resolve(stack({}, {})).terms, product_code="layer-0", product_version_id=100
    )
    assert same == BASE_TERMS
