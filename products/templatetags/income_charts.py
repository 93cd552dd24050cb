"""A crop's or herd's year as twelve small bars, with a sentence that says the same."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.domain.income_calendar import PlanMonth
from products.templatetags.product_words import yuan

register = template.Library()

_PARTIAL = "products/_income_chart.html"
_FEW = 6  # up to so many months are named one by one
_FLAT = 2  # bars without anything: a line to count months by


@register.inclusion_tag(_PARTIAL)
def income_chart(shares: Mapping[int, int], name: str = "") -> dict[str, Any]:
    """``shares`` (month → percent of the year) from January to December."""
    highest = max([*shares.values(), 1])
    bars = [
        {"label": str(month), "rects": [_rect(index, shares.get(month, 0), highest, 18, 34, "in")]}
        for index, month in enumerate(range(1, 13))
    ]
    return _context(bars, 18, 34, name or _("Income by month"), income_sentence(shares))


@register.inclusion_tag(_PARTIAL)
def plan_chart(months: Sequence[PlanMonth], name: str = "") -> dict[str, Any]:
    """Income beside repayments, month by month of a loan; each kind against its own highest."""
    share_max = max([month.share for month in months] + [1])
    paid_max = max([month.amount for month in months] + [1])
    slot = max(336 // max(len(months), 1), 6)
    bars = []
    for index, month in enumerate(months):
        income = _rect(index, month.share, share_max, slot, 88, "in")
        paid = _rect(index, month.amount, paid_max, slot, 88, "out")
        half = income["width"] // 2
        income["width"] = paid["width"] = half
        paid["x"] += half
        label = str(month.first_day.month) if slot >= 14 or month.first_day.month == 1 else ""
        bars.append({"label": label, "rects": [income, paid]})
    title = name or _("Income and repayments by month")
    return {**_context(bars, slot, 88, title, plan_sentence(months)), "plan": True}


def _rect(index: int, part: Any, highest: Any, slot: int, height: int, kind: str) -> dict[str, Any]:
    tall = max(round(part * (height - 4) / highest), 3) if part else _FLAT
    width = max(slot * 3 // 4, 2)
    left = index * slot + (slot - width) // 2
    css = kind if part else "none"
    return {"kind": css, "x": left, "y": height - tall, "width": width, "height": tall}


def _context(
    bars: list[dict[str, Any]], slot: int, height: int, title: str, sentence: str
) -> dict[str, Any]:
    for index, bar in enumerate(bars):
        bar["middle"] = index * slot + slot // 2
    return {
        "bars": bars,
        "width": slot * len(bars),
        "height": height + 14,
        "foot": height + 11,
        "chart_title": title,
        "sentence": sentence,
    }


@register.filter
def income_sentence(shares: Mapping[int, int]) -> str:
    """{1: 60, 7: 40} → 一月收入60%，七月收入40%; a year of many months in short."""
    paid = {month: shares[month] for month in sorted(shares) if shares[month]}
    if len(paid) <= _FEW:
        return _joined(
            _("%(month)s brings %(percent)s%%") % {"month": MONTHS[month], "percent": percent}
            for month, percent in paid.items()
        )
    figures = {
        "months": len(paid), "low": min(paid.values()), "high": max(paid.values()),
        "best": MONTHS[max(paid, key=lambda month: (paid[month], -month))],
    }  # fmt: skip
    return _("Income in %(months)s months, %(low)s%% to %(high)s%% each, most in %(best)s") % figures


@register.filter
def plan_sentence(months: Sequence[PlanMonth]) -> str:
    """2027年1月还¥12,244.00，…; many payments by number and range."""
    paid = [month for month in months if month.amount]
    if len(paid) <= _FEW:
        return _joined(
            _("%(month)s: repay ¥%(amount)s")
            % {
                "month": date_format(month.first_day, "YEAR_MONTH_FORMAT"),
                "amount": yuan(month.amount),
            }
            for month in paid
        )
    return _("%(n)s repayments, ¥%(low)s to ¥%(high)s each") % {
        "n": len(paid),
        "low": yuan(min(month.amount for month in paid)),
        "high": yuan(max(month.amount for month in paid)),
    }


@register.filter
def harvest_months(months: Sequence[int]) -> str:
    """[1, 7] → 收成月份：一月、七月, for the phone; nothing for none."""
    names = [str(MONTHS[month]) for month in sorted(set(months)) if month in MONTHS]
    if not names:
        return ""
    together = (", " if _english() else "、").join(names)
    return _("Harvest months: %(months)s") % {"months": together}


@register.filter
def month_name(month: int) -> str:
    """10 → 十月 / October."""
    return str(MONTHS[month])


def _joined(parts: Iterable[str]) -> str:
    return (", " if _english() else "，").join(parts)


def _english() -> bool:
    return (get_language() or "").startswith("en")
