"""What holds for every request and answer of a kind: how large, how private."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CUSTOMER_COOKIE = "shandai_customer"


#: Two pictures of at most 10 MB, as a page accepts them, and the form around them.
BODY_BYTES_MAX = 21_000_000
#: A customer list is larger. Its page takes half of this and says so in words to whoever sends more.
LIST_BODY_BYTES_MAX = 520_000_000
_LIST_UPLOAD = re.compile(r"/desk/lists/[-\w]+/upload/", re.ASCII)


class BodyLimit:
    """A larger body is refused unread: a form's files would be written to disk before any view is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = request.META.get("CONTENT_LENGTH") or "0"
        is_list = _LIST_UPLOAD.fullmatch(request.path) is not None
        most = LIST_BODY_BYTES_MAX if is_list else BODY_BYTES_MAX
        if declared.isdigit() and int(declared) > most:
            return HttpResponse("too large\n", status=413, content_type="text/plain")
        return self.get_response(request)


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
