"""Formulas: exact, three-valued, bounded, never going round in a circle."""

from decimal import Decimal, getcontext, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.formulas import InvalidFormula, read_formulas

TYPES = {"income": "money", "owed": "money", "years": "count", "listed": "flag", "crop": "text",
         "since": "day"}  # fmt: skip
KNOWN: dict[str, Any] = {
    "income": Decimal("3120.00"), "owed": Decimal("400.00"), "years": 4, "listed": False,
    "crop": "rice",
}  # fmt: skip


def row(name: str, expression: str, kind: str = "money") -> dict[str, str]:
    return {"name": name, "type": kind, "expression": expression, "zh": "式", "en": "formula"}


def value(expression: str, kind: str = "money", **changes: Any) -> Any:
    return read_formulas([row("x", expression, kind)], TYPES)[0].value({**KNOWN, **changes})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("income * 0.5 - owed", "1160.00"),
        ("(income - owed) / 12", "226.66"),
        ("income / 3 * 3", "3120.00"),
        ("owed - income", "-2720.00"),
        ("-0.001", "-0.01"),
        ("-owed + owed", "0.00"),
        ("min(income, owed, 500)", "400.00"),
        ("max(years, 3) * 100", "400.00"),
        ('if(crop = "rice", 1, 2)', "1.00"),
        ("if(listed, 1, 2)", "2.00"),
        ("if(listed = no, 1, 2)", "1.00"),
        ("if(income >= 3120 , income ， 0)", "3120.00"),
        ("2 - 3 - 4", "-5.00"),
        ("2 + 3 * 4", "14.00"),
        ("--owed", "400.00"),
    ],
)
def test_a_worked_example(expression: str, expected: str) -> None:
    assert str(value(expression)) == expected


def test_a_count_is_whole_and_rounded_down() -> None:
    assert value("income / owed", "count") == 7
    assert value("0 - income / owed", "count") == -8


@pytest.mark.parametrize(
    "expression",
    ["owed / (years - 4)", "*".join(["income"] * 20), "income * 999999999", "missing_one + 1"],
)
def test_division_by_zero_overflow_and_the_unknown_are_unknown(expression: str) -> None:
    types = {**TYPES, "missing_one": "money"}
    assert read_formulas([row("x", expression)], types)[0].value(KNOWN) is None


def test_only_the_branch_taken_must_be_known() -> None:
    assert value("if(years > 3, owed, income)", income=None) == Decimal("400.00")
    assert value("if(years > 3, income, owed)", income=None) is None
    assert value("if(years > 3, 1, 1)", years=None) is None


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("income +", "syntax"),
        ("(income", "syntax"),
        ("income income", "syntax"),
        ("nobody * 2", "unknown_name"),
        ("since + 1", "type"),
        ("crop + 1", "type"),
        ('if(crop > "rice", 1, 2)', "condition"),
        ("if(income, 1, 2)", "condition"),
        ("if(listed = 1, 1, 2)", "condition"),
        ("__import__('os')", "sign"),
        ("income.real", "sign"),
        ("income ** 2", "syntax"),
        ("1e9", "syntax"),
        ("(" * 30 + "1" + ")" * 30, "depth"),
        ("1+" * 300 + "1", "length"),
        ("", "length"),
        (5, "length"),
        ("min(" + "1," * 30 + "1)", "arguments"),
    ],
)
def test_what_is_not_arithmetic_never_loads(expression: Any, code: str) -> None:
    with pytest.raises(InvalidFormula) as refused:
        value(expression)
    assert refused.value.code == code


def test_the_deepest_and_longest_expression_is_computed() -> None:
    assert value("+".join(["1"] * 250)) == Decimal(250)
    assert value("(" * 20 + "1" + ")" * 20) == Decimal(1)


def test_formulas_may_read_formulas_in_any_order() -> None:
    rows = [row("rest", "left - 100"), row("left", "income - owed")]
    formulas = read_formulas(rows, TYPES)
    assert [formula.name for formula in formulas] == ["left", "rest"]
    assert formulas[1].reads == {"left"}
    assert formulas[1].factors == {"income", "owed"}


def test_a_circle_is_refused_with_its_path() -> None:
    rows = [row("start", "first + 1"), row("first", "second"), row("second", "third"),
            row("third", "first * 2")]  # fmt: skip
    with pytest.raises(InvalidFormula, match="first → second → third → first") as refused:
        read_formulas(rows, TYPES)
    assert refused.value.code == "circle"
    with pytest.raises(InvalidFormula, match="own → own"):
        read_formulas([row("own", "own + 1")], TYPES)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "Income2"}, "name"),
        ({"name": "min"}, "name"),
        ({"name": 5}, "name"),
        ({"name": "income"}, "taken"),
        ({"name": "sex_factor"}, "protected"),
        ({"type": "text"}, "type"),
        ({"zh": ""}, "words"),
    ],
)
def test_a_formula_needs_a_sound_head(change: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidFormula) as refused:
        read_formulas([{**row("fine", "1"), **change}], TYPES)
    assert refused.value.code == code
    with pytest.raises(InvalidFormula):
        read_formulas([row("twice", "1"), row("twice", "2")], TYPES)


def test_no_setting_of_the_process_changes_a_result() -> None:
    first = value("income / 7 * owed")
    with localcontext() as context:
        context.prec = 5
        assert getcontext().prec == 5
        assert value("income / 7 * owed") == first


@given(
    income=st.decimals(0, 10**9, places=2), owed=st.decimals(0, 10**9, places=2), years=st.integers(0, 99)
)
def test_a_formula_equals_exact_fractions_rounded_down(
    income: Decimal, owed: Decimal, years: int
) -> None:
    from fractions import Fraction

    exact = (Fraction(income) - Fraction(owed) * years) / 8
    found = value("(income - owed * years) / 8", income=income, owed=owed, years=years)
    assert found == Decimal(exact.numerator * 100 // exact.denominator) / 100
