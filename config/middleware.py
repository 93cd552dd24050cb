"""Headers that every answer of a kind carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CUSTOMER_COOKIE = "shandai_customer"
# These two bring their own inline styles and scripts; they are for staff and developers only.
RELAXED = {
    "/admin/": {
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
    },
    "/api/docs/": {"style-src": ["'self'", "'unsafe-inline'"]},
}


class PrivatePages:
    """What a logged-in person sees is kept by no cache, shared or on the phone's disk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        personal = (
            CUSTOMER_COOKIE in request.COOKIES
            or "Authorization" in request.headers
            or request.user.is_authenticated
        )
        if personal:
            response["Cache-Control"] = "no-store, private"
        return response


class RelaxedPolicyForTools:
    """The strict content security policy stays strict, save for the admin and the API's docs page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for prefix, policy in RELAXED.items():
            if request.path.startswith(prefix):
                response._csp_replace = policy  # type: ignore[attr-defined]  # django-csp's own hook
        return response
