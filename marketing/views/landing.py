"""Where a printed code leads: one look-up, one insert, and on to the first question."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lending.selectors import codes as code_selectors
from lending.selectors import scans
from marketing.domain.codes import is_code
from marketing.domain.devices import device_class, is_robot
from marketing.selectors import attempts as attempt_selectors
from marketing.services import attempts as attempt_services

FIRST_QUESTION = "/apply/"
#: Scans of one code by one phone within this time are one visit.
SAME_VISIT = timedelta(minutes=30)


@require_safe
@never_cache
def landing(request: HttpRequest, code: str) -> HttpResponse:
    """302 to the first question; 404 for an unknown code, 410 for one that is no longer used."""
    now = timezone.now()
    row = code_selectors.by_code(code) if is_code(code) else None
    if row is None or not code_selectors.is_usable(row, now):
        return _unusable(request, row)
    response = HttpResponseRedirect(FIRST_QUESTION)
    if request.method == "GET" and not _robot(request):
        token = _token(request, row, now)
        response.set_cookie(
            scans.COOKIE,
            scans.written(token.hex, row.code),
            max_age=int(scans.LIVES.total_seconds()),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


def _token(request: HttpRequest, code: Any, now: datetime) -> UUID:
    """The attempt this visit belongs to: the one begun minutes ago with the same code, or a new one."""
    earlier = scans.read_cookie(request.COOKIES.get(scans.COOKIE, ""))
    if earlier.code == code.code:
        going_on = attempt_selectors.open_visit(earlier.token, code.code, since=now - SAME_VISIT)
        if going_on is not None:
            return going_on
    officer = code.officer
    return attempt_services.open_attempt(
        code=code.code,
        officer_id=officer.pk if officer else None,
        branch_id=officer.branch_id if officer else None,
        product_code=code.product_code,
        device_class=device_class(request.headers.get("User-Agent", "")),
        now=now,
    ).pk


def _robot(request: HttpRequest) -> bool:
    purpose = " ".join(
        request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")
    )
    return is_robot(request.headers.get("User-Agent", ""), purpose)


def _unusable(request: HttpRequest, code: Any) -> HttpResponse:
    officer = code.officer if code else None
    branch = officer.branch if officer else None
    return render(
        request,
        "lending/customer/code_unknown.html",
        {
            "officer": officer,
            "branch": branch,
            "bank_name": branch.legal_entity.name if branch else "",
        },
        status=410 if code else 404,
    )
