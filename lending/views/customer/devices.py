"""The device in the applicant's hand: a random first-party cookie, and the link that lends it openly."""

from datetime import datetime
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lending.domain.traits import is_device
from lending.errors import NotFound
from lending.models import AssistedMode
from lending.services import devices
from lending.views.customer import access

COOKIE = "shandai_device"
#: As long as browsers keep a cookie at all.
LIVES_S = 400 * 24 * 3600
Answer = TypeVar("Answer", bound=HttpResponseBase)


def device_of(request: HttpRequest) -> str:
    """The device's id; a new one, the same for this whole request, where it has none."""
    if not hasattr(request, "_shandai_device"):
        kept = request.COOKIES.get(COOKIE, "")
        request._shandai_device = kept if is_device(kept) else devices.new_device()  # type: ignore[attr-defined]
    return request._shandai_device  # type: ignore[attr-defined, no-any-return]


def remembered(request: HttpRequest, response: Answer) -> Answer:
    """``response``, with the device's cookie renewed."""
    response.set_cookie(
        COOKIE,
        device_of(request),
        max_age=LIVES_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assisted(request: HttpRequest, code: str) -> HttpResponse:
    """Who opens the officer's link says with a tap that this device is lent; looking changes nothing."""
    now = timezone.now()
    if request.method == "POST":
        try:
            mode = devices.open_on(code=code, device=device_of(request), now=now)
        except NotFound:
            return access.not_found(request)
        return remembered(request, _page(request, mode, now, opened=True))
    waiting = devices.waiting(code=code, now=now)
    if waiting is None:
        return access.not_found(request)
    return _page(request, waiting, now, opened=False)


def _page(request: HttpRequest, mode: AssistedMode, now: datetime, *, opened: bool) -> HttpResponse:
    context = {"mode": mode, "opened": opened, "helping": mode.officer, "now": now}
    return access.page(request, "assisted", context)
