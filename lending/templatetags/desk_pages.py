"""How the desk writes figures, times and states, and draws its few bars."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from lending.views.officer import words
from products import encryption

register = template.Library()

register.filter("mask_id", lambda value: encryption.mask_id_number(value) if value else "")
register.filter("mask_mobile", lambda value: encryption.mask_mobile(value) if value else "")
register.filter("mask_card", lambda value: encryption.mask_card(value) if value else "")


@register.simple_tag
def bar(share: Any, kind: str = "") -> SafeString:
    """A horizontal bar, ``share`` 0..1 of its width; the figure beside it says the same."""
    width = round(min(max(float(share or 0), 0.0), 1.0) * 100, 2)
    return format_html(
        '<svg class="meter {}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rest" width="100" height="8"/><rect class="fill" width="{}" height="8"/></svg>',
        kind,
        width,
    )


@register.filter
def big(amount: Any) -> str:
    """42180000 → 4,218 万 in Chinese, 42.2 million in English; small amounts in full."""
    value = Decimal(str(amount or 0))
    if (get_language() or "").startswith("en"):
        return f"{value / 1_000_000:,.1f} M" if value >= 1_000_000 else f"{value:,.0f}"
    return (
        f"{value / 10_000:,.0f} 万"
        if value >= 1_000_000
        else (f"{value / 10_000:,.1f} 万" if value >= 10_000 else f"{value:,.0f}")
    )


@register.filter
def share(fraction: Any, digits: int = 1) -> str:
    """0.3141 → 31.4%; nothing to divide → –"""
    return "–" if fraction is None else f"{float(fraction) * 100:.{digits}f}%"


@register.filter
def duration(seconds: Any) -> str:
    """41 → 41 s, 204 → 3 min 24 s, 9000 → 2 h 30 min, 200000 → 2 d 7 h."""
    if seconds is None:
        return "–"
    whole = round(float(seconds))
    minutes, s = divmod(whole, 60)
    hours, m = divmod(minutes, 60)
    days, h = divmod(hours, 24)
    if days:
        return gettext("%(d)d d %(h)d h") % {"d": days, "h": h}
    if hours:
        return gettext("%(h)d h %(m)d min") % {"h": hours, "m": m}
    if minutes:
        return gettext("%(m)d min %(s)d s") % {"m": minutes, "s": s}
    return gettext("%(s)d s") % {"s": s}


@register.filter
def ago(moment: datetime | None) -> str:
    """How long something has been waiting, in its largest unit."""
    if moment is None:
        return ""
    passed = timezone.now() - moment
    if passed >= timedelta(days=1):
        return ngettext("%(n)d day", "%(n)d days", passed.days) % {"n": passed.days}
    minutes = max(int(passed.total_seconds() // 60), 0)
    if minutes >= 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


@register.filter
def until(moment: datetime | None) -> str:
    """The deadline of a task as a person says it."""
    if moment is None:
        return ""
    left = moment - timezone.now()
    if left < timedelta(0):
        return pgettext("deadline", "late by %(time)s") % {"time": ago(moment)}
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return pgettext("deadline", "today before %(time)s") % {"time": f"{local:%H:%M}"}
    return pgettext("deadline", "until %(date)s") % {"date": f"{local:%m-%d}"}


@register.filter
def word(code: Any, kind: str) -> str:
    """The words for a code: ``{{ application.state|word:'state' }}``."""
    return words.of(kind, str(code))


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if hasattr(mapping, "get") else None
