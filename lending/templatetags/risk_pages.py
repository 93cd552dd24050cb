"""How the pages about decisions write points, intervals and counts of alerts."""

from typing import Any

from django import template
from django.utils.translation import get_language, gettext

from risk.selectors import monitoring_alerts

register = template.Library()


@register.simple_tag
def unread_alerts() -> int:
    """Alerts nobody has read yet: one small query."""
    return monitoring_alerts.unread_count()


@register.filter
def percent_range(interval: Any) -> str:
    """An interval of a share: 60.0% (55.2–64.6%); nothing to tell → –"""
    if interval is None:
        return "–"
    low, high = interval.low * 100, interval.high * 100
    return f"{interval.value * 100:.1f}% ({low:.1f}–{high:.1f}%)"


@register.filter
def points_range(interval: Any) -> str:
    """An interval of a difference: +3.2 points (−1.0 to +7.4)."""
    if interval is None:
        return "–"
    value, low, high = (
        f"{part * 100:+.1f}".replace("-", "−")
        for part in (interval.value, interval.low, interval.high)
    )
    return gettext("%(value)s points (%(low)s to %(high)s)") % {
        "value": value, "low": low, "high": high,
    }


@register.filter
def two_places(value: Any) -> str:
    """0.16942 → 0.17; nothing → –"""
    return "–" if value is None else f"{float(value):.2f}"


@register.filter
def lookup(words: Any, code: str) -> str:
    """The (Chinese, English) words of a code in the reader's language, else the code itself."""
    zh, en = words.get(code) or (code, code)
    return str(en if (get_language() or "").startswith("en") else zh)
