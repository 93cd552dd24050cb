"""Headers that every answer of a kind carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CUSTOMER_COOKIE = "shandai_customer"


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
