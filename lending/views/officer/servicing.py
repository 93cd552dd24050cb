"""The front page of servicing: where the bank stands today, and the doors to its rooms."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lending.staff_access import staff_required
from lending.staff_pages import page, today


@require_safe
@staff_required
def servicing_home(request: HttpRequest) -> HttpResponse:
    return page(request, "desk/servicing/home", {"section": "servicing", "today": today()})
