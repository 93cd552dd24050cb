"""The editor of a strategy's draft: one part a page, saved even while it is wrong; and the second person.

Without a script every button is a form's; with it the same form is sent to ``check`` while one types.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lending.domain.staff_duties import Duty
from lending.errors import DomainError, IllegalState, InvalidInput, NotPermitted
from lending.forms import strategy_sheets as forms
from lending.selectors.products import staff_names
from lending.services import strategies as service
from lending.staff_access import require_duty, staff_required
from lending.staff_pages import page, today
from lending.views.officer import strategy_rows, strategy_words
from lending.views.officer.strategies import base_of, difference, number, steps, version_or_404
from lending.views.officer.strategy_bench import bench_context
from risk.selectors import strategies as strategy_selectors
from risk.selectors import strategy_editor as editor

_ROW_ACTIONS = frozenset({"insert", "copy", "delete", "up", "down"})
_NOTE_MAX = 300


@dataclass
class Draft:
    """A draft with what was typed into one of its parts. ``refusal`` says why it cannot be kept."""

    version: strategy_selectors.VersionRow
    part: str
    stored: Mapping[str, Any]
    changed: Mapping[str, Any]
    sheets: list[strategy_rows.SheetView] = field(default_factory=list)
    refusal: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def edit(request: HttpRequest, version_id: int) -> HttpResponse:
    """The author's draft, a part at a time."""
    draft = _draft(request, version_id)
    if request.method != "POST":
        return _editor(request, draft)
    do = request.POST.get("do", "")
    sheet, _dot, action = do.rpartition(".")
    if action in _ROW_ACTIONS:
        chosen = next((one for one in draft.sheets if one.key == sheet and not one.is_fixed), None)
        if chosen is None or not forms.change(chosen.shown, action, forms.selected(request.POST, sheet)):
            draft.refusal = _("Choose a row first.")
        return _editor(request, draft)
    if do in {"save", "submit"} and not draft.refusal:
        return _kept(request, draft, submit=do == "submit")
    return _editor(request, draft, status=422 if draft.refusal else 200)


def _draft(request: HttpRequest, version_id: int) -> Draft:
    """The draft with what was posted; raises for everybody but its author."""
    officer = require_duty(request, Duty.MAKE_STRATEGIES)
    version = version_or_404(version_id)
    if version.author != officer.staff_no:
        raise NotPermitted(_("Only its author changes a draft. Make a draft of your own instead."))
    if version.state != "draft":
        raise IllegalState(_("The version has moved on meanwhile. Please load the page again."))
    stored = strategy_selectors.definition(version_id)
    data = request.POST if request.method == "POST" else request.GET
    part = str(data.get("part", "rules"))
    part = part if part in editor.part_names(stored) else "rules"
    if request.method != "POST":
        start, q = number(request.GET.get("from", "")), request.GET.get("q", "").strip()[:60]
        return Draft(version, part, stored, stored, strategy_rows.views(stored, part, start, q))
    return _posted(request, version, part, stored)


def _posted(
    request: HttpRequest, version: strategy_selectors.VersionRow, part: str, stored: Mapping[str, Any]
) -> Draft:
    sheets, named = editor.sheets_of(stored, part), strategy_rows.names(stored)
    draft = Draft(version, part, stored, stored)
    try:
        sent = forms.posted(request.POST, sheets)
        draft.sheets = [
            strategy_rows.sheet_view(sent.get(one.key) or forms.shown(one), named) for one in sheets
        ]
        rows = {key: forms.merge(one) for key, one in sent.items()}
        draft.changed = editor.apply(stored, part, rows)
    except editor.SheetRefused as refused:
        draft.refusal = str(strategy_words.REFUSALS[refused.code])
        draft.sheets = draft.sheets or strategy_rows.views(stored, part)
    return draft


def _kept(request: HttpRequest, draft: Draft, *, submit: bool) -> HttpResponse:
    officer = require_duty(request, Duty.MAKE_STRATEGIES)
    now, version = timezone.now(), draft.version
    note = request.POST.get("note", "")
    try:
        if len(note) > _NOTE_MAX or not note.isprintable():
            raise InvalidInput.field("note", _("Please say why in up to 300 characters, on one line."))
        service.revise(
            officer=officer, version_id=version.id, definition=dict(draft.changed), note=note,
            revision=number(request.POST.get("revision", "")), now=now,
        )
        if submit:
            _handed_in(officer, draft, now)
            return redirect("desk:strategy", version.id)
    except DomainError as error:
        draft.refusal = _words_of(error)
        if submit and error.status == 422:
            draft.version = version_or_404(version.id)  # saved all the same, with its new revision
            return _editor(request, draft, status=422)
        return _editor(request, draft, status=error.status)
    part = draft.part if draft.part in editor.part_names(draft.changed) else "tables"
    address = reverse("desk:strategy-edit", args=[version.id])
    return redirect(f"{address}?{urlencode({'part': part, 'saved': 1})}{_where(request)}")


def _where(request: HttpRequest) -> str:
    start, q = request.POST.get("from", ""), request.POST.get("q", "")
    return f"&from={number(start)}" if start and not q else ""


def _handed_in(officer: Any, draft: Draft, now: Any) -> None:
    wrong = [one for one in editor.problems(draft.changed) if one.severity == editor.ERROR]
    if wrong:
        raise InvalidInput(
            ngettext(
                "The draft is kept, but not handed in: %(n)d thing is wrong.",
                "The draft is kept, but not handed in: %(n)d things are wrong.",
                len(wrong),
            ) % {"n": len(wrong)}
        )
    service.submit(officer=officer, version_id=draft.version.id, now=now)


def _words_of(error: DomainError) -> str:
    messages = [str(message) for found in error.errors.values() for message in found]
    return " ".join(messages) or str(error.message)


def _checked(draft: Draft) -> dict[str, Any]:
    """Problems of the draft as typed, placed on the page."""
    lines = strategy_rows.place_problems(
        editor.problems(draft.changed), draft.part, draft.sheets, draft.changed
    )
    errors = [line for line in lines if line.severity == editor.ERROR]
    by_part: dict[str, int] = {}
    for line in errors:
        by_part[line.part] = by_part.get(line.part, 0) + 1
    errors_first = sorted(lines, key=lambda line: line.severity != editor.ERROR)
    return {
        "problems": errors_first[:strategy_rows.PROBLEMS_SHOWN],
        "problem_count": len(lines), "error_count": len(errors), "by_part": by_part,
        "range": editor.score_range(draft.changed),
    }


def _bench(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    base = base_of(draft.version)
    data = request.POST if request.method == "POST" else {}
    return bench_context(
        request, data, strategy=draft.version.strategy, on=today(),
        before=strategy_selectors.definition(base) if base else None, after=draft.changed,
    )


def _editor(request: HttpRequest, draft: Draft, *, status: int = 200) -> HttpResponse:
    checked = _checked(draft)
    for one in draft.sheets:
        _make_room(one)
    parts = [
        {"name": name, "title": strategy_words.part(name, draft.changed),
         "errors": checked["by_part"].get(name, 0), "is_table": name.startswith(editor.TABLE)}
        for name in editor.part_names(draft.stored)
    ]
    return page(request, "desk/risk/strategy_edit", {
        "section": "risk", "version": draft.version, "part": draft.part, "parts": parts,
        "part_title": strategy_words.part(draft.part, draft.changed),
        "sheets": draft.sheets, "refusal": draft.refusal, "saved": "saved" in request.GET,
        "note": request.POST.get("note", draft.version.note)[:_NOTE_MAX],
        "revision": request.POST.get("revision", "")[:10]
        if status == 409 else draft.version.revision,
        "start": request.POST.get("from", request.GET.get("from", ""))[:10],
        "q": request.POST.get("q", request.GET.get("q", ""))[:60],
        "vocabulary": _vocabulary(draft), "base": base_of(draft.version),
        "is_english": strategy_words.is_english(),
        **checked, **_bench(request, draft),
    }, status=status)


def _vocabulary(draft: Draft) -> list[tuple[str, str, str, str]]:
    own = editor.table_vocabulary() if draft.part.startswith(editor.TABLE) else []
    return own + editor.vocabulary(draft.changed)


def _make_room(one: strategy_rows.SheetView) -> None:
    """An empty row at the end of a sheet that may grow, to type into."""
    shown = one.shown
    if one.is_fixed or one.after is not None or not shown.is_run:
        return
    if not shown.rows or any(shown.rows[-1]):
        shown.rows.append([""] * len(shown.sheet.columns))
        shown.marks.append("")


@require_POST
@staff_required
def check(request: HttpRequest, version_id: int) -> HttpResponse:
    """What is wrong with the draft as typed, and the test bench under it, as JSON; nothing is kept.

    ``{"refusal", "revision", "errors", "status", "cells": [{"id", "text"}], "by_part", "problems",
    "bench"}``; ``cells`` name cells of the posted page by sheet, row and column.
    """
    draft = _draft(request, version_id)
    checked = _checked(draft)
    cells = [
        {"sheet": one.key, "row": row, "column": column, "text": " ".join(sentences)}
        for one in draft.sheets for (row, column), sentences in one.wrong.items()
    ]
    shared = {"part": draft.part, "version": draft.version, **checked}
    return JsonResponse({
        "refusal": draft.refusal,
        "is_stale": number(request.POST.get("revision", "")) != draft.version.revision,
        "errors": checked["error_count"],
        "cells": cells,
        "by_part": checked["by_part"],
        "problems": render_to_string("desk/risk/strategy_problems.html", shared, request),
        "bench": render_to_string(
            "desk/risk/strategy_bench_result.html", _bench(request, draft), request
        ),
    })


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def review(request: HttpRequest, version_id: int) -> HttpResponse:
    """What would change and what is doubtful, for the second person, who approves or sends it back."""
    officer = require_duty(request, Duty.SEE_RISK)
    version, error = version_or_404(version_id), None
    if request.method == "POST":
        require_duty(request, Duty.RELEASE_STRATEGIES)
        try:
            _decide(request, officer, version)
            return redirect("desk:strategy", version_id)
        except DomainError as refusal:
            error, version = refusal, version_or_404(version_id)
    if version.state != "submitted" and error is None:
        return redirect("desk:strategy", version_id)
    base, after = base_of(version), strategy_selectors.definition(version_id)
    before = strategy_selectors.definition(base) if base else {}
    lines = strategy_rows.place_problems(editor.problems(after), "", [], after)
    return page(request, "desk/risk/strategy_review", {
        "section": "risk", "version": version, "staff": staff_names([version.author]),
        "base": version_or_404(base) if base else None, "error": error,
        "answer": request.POST.get("answer", "")[:_NOTE_MAX],
        "problems": lines, "seen": version.sha256,
        **difference(before, after), **steps(request, version),
    }, status=error.status if error else 200)


def _decide(request: HttpRequest, officer: Any, version: strategy_selectors.VersionRow) -> None:
    """Only what stood on the page is approved: a version can be sent back and changed meanwhile."""
    now = timezone.now()
    if request.POST.get("seen") != version.sha256:
        raise IllegalState(_("The version has moved on meanwhile. Please load the page again."))
    if request.POST.get("do") == "approve":
        service.approve(officer=officer, version_id=version.id, now=now)
        return
    answer = request.POST.get("answer", "")
    if len(answer) > _NOTE_MAX or not answer.replace("\n", " ").replace("\r", " ").isprintable():
        raise InvalidInput.field("answer", _("Please say what should change, in up to 300 characters."))
    service.send_back(officer=officer, version_id=version.id, answer=answer, now=now)
