"""A loan's plan drawn as bars, and small readings for its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from lending.domain.servicing.facts import EARLY_NUMBERS_FROM, Split
from lending.domain.servicing.tiers import bucket_of
from lending.selectors.loan_change_previews import Preview
from lending.templatetags.charts import (
    _LEFT,
    _RIGHT,
    _WIDTH,
    _frame,
    _round_up,
    _Scale,
)
from lending.templatetags.desk_pages import cents
from lending.views.officer import words

register = template.Library()


@register.simple_tag
def plan_chart(lines: Iterable[Any], label: str = "") -> SafeString:
    """A bar for each row of the plan: principal below, interest above; what is still open is pale."""
    rows = [line.row for line in lines]
    scale = _Scale(0.0, _round_up(float(max((row.amount for row in rows), default=0))))
    slot = (_WIDTH - _LEFT - _RIGHT) / max(len(rows), 1)
    wide = min(slot * 0.72, 40)
    marks, names = [], []
    for at, row in enumerate(rows):
        x, name, base = _LEFT + slot * at + (slot - wide) / 2, f"{row.due_date:%y-%m}", Decimal(0)
        names.append((_LEFT + slot * (at + 0.5), name))
        for css, amount in (
            ("a", row.principal_cleared),
            ("a open", row.principal - row.principal_cleared),
            ("b", row.interest_cleared),
            ("b open", row.interest - row.interest_cleared),
        ):
            if amount:
                marks.append((css, x, wide, scale.y(float(base + amount)), scale.y(float(base)), row, amount))
                base += amount
    drawn = format_html_join(
        "",
        '<rect class="bar {}" x="{}" y="{}" width="{}" height="{}"><title>{} · {}</title></rect>',
        (
            (css, round(x, 1), top, round(max(w, 1), 1), round(max(low - top, 0.5), 1),
             row.due_date.isoformat(), cents(amount))
            for css, x, w, top, low, row, amount in marks
        ),
    )
    legend = format_html(
        '<ul class="legend"><li>{}</li><li class="b">{}</li><li class="pale">{}</li></ul>',
        pgettext("component", "Principal"), pgettext("component", "Interest"), gettext("pale: still open"),
    )
    return format_html("{}{}", _frame(label, scale, "", names, drawn), legend)


@register.filter
def put_to(splits: Sequence[Split]) -> SafeString:
    """What a transaction was put to, summed by component: 本金 980.00 · 利息 72.00."""
    sums: dict[str, Decimal] = {}
    for part in splits:
        sums[part.component] = sums.get(part.component, Decimal(0)) + part.amount
    if not sums:
        return format_html("–")
    return format_html_join(
        " · ",
        '<span class="quiet">{}</span> <span class="num">{}</span>',
        ((words.of("component", name), cents(amount)) for name, amount in sums.items()),
    )


@register.simple_tag
def day_rows(days: Iterable[Any]) -> SafeString:
    """Closed days as table rows: written in one go, a loan has many."""
    tiers: dict[str, str] = {}
    return format_html_join(
        "\n",
        '<tr><td class="d">{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td>'
        '<td class="n">{}</td><td>{}</td></tr>',
        (
            (
                day.day.isoformat(),
                cents(day.principal_balance),
                cents(day.interest),
                cents(day.penalty + day.compound),
                day.days_past_due,
                tiers.setdefault(day.tier, words.of("loan_tier", day.tier)),
            )
            for day in days
        ),
    )


@dataclass(frozen=True)
class Side:
    """One item of what a loan owes, before and after."""

    label: str
    before: Decimal
    after: Decimal
    is_total: bool = False

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@register.filter
def sides(preview: Preview) -> list[Side]:
    """Before and after, item by item, with the sums; a claim only where there is one."""
    one, other = preview.before, preview.after
    rows = [
        Side(label, getattr(one, name), getattr(other, name), name in ("due_now", "payoff"))
        for label, name in (
            (words.of("component", "compound"), "compound"),
            (words.of("component", "penalty"), "penalty"),
            (pgettext("owed", "Interest due"), "interest_due"),
            (pgettext("owed", "Principal due"), "principal_due"),
            (pgettext("loan", "Due today"), "due_now"),
            (pgettext("owed", "Interest since the last due date"), "interest_running"),
            (pgettext("owed", "Principal not due yet"), "principal_undue"),
            (pgettext("component", "Waits as credit"), "credit"),
            (gettext("To pay off today"), "payoff"),
            (words.of("component", "claim"), "claim"),
        )
    ]
    return rows if one.claim or other.claim else rows[:-1]


@register.filter
def bucket(days_past_due: int) -> str:
    """45 → M2."""
    return bucket_of(days_past_due)


@register.filter
def instalments_of(splits: Sequence[Split]) -> str:
    """The numbers of the instalments that a transaction touched: 3, 4."""
    numbers = sorted({part.instalment for part in splits if 0 < part.instalment < EARLY_NUMBERS_FROM})
    shown = ", ".join(map(str, numbers[:6]))
    return f"{shown} …" if len(numbers) > 6 else shown
