"""Income calendars of crops and herds: all of them, one with its history and a sample loan, a change."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import NotFound
from lending.forms.officer_calendars import CalendarForm, NewCalendarForm
from lending.models import Officer
from lending.services import income_calendars as calendar_service
from lending.staff_access import officer_of, require_duty, staff_required
from lending.staff_pages import PAGE_ROWS, page, today
from products import selectors as product_selectors
from products.domain.income_calendar import KINDS, IncomeCalendar
from products.selectors import calendars
from products.services import income_calendars
from products.services.parameters import WrongDay

_GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff_required
def calendar_list(request: HttpRequest) -> HttpResponse:
    """Every calendar in force, crops before herds; for anybody at the desk."""
    day, kind = today(), request.GET.get("kind", "")
    found = [
        calendar
        for calendar in calendars.calendars_on(day)
        if kind not in KINDS or calendar.kind == kind
    ]
    return _page(
        request,
        "desk/calendars",
        {
            "rows": Paginator(found, PAGE_ROWS).get_page(request.GET.get("page")),
            "kind": kind if kind in KINDS else "",
            "may_keep": may(officer_of(request).role, Duty.KEEP_CALENDARS),
        },
    )


@require_safe
@staff_required
def calendar_page(request: HttpRequest, crop: str, county: str = "") -> HttpResponse:
    """One crop or herd in one county (or all): chart, versions, and what a loan would repay when."""
    day = today()
    versions, calendar = _found(crop, county, day)
    return _page(
        request,
        "desk/calendar",
        {
            "calendar": calendar,
            "versions": versions,
            "today": day,
            "sample": calendars.sample_plan(calendar, day),
            "edit_url": _url("calendar-edit", crop, county),
            "may_keep": may(officer_of(request).role, Duty.KEEP_CALENDARS),
        },
    )


@_GET_POST
@staff_required
def calendar_edit(request: HttpRequest, crop: str, county: str = "") -> HttpResponse:
    """New shares for a calendar that stands, from a day on."""
    officer = require_duty(request, Duty.KEEP_CALENDARS)
    day = today()
    versions, _current = _found(crop, county, day)
    newest = versions[0]
    form = CalendarForm(
        request.POST if request.method == "POST" else None,
        initial={**_initial(newest), "valid_from": _first_day(versions, day)},
    )
    fixed = {"crop": crop, "county": county, "kind": newest.kind}
    if request.method == "POST" and form.is_valid() and _kept(form, officer, fixed, day):
        return redirect(_url("calendar", crop, county))
    back = _url("calendar", crop, county)
    return _form_page(request, form, {"calendar": newest, "back_url": back})


@_GET_POST
@staff_required
def calendar_new(request: HttpRequest) -> HttpResponse:
    """A calendar for a new crop or herd, or a county's own; ``?crop=`` begins with what all have."""
    officer = require_duty(request, Duty.KEEP_CALENDARS)
    day = today()
    given = request.GET.get("crop", "")[:30].replace("\x00", "")
    like = calendars.income_calendar(crop=given, county="", on=day) if given else None
    form = NewCalendarForm(
        request.POST if request.method == "POST" else None,
        initial={**(_initial(like) if like else {}), "valid_from": day},
        counties=[(code, _area_name(area)) for code, area in _areas(day).items()],
    )
    if request.method == "POST" and form.is_valid():
        fixed = {name: form.cleaned_data[name] for name in ("crop", "county", "kind")}
        if _kept(form, officer, fixed, day):
            return redirect(_url("calendar", fixed["crop"], fixed["county"]))
    return _form_page(request, form, {"calendar": None, "back_url": reverse("desk:calendars")})


def _kept(form: CalendarForm, officer: Officer, fixed: dict[str, str], day: date) -> bool:
    """Whether the calendar was stored; else the form says why."""
    words = {name: form.cleaned_data[name] for name in ("name_zh", "name_en", "source")}
    try:
        calendar_service.change(
            officer=officer,
            words={**fixed, **words},
            shares=form.cleaned_data["shares"],
            valid_from=form.cleaned_data["valid_from"],
            today=day,
            now=timezone.now(),
        )
    except WrongDay:
        versions = calendars.history(fixed["crop"], fixed["county"])
        form.take_day(_first_day(versions, day), day + income_calendars.AHEAD_MAX)
    except income_calendars.InvalidCalendar as wrong:
        field = wrong.field if wrong.field in form.fields else None
        form.add_error(field, _("Please write this in plain words, without line breaks."))
    return not form.errors


def _found(crop: str, county: str, day: date) -> tuple[list[IncomeCalendar], IncomeCalendar]:
    """All versions, newest first, and the one in force (or the first to come); or ``NotFound``."""
    versions = calendars.history(crop, county)
    if not versions:
        raise NotFound
    return versions, next((v for v in versions if v.valid_from <= day), versions[-1])


def _first_day(versions: list[IncomeCalendar], day: date) -> date:
    """The earliest day a change may begin."""
    return max([day, *(version.valid_from + timedelta(days=1) for version in versions[:1])])


def _initial(calendar: IncomeCalendar) -> dict[str, Any]:
    names = ("crop", "kind", "name_zh", "name_en")
    shares = {f"m{month}": share for month, share in calendar.shares.items()}
    return {**{name: getattr(calendar, name) for name in names}, **shares}


def _url(name: str, crop: str, county: str) -> str:
    return reverse(f"desk:{name}", args=[crop, county] if county else [crop])


def _areas(day: date) -> dict[str, Any]:
    return {area.county: area for area in product_selectors.operating_counties(day)}


def _area_name(area: Any) -> str:
    return str(area.name_en if (get_language() or "").startswith("en") else area.name_zh)


def _form_page(request: HttpRequest, form: CalendarForm, context: dict[str, Any]) -> HttpResponse:
    form.mark_wrong()
    status = 422 if form.errors else 200
    return _page(request, "desk/calendar_form", {"form": form, **context}, status)


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    whole = {"section": "calendars", "areas": _areas(today()), **context}
    return page(request, template, whole, status=status)
