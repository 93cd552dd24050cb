"""Conditions typed by people: the text and the data are two ways of saying the same."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.domain.terms import LoanTerms
from risk.domain.case import term_values
from risk.domain.condition_text import LENGTH_MAX, TERMS, InvalidText, fits, parse, write
from risk.domain.conditions import compile_condition
from risk.domain.features import types

ROOT = Path(__file__).resolve().parents[2]
TYPES = types()
SEED = json.loads((ROOT / "risk/seeds/default_strategy.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "condition", [row["when"] for row in (*SEED["rules"], *SEED["segments"], *SEED["limit"]["layers"])]
)
def test_every_condition_of_the_seed_survives_being_written_and_read(condition: Any) -> None:
    assert parse(write(condition), TYPES) == condition


_VALUES = {
    "count": st.integers(0, 1_000_000),
    "money": st.decimals(0, 10**9, places=2).map(str),
    "flag": st.booleans(),
    "text": st.text(min_size=1, max_size=12).filter(str.isprintable),
    "county": st.integers(100_000, 999_999).map(str),
    "day": st.dates().map(lambda day: day.isoformat()),
}
_OPS = ("lt", "le", "gt", "ge", "eq", "ne", "in", "not_in", "is", "has")


@st.composite
def _comparison(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(TYPES)))
    op = draw(st.sampled_from([one for one in _OPS if fits(one, TYPES[name])]))
    found = {"feature": name, "op": op}
    if draw(st.integers(0, 5)) == 0:
        return {**found, "terms": draw(st.sampled_from(TERMS))}
    values = _VALUES[TYPES[name].removesuffix("s") if op == "has" else TYPES[name]]
    many = st.lists(values, min_size=1, max_size=4)
    return {**found, "value": draw(many if op in {"in", "not_in"} else values)}


_CONDITION = st.recursive(
    _comparison(),
    lambda inner: st.one_of(
        st.builds(lambda one: {"not": one}, inner),
        st.builds(
            lambda key, parts: {key: parts},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=2, max_size=4),
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(_CONDITION)
def test_any_condition_survives_being_written_and_read(condition: dict[str, Any]) -> None:
    try:
        compile_condition(condition, TYPES)
    except ValueError:
        return  # nested deeper than a strategy may
    assert parse(write(condition), TYPES) == condition


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=60), st.from_regex(r'[ a-z_<>=!().,"\[\]0-9且或（）]{0,60}')))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    place = 0
    try:
        compile_condition(parse(text, TYPES), TYPES)
    except InvalidText as problem:
        place = problem.position
    assert 0 <= place <= len(text)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "ended", 0),
        ("age >=", "ended", 6),
        ("age >= x", "not_count", 7),
        ("aeg >= 18", "unknown_name", 0),
        ("age >= 18 and", "ended", 13),
        ("age is true", "operator_misfit", 4),
        ("(age > 1", "expected_sign", 8),
        ("age > 1)", "unexpected", 7),
        ("age 18", "expected_operator", 4),
        ("18 < age", "expected_name", 0),
        ("purpose in terms.purpos", "unknown_term", 11),
        ("land_crop in []", "not_text", 14),
        ("age > 1 @", "unreadable", 8),
        ("land_mu > 1.234", "not_money", 10),
        ("birth_date < 2026-13-01", "not_day", 13),
        ("not " * 40 + "age > 1", "too_deep", 84),
        ("(" * 3000, "too_deep", 21),
        ("x" * (LENGTH_MAX + 1), "too_long", LENGTH_MAX),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, code: str, position: int) -> None:
    with pytest.raises(InvalidText) as caught:
        parse(text, TYPES)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_a_chinese_keyboard_will_do() -> None:
    typed = "age ≥ 18 且 （purpose = “education” 或 非 fraud_listed is true）"
    plain = 'age >= 18 and (purpose = "education" or not fraud_listed is true)'
    assert parse(typed, TYPES) == parse(plain, TYPES)
    assert write(parse(typed, TYPES)) == plain


def test_what_could_not_be_read_is_shown_as_it_was_typed() -> None:
    assert write({"typed": "age >> 3"}) == "age >> 3"
    assert write(["nothing", 1]) == ""


def test_the_terms_are_those_the_engine_knows() -> None:
    seeds = json.loads((ROOT / "products/seeds/products.json").read_text(encoding="utf-8"))
    base = next(row for row in seeds["products"] if row["kind"] == "base")["values"]
    named = {"product_code": "p", "product_version_id": 1, "name_zh": "p", "name_en": "p"}
    terms = LoanTerms.from_dict({**base, **named})
    assert isinstance(terms.limit_factor, Decimal)
    assert tuple(term_values(terms)) == TERMS
