"""One import of a list: how far it is, whom it would put on, what is wrong in it, and the decision."""

import csv
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty
from lending.errors import DomainError, NotFound
from lending.services import customer_lists
from lending.services.list_problems import of_file
from lending.staff_access import require_duty, staff_required, staff_user
from lending.staff_pages import PAGE_ROWS, page
from lending.views.officer import words
from risk.selectors import lists as list_selectors

PREVIEW_ROWS = 20
_UNFINISHED = ("uploaded", "checking")
_REFRESH_S = 2


@require_safe
@staff_required
def import_page(request: HttpRequest, list_code: str, import_id: UUID) -> HttpResponse:
    """Progress while a worker reads (the page renews itself), then preview, faults, decision."""
    return _page(request, list_code, import_id)


@require_safe
@staff_required
def errors_csv(request: HttpRequest, list_code: str, import_id: UUID) -> HttpResponse:
    """The faults kept of the file, for whoever repairs it; no cell can be taken for a formula."""
    found = _found(request, list_code, import_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="errors-{found.pk}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    head = ("row", "field", "code", "problem", "excerpt", "first_row")
    writer.writerow(head)
    for row in list_selectors.row_errors(found.pk):
        cells = (
            row.row_no, row.field, row.code, words.of("row_error", row.code), row.excerpt,
            row.first_row_no or "",
        )  # fmt: skip
        writer.writerow([_harmless(cell) for cell in cells])
    return response


@require_POST
@staff_required
def confirm(request: HttpRequest, list_code: str, import_id: UUID) -> HttpResponse:
    """Into force."""
    return _act(request, list_code, import_id, customer_lists.confirm)


@require_POST
@staff_required
def undo(request: HttpRequest, list_code: str, import_id: UUID) -> HttpResponse:
    """Out of force again, with a reason."""
    reason = request.POST.get("reason", "")[:200]
    return _act(request, list_code, import_id, customer_lists.undo, reason=reason)


@require_POST
@staff_required
def cancel(request: HttpRequest, list_code: str, import_id: UUID) -> HttpResponse:
    """Never into force."""
    return _act(request, list_code, import_id, customer_lists.cancel)


def _act(
    request: HttpRequest,
    list_code: str,
    import_id: UUID,
    verb: Callable[..., None],
    **more: Any,
) -> HttpResponse:
    _found(request, list_code, import_id)
    try:
        verb(import_id=import_id, user=staff_user(request), now=timezone.now(), **more)
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, list_code, import_id, status=error.status, problem=error.message)
    return redirect("desk:list-import", list_code=list_code, import_id=import_id)


def _found(request: HttpRequest, list_code: str, import_id: UUID) -> Any:
    require_duty(request, Duty.KEEP_LISTS)
    found = list_selectors.one_import(import_id)
    if found is None or found.list.code != list_code:
        raise NotFound
    return found


def _page(
    request: HttpRequest, list_code: str, import_id: UUID, *, status: int = 200, **extra: Any
) -> HttpResponse:
    found = _found(request, list_code, import_id)
    after = request.GET.get("after", "")[:9]
    errors = list(
        list_selectors.row_errors(
            found.pk, after=int(after) if after.isdecimal() else 0, limit=PAGE_ROWS + 1
        )
    )
    context = {
        "section": "lists",
        "list": found.list,
        "import": found,
        "file_problem": of_file(found.problem, found.problem_detail) if found.problem else "",
        "preview": list_selectors.entries([found.pk], limit=PREVIEW_ROWS),
        "errors": errors[:PAGE_ROWS],
        "more_errors": errors[PAGE_ROWS - 1].row_no if len(errors) > PAGE_ROWS else None,
        "restorable": list_selectors.restorable(found.pk),
        **extra,
    }
    response = page(request, "desk/list_import", context, status=status)
    if found.state in _UNFINISHED and status == 200:
        response["Refresh"] = str(_REFRESH_S)  # works without JavaScript
    return response


def _harmless(cell: object) -> str:
    """A spreadsheet runs what begins like a formula; an apostrophe makes it text."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
