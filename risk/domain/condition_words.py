"""Conditions and values in words, Chinese or English: what a rule says to somebody who writes none.

Pure. ``say`` puts the codes of a value (a crop, a purpose) into words; the names are the features' own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from risk.domain.condition_text import write
from risk.domain.features import FEATURES
from risk.domain.sheets import maps, text_of

#: Values the engine derives, and those known only once score and limit are.
DERIVED_NAMES: Mapping[str, tuple[str, str]] = {
    "age": ("年龄", "age"),
    "thin_file": ("没有征信记录", "without a credit file"),
    "stability_years": ("稳定年限", "years of the longest tie"),
    "has_business": ("有经营", "has a business"),
    "verified_income": ("可核实月收入", "verified monthly income"),
    "monthly_income": ("可认定月收入", "monthly income relied on"),
    "debt_burden_percent": ("每月还款占收入比例", "repayments as a share of income"),
    "segment": ("客群", "customer group"),
    "in_product_segment": ("属于产品的客群", "in the product's groups"),
    "documents_needed": ("需要补充材料", "papers are needed"),
    "on_black_list": ("在黑名单", "on a black list"),
    "on_grey_list": ("在灰名单", "on a grey list"),
    "on_excluded_list": ("在产品排除名单", "on a list the product excludes"),
    "grade": ("等级", "grade"),
    "score": ("评分", "score"),
    "limit_amount": ("额度", "limit"),
    "requested_amount": ("申请金额", "amount asked for"),
}
#: What decision tables answer with.
OUTPUT_NAMES: Mapping[str, tuple[str, str]] = {
    "outcome": ("结果", "outcome"),
    "reason": ("原因", "reason"),
    "limit_percent": ("额度百分比", "percent of the limit"),
    "limit_cap": ("额度上限", "highest limit"),
    "spread_bp": ("利差（基点）", "spread (bp)"),
    "role": ("审批人", "who approves"),
}
_TERMS: Mapping[str, tuple[str, str]] = {
    "age_min": ("产品最低年龄", "the product's youngest age"),
    "age_max": ("产品最高年龄", "the product's oldest age"),
    "counties": ("产品服务的县区", "the product's counties"),
    "purposes": ("产品支持的用途", "the product's purposes"),
    "forbidden_purposes": ("产品禁止的用途", "the product's forbidden purposes"),
    "segments": ("产品的客群", "the product's groups"),
}
_OPS: Mapping[str, tuple[str, str]] = {
    "lt": ("小于", "is below"), "le": ("不超过", "is at most"), "gt": ("大于", "is above"),
    "ge": ("不低于", "is at least"), "eq": ("为", "is"), "ne": ("不是", "is not"),
    "in": ("属于", "is one of"), "not_in": ("不属于", "is none of"), "has": ("包含", "includes"),
}
Say = Callable[[str], str]


def names(definition: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Name → (Chinese, English) of everything this strategy's conditions and tables may name."""
    own = {
        text_of(row.get("name")): (text_of(row.get("zh")), text_of(row.get("en")))
        for row in maps(definition.get("formulas"))
    }
    features = {name: (feature.zh, feature.en) for name, feature in FEATURES.items()}
    return own | features | {**DERIVED_NAMES, **OUTPUT_NAMES}


def term_name(term: str) -> tuple[str, str]:
    """(Chinese, English) of a product's term."""
    return _TERMS[term]


def sentence(
    condition: Any, named: Mapping[str, tuple[str, str]], *, english: bool, say: Say = str
) -> str:
    """The condition in words; one that cannot be read as it was typed."""
    try:
        return _said(condition, named, int(english), say, outer=True)
    except (KeyError, TypeError, ValueError, AttributeError):
        return write(condition)


def _said(
    condition: Mapping[str, Any], named: Mapping[str, tuple[str, str]], lang: int, say: Say, outer: bool
) -> str:
    if "feature" in condition:
        return _compared(condition, named, lang, say)
    ((key, inner),) = condition.items()
    if key == "not":
        text = _said(inner, named, lang, say, outer=True)
        return f"not ({text})" if lang else f"并非（{text}）"
    parts = [_said(part, named, lang, say, outer=False) for part in inner]
    word = {"all": ("，并且", " and "), "any": ("，或者", " or ")}[key][lang]
    text = word.join(parts)
    if outer or len(parts) == 1:
        return text
    return f"({text})" if lang else f"（{text}）"


def _compared(
    condition: Mapping[str, Any], named: Mapping[str, tuple[str, str]], lang: int, say: Say
) -> str:
    name, op = condition["feature"], condition["op"]
    subject = named.get(name, (name, name))[lang] or name
    if "terms" in condition:
        return _joined(subject, _OPS[op][lang], _TERMS[condition["terms"]][lang], lang)
    value = condition["value"]
    if isinstance(value, bool):
        holds = value is (op in {"is", "eq"})
        return f"{subject}: {'yes' if holds else 'no'}" if lang else f"{subject}：{'是' if holds else '否'}"
    values = value if isinstance(value, list) else [value]
    shown = (", " if lang else "、").join(_value(one, name, say) for one in values)
    return _joined(subject, _OPS[op][lang], shown, lang)


def _joined(subject: str, verb: str, value: str, lang: int) -> str:
    if lang:
        return f"{subject} {verb} {value}"
    gap = " " if value[:1].isascii() or value[:1] == "¥" else ""
    return f"{subject}{verb}{gap}{value}"


def _value(value: Any, name: str, say: Say) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    if name in FEATURES and FEATURES[name].type == "money":
        whole, _, cents = text.partition(".")
        return f"¥{int(whole):,}" + (f".{cents}" if cents.strip("0") else "")
    return say(text)
