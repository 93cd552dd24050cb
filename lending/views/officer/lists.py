"""Customer lists: all of them, a new one, one with its people and its history."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lending import staff_pages
from lending.domain.staff_duties import Duty
from lending.errors import DomainError, NotFound
from lending.forms.lists import NewListForm, PersonForm
from lending.services import customer_lists
from lending.staff_access import require_duty, staff_required, staff_user
from lending.staff_pages import PAGE_ROWS, Page, keyset, page
from risk.selectors import lists as list_selectors
from risk.services.lists import Person

_LISTS_MAX = 500


@require_safe
@staff_required
def list_lists(request: HttpRequest) -> HttpResponse:
    """Every list with its kind, days and people."""
    require_duty(request, Duty.KEEP_LISTS)
    rows = list(list_selectors.all_lists()[:_LISTS_MAX])
    context = {"section": "lists", "rows": rows, "today": staff_pages.today()}
    return page(request, "desk/lists", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def new_list(request: HttpRequest) -> HttpResponse:
    """Open an empty list: who supplied it and what allows us to keep it are asked first."""
    require_duty(request, Duty.KEEP_LISTS)
    form, status = NewListForm(initial={"valid_from": staff_pages.today()}), 200
    if request.method == "POST":
        form, status = NewListForm(request.POST), 422
        if form.is_valid():
            try:
                made = customer_lists.create(
                    **form.cleaned_data, user=staff_user(request), now=timezone.now()
                )
                return redirect("desk:list", list_code=made.code)
            except DomainError as error:
                form.take(error)
    return page(request, "desk/list_new", {"section": "lists", "form": form}, status=status)


@require_safe
@staff_required
def list_page(request: HttpRequest, list_code: str) -> HttpResponse:
    """One list: people in force (masked), history of imports, finding and adding a person."""
    return _page(request, list_code)


@require_POST
@staff_required
def find_person(request: HttpRequest, list_code: str) -> HttpResponse:
    """By POST: an ID number belongs in no address."""
    return _act(
        request,
        list_code,
        lambda: {
            "searched": True,
            "found": customer_lists.find_person(
                list_code=list_code,
                id_number=request.POST.get("id_number", "")[:40],
                user=staff_user(request),
                now=timezone.now(),
            ),
        },
    )


@require_POST
@staff_required
def add_person(request: HttpRequest, list_code: str) -> HttpResponse:
    """One person, at once, with a reason."""
    require_duty(request, Duty.KEEP_LISTS)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, list_code, status=422, form=form)
    values = dict(form.cleaned_data)
    reason = values.pop("reason")
    try:
        customer_lists.add_person(
            list_code=list_code,
            person=Person(**values),
            reason=reason,
            user=staff_user(request),
            now=timezone.now(),
            today=staff_pages.today(),
        )
    except NotFound:
        raise
    except DomainError as error:
        form.take(error)
        return _page(request, list_code, status=error.status, form=form)
    return redirect("desk:list", list_code=list_code)


@require_POST
@staff_required
def remove_person(request: HttpRequest, list_code: str) -> HttpResponse:
    """Off the list, wherever in it they stand, with a reason."""
    entry = request.POST.get("entry", "")[:18]
    return _act(
        request,
        list_code,
        lambda: customer_lists.remove_person(
            list_code=list_code,
            entry_id=int(entry) if entry.isascii() and entry.isdigit() else 0,
            reason=request.POST.get("reason", "")[:200],
            user=staff_user(request),
            now=timezone.now(),
        ),
    )


@require_POST
@staff_required
def close(request: HttpRequest, list_code: str) -> HttpResponse:
    """The list names nobody any more."""
    return _act(
        request,
        list_code,
        lambda: customer_lists.close(
            list_code=list_code,
            reason=request.POST.get("reason", "")[:200],
            user=staff_user(request),
            now=timezone.now(),
        ),
    )


def _act(request: HttpRequest, list_code: str, act: Callable[[], Any]) -> HttpResponse:
    """Do it; what it found is shown, else the list is shown anew; a refusal stands on top."""
    require_duty(request, Duty.KEEP_LISTS)
    try:
        shown = act()
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, list_code, status=error.status, problem=error.message)
    if shown:
        return _page(request, list_code, **shown)
    return redirect("desk:list", list_code=list_code)


def _page(request: HttpRequest, list_code: str, *, status: int = 200, **extra: Any) -> HttpResponse:
    require_duty(request, Duty.KEEP_LISTS)
    found = list_selectors.one(list_code)
    if found is None:
        raise NotFound
    context = {
        "section": "lists",
        "list": found,
        "today": staff_pages.today(),
        "imports": keyset(request, list_selectors.imports(found.pk), field="created_at"),
        "people": _people(request, found.pk),
        "form": PersonForm(),
        **extra,
    }
    return page(request, "desk/list", context, status=status)


def _people(request: HttpRequest, list_id: int) -> Page:
    """One page of entries in force, by import and row."""
    after = _place(request.GET.get("people", ""))
    rows = list_selectors.entries(
        list_selectors.live_imports(list_id), after=after, limit=PAGE_ROWS + 1
    )
    query = ""
    if len(rows) > PAGE_ROWS:
        rows = rows[:PAGE_ROWS]
        query = f"people={rows[-1].import_id}_{rows[-1].row_no}"
    return Page(rows=rows, next_query=query, is_first=after is None)


def _place(text: str) -> tuple[UUID, int] | None:
    import_id, _, row = text.partition("_")
    try:
        return UUID(import_id), min(max(int(row[:12]), 0), 2_000_000_000)
    except ValueError:
        return None
