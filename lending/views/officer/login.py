"""Staff login: password, then a one-time code. Nobody is logged in before both are right.

Between the two the session holds only who passed the password and when; it opens no page.
"""

import time
from base64 import b32encode
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import authenticate, get_user_model, login, logout
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from lending import qr_images
from lending.selectors import worklists
from lending.staff_access import is_verified
from lending.views.officer import sessions

PENDING = "staff_pending"
PENDING_S = 5 * 60
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Username and password; a wrong pair always gets the same answer."""
    if request.method == "GET":
        if is_verified(request.user):
            return redirect(_target(request, request.user))
        return _page(request, "login")
    username, password = (
        request.POST.get("username", "")[:150],
        request.POST.get("password", "")[:200],
    )
    user = None
    if "\x00" not in username + password:
        user = authenticate(request, username=username, password=password)
    if user is None:
        return _page(
            request,
            "login",
            status=422,
            username=username,
            problem=_("The user name or the password is not right."),
        )
    if request.user.is_authenticated:
        logout(request)
    request.session.cycle_key()
    request.session[PENDING] = {"user": user.pk, "at": int(time.time())}
    return redirect(_with_next(request, "desk:verify" if _device(user) else "desk:enrol"))


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The second step: a code from the authenticator, good for one use."""
    user = _pending(request)
    if user is None:
        return redirect(_with_next(request, "desk:login"))
    if _device(user) is None:
        return redirect(_with_next(request, "desk:enrol"))
    if request.method == "GET":
        return _page(request, "verify")
    with transaction.atomic():  # the lock makes two uses of one code take turns
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        good = device is not None and device.verify_token(_digits(request))
    if not good or device is None:
        return _page(
            request,
            "verify",
            status=422,
            problem=_("This code is not right or was used already. Please wait for the next one."),
        )
    return _enter(request, user, device)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """First login: show the key as a QR code, and believe it only after a right code."""
    user = _pending(request)
    if user is None:
        return redirect(_with_next(request, "desk:login"))
    if _device(user) is not None:
        return redirect(_with_next(request, "desk:verify"))
    device, _made = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "authenticator"}
    )
    problem = ""
    if request.method == "POST":
        with transaction.atomic():
            device = TOTPDevice.objects.select_for_update().get(pk=device.pk)
            good = device.verify_token(_digits(request))
            if good:
                device.confirmed = True
                device.save(update_fields=["confirmed"])
        if good:
            return _enter(request, user, device)
        problem = _(
            "This code is not right. Please check the clock of your phone and try the next one."
        )
    return _page(
        request,
        "enrol",
        status=422 if problem else 200,
        problem=problem,
        qr=mark_safe(qr_images.svg(device.config_url)),  # noqa: S308  (our own drawing)
        secret=b32encode(device.bin_key).decode(),
    )


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """The session is gone from the server: its cookie opens nothing any more."""
    logout(request)
    return redirect("desk:login")


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """After five wrong passwords for one name from one address: a pause, said plainly."""
    return _page(
        request,
        "login",
        status=429,
        problem=_("Too many attempts. Please wait a quarter of an hour or ask your administrator."),
    )


def _enter(request: HttpRequest, user: User, device: TOTPDevice) -> HttpResponse:
    target = _target(request, user)
    login(request, user, backend=_BACKEND)
    request.session.pop(PENDING, None)
    otp_login(request, device)
    request.session.cycle_key()
    sessions.begin(request)
    return redirect(target)


def _pending(request: HttpRequest) -> User | None:
    pending = request.session.get(PENDING)
    if not isinstance(pending, dict) or time.time() - pending.get("at", 0) > PENDING_S:
        request.session.pop(PENDING, None)
        return None
    return get_user_model().objects.filter(pk=pending.get("user"), is_active=True).first()


def _device(user: Any) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def _digits(request: HttpRequest) -> str:
    text = request.POST.get("code", "").replace(" ", "")
    return text if len(text) == 6 and text.isascii() and text.isdigit() else ""


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else ""


def _with_next(request: HttpRequest, name: str) -> str:
    target = _next(request)
    return reverse(name) + (f"?{urlencode({'next': target})}" if target else "")


def _target(request: HttpRequest, user: Any) -> str:
    default = reverse("desk:today") if worklists.officer_of(user) else reverse("admin:index")
    return _next(request) or default


def _page(request: HttpRequest, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"desk/{name}.html", {"next": _next(request), **context}, status=status)
