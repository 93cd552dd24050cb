"""Who is asking, which application, and where that person should be; and what every page shares."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from lending.api.addresses import client_ip as client_ip
from lending.domain.application_flow import State
from lending.errors import NotConfigured, NotFound
from lending.models import Customer, LoanApplication
from lending.selectors import applications as application_selectors
from lending.selectors import customers as customer_selectors
from lending.selectors import parameters
from lending.views.customer import scan
from products.selectors import MissingParameter

COOKIE = "shandai_customer"
STEPS = range(1, 9)
EDITABLE = (State.DRAFT, State.IDENTIFIED, State.CONSENTED)
View = Callable[..., HttpResponse]

#: Where a person belongs once the questions are behind them.
_PLACES = {
    State.SUBMITTED: "waiting",
    State.SCORING: "waiting",
    State.OFFERED: "offers",
    State.IN_REVIEW: "in-review",
    State.DECLINED: "declined",
    State.ACCEPTED: "cost",
    State.SIGNED: "card-again",
    State.DISBURSING: "waiting",
    State.DISBURSED: "done",
    State.WITHDRAWN: "closed",
    State.EXPIRED: "closed",
}


def current_customer(request: HttpRequest) -> Customer | None:
    """The customer whose session cookie this is; asked once a request."""
    if not hasattr(request, "_shandai_customer"):
        token = request.COOKIES.get(COOKIE, "")
        found = customer_selectors.by_token(token, timezone.now()) if token else None
        request._shandai_customer = found  # type: ignore[attr-defined]
    return request._shandai_customer  # type: ignore[attr-defined, no-any-return]


def place_url(place: str, application: LoanApplication, *more: Any) -> str:
    return reverse(f"customer:{place}", args=[application.pk, *more])


def resume_url(application: LoanApplication) -> str:
    """The first page that still needs this person."""
    if application.state not in EDITABLE:
        return place_url(_PLACES[State(application.state)], application)
    step = application_selectors.next_steps(application)[0]
    if step == "profile":
        question = application_selectors.missing_answers(application)[0]
        return place_url("question", application, question)
    return place_url({"submit": "check"}.get(step, step), application)


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    application: LoanApplication | None = None,
    step: int | None = None,
    back: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page with help at its foot, progress at its head, and nothing kept in caches."""
    customer = current_customer(request)
    helper = scan.helper(request, application=application, customer=customer)
    form = (context or {}).get("form")
    if form is not None and form.errors:
        form.mark_wrong()
        status = 422 if status == 200 else status
    whole = {
        "customer": customer,
        "application": application,
        "step": step,
        "steps": STEPS,
        "steps_left": len(STEPS) - step + 1 if step and "welcome" in request.GET else 0,
        "back_url": back,
        "english": (get_language() or "").startswith("en"),
        **helper,
        **(context or {}),
    }
    response = render(request, f"lending/customer/{template}.html", whole, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    return page(request, "not_found", status=404)


def not_configured(request: HttpRequest, error: NotConfigured) -> HttpResponse:
    return page(request, "not_configured", {"error": error}, status=error.status)


def customer_page(view: View) -> View:
    """Only for a logged-in customer; anyone else is asked for the number first and comes back."""

    @wraps(view)
    @never_cache
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        customer = current_customer(request)
        if customer is None:
            return redirect(f"{reverse('customer:start')}?again=1")
        try:
            return view(request, customer, *args, **kwargs)
        except NotFound:
            return not_found(request)
        except NotConfigured as error:
            return not_configured(request, error)
        except MissingParameter as error:
            return not_configured(request, parameters.refused(error))

    return wrapped


def application_page(*states: str) -> Callable[[View], View]:
    """The customer's own application in one of ``states`` (empty: any); else the right page."""

    def decorate(view: View) -> View:
        @wraps(view)
        @customer_page
        def wrapped(
            request: HttpRequest,
            customer: Customer,
            application_id: UUID,
            *args: Any,
            **kwargs: Any,
        ) -> HttpResponse:
            application = application_selectors.of_customer(application_id, customer)
            if states and application.state not in states:
                return redirect(resume_url(application))
            return view(request, application, *args, **kwargs)

        return wrapped

    return decorate


def refused(customer: Customer) -> LoanApplication | None:
    """The newest application when it was refused: its reasons must be easy to find again."""
    newest = application_selectors.latest(customer)
    return newest if newest is not None and newest.state == State.DECLINED else None


def onwards(application: LoanApplication) -> HttpResponseRedirect:
    """To the next page that needs the person, from the stored state."""
    fresh = application_selectors.of_customer(application.pk, application.customer)
    return HttpResponseRedirect(resume_url(fresh))


def set_session(response: HttpResponse, token: str, lives: timedelta, *, secure: bool) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lives.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=secure,
    )
