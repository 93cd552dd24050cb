"""Assisted mode at the desk: say openly that a phone or tablet is lent to applicants for some hours."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from lending import qr_images
from lending.domain.staff_duties import Duty
from lending.errors import DomainError, NotPermitted
from lending.models.devices import HOURS_MAX
from lending.selectors import devices as device_selectors
from lending.services import devices
from lending.staff_access import require_duty, staff_required
from lending.staff_pages import page

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def assisted(request: HttpRequest) -> HttpResponse:
    """The form and the newest modes; posted, the link and its code are shown once, in this answer."""
    officer = require_duty(request, Duty.HELP_APPLICANTS)
    if request.method != "POST":
        return _page(request)
    text = request.POST.get("hours", "")
    hours = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0
    try:
        mode, code = devices.begin(officer=officer, hours=hours, now=timezone.now())
    except NotPermitted:
        raise
    except DomainError as error:
        return _page(request, status=error.status, problem=error.message)
    url = _address(request, code)
    drawn = mark_safe(qr_images.svg(url))  # noqa: S308  (our own drawing)
    return _page(request, made=mode, url=url, qr=drawn)


@require_POST
@staff_required
def end(request: HttpRequest, mode_id: UUID) -> HttpResponse:
    """Over before its time."""
    officer = require_duty(request, Duty.HELP_APPLICANTS)
    devices.end(mode_id=mode_id, officer=officer, now=timezone.now())
    return redirect("desk:assisted")


def _address(request: HttpRequest, code: str) -> str:
    path = reverse("customer:assisted", args=[code])
    public = str(getattr(settings, "PUBLIC_BASE_URL", "") or "")
    return f"{public.rstrip('/')}{path}" if public else request.build_absolute_uri(path)


def _page(request: HttpRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    officer, now = require_duty(request, Duty.HELP_APPLICANTS), timezone.now()
    modes = [
        {"row": mode, "standing": _standing(mode, now)}
        for mode in device_selectors.of_officer(officer)[:SHOWN]
    ]
    context = {
        "section": "codes",
        "modes": modes,
        "hours": range(1, HOURS_MAX + 1),
        "chosen": 4,
        **extra,
    }
    return page(request, "desk/assisted", context, status=status)


def _standing(mode: Any, now: Any) -> str:
    if mode.ended_at is not None or (mode.until and mode.until <= now):
        return "over"
    if mode.opened_at is not None:
        return "running"
    return "waiting" if mode.code_until > now else "over"
