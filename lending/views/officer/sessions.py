"""Staff sessions: 15 minutes without a request or 8 hours in all, then the door is shut."""

import time
from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

IDLE_S = 15 * 60
ABSOLUTE_S = 8 * 3600
_WRITE_EVERY_S = 60  # the last-seen time is stored at most once a minute: no write on every page
_SINCE, _SEEN = "staff_since", "staff_seen"
_PREFIXES = ("/desk/", "/admin/", "/api/v1/desk/")


def begin(request: HttpRequest) -> None:
    """Start both clocks: right after the second factor passed, or when a session is first seen."""
    request.session[_SINCE] = request.session[_SEEN] = int(time.time())


class StaffSessionMiddleware:
    """After AuthenticationMiddleware: ends sessions whose time is over, keeps staff pages out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(_PREFIXES):
            return self.get_response(request)
        if request.user.is_authenticated:
            self._keep_time(request)
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    @staticmethod
    def _keep_time(request: HttpRequest) -> None:
        now = int(time.time())
        since, seen = request.session.get(_SINCE), request.session.get(_SEEN)
        if since is None or seen is None:
            begin(request)
        elif now - since > ABSOLUTE_S or now - seen > IDLE_S:
            logout(request)
        elif now - seen > _WRITE_EVERY_S:
            request.session[_SEEN] = now
