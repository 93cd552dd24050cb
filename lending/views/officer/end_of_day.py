"""The end-of-day page: start, watch, try parked loans again, look back."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, NotFound
from lending.selectors import end_of_day as selector
from lending.services import end_of_day, end_of_day_steps, parked_loans
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import page, today
from lending.views.officer import end_of_day_words as words

_REFRESH_S = "2"
_SQUARE, _ROW = 12, 50


@require_safe
@staff_required
def end_of_day_page(request: HttpRequest) -> HttpResponse:
    """Where the close stands; reloads by itself while one is on its way."""
    require_duty(request, Duty.SEE_BOOKS)
    return _page(request)


@require_POST
@staff_required
def start(request: HttpRequest) -> HttpResponse:
    """Close the business date, or let a stopped close go on."""
    require_duty(request, Duty.CLOSE_DAYS)
    try:
        end_of_day.start(user=staff_user(request), now=timezone.now())
    except DomainError as error:
        return _page(request, status=error.status, problem=error.message)
    return redirect("desk:end-of-day")


@require_POST
@staff_required
def retry(request: HttpRequest, account_id: int) -> HttpResponse:
    """Try a parked loan again."""
    require_duty(request, Duty.CLOSE_DAYS)
    try:
        if not parked_loans.retry(
            account_id=account_id, user=staff_user(request), now=timezone.now()
        ):
            return _page(request, status=409, problem=_("The loan could not be repaired: it stays parked."))
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, status=error.status, problem=error.message)
    return redirect("desk:end-of-day")


def _page(request: HttpRequest, *, status: int = 200, problem: Any = "") -> HttpResponse:
    run, day = selector.newest_run(), today()
    is_active = run is not None and run.state == "running"
    parked, parked_after = selector.parked(_number(request.GET.get("parked", "")))
    runs, runs_before = selector.history(_date(request.GET.get("before", "")))
    context = {
        "section": "servicing",
        "problem": problem,
        "today": day,
        "run": run,
        "is_active": is_active,
        "is_open": run is not None and run.business_date == day and run.state != "done",
        "may_close": may(officer_of(request).role, Duty.CLOSE_DAYS),
        "is_ahead": day > timezone.localdate(),
        "parked": [(row, words.parked(row.parked_error)) for row in parked],
        "parked_count": selector.parked_count(),
        "parked_after": parked_after,
        "runs": [(row, words.state(row.state)) for row in runs],
        "runs_before": runs_before,
        **(_progress(run) if run is not None else {}),
    }
    answer = page(request, "desk/servicing/end_of_day", context, status=status)
    if is_active and request.method == "GET":
        answer["Refresh"] = _REFRESH_S  # the page must not depend on a script to move on
    patch_cache_control(answer, no_store=True)
    return answer


def _progress(run: Any) -> dict[str, Any]:
    chunks = selector.chunks_of(run)
    return {
        "steps": [
            (row, words.step(row.code), words.state(row.state))
            for row in selector.steps_of(run, end_of_day_steps.codes())
        ],
        "chunks": chunks,
        "squares": [
            {
                "x": number % _ROW * _SQUARE,
                "y": number // _ROW * _SQUARE,
                "colour": {"done": "c" if parked else "a", "leased": "b"}.get(state, "rest"),
                "title": f"{number + 1}: {words.state(state)}, {loans:,}",
            }
            for number, state, loans, parked in chunks.drawn
        ],
        "width": _ROW * _SQUARE,
        "height": (max(chunks.total - 1, 0) // _ROW + 1) * _SQUARE,
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
