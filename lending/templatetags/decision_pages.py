"""How a decision's page writes values, truths and steps."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from lending.templatetags.customer_pages import answer_name, yuan
from lending.templatetags.desk_pages import bar, fact_value
from lending.views.officer import decision_words

register = template.Library()
#: Features whose values are answers of the applicant, with words of their own.
_ANSWERS = frozenset({"purpose", "occupation", "industry"})


@register.filter
def trace_word(code: Any, kind: str) -> str:
    """``{{ value.state|trace_word:'value_state' }}``"""
    return decision_words.of(kind, str(code))


@register.filter
def limit_step(name: str, tables: Mapping[str, dict[str, Any]] | None = None) -> str:
    """A step of the limit in words; ``tables`` by code, each with ``zh`` and ``en``."""
    return decision_words.step(name, {code: named(row) for code, row in (tables or {}).items()})


@register.filter
def table_word(code: str, tables: Mapping[str, dict[str, Any]]) -> str:
    """A decision table as it calls itself."""
    return named(tables.get(code, {})) or code


@register.filter
def named(row: dict[str, Any], key: str = "") -> str:
    """``zh`` or ``en`` of a row; ``key`` "how" takes ``how_zh`` or ``how_en``."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return str(row.get(f"{key}_{language}" if key else language, ""))


@register.filter
def typed(value: dict[str, Any]) -> str:
    """A profile value by its type: money as yuan, the rest as a person says it."""
    raw, feature = value.get("value"), value.get("feature")
    if raw is None or raw == "":
        return "–"
    if feature in _ANSWERS:
        return str(answer_name(raw, feature))
    if value.get("type") == "money" and feature != "land_mu":
        try:
            return yuan(Decimal(str(raw)))
        except ArithmeticError:
            return str(raw)
    return fact_value(raw)


@register.filter
def compared(value: Any) -> str:
    """A compared value; lists are cut after eight."""
    if isinstance(value, (list, tuple)):
        shown = "、".join(str(item) for item in value[:8])
        return shown + ("…" if len(value) > 8 else "")
    return fact_value(value)


@register.simple_tag
def truth(value: bool | None) -> SafeString:
    """Yes, no or unknown as a chip."""
    if value is None:
        return format_html('<span class="chip amber">{}</span>', gettext("unknown"))
    kind, text = ("red", gettext("yes")) if value else ("grey", gettext("no"))
    return format_html('<span class="chip {}">{}</span>', kind, text)


@register.simple_tag
def points_bar(row: dict[str, Any]) -> SafeString:
    """Where the points lie between the characteristic's worst and best."""
    span = row["high"] - row["low"]
    share = (row["points"] - row["low"]) / span if span else 1
    return bar(share, "bad" if share <= 0 else "low" if share < 0.5 else "")


@register.simple_tag
def bar_among(amount: Any, rows: list[dict[str, Any]], key: str) -> SafeString:
    """A bar as long as ``amount`` is beside the largest ``key`` of ``rows``."""
    top = max((Decimal(row[key] or 0) for row in rows), default=Decimal(0))
    return bar(Decimal(amount or 0) / top if top else 0)


@register.filter
def days_old(value: int | None) -> str:
    """How old a value was at the decision."""
    if value is None:
        return ""
    if value == 0:
        return gettext("the same day")
    return ngettext("%(n)d day old", "%(n)d days old", value) % {"n": value}


@register.filter
def moment(at: datetime | None) -> str:
    """A time of the record, to the second, as the bank's clock shows it."""
    return "" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


@register.filter
def difference(value: tuple[float, float, float] | None) -> SafeString | str:
    """(−0.031, −0.052, −0.010) → −3.1 and below it (−5.2 … −1.0), in percentage points."""
    if value is None:
        return "–"
    middle, low, high = (f"{100 * part:+.1f}" for part in value)
    return format_html('{}<br><span class="quiet">({} … {})</span>', middle, low, high)


@register.simple_tag
def interval_bar(row: Any) -> SafeString:
    """A share as a line of its interval with a tick at the share itself, 0 to 100."""
    low, high = (round(100 * part, 2) for part in row.interval)
    return format_html(
        '<svg class="interval" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rest" y="4" width="100" height="2"/>'
        '<rect class="fill" x="{}" y="3" width="{}" height="4"/>'
        '<rect class="tick" x="{}" width="1" height="10"/></svg>',
        low, round(max(high - low, 0.4), 2), round(min(100 * row.share, 99), 2),
    )
