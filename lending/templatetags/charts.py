"""Charts as inline SVG: drawn by the server, so they need no script and print well.

Every chart takes plain figures and stands beside a table of the same figures. Text in a chart is
escaped; colours come from the style sheet (``.chart`` classes), never from the data.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_WIDTH, _HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 34
_SERIES = ("a", "b", "c", "d", "e", "f")


@register.simple_tag
def bar_chart(
    rows: Iterable[Sequence[Any]], label: str = "", unit: str = "", before: str = "", after: str = ""
) -> SafeString:
    """Upright bars. ``rows``: (name, value) or (name, value, second value); values ≥ 0 or ``None``.

    ``before`` and ``after`` name the first and the second value below the chart.
    """
    found = [(str(row[0]), [_number(value) for value in row[1:]]) for row in rows]
    top = max((value for _, values in found for value in values if value is not None), default=0)
    scale = _Scale(0.0, _round_up(top))
    slot = (_WIDTH - _LEFT - _RIGHT) / max(len(found), 1)
    marks = []
    for at, (name, values) in enumerate(found):
        wide = min(slot * 0.7 / max(len(values), 1), 48)
        start = _LEFT + slot * at + (slot - wide * len(values)) / 2
        for order, value in enumerate(values):
            if value is not None:
                marks.append(_bar(start + wide * order, wide, scale, value, name, order, unit))
    names = [(_LEFT + slot * (at + 0.5), name) for at, (name, _) in enumerate(found)]
    drawn = _frame(label, scale, unit, names, format_html_join("", "{}", ((m,) for m in marks)))
    return format_html("{}{}", drawn, _legend([one for one in (before, after) if one]))


@register.simple_tag
def line_chart(
    names: Sequence[Any], series: Iterable[tuple[str, Sequence[Any]]], label: str = "", unit: str = ""
) -> SafeString:
    """Lines over the same ``names``. ``series``: (title, values); ``None`` leaves a gap."""
    lines = [(title, [_number(value) for value in values]) for title, values in series]
    every = [value for _, values in lines for value in values if value is not None]
    scale = _Scale(min([0.0, *every]), _round_up(max(every, default=1.0)))
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(names) - 1, 1)
    places = [_LEFT + step * (at if len(names) > 1 else 0.5) for at in range(len(names))]
    marks = format_html_join(
        "",
        '<path class="line {}" d="{}"><title>{}</title></path>{}',
        (
            (_SERIES[at % 6], _path(places, values, scale), title, _dots(places, values, scale, at, unit))
            for at, (title, values) in enumerate(lines)
        ),
    )
    shown = list(zip(places, map(str, names), strict=True))
    legend = _legend([title for title, _ in lines])
    return format_html("{}{}", _frame(label, scale, unit, shown, marks), legend)


class _Scale:
    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high if high > low else low + 1.0

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _round_up(top: float) -> float:
    """The next figure that divides into four round steps: 43 → 60, 92.73 → 100, 7 → 8."""
    if top <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(top))
    return next(size * step for step in (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10, 12) if size * step >= top)


def _number(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)


def _bar(
    x: float, wide: float, scale: _Scale, value: float, name: str, order: int, unit: str
) -> SafeString:
    y = scale.y(value)
    return format_html(
        '<rect class="bar {}" x="{}" y="{}" width="{}" height="{}"><title>{}: {}{}</title></rect>',
        _SERIES[order % 6], round(x, 1), y, round(max(wide - 2, 1), 1),
        round(scale.y(0.0) - y, 1), name, _short(value), unit,
    )


def _path(places: Sequence[float], values: Sequence[float | None], scale: _Scale) -> str:
    parts, pen = [], "M"
    for x, value in zip(places, values, strict=False):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x:.1f} {scale.y(value):.1f}")
        pen = "L"
    return "".join(parts)


def _dots(
    places: Sequence[float], values: Sequence[float | None], scale: _Scale, at: int, unit: str
) -> SafeString:
    return format_html_join(
        "",
        '<circle class="dot {}" cx="{}" cy="{}" r="2.5"><title>{}{}</title></circle>',
        (
            (_SERIES[at % 6], round(x, 1), scale.y(value), _short(value), unit)
            for x, value in zip(places, values, strict=False)
            if value is not None
        ),
    )


def _frame(
    label: str, scale: _Scale, unit: str, names: Sequence[tuple[float, str]], marks: SafeString
) -> SafeString:
    ticks = [scale.low + (scale.high - scale.low) * part / 4 for part in range(5)]
    grid = format_html_join(
        "",
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="{}" y="{}">{}{}</text>',
        ((_LEFT, _WIDTH - _RIGHT, scale.y(t), scale.y(t), _LEFT - 6, scale.y(t) + 4, _short(t), unit)
         for t in ticks),
    )
    every = max(-(-len(names) // 12), 1)  # at most twelve have room
    below = format_html_join(
        "",
        '<text class="name" x="{}" y="{}">{}</text>',
        ((round(x, 1), _HEIGHT - 14, name[:14]) for x, name in list(names)[::every]),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        _WIDTH, _HEIGHT, label, grid, marks, below,
    )


def _legend(titles: Sequence[str]) -> SafeString:
    if len(titles) < 2:
        return format_html("")
    items = format_html_join(
        "", '<li class="{}">{}</li>', ((_SERIES[at % 6], t) for at, t in enumerate(titles))
    )
    return format_html('<ul class="legend">{}</ul>', items)


def _short(value: float) -> str:
    """1234567 → 1.23M; figures under 10 keep two decimals."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.3g}{letter}"
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:,.0f}"
