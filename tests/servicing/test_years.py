"""docs/servicing-years.md, its golden figures, engine, reference model and arithmetic by hand agree."""

import ast
import datetime as dt
import json
import operator
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pyxirr import xirr

from products.domain.apr import apr
from tests.servicing import years
from tests.servicing.twins import yuan
from tests.servicing.years_page import page
from tests.servicing.years_stories import STORIES, Story

GOLDEN = years.read()
PAIRS = pytest.mark.parametrize(
    ("story", "golden"), list(zip(STORIES, GOLDEN, strict=True)), ids=[story.key for story in STORIES]
)
_SIGNS: dict[type, Callable[..., Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}


def reckoned(text: str) -> Fraction:
    """A line of arithmetic with × ÷ − ^ % in exact fractions."""
    text = re.sub(r"([\d.]+) %", r"(\1 / 100)", text.replace(",", ""))
    for sign, plain in (("×", "*"), ("÷", "/"), ("−", "-"), ("^", "**")):
        text = text.replace(sign, plain)

    def value(node: Any) -> Fraction:
        if isinstance(node, ast.Constant):
            return Fraction(ast.get_source_segment(text, node) or "")
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.Pow):
            return value(node.left) ** int(value(node.right))
        return _SIGNS[type(node.op)](value(node.left), value(node.right))

    return value(ast.parse(text, mode="eval").body)


def all_figures(golden: dict[str, Any]) -> set[str]:
    """Every amount of the loan's page, sums of an instalment too."""
    found = {amount for row in golden["plan"] for amount in row[1:]}
    found |= {str(Decimal(p) + Decimal(i)) for _, p, i in golden["plan"]}
    for step in golden["steps"]:
        found |= {step["amount"], *(amount for _, amount, _ in step["splits"])}
        found |= {amount.lstrip("-") for amount in step["journal"].values()}
    return {amount for amount in found if amount}


@PAIRS
def test_the_engine_lives_the_golden_figures(story: Story, golden: dict[str, Any]) -> None:
    assert json.loads(json.dumps(years.lived(story, years.engine_life))) == golden


@PAIRS
def test_the_reference_model_lives_the_golden_figures(story: Story, golden: dict[str, Any]) -> None:
    assert json.loads(json.dumps(years.lived(story, years.reference_life))) == golden


@PAIRS
def test_the_first_period_is_right_by_hand(story: Story, golden: dict[str, Any]) -> None:
    figures = all_figures(golden)
    for line in story.by_hand:
        left, right = line.split(" = ")
        assert round(reckoned(left), 2) == reckoned(right), line
        assert right.replace(",", "") in figures, f"{right} is no figure of this loan"


@PAIRS
def test_every_journal_balances_and_ends_with_empty_receivables(
    story: Story, golden: dict[str, Any]
) -> None:
    for step in golden["steps"]:
        assert sum(Decimal(amount) for amount in step["journal"].values()) == 0, step
    income = sum(Decimal(golden["books"].get(code, "0")) for code in ("6011", "6012"))
    assert golden["books"].get("1011") == str(-income)
    assert not {"1132", "1133", "1301", "2011"} & golden["books"].keys()


@PAIRS
def test_true_annual_rates_agree_with_pyxirr(story: Story, golden: dict[str, Any]) -> None:
    """Of the plan and of what was paid: by bisection (golden), by pyxirr, by ``products``."""
    principal, start = yuan(story.terms.principal), story.terms.start
    taken_back = {int(str(step[2])) for step in story.steps if step[1] == "reversal"}
    paid = [
        (dt.date.fromisoformat(step["date"]), Decimal(step["amount"]))
        for step in golden["steps"]
        if step["kind"] in ("repayment", "partial_early", "payoff")
    ]
    paid = [flow for place, flow in enumerate(paid) if place not in taken_back]
    planned = [(dt.date.fromisoformat(d), Decimal(p) + Decimal(i)) for d, p, i in golden["plan"]]
    for flows, wanted in ((planned, golden["apr_planned"]), (paid, golden["apr_paid"])):
        rate = xirr([start, *(d for d, _ in flows)], [-float(principal), *(float(a) for _, a in flows)])
        assert abs(rate - float(wanted)) < 1e-6
        assert abs(apr(principal, start, flows) - Decimal(wanted)) <= Decimal("0.000001")


def test_the_page_shows_the_golden_figures() -> None:
    assert years.PAGE.read_text(encoding="utf-8") == page(GOLDEN), (
        "run `python -m tests.servicing.years --write`"
    )
