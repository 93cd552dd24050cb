"""Words for the codes inside a decision's trace: steps of a limit, states of a value, comparisons."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lending.views.officer import words

STATES: Mapping[str, Any] = {
    "answered": gettext_lazy("The source answered"),
    "no_record": gettext_lazy("The source has nothing on this person"),
    "mismatch": gettext_lazy("The check failed"),
    "unavailable": gettext_lazy("The source did not answer"),
    "missing": gettext_lazy("Nobody was asked"),
}
OPS: Mapping[str, Any] = {
    "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "=", "ne": "≠", "is": "=",
    "in": pgettext_lazy("comparison", "one of"),
    "not_in": pgettext_lazy("comparison", "none of"),
    "has": pgettext_lazy("comparison", "contains"),
}
THENS: Mapping[str, Any] = {
    "decline": pgettext_lazy("rule", "decline"),
    "refer": pgettext_lazy("rule", "refer to a person"),
}
EFFECTS: Mapping[str, Any] = {
    "approve": gettext_lazy("could be approved"),
    "refer": gettext_lazy("could go to a person"),
    "limit": gettext_lazy("higher limit"),
    "rate": gettext_lazy("lower rate"),
}
PARTS: Mapping[str, Any] = {
    "outcome": gettext_lazy("outcome"),
    "score": gettext_lazy("score"),
    "grade": gettext_lazy("grade"),
    "limit": gettext_lazy("limit"),
    "offers": gettext_lazy("offers"),
    "reasons": gettext_lazy("reasons"),
    "assessments": gettext_lazy("assessments"),
    "trace": gettext_lazy("trace"),
    "strategy": gettext_lazy("strategy"),
    "engine": gettext_lazy("engine version"),
    "inputs": gettext_lazy("stored inputs"),
    "result": gettext_lazy("stored result"),
}
_STEPS: Mapping[str, Any] = {
    "capacity": gettext_lazy("What the income can carry"),
    "product factor": gettext_lazy("Factor of the product"),
    "cap capacity": gettext_lazy("Never above what the income can carry"),
    "cap product limit": gettext_lazy("Cap of the product's limit"),
    "cap product amount": gettext_lazy("Largest amount of the product"),
    "cap self service": gettext_lazy("Cap of what the phone alone may lend"),
    "cap regulation": gettext_lazy("Cap of the law"),
    "cap starter": gettext_lazy("Starter limit without a credit file"),
    "rounded down": gettext_lazy("Rounded down to a step"),
}
DIMENSIONS: Mapping[str, Any] = {
    "sex": gettext_lazy("Sex"),
    "age": gettext_lazy("Age"),
    "county": gettext_lazy("County of the branch"),
    "place": gettext_lazy("Village"),
}
GROUPS: Mapping[str, Any] = {
    "female": gettext_lazy("Women"),
    "male": gettext_lazy("Men"),
    "under 18": gettext_lazy("under 18"),
}
HITS: Mapping[str, Any] = {
    "first": pgettext_lazy("hit", "the first row that fits"),
    "collect": pgettext_lazy("hit", "every row that fits"),
}
ROWS: Mapping[str, Any] = {
    "otherwise": gettext_lazy("when no row fits"),
    "true": gettext_lazy("yes"),
    "false": gettext_lazy("no"),
}
_TABLES: Mapping[str, Mapping[str, Any]] = {
    "value_state": STATES, "op": OPS, "then": THENS, "effect": EFFECTS, "part": PARTS,
    "dimension": DIMENSIONS, "group": GROUPS, "hit": HITS, "row": ROWS,
}


def of(kind: str, code: str) -> str:
    """The words for ``code``, else the code itself."""
    return str(_TABLES[kind].get(code, code))


def step(name: str, tables: Mapping[str, str] | None = None) -> str:
    """``matrix salaried B`` → “Matrix: salaried, grade B”; ``tables`` names the strategy's tables."""
    if name in _STEPS:
        return str(_STEPS[name])
    kind, __, rest = name.partition(" ")
    if kind == "matrix":
        segment, __, grade = rest.rpartition(" ")
        return _("Matrix: %(segment)s, grade %(grade)s") % {
            "segment": words.of("segment", segment), "grade": grade
        }
    if kind == "table":
        code, __, row = rest.partition(" ")
        name = (tables or {}).get(code) or code
        if row == "otherwise":
            return _("Table “%(name)s”: when no row fits") % {"name": name}
        return _("Table “%(name)s”, row %(row)s") % {"name": name, "row": row}
    if kind == "layer":
        return _("Layer %(code)s") % {"code": rest}
    if kind == "tier":
        return _("Tier %(code)s of a list") % {"code": rest}
    return name
