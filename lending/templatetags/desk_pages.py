"""How the desk writes figures, times and states, and draws its few bars."""

import re
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from lending.templatetags.customer_pages import answer_name, yuan
from lending.views.officer import words
from products import encryption
from products import selectors as product_selectors

register = template.Library()
_COUNTY = re.compile(r".{0,18}?[县区]")

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


@register.simple_tag
def bar_of_100(score: int) -> SafeString:
    """The bar of an assessment, 0 to 100: amber below 60, red below 40."""
    return bar(score / 100, "bad" if score < 40 else "low" if score < 60 else "")


@register.filter
def count(number: Any) -> str:
    """3023 → 3,023"""
    return f"{int(number):,}"


@register.filter
def cents(amount: Any) -> str:
    """1234.5 → 1,234.50: ledger columns always show both decimals."""
    return f"{Decimal(str(amount)):,.2f}"


@register.filter
def plain(amount: Any) -> str:
    """20000.00 → 20000: what stands in a field a person edits."""
    return f"{Decimal(str(amount)).normalize():f}"


@register.filter
def mask_address(address: str | None) -> str:
    """四川省广元市朝天区羊木镇1组 → 四川省广元市朝天区****: the county is enough for most questions."""
    if not address:
        return ""
    county = _COUNTY.match(address)
    return f"{county.group() if county else address[:2]}****"


@register.filter
def fact_value(value: Any) -> str:
    """A fact of a source as a person says it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool) or value in ("True", "False"):
        return gettext("yes") if value in (True, "True") else gettext("no")
    if isinstance(value, (list, tuple)):
        return "、".join(str(item) for item in value) or "–"
    return words.of("fact", str(value))


@register.simple_tag
def source_result(source: dict[str, Any]) -> str:
    """A comparing source agrees or not; a reporting one has found something or not."""
    if source["result"] == "MATCH" and source["source"] not in words.COMPARING_SOURCES:
        return pgettext("source", "Found")
    return words.of("result", source["result"])


@register.simple_tag
def fact_name(fact: dict[str, Any]) -> str:
    """The fact's name in the reader's language."""
    return str(fact["en"] if (get_language() or "").startswith("en") else fact["zh"])


@register.filter
def product_name(code: str) -> str:
    """huicundai → 惠存贷 or its English name."""
    if code not in _names or time.monotonic() - _names_read[0] > _NAMES_LIVE_S:
        _names.clear()
        _names.update(product_selectors.product_names())
        _names_read[0] = time.monotonic()
    zh, en = _names.get(code, (code, code))
    return en if (get_language() or "").startswith("en") else zh


_NAMES_LIVE_S = 60.0
_names: dict[str, tuple[str, str]] = {}
_names_read = [0.0]


@register.simple_tag
def list_name(customer_list: Any) -> str:
    """A customer list's name in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str(customer_list.name_en if english else customer_list.name_zh)


@register.filter
def last_day(end: date | None) -> str:
    """The first day something no longer holds → the last day it does; none → no end."""
    return gettext("No end") if end is None else f"{end - timedelta(days=1):%Y-%m-%d}"


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
def is_past(moment: datetime | None) -> bool:
    """Whether a deadline is over."""
    return moment is not None and moment < timezone.now()


@register.filter
def answer(value: Any, question: str) -> str:
    """What the person answered, in words; money as money."""
    return yuan(value) if question == "monthly_income" else answer_name(value, question)


@register.filter
def word(code: Any, kind: str) -> str:
    """The words for a code: ``{{ application.state|word:'state' }}``."""
    return words.of(kind, str(code))


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if hasattr(mapping, "get") else None
