"""The words of strategies: parts, sheets, columns, choices, states, and every problem's sentence."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lending.forms import customer_choices
from lending.views.officer import strategy_problem_words, words
from risk.selectors import strategy_editor as editor

PARTS: Mapping[str, Any] = {
    "rules": pgettext_lazy("strategy", "Rules"),
    "segments": pgettext_lazy("strategy", "Customer groups"),
    "score": pgettext_lazy("strategy", "Scorecard"),
    "limits": pgettext_lazy("strategy", "Grades and limits"),
    "offers": pgettext_lazy("strategy", "Ways to repay"),
    "tables": pgettext_lazy("strategy", "Decision tables"),
    "formulas": pgettext_lazy("strategy", "Formulas and loss"),
    "income": pgettext_lazy("strategy", "Income"),
    "inputs": pgettext_lazy("strategy", "Values needed"),
    "reasons": pgettext_lazy("strategy", "Other sentences"),
}
SHEETS: Mapping[str, Any] = {
    "rules": pgettext_lazy("strategy", "Rules"),
    "segments": pgettext_lazy("strategy", "Customer groups, the first that fits counts"),
    "base": pgettext_lazy("strategy", "Points everybody starts with"),
    "score": pgettext_lazy("strategy", "Characteristics and points"),
    "grades": pgettext_lazy("strategy", "Grades, best first"),
    "caps": pgettext_lazy("strategy", "Highest limit by group and grade (yuan)"),
    "layers": pgettext_lazy("strategy", "Layers that lift or lower the matrix"),
    "limit": pgettext_lazy("strategy", "What a person can carry"),
    "plans": pgettext_lazy("strategy", "Ways to repay by group, in the order offered"),
    "seasons": pgettext_lazy("strategy", "Income months of crops without a calendar"),
    "labels": pgettext_lazy("strategy", "How a way to repay is called"),
    "tables": pgettext_lazy("strategy", "Decision tables"),
    "rows": pgettext_lazy("strategy", "Rows"),
    "otherwise": pgettext_lazy("strategy", "When no row fits"),
    "columns": pgettext_lazy("strategy", "Columns of the table"),
    "formulas": pgettext_lazy("strategy", "Formulas"),
    "pd": pgettext_lazy("strategy", "Probability of default by grade (%)"),
    "lgd": pgettext_lazy("strategy", "Loss when it happens"),
    "income": pgettext_lazy("strategy", "How income is believed"),
    "crops": pgettext_lazy("strategy", "What a mu or a head brings in a year (yuan)"),
    "inputs": pgettext_lazy("strategy", "What must be known, and what stands in for it"),
    "reasons": pgettext_lazy("strategy", "Sentences that belong to no rule"),
}
COLUMNS: Mapping[str, Any] = {
    "code": pgettext_lazy("strategy", "Code"),
    "group": pgettext_lazy("strategy", "Group"),
    "then": pgettext_lazy("strategy", "Outcome"),
    "precheck": pgettext_lazy("strategy", "When"),
    "when": pgettext_lazy("strategy", "Condition"),
    "zh": pgettext_lazy("strategy", "In Chinese"),
    "en": pgettext_lazy("strategy", "In English"),
    "feature": pgettext_lazy("strategy", "Value"),
    "when_thin": pgettext_lazy("strategy", "Without a file"),
    "points_0": pgettext_lazy("strategy", "Points below / otherwise"),
    "grade": pgettext_lazy("strategy", "Grade"),
    "from": pgettext_lazy("strategy", "From score"),
    "months": pgettext_lazy("strategy", "Months"),
    "segment": pgettext_lazy("strategy", "Customer group"),
    "percent": pgettext_lazy("strategy", "Percent"),
    "name": pgettext_lazy("strategy", "What"),
    "value": pgettext_lazy("strategy", "Number"),
    "crop": pgettext_lazy("strategy", "Crop or herd"),
    "yearly": pgettext_lazy("strategy", "Yuan a year"),
    "method": pgettext_lazy("strategy", "Way to repay"),
    "required": pgettext_lazy("strategy", "Must be known"),
    "default": pgettext_lazy("strategy", "Otherwise taken as"),
    "stage": pgettext_lazy("strategy", "Stage"),
    "hit": pgettext_lazy("strategy", "Hits"),
    "id": pgettext_lazy("strategy", "Row"),
    "note": pgettext_lazy("strategy", "Note"),
    "side": pgettext_lazy("strategy", "Side"),
    "type": pgettext_lazy("strategy", "Kind"),
    "expression": pgettext_lazy("strategy", "Formula"),
    "pd_percent": pgettext_lazy("strategy", "Probability (%)"),
}
_NUMBERED = {
    "points": pgettext_lazy("strategy", "Points"),
    "from": pgettext_lazy("strategy", "From / is"),
    "method": pgettext_lazy("strategy", "Way to repay"),
    "months": pgettext_lazy("strategy", "Months"),
}
#: Names in the first cell of sheets whose rows are given.
NUMBERS: Mapping[str, Any] = {
    "base": pgettext_lazy("strategy", "Base points"),
    "debt_percent": pgettext_lazy("strategy", "Share of income for repayments (%)"),
    "carry_months": pgettext_lazy("strategy", "Months in which debts here are taken to be repaid"),
    "declared_percent": pgettext_lazy("strategy", "Believed of what people say (%)"),
    "declared_cap": pgettext_lazy("strategy", "Believed of what people say, at most (yuan a month)"),
    "payroll_months_min": pgettext_lazy("strategy", "Payroll counts from so many months in 12"),
    "social_months_min": pgettext_lazy("strategy", "Insured wage counts from so many months in 24"),
    "business_margin_percent": pgettext_lazy("strategy", "Of a trade's turnover remains (%)"),
    "business_years_min": pgettext_lazy("strategy", "A trade counts from so many years"),
    "yearly_other_crop": pgettext_lazy("strategy", "Any other crop brings (yuan a year)"),
    "lgd_percent": pgettext_lazy("strategy", "Lost of what is owed (%)"),
}
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "group": {code: words.ASSESSMENTS[code] for code in editor.GROUPS},
    "table_group": {code: words.ASSESSMENTS[code] for code in editor.GROUPS},
    "then": {
        "decline": pgettext_lazy("rule", "Declined"),
        "refer": pgettext_lazy("rule", "To a person"),
    },
    "precheck": {"early": pgettext_lazy("rule", "before any source is asked")},
    "yes": {"yes": pgettext_lazy("strategy", "yes")},
    "method": {code: words.METHODS.get(code, code) for code in editor.SOLD_METHODS},
    "stage": {
        "admission": pgettext_lazy("stage", "Admission"),
        "review": pgettext_lazy("stage", "Review triggers"),
        "limit": pgettext_lazy("stage", "Limit"),
        "price": pgettext_lazy("stage", "Price"),
        "authority": pgettext_lazy("stage", "Authority"),
    },
    "hit": {
        "first": pgettext_lazy("hit", "the first row that fits"),
        "collect": pgettext_lazy("hit", "every row that fits"),
    },
    "side": {
        "in": pgettext_lazy("column", "asks"),
        "out": pgettext_lazy("column", "answers"),
    },
    "type": {
        "money": pgettext_lazy("strategy", "amount in yuan"),
        "count": pgettext_lazy("strategy", "whole number"),
    },
}
STANDINGS: Mapping[str, tuple[Any, str]] = {
    "draft": (pgettext_lazy("strategy", "Draft"), "grey"),
    "submitted": (pgettext_lazy("strategy", "Waits for a second person"), "amber"),
    "approved": (pgettext_lazy("strategy", "Approved, may be tried"), "blue"),
    "coming": (pgettext_lazy("strategy", "Coming"), "blue"),
    "in_force": (pgettext_lazy("strategy", "In force"), ""),
    "ended": (pgettext_lazy("strategy", "Ended"), "grey"),
    "retired": (pgettext_lazy("strategy", "Withdrawn"), "grey"),
}
KINDS: Mapping[str, tuple[Any, str]] = {
    "added": (pgettext_lazy("change", "new"), ""),
    "removed": (pgettext_lazy("change", "removed"), "red"),
    "changed": (pgettext_lazy("change", "changed"), "amber"),
    "moved": (pgettext_lazy("change", "moved"), "grey"),
}
REFUSALS: Mapping[str, Any] = {
    "too_many_rows": _("A table has at most 10,000 rows."),
    "too_many_columns": _("A table has at most 40 columns."),
    "too_long": _("A cell has at most 4,000 characters."),
    "control": _("A cell holds a character that cannot be kept. Please type it again."),
    "uneven": _("The page arrived incomplete. Please load it again and repeat the change."),
    "duplicate": _("Two rows of this table have the same name. Rename one of them."),
}
#: What values of features say, by the question that words them.
_ASKED = {"purpose": "purpose", "occupation": "occupation", "industry": "industry"}


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def part(name: str, definition: Mapping[str, Any]) -> str:
    """A part's name; a table is called as it calls itself."""
    if not name.startswith(editor.TABLE):
        return str(PARTS.get(name, name))
    code = name.removeprefix(editor.TABLE)
    rows = definition.get("tables")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, Mapping) and row.get("code") == code:
            return str(row.get("en" if is_english() else "zh") or code)
    return code


def column(one: editor.Column, names: Mapping[str, str]) -> str:
    """A column's heading; ``names`` are the features' in the reader's language."""
    if one.label:
        return names.get(one.label, one.label)
    if one.name in COLUMNS:
        return str(COLUMNS[one.name])
    stem, _sep, number = one.name.rpartition("_")
    return f"{_NUMBERED[stem]} {number}" if stem in _NUMBERED else one.name


def choices(kind: str) -> Mapping[str, Any]:
    return CHOICES.get(kind.removeprefix("choice_"), {})


def value(code: str) -> str:
    """A code of a source or a question in words, else the code itself."""
    for table in (words.FACTS, words.RESULTS, words.METHODS):
        if code in table:
            return str(table[code])
    for question in _ASKED:
        found = customer_choices.label(question, code)
        if found != code.replace("_", " "):
            return found
    return code


def standing(name: str) -> tuple[str, str]:
    """Words and colour of a version's standing."""
    word, colour = STANDINGS.get(name, (name, "grey"))
    return str(word), colour


def problem(one: editor.Problem) -> str:
    """The problem's sentence in the reader's language."""
    detail = {"word": "", "position": "", "text": "", "example": "", **one.detail}
    sentences = strategy_problem_words.SENTENCES
    return str(sentences.get(one.code, sentences["other"])) % detail
