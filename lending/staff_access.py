"""The door of every staff page: who may come in, and whose rows they see.

A staff page needs a session that passed the second factor and an active ``Officer`` profile. Rights are
read from the database on every request, so a change counts at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, NotFound, NotPermitted
from lending.models import Officer
from lending.selectors import parameters, worklists
from products.selectors import MissingParameter

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Scope:
    """Whose rows: one officer's, one branch's, or everybody's (both None)."""

    officer_id: int | None = None
    branch_id: int | None = None


def scope_of(officer: Officer) -> Scope:
    """Officers see their own, managers their branch, head office, risk and finance everything."""
    if officer.role in (Officer.Role.HEAD_OFFICE, Officer.Role.RISK, Officer.Role.FINANCE):
        return Scope()
    if officer.role == Officer.Role.MANAGER:
        return Scope(branch_id=officer.branch_id)
    return Scope(officer_id=officer.pk)


def is_verified(user: Any) -> bool:
    """Logged in, active, and through the second factor."""
    return bool(user.is_authenticated and user.is_active and user.is_verified())


def officer_of(request: HttpRequest) -> Officer:
    """The officer ``staff_required`` let in."""
    return request.officer  # type: ignore[attr-defined, no-any-return]


def staff_user(request: HttpRequest) -> User:
    """The logged-in staff user, for services that take one."""
    assert isinstance(request.user, User)
    return request.user


def staff_required(view: View) -> View:
    """Let only verified staff with a profile in; a foreign row is 404, a refusal has its own status."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_verified(request.user):
            return to_login(request)
        officer = worklists.officer_of(staff_user(request))
        if officer is None:
            return render(request, "desk/no_profile.html", status=403)
        request.officer = officer  # type: ignore[attr-defined]
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            return render(request, "desk/not_found.html", {"officer": officer}, status=404)
        except DomainError as error:
            return _refused(request, officer, error)
        except MissingParameter as error:
            return _refused(request, officer, parameters.refused(error))

    wrapped.is_staff_page = True  # type: ignore[attr-defined]
    return wrapped


def _refused(request: HttpRequest, officer: Officer, error: DomainError) -> HttpResponse:
    shown = {"officer": officer, "error": error}
    return render(request, "desk/refused.html", shown, status=error.status)


def require_duty(request: HttpRequest, duty: Duty) -> Officer:
    """The officer, if their role has this duty; raises ``NotPermitted`` (shown as a page, 403)."""
    officer = officer_of(request)
    if not may(officer.role, duty):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))
    return officer


def to_login(request: HttpRequest) -> HttpResponse:
    """The login page, and back here afterwards (a form post comes back to the page's address by GET)."""
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse('desk:login')}{'?' if query else ''}{query}")
