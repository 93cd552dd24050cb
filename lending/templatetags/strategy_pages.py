"""A sheet's rows as HTML: thousands of cells a page, so they are written by one loop, not a template."""

from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from lending.views.officer import strategy_words as words
from lending.views.officer.strategy_rows import SheetView, cell_words

#: Who approves what ships with the platform (``risk.services.strategies``).
SETUP = "bank setup"
#: Names under which what ships with the platform was written and approved.
_SHIPPED = frozenset({SETUP, "risk.manager"})
register = template.Library()
_LISTED = frozenset({"condition", "feature", "formula", "input"})


@register.simple_tag
def sheet_rows(view: SheetView) -> SafeString:
    """Rows to type into, every cell named by sheet and column; every value is escaped here."""
    kinds = [(one.name, one.kind, escape(one.label)) for one in view.headings]
    options = {name: words.choices(kind) for name, kind, _ in kinds if kind.startswith("choice_")}
    key, parts = escape(view.key), []
    for at, (row, mark) in enumerate(zip(view.shown.rows, view.shown.marks, strict=True)):
        parts.append(f'<tr><td class="no">{_head(view, key, at, mark, row)}</td>')
        for (name, kind, label), text in zip(kinds, row, strict=True):
            if kind == "hidden":
                continue
            wrong = view.wrong.get((at, name), ())
            parts.append(_cell(f"{key}-{at}-{name}", f"{key}.{name}", kind, label, text, wrong,
                               options.get(name, {}), view.named))
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308  (everything above is escaped)


def _head(view: SheetView, key: str, at: int, mark: str, row: list[str]) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{key}.{one.name}" value="{escape(text)}">'
        for one, text in zip(view.headings, row, strict=True) if one.kind == "hidden"
    )
    number = int(mark) + 1 if mark.isdecimal() else at + 1
    mark_input = f'<input type="hidden" name="{key}.mark" value="{escape(mark)}">{hidden}'
    if view.is_fixed:
        return f"{mark_input}{number}"
    radio = f'<input type="radio" name="at" value="{key}.{at}" tabindex="-1">'
    return f"{mark_input}<label>{radio}{number}</label>"


def _cell(
    place: str, name: str, kind: str, label: str, text: str, wrong: Any, options: Any, named: Any
) -> str:
    value = escape(text)
    if kind == "fixed":
        said = escape(cell_words(text, kind, {}, named))
        code = f"<small>{value}</small>" if said != value else ""
        return f'<th scope="row" class="k-fixed" id="{place}">{said}{code}</th>'
    marks, after = "", ""
    if wrong:
        sentence = escape(" ".join(wrong))
        marks = f' aria-invalid="true" aria-describedby="{place}-wrong" title="{sentence}"'
        after = f'<span class="hidden" id="{place}-wrong">{sentence}</span>'
    shared = f'id="{place}" name="{name}" aria-label="{label}"{marks}'
    if kind.startswith("choice_"):
        known = "" if text in options or not text else f'<option selected>{value}</option>'
        inner = "".join(_option(code, str(word), code == text) for code, word in options.items())
        blank = '<option value=""></option>'
        return f'<td class="k-choice"><select {shared}>{blank}{known}{inner}</select>{after}</td>'
    listed = ' list="names"' if kind in _LISTED else ""
    return (
        f'<td class="k-{kind}"><input {shared} value="{value}"{listed} autocomplete="off"'
        f' spellcheck="false">{after}</td>'
    )


def _option(code: str, word: str, is_chosen: bool) -> str:
    return f'<option value="{escape(code)}"{" selected" if is_chosen else ""}>{escape(word)}</option>'


@register.simple_tag
def sheet_words(view: SheetView, definition: Any) -> SafeString:
    """The same rows to be read: conditions as sentences, codes in words."""
    parts = []
    for row in view.shown.rows:
        parts.append("<tr>")
        for one, text in zip(view.headings, row, strict=True):
            if one.kind == "hidden":
                continue
            said = escape(cell_words(text, one.kind, definition, view.named))
            if one.kind == "condition" and text:
                said = f'{said}<code class="typed">{escape(text)}</code>'
            numeric = one.kind in {"whole", "money"}
            parts.append(f'<td class="{"n" if numeric else "k-" + one.kind}">{said}</td>')
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308  (everything above is escaped)


@register.filter
def standing_word(name: str) -> str:
    return words.standing(name)[0]


@register.filter
def standing_colour(name: str) -> str:
    return words.standing(name)[1]



@register.filter
def staff_name(staff_no: str, names: Any) -> str:
    """A member of staff by name; what came with the platform has no person behind it."""
    if staff_no in _SHIPPED:
        return pgettext("staff", "came with the platform")
    if staff_no == "system":
        return pgettext("staff", "by itself")
    return str((names or {}).get(staff_no, staff_no))
