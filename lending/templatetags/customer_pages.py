"""How the applicant's pages write money, rates and dates, and the few line icons they draw."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lending.forms import customer_choices

register = template.Library()
_AMOUNT_STEPS = customer_choices.AMOUNT_STEPS

#: Tabler Icons (MIT), the paths only.
_ICONS = {
    "left": "M15 6l-6 6 6 6",
    "right": "M9 6l6 6-6 6",
    "check": "M5 12l5 5L20 7",
    "alert": "M12 9v4M12 16v.01M10.4 3.6 2.3 17.1A1.9 1.9 0 0 0 3.9 20h16.2a1.9 1.9 0 0 0"
    " 1.6-2.9L13.6 3.6a1.9 1.9 0 0 0-3.2 0z",
    "camera": "M5 7h1a2 2 0 0 0 2-2 1 1 0 0 1 1-1h6a1 1 0 0 1 1 1 2 2 0 0 0 2 2h1a2"
    " 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2M9 13a3 3 0 1 0 6 0 3 3 0 0 0-6 0",
    "pencil": "M4 20h4L18.5 9.5a2.8 2.8 0 0 0-4-4L4 16v4M13.5 6.5l4 4",
    "help": "M12 16v.01M12 13a2 2 0 0 0 .9-3.8A2 2 0 0 0 10 10.4"
    "M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0",
    "person": "M8 7a4 4 0 1 0 8 0 4 4 0 0 0-8 0M6 21v-2a4 4 0 0 1 4-4h4a4 4 0 0 1 4 4v2",
    "card": "M3 8a3 3 0 0 1 3-3h12a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V8"
    "M3 10h18M7 15h.01M11 15h2",
    "clock": "M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0M12 7v5l3 3",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One line icon, decorative: the words beside it say the same."""
    return format_html(
        '<svg class="icon" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">'
        '<path d="{}"/></svg>',
        _ICONS[name],
    )


@register.filter
def yuan(amount: Any) -> str:
    """36000.00 → ¥36,000 and 205.2 → ¥205.20; empty stays empty."""
    return f"¥{digits(amount)}" if amount not in (None, "") else ""


@register.filter
def digits(amount: Any) -> str:
    """36000.00 → 36,000; cents only when there are any."""
    if amount in (None, ""):
        return ""
    exact = Decimal(str(amount)).quantize(Decimal("0.01"))
    return f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"


@register.filter
def percent(fraction: Any) -> str:
    """0.0698 → 6.98%: a yearly rate, always two decimals."""
    return f"{Decimal(str(fraction)) * 100:.2f}%" if fraction not in (None, "") else ""


@register.filter
def months(number: int) -> str:
    """12 → 12 months / 12 个月."""
    return ngettext("%(n)d month", "%(n)d months", number) % {"n": number}


@register.filter
def method_name(code: str) -> str:
    """equal_instalment → the words a borrower uses for it."""
    return str(customer_choices.METHODS.get(code, code))


@register.filter
def answer_name(code: Any, question: str) -> str:
    """The words for a stored answer: ``{{ 'farmer'|answer_name:'occupation' }}``."""
    return customer_choices.label(question, str(code))


@register.filter
def in_language(row: Any, name: str) -> str:
    """``{{ offer|in_language:'label' }}``: label_zh or label_en of an object or mapping."""
    attribute = f"{name}_{'en' if (get_language() or '').startswith('en') else 'zh'}"
    value = row.get(attribute, "") if isinstance(row, dict) else getattr(row, attribute, "")
    return str(value)


@register.filter
def day(value: Any) -> str:
    """A date, or its ISO text out of a frozen copy, as people here write it: 2027年3月15日."""
    return str(date_format(_as_date(value), "DATE_FORMAT")) if value else ""


@register.filter
def iso(value: Any) -> str:
    """The same, narrow for tables: 2027-03-15."""
    return _as_date(value).isoformat() if value else ""


def _as_date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


@register.filter
def due_day(row: Any) -> Any:
    """The due day of a booked instalment or of a row of a frozen schedule."""
    return row["due"] if isinstance(row, dict) else row.due_date


@register.filter
def total_repaid(sheet: dict[str, Any]) -> Decimal:
    """Principal and all costs of a frozen cost sheet."""
    return Decimal(sheet["principal"]) + Decimal(sheet["total_cost"])


@register.filter
def loan_state(state: str) -> SafeString:
    """The loan's state as a coloured word."""
    words, css = {
        "active": (_("Running"), ""),
        "overdue": (_("Overdue"), "bad"),
        "settled": (_("Paid back"), ""),
        "written_off": (_("Please call us"), "bad"),
    }.get(state, (state, ""))
    return format_html('<span class="state {} tagged">{}</span>', css, words)


@register.filter
def price_steps(steps: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """What a price is made of, each as (plain words, figure): the added points, or a rate."""
    return [_price_step(step) for step in steps if step.get("step") not in _AMOUNT_STEPS]


@register.filter
def amount_steps(steps: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """What bounds the amount, each as (plain words, yuan)."""
    return [
        (str(_AMOUNT_STEPS[step["step"]]), yuan(step["value"]))
        for step in steps
        if step.get("step") in _AMOUNT_STEPS
    ]


def _price_step(step: dict[str, Any]) -> tuple[str, str]:
    name, value = str(step.get("step", "")), str(step.get("value", ""))
    words = in_language(step, "name") if "name_zh" in step else next(
        (str(text) for part, text in customer_choices.PRICE_STEPS.items() if part in name.lower()),
        in_language(step, "text") or name,
    )
    if value.endswith(" bp"):
        return words, f"{Decimal(value.removesuffix(' bp')) / 100:+.2f}%"
    return words, percent(step.get("rate") or value)


@register.simple_tag
def bars(by_month: Sequence[Decimal], sentence: str) -> SafeString:
    """A small bar chart, one bar a month: amber where a payment is much above the usual one."""
    paid = sorted(amount for amount in by_month if amount)
    if not paid:
        return mark_safe("")
    highest, usual = paid[-1], paid[len(paid) // 2]
    lumpy = len(paid) < len(by_month) / 2
    slot = 320 / len(by_month)
    rows = []
    for index, amount in enumerate(by_month):
        height = max(8, round(float(amount / highest) * 70)) if amount else 5
        kind = "big" if amount > usual * 2 or (lumpy and amount) else "" if amount else "none"
        left, width = round(index * slot + slot * 0.12, 1), round(slot * 0.76, 1)
        rows.append((kind, left, 74 - height, width, height))
    drawn = format_html_join(
        "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>', rows
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 320 74" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        sentence,
        drawn,
    )
