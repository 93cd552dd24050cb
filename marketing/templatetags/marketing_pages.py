"""How the funnel page writes its steps and draws its bars."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketing.domain.funnel import DROPPED, ENDINGS, IN_PROGRESS, Funnel, FunnelStep
from marketing.views import words

register = template.Library()
register.filter("step_word", words.step)
register.filter("stopped_word", words.stopped_before)
register.filter("status_word", words.status)


@register.simple_tag
def step_bar(step: FunnelStep, entered: int) -> SafeString:
    """All who came so far, split into those who went on, are on the way, and stopped here."""
    going = step.in_progress
    lost = sum(n for status, n in step.stopped.items() if status in (DROPPED, *ENDINGS))
    scale = 100 / entered if entered else 0
    on = (step.n - going - lost) * scale
    return format_html(
        '<svg class="steps" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rest" width="100" height="20"/><rect class="on" width="{}" height="20"/>'
        '<rect class="going" x="{}" width="{}" height="20"/>'
        '<rect class="lost" x="{}" width="{}" height="20"/></svg>',
        round(on, 2),
        round(on, 2),
        round(going * scale, 2),
        round(on + going * scale, 2),
        round(lost * scale, 2),
    )


@register.filter
def endings(funnel: Funnel) -> list[tuple[str, int]]:
    """How all attempts stand: (status, count), only those that occur."""
    return [
        (status, n)
        for status in ("disbursed", IN_PROGRESS, DROPPED, *ENDINGS)
        if (n := funnel.total(status))
    ]


@register.filter
def share(fraction: Any, digits: int = 1) -> str:
    """0.3141 → 31.4%; nothing to divide → –"""
    return "–" if fraction is None else f"{float(fraction) * 100:.{digits}f}%"
