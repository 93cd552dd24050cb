"""Sheets of what is asked of a person: rules, customer groups, inputs, income, and the sentences."""

from collections.abc import Mapping
from typing import Any

from risk.domain.features import FEATURES
from risk.domain.features import types as feature_types
from risk.domain.sheets import (
    Row,
    Sheet,
    condition,
    condition_text,
    filled,
    mapping,
    maps,
    money,
    sheet,
    text_of,
    typed_value,
    whole,
)

_INCOME = (
    ("declared_percent", "whole"),
    ("declared_cap", "money"),
    ("payroll_months_min", "whole"),
    ("social_months_min", "whole"),
    ("business_margin_percent", "whole"),
    ("business_years_min", "whole"),
    ("yearly_other_crop", "money"),
)


def known_types(definition: Mapping[str, Any]) -> dict[str, str]:
    """Name → type of everything a condition of this strategy may name: its formulas too."""
    own = {
        str(row.get("name")): str(row.get("type"))
        for row in maps(definition.get("formulas"))
        if row.get("type") in {"money", "count"}
    }
    return own | feature_types()


def kept_conditions(rows: Any) -> dict[str, Any]:
    """Text → JSON of the conditions that stand, so that what is not touched stays byte for byte."""
    return {condition_text(row): row["when"] for row in maps(rows) if "when" in row}


def condition_of(text: str, kept: Mapping[str, Any], types: Mapping[str, str]) -> Any:
    return kept[text] if text in kept else condition(text, types)


def segment_codes(definition: Mapping[str, Any]) -> list[str]:
    found = [text_of(row.get("code")) for row in maps(definition.get("segments"))]
    return list(dict.fromkeys(code for code in found if code))


def renames(before: list[str], after: list[str]) -> dict[str, str]:
    """Old name → new name of what stands in the same place under a new name."""
    if len(before) != len(after):
        return {}
    return {
        old: new for old, new in zip(before, after, strict=True)
        if new and old not in after and new not in before
    }


# ── rules ──
_RULE = frozenset({"code", "group", "then", "when", "precheck"})


def read_rules(definition: Mapping[str, Any]) -> list[Sheet]:
    reasons = mapping(definition.get("reasons"))
    rows = []
    for row in maps(definition.get("rules")):
        words = mapping(reasons.get(text_of(row.get("code"))))
        rows.append([
            row.get("code"), row.get("group"), row.get("then"),
            "early" if row.get("precheck") else "", condition_text(row), words.get("zh"), words.get("en"),
        ])
    columns = ("code:code", "group:choice_group", "then:choice_then", "precheck:choice_precheck",
               "when:condition", "zh", "en")
    return [sheet("rules", columns, rows, ordered=True)]


def write_rules(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    before = maps(definition.get("rules"))
    kept, types = kept_conditions(before), known_types(definition)
    reasons = mapping(definition.get("reasons"))
    worded = {code: mapping(words) for code, words in reasons.items()}
    more = {text_of(row.get("code")): row for row in before}
    rules = []
    for code, group, then, precheck, when, zh, en in filled(sheets["rules"]):
        extra = {k: v for k, v in more.get(code, {}).items() if k not in _RULE}
        rule = {**extra, "code": code, "group": group, "then": then, "when": condition_of(when, kept, types)}
        rules.append({**rule, **({"precheck": True} if precheck == "early" else {})})
        if {"zh": zh, "en": en} != worded.get(code):  # two rules of one code: what was changed counts
            reasons[code] = {"zh": zh, "en": en}
    gone = {text_of(row.get("code")) for row in before} - {rule["code"] for rule in rules}
    definition["rules"] = rules
    definition["reasons"] = {code: words for code, words in reasons.items() if code not in gone}


# ── customer groups ──
def read_segments(definition: Mapping[str, Any]) -> list[Sheet]:
    rows = [[row.get("code"), condition_text(row)] for row in maps(definition.get("segments"))]
    return [sheet("segments", ("code:code", "when:condition"), rows, ordered=True)]


def write_segments(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    kept, types = kept_conditions(definition.get("segments")), known_types(definition)
    codes = segment_codes(definition)
    rows = filled(sheets["segments"])
    definition["segments"] = [
        {"code": code, "when": condition_of(when, kept, types)} for code, when in rows
    ]
    names = renames(codes, [code for code, _ in rows])
    for part, field in (("limit", "caps"), ("offers", "plans")):  # what is kept by group moves along
        whole_part = mapping(definition.get(part))
        by_group = mapping(whole_part.get(field))
        moved = {names.get(code, code): value for code, value in by_group.items()}
        definition[part] = {**whole_part, field: moved}


# ── which values must be known ──
def read_inputs(definition: Mapping[str, Any]) -> list[Sheet]:
    required = definition.get("required")
    asked = [text_of(name) for name in required] if isinstance(required, list) else []
    defaults = mapping(definition.get("defaults"))
    names = [*FEATURES, *sorted({*asked, *defaults} - set(FEATURES))]
    rows = [[name, "yes" if name in asked else "", text_of(defaults.get(name))] for name in names]
    return [sheet("inputs", ("feature:fixed", "required:choice_yes", "default:value"), rows, is_fixed=True)]


def write_inputs(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    rows = filled(sheets["inputs"])
    before = definition.get("required")
    order = {text_of(name): i for i, name in enumerate(before if isinstance(before, list) else [])}
    asked = [name for name, required, _ in rows if required]
    definition["required"] = sorted(asked, key=lambda name: order.get(name, len(order)))
    said = {name: text for name, _, text in rows if text}
    old = mapping(definition.get("defaults"))
    kept = {name: value for name, value in old.items() if said.get(name) == text_of(value)}
    new = {
        name: typed_value(text, FEATURES[name].type if name in FEATURES else "text")
        for name, text in said.items() if name not in kept
    }
    definition["defaults"] = kept | new


# ── income ──
def read_income(definition: Mapping[str, Any]) -> list[Sheet]:
    income = mapping(definition.get("income"))
    crops = mapping(income.get("yearly_by_crop"))
    return [
        sheet("income", ("name:fixed", "value:value"),
              [[name, income.get(name)] for name, _ in _INCOME], is_fixed=True),
        sheet("crops", ("crop:code", "yearly:money"), [[crop, crops[crop]] for crop in crops]),
    ]


def write_income(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    kinds = dict(_INCOME)
    numbers = {
        name: whole(text) if kinds[name] == "whole" else money(text)
        for name, text in sheets["income"] if name in kinds
    }
    crops = {crop: money(yearly) for crop, yearly in filled(sheets["crops"])}
    definition["income"] = {**mapping(definition.get("income")), **numbers, "yearly_by_crop": crops}


# ── sentences that belong to no rule ──
def read_reasons(definition: Mapping[str, Any]) -> list[Sheet]:
    ruled = {text_of(row.get("code")) for row in maps(definition.get("rules"))}
    rows = []
    for code, words in mapping(definition.get("reasons")).items():
        if code not in ruled:
            rows.append([code, mapping(words).get("zh"), mapping(words).get("en")])
    return [sheet("reasons", ("code:code", "zh", "en"), rows)]


def write_reasons(definition: dict[str, Any], sheets: Mapping[str, list[Row]]) -> None:
    ruled = {text_of(row.get("code")) for row in maps(definition.get("rules"))}
    before = mapping(definition.get("reasons"))
    said = {code: {"zh": zh, "en": en} for code, zh, en in filled(sheets["reasons"])}
    kept = {code: words for code, words in before.items() if code in ruled or code in said}
    definition["reasons"] = {**kept, **{c: w for c, w in said.items() if c not in ruled}}
